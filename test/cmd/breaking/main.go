// Command breaking compares the specs and the exported Go API with those of an older commit. It
// prints what changed and which part of the version must rise. It fails if a change breaks users,
// unless the next version says that it may.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	base := flag.String("base", "", "git `ref` to compare with, such as origin/main or a tag")
	version := flag.String("version", "", "the `version` to come, such as v0.4.0: it must be high enough for what changed")
	flag.Parse()
	if *base == "" {
		fmt.Fprintln(os.Stderr, "breaking: say what to compare with, such as BASE=origin/main")
		os.Exit(2)
	}
	if err := run(*base, *version); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// change is one difference from the base.
type change struct {
	breaking bool
	what     string // the spec or the package
	text     string
}

func run(base, version string) error {
	folder, err := os.MkdirTemp("", "breaking")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	old := filepath.Join(folder, "base")
	if err := checkout(base, old); err != nil {
		return err
	}
	before, err := inventories(old)
	if err != nil {
		return err
	}
	after, err := inventories(".")
	if err != nil {
		return err
	}
	specs := specChanges(before, after)
	api, err := apiChanges(old, folder)
	if err != nil {
		return err
	}
	show("Specs", specs)
	show("Go API (apidiff)", api)
	found := unchanged
	for _, c := range slices.Concat(specs, api) {
		found = max(found, compatible)
		if c.breaking {
			found = breaking
		}
	}
	return verdict(found, lastTag(base), version)
}

// checkout puts the tree of a commit into a folder.
func checkout(ref, folder string) error {
	commit, err := output(".", "git", "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err != nil {
		return fmt.Errorf("breaking: no commit %s here: fetch it, or name another BASE", ref)
	}
	if _, err := output(".", "git", "clone", "--quiet", "--shared", "--no-checkout", ".", folder); err != nil {
		return err
	}
	_, err = output(folder, "git", "checkout", "--quiet", "--detach", strings.TrimSpace(commit))
	return err
}

func show(title string, changes []change) {
	fmt.Println(title + ":")
	if len(changes) == 0 {
		fmt.Println("  no change")
	}
	for _, breaking := range []bool{true, false} {
		for _, c := range changes {
			if c.breaking == breaking {
				fmt.Printf("  %-10s  %s: %s\n", map[bool]string{true: "BREAKING", false: "compatible"}[breaking], c.what, c.text)
			}
		}
	}
}

// lastTag returns the last version before the base, or an empty text if there is none.
func lastTag(base string) string {
	tag, err := output(".", "git", "describe", "--tags", "--abbrev=0", "--match", "v*", base)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(tag)
}

// output runs a program and returns what it printed. The error holds what it printed to standard
// error.
func output(folder, name string, arguments ...string) (string, error) {
	var complaint bytes.Buffer
	cmd := exec.Command(name, arguments...)
	cmd.Dir = folder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("breaking: %s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return string(out), err
}
