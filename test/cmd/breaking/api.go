package main

import (
	"errors"
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
	before, failed := packages(old)
	after, failedToo := packages(".")
	if err := errors.Join(err, failed, failedToo); err != nil {
		return nil, err
	}
	apidiff = strings.TrimSpace(apidiff)
	exported := filepath.Join(scratch, "exported")
	for _, path := range slices.Compact(slices.Sorted(slices.Values(append(after, before...)))) {
		folder := strings.TrimPrefix(path, module)
		_, differ := output(".", "diff", "-q", "-x", "*_test.go", filepath.Join(old, folder), folder)
		switch {
		case differ == nil: // nothing to compile
		case !slices.Contains(before, path):
			all = append(all, change{false, path, "new"})
		case !slices.Contains(after, path):
			all = append(all, change{true, path, "removed"})
		default:
			if _, err := output(old, apidiff, "-w", exported, path); err != nil {
				return nil, err
			}
			report, err := output(".", apidiff, exported, path)
			if err != nil {
				return nil, err
			}
			all = append(all, changesOf(path, report)...)
		}
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
