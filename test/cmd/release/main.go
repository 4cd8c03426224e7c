// Command release checks everything that must hold before a version is tagged: all that CI checks;
// what breaks users; and that the module works as its users get it, as a zip, with the example
// application and its tests. test/conformance/footprint checks that README's program builds, and
// what it inherits.
package main

import (
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
	flag.Parse()
	if err := run(*base, *version); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
	fmt.Println("release: the tree can be tagged")
}

func run(base, version string) error {
	// The zip is made of what is committed.
	changed, err := exec.Command("git", "status", "--porcelain").Output()
	switch {
	case err != nil:
		return err
	case len(changed) > 0:
		return fmt.Errorf("commit or remove what git status shows first:\n%s", changed)
	}
	if err := show(".", nil, "make", "ci"); err != nil {
		return err
	}
	if base == "" {
		fmt.Println("release: no BASE, so nothing to compare specs and API with")
	} else if err := show(".", nil, "go", "run", "./test/cmd/breaking", "-base", base, "-version", version); err != nil {
		return err
	}
	return usable()
}

// packed is the module as its users get it, under a version that no tag has.
var packed = module.Version{Path: "github.com/kycstart/kycstart", Version: "v0.0.0-check"}

// usable packs the module and runs the tests of the example application against the zip.
func usable() error {
	folder, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	clone := filepath.Join(folder, "clone") // holds only what is committed
	if err := show(".", nil, "git", "clone", "--quiet", "--shared", ".", clone); err != nil {
		return err
	}
	proxy := modproxy.Folder(filepath.Join(folder, "proxy"))
	if err := proxy.Publish(packed, clone); err != nil {
		return err
	}
	environment, err := proxy.Environment(filepath.Join(folder, "modules"))
	if err != nil {
		return err
	}
	consumer := filepath.Join(folder, "consumer")
	if err := os.CopyFS(consumer, os.DirFS(clone+"/test/modules/consumer")); err != nil {
		return err
	}
	for _, words := range [][]string{
		{"go", "mod", "edit", "-dropreplace=" + packed.Path, "-require=" + packed.String()},
		{"go", "get", packed.String()},
		{"go", "test", "./..."},
	} {
		if err := show(consumer, environment, words...); err != nil {
			return err
		}
	}
	return nil
}

// show runs a program with some extra variables, and lets it print.
func show(folder string, environment []string, words ...string) error {
	fmt.Println("release:", strings.Join(words, " "))
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, append(os.Environ(), environment...), os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(words, " "), err)
	}
	return nil
}
