// Package modproxy makes a folder from which the go command takes modules. With it, tests use this
// module as its users get it: as a zip, without the files around it.
package modproxy

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// Publish writes a version of the module at root, with its files, into a folder. It returns the
// variables that make the go command take modules from there, then from what is already downloaded,
// then from its usual source. The go command keeps them in the folder as well. The folder's path
// must be absolute.
func Publish(folder string, m module.Version, root string) ([]string, error) {
	proxy := filepath.Join(folder, "proxy")
	path, err := module.EscapePath(m.Path)
	versions := filepath.Join(proxy, filepath.FromSlash(path), "@v") // where the go command looks
	goMod, unread := os.ReadFile(filepath.Join(root, "go.mod"))
	var files bytes.Buffer
	err = errors.Join(err, unread, os.MkdirAll(versions, 0o700), zip.CreateFromDir(&files, m, root))
	for name, text := range map[string][]byte{
		m.Version + ".info": fmt.Appendf(nil, "{\"Version\": %q}\n", m.Version),
		m.Version + ".mod":  goMod,
		m.Version + ".zip":  files.Bytes(),
	} {
		err = errors.Join(err, os.WriteFile(filepath.Join(versions, name), text, 0o600))
	}
	output, failed := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	cache, proxies, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return []string{
		"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(filepath.Join(cache, "cache", "download")) + "," + proxies,
		"GOSUMDB=off", // the database does not know unpublished versions
		"GOMODCACHE=" + filepath.Join(folder, "modules"),
		"GOFLAGS=-modcacherw",
		"GOWORK=off",
		"GOTOOLCHAIN=local",
	}, errors.Join(err, failed)
}
