package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// packed is the module as its users get it, under a version that no tag has.
var packed = module.Version{Path: "github.com/kycstart/kycstart", Version: "v0.0.0-check"}

// pack makes the module's zip of the last commit, and puts it where the go
// command looks for it in a proxy.
func pack(scratch, proxy string) error {
	clone := filepath.Join(scratch, "clone")
	if err := show(".", nil, "git", "clone", "--quiet", "--shared", ".", clone); err != nil {
		return err
	}
	versions := filepath.Join(proxy, filepath.FromSlash(packed.Path), "@v")
	if err := os.MkdirAll(versions, 0o700); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(versions, packed.Version+".zip"))
	if err != nil {
		return err
	}
	if err := errors.Join(zip.CreateFromVCS(file, packed, clone, "HEAD", ""), file.Close()); err != nil {
		return fmt.Errorf("module zip: %w", err)
	}
	requirements, err := os.ReadFile(filepath.Join(clone, "go.mod"))
	if err != nil {
		return err
	}
	info := fmt.Sprintf(`{"Version":%q,"Time":%q}`, packed.Version, time.Now().UTC().Format(time.RFC3339))
	for name, text := range map[string]string{
		packed.Version + ".mod":  string(requirements),
		packed.Version + ".info": info,
		"list":                   packed.Version + "\n",
	} {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
