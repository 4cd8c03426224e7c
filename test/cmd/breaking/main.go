// Command breaking compares the specs and the exported Go API with those of an older commit. It
// prints what changed and which part of the version must rise. It fails if a change breaks users,
// unless the next version says that it may.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

func main() {
	base := flag.String("base", "", "git `ref` to compare with, such as origin/main or a tag")
	version := flag.String("version", "", "the `version` to come, such as v0.4.0: it must be high enough for what changed")
	flag.Parse()
	folder, err := os.MkdirTemp("", "breaking")
	if err == nil {
		err = errors.Join(run(*base, *version, folder), os.RemoveAll(folder))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// change is one difference from the base. The text begins with the spec or the package.
type change struct {
	breaking bool
	text     string
}

// run compares, in a scratch folder.
func run(base, version, folder string) error {
	old := filepath.Join(folder, "base")
	tree := old + ".tar"
	if _, err := output(".", "git", "archive", "--prefix=base/", "--output", tree, base); err != nil {
		return fmt.Errorf("breaking: no commit %q here: fetch it, or name another, such as BASE=origin/main", base)
	}
	if _, err := output(folder, "tar", "-xf", tree); err != nil {
		return err
	}
	before, err := inventories(old)
	after, failed := inventories(".")
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	changes := specChanges(before, after)
	show("Specs", changes)
	api, err := apiChanges(old, filepath.Join(folder, "exported"))
	if err != nil {
		return err
	}
	show("Go API (apidiff)", api)
	last, err := output(".", "git", "describe", "--tags", "--abbrev=0", "--match", "v*", "--exclude", "*-*", base)
	if err != nil {
		last = "v0.0.0" // nothing is tagged yet
	}
	return verdict(append(changes, api...), last, version)
}

// packages returns the packages of a tree that are meant for users.
func packages(tree string) ([]string, error) {
	out, err := output(tree, "go", "list", "-e", "-find", "-f", "{{if .GoFiles}}{{.ImportPath}}{{end}}", // -e: it may lack some
		"./facade", "./gen/...", "./specs", "./test/contract", "./test/fixtures", "./test/sandbox")
	return strings.Fields(out), err
}

// apiChanges compares the exported Go API of the working tree with that of another tree. It needs a
// file to write to.
func apiChanges(old, exported string) (all []change, err error) {
	apidiff, err := output(".", "go", "tool", "-modfile=test/modules/tools/go.mod", "-n", "apidiff")
	before, failed := packages(old)
	after, failedToo := packages(".")
	if err := errors.Join(err, failed, failedToo); err != nil {
		return nil, err
	}
	for _, path := range slices.Compact(slices.Sorted(slices.Values(append(after, before...)))) {
		folder := strings.TrimPrefix(path, "github.com/kycstart/kycstart/")
		_, differ := output(".", "diff", "-q", "-x", "*_test.go", filepath.Join(old, folder), folder)
		switch {
		case differ == nil: // nothing to compile
		case !slices.Contains(before, path):
			all = append(all, change{false, path + ": new"})
		case !slices.Contains(after, path):
			all = append(all, change{true, path + ": removed"})
		default:
			_, failed := output(old, apidiff, "-w", exported, path)
			report, failedToo := output(".", apidiff, exported, path)
			err = errors.Join(err, failed, failedToo)
			all = append(all, changesOf(path, report)...)
		}
	}
	return all, err
}

// changesOf reads a report of apidiff: two lists, each under its title.
func changesOf(path, report string) (all []change) {
	breaking := false
	for line := range strings.Lines(report) {
		if text, item := strings.CutPrefix(strings.TrimSpace(line), "- "); item {
			all = append(all, change{breaking, path + ": " + text})
		} else {
			breaking = strings.HasPrefix(line, "Incompatible")
		}
	}
	return all
}

// show prints changes, the breaking ones first.
func show(title string, changes []change) {
	fmt.Println(title + ":")
	if len(changes) == 0 {
		fmt.Println("  no change")
	}
	for _, breaking := range []bool{true, false} {
		for _, c := range changes {
			if c.breaking == breaking {
				fmt.Printf("  %-10s  %s\n", map[bool]string{true: "BREAKING", false: "compatible"}[breaking], c.text)
			}
		}
	}
}

// verdict says which version the changes need. It fails if the next version is lower, or if
// something breaks and no version is given. While the major number is 0, the minor number rises
// when something breaks. The last version is a release, not a pre-release.
func verdict(changes []change, last, version string) error {
	var major, minor, patch int
	_, _ = fmt.Sscanf(semver.Canonical(last), "v%d.%d.%d", &major, &minor, &patch) // a tag that is not a version counts as v0.0.0
	broken := slices.ContainsFunc(changes, func(c change) bool { return c.breaking })
	words, next := "break users", fmt.Sprintf("v%d.%d.0", major, minor+1)
	switch {
	case broken && major > 0:
		next = fmt.Sprintf("v%d.0.0", major+1)
	case len(changes) == 0:
		words, next = "have not changed", fmt.Sprintf("v%d.%d.%d", major, minor, patch+1)
	case !broken:
		words = "have grown, and break nobody"
	}
	fmt.Printf("specs and API %s: after %s comes %s\n", words, last, next)
	switch {
	case version == "" && broken:
		return fmt.Errorf("breaking: undo what breaks users, or make it %s and say so with VERSION=%[1]s", next)
	case version != "" && !semver.IsValid(version):
		return fmt.Errorf("breaking: VERSION=%s is no version: it must be like v1.2.3", version)
	case version != "" && semver.Compare(version, next) < 0:
		return fmt.Errorf("breaking: VERSION=%s is too low for what changed since %s: it must be at least %s", version, last, next)
	}
	return nil
}

// output runs a program and returns what it printed. The error holds what it printed to standard
// error.
func output(folder, name string, arguments ...string) (string, error) {
	cmd := exec.Command(name, arguments...)
	cmd.Dir = folder
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("breaking: %s: %w: %s", cmd, err, bytes.TrimSpace(failed.Stderr))
	}
	return string(bytes.TrimSpace(out)), err
}
