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

// Folder is the absolute path of a proxy. It need not exist yet.
type Folder string

// Publish adds a version of the module at root, with its files.
func (f Folder) Publish(m module.Version, root string) error {
	path, err := module.EscapePath(m.Path)
	folder := filepath.Join(string(f), filepath.FromSlash(path), "@v") // where the go command looks
	goMod, unread := os.ReadFile(filepath.Join(root, "go.mod"))
	var files bytes.Buffer
	err = errors.Join(err, unread, os.MkdirAll(folder, 0o700), zip.CreateFromDir(&files, m, root))
	for name, text := range map[string][]byte{
		"list":              []byte(m.Version + "\n"),
		m.Version + ".info": fmt.Appendf(nil, "{\"Version\": %q}\n", m.Version),
		m.Version + ".mod":  goMod,
		m.Version + ".zip":  files.Bytes(),
	} {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), text, 0o600))
	}
	return err
}

// Environment returns the variables that make the go command take modules from f, then from what is
// already downloaded, then from its usual source. It keeps them in the folder modules.
func (f Folder) Environment(modules string) ([]string, error) {
	output, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return nil, err
	}
	cache, proxies, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return []string{
		"GOPROXY=file://" + filepath.ToSlash(string(f)) + ",file://" + filepath.ToSlash(filepath.Join(cache, "cache", "download")) + "," + proxies,
		"GOSUMDB=off", // the database does not know unpublished versions
		"GOMODCACHE=" + modules,
		"GOFLAGS=-modcacherw",
		"GOWORK=off",
		"GOTOOLCHAIN=local",
	}, nil
}
