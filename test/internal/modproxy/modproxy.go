// Package modproxy makes a folder that the go command takes modules from, so
// that this module can be used as its users get it: as a zip, without what else
// lies around.
package modproxy

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// Folder is the absolute path of a proxy, which need not exist yet.
type Folder string

// Offer adds a version of a module without its files, which is enough for a
// module to require it.
func (f Folder) Offer(m module.Version, goMod []byte) error {
	versions, err := f.versions(m.Path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(versions, 0o700); err != nil {
		return err
	}
	for name, text := range map[string][]byte{
		"list":              []byte(m.Version + "\n"),
		m.Version + ".info": fmt.Appendf(nil, "{\"Version\": %q}\n", m.Version),
		m.Version + ".mod":  goMod,
	} {
		if err := os.WriteFile(filepath.Join(versions, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Publish adds a version of the module at root, with its files.
func (f Folder) Publish(m module.Version, root string) error {
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	if err := f.Offer(m, goMod); err != nil {
		return err
	}
	versions, err := f.versions(m.Path)
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(versions, m.Version+".zip"))
	if err != nil {
		return err
	}
	return errors.Join(zip.CreateFromDir(file, m, root), file.Close())
}

// versions is the folder that the go command looks for a module in.
func (f Folder) versions(path string) (string, error) {
	escaped, err := module.EscapePath(path)
	return filepath.Join(string(f), filepath.FromSlash(escaped), "@v"), err
}

// Environment returns the variables with which the go command takes modules from
// f, from what is downloaded already, and else from where it always does, and
// keeps them in the folder modules.
func (f Folder) Environment(modules string) ([]string, error) {
	output, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return nil, err
	}
	cache, proxies, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return []string{
		"GOPROXY=file://" + filepath.ToSlash(string(f)) + ",file://" + filepath.ToSlash(filepath.Join(cache, "cache", "download")) + "," + proxies,
		"GOSUMDB=off", // it knows no version that is not published
		"GOMODCACHE=" + modules,
		"GOFLAGS=-modcacherw",
		"GOWORK=off",
		"GOTOOLCHAIN=local",
	}, nil
}
