// Command release checks everything that must hold before a version is tagged:
// the tests, the generated code, the lints, the sources of the specs, what
// breaks users, and that the module can be used as its users get it: as a zip,
// by a module that has nothing else.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/kycstart/kycstart/test/internal/modproxy"
)

func main() {
	base := flag.String("base", "", "git `ref` of the last version; empty if there is none")
	version := flag.String("version", "", "the `version` that is to be tagged: breaking changes are then allowed if it says so")
	use := flag.Bool("use", false, "only check that the module can be used")
	flag.Parse()
	if err := run(*base, *version, *use); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
	if *use {
		fmt.Println("release: the module can be used")
		return
	}
	fmt.Println("release: the tree can be tagged")
}

func run(base, version string, use bool) error {
	// The zip is made of what is committed.
	changed, err := exec.Command("git", "status", "--porcelain").Output()
	switch {
	case err != nil:
		return err
	case len(changed) > 0:
		return fmt.Errorf("commit or remove what git status shows first:\n%s", changed)
	}
	steps := [][]string{{"make", "ci"}}
	if base != "" {
		steps = append(steps, []string{"go", "run", "./test/cmd/breaking", "-base", base, "-version", version})
	} else {
		fmt.Println("release: no BASE, so nothing to compare specs and API with")
	}
	if !use {
		for _, step := range steps {
			if err := show(".", nil, step...); err != nil {
				return err
			}
		}
	}
	return usable()
}

// packed is the module as its users get it, under a version that no tag has.
var packed = module.Version{Path: "github.com/kycstart/kycstart", Version: "v0.0.0-check"}

// usable packs the module and uses it twice: with the README's first program,
// and with the example application and its tests.
func usable() error {
	folder, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	clone := filepath.Join(folder, "clone") // of what is committed
	if err := show(".", nil, "git", "clone", "--quiet", "--shared", ".", clone); err != nil {
		return err
	}
	proxy := modproxy.Folder(filepath.Join(folder, "proxy"))
	if err := proxy.Publish(packed, clone); err != nil {
		return err
	}
	variables, err := proxy.Environment(filepath.Join(folder, "modules"))
	if err != nil {
		return err
	}
	environment := append(os.Environ(), variables...)
	return errors.Join(
		runExample(filepath.Join(folder, "example"), environment),
		testConsumer(filepath.Join(folder, "consumer"), environment))
}

// show runs a program and lets it print.
func show(folder string, environment []string, words ...string) error {
	fmt.Println("release:", strings.Join(words, " "))
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, environment, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(words, " "), err)
	}
	return nil
}
