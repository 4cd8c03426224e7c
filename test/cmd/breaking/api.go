package main

import (
	"path/filepath"
	"slices"
	"strings"
)

const module = "github.com/kycstart/kycstart/"

// importable are the packages that are meant for users.
var importable = []string{"./facade", "./gen/...", "./specs", "./test/contract", "./test/fixtures", "./test/sandbox"}

// apiChanges compares the exported Go API of the working tree with that of another tree.
func apiChanges(old, scratch string) (all []change, err error) {
	apidiff, err := output(".", "go", "tool", "-modfile=test/modules/tools/go.mod", "-n", "apidiff")
	if err != nil {
		return nil, err
	}
	apidiff = strings.TrimSpace(apidiff)
	before, err := packages(old)
	if err != nil {
		return nil, err
	}
	after, err := packages(".")
	if err != nil {
		return nil, err
	}
	for _, path := range after {
		if !slices.Contains(before, path) {
			all = append(all, change{false, path, "new"})
		}
	}
	for _, path := range before {
		if !slices.Contains(after, path) {
			all = append(all, change{true, path, "removed"})
			continue
		}
		folder := strings.TrimPrefix(path, module)
		if _, err := output(".", "diff", "-q", "-x", "*_test.go", filepath.Join(old, folder), folder); err == nil {
			continue // nothing to compile
		}
		exports := map[string]string{old: filepath.Join(scratch, "before"), ".": filepath.Join(scratch, "after")}
		for tree, file := range exports {
			if _, err := output(tree, apidiff, "-w", file, path); err != nil {
				return nil, err
			}
		}
		report, err := output(".", apidiff, exports[old], exports["."])
		if err != nil {
			return nil, err
		}
		all = append(all, changesOf(path, report)...)
	}
	return all, nil
}

// packages returns the importable packages of a tree.
func packages(tree string) ([]string, error) {
	// -e: the tree may lack some of them.
	out, err := output(tree, "go", append([]string{"list", "-e", "-find", "-f", "{{if .GoFiles}}{{.ImportPath}}{{end}}"}, importable...)...)
	return strings.Fields(out), err
}

// changesOf reads a report of apidiff: two lists, each under its title.
func changesOf(path, report string) (all []change) {
	breaking := false
	for line := range strings.Lines(report) {
		line = strings.TrimSpace(line)
		if text, item := strings.CutPrefix(line, "- "); item {
			all = append(all, change{breaking, path, text})
		} else {
			breaking = strings.HasPrefix(line, "Incompatible")
		}
	}
	return all
}
