package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// importable are the packages that are meant for users.
var importable = []string{"./facade", "./gen/...", "./specs", "./test/contract", "./test/fixtures", "./test/sandbox"}

// apiChanges compares the exported Go API of the working tree with that of
// another.
func apiChanges(old, scratch string) (all []change, err error) {
	apidiff, err := tool("apidiff")
	if err != nil {
		return nil, err
	}
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
			all = append(all, change{what: path, text: "new"})
		}
	}
	for _, path := range before {
		if !slices.Contains(after, path) {
			all = append(all, change{true, path, "removed"})
			continue
		}
		if same, err := sameSource(old, strings.TrimPrefix(path, module)); err != nil || same {
			if err != nil {
				return nil, err
			}
			continue
		}
		name := strings.ReplaceAll(path, "/", "_")
		base, revision := filepath.Join(scratch, "base-"+name), filepath.Join(scratch, name)
		if _, err := output(old, apidiff, "-w", base, path); err != nil {
			return nil, err
		}
		if _, err := output(".", apidiff, "-w", revision, path); err != nil {
			return nil, err
		}
		report, err := output(".", apidiff, base, revision)
		if err != nil {
			return nil, err
		}
		all = append(all, changesOf(path, report)...)
	}
	return all, nil
}

const module = "github.com/kycstart/kycstart/"

// sameSource reports whether a package has not changed at all: its exported
// names and their types are then the same, and need not be compiled.
func sameSource(old, folder string) (bool, error) {
	before, errBefore := source(filepath.Join(old, folder))
	after, errAfter := source(folder)
	return maps.Equal(before, after), errors.Join(errBefore, errAfter)
}

func source(folder string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	texts := make(map[string]string, len(files))
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, failed := os.ReadFile(file)
		texts[filepath.Base(file)], err = string(text), errors.Join(err, failed)
	}
	return texts, err
}

// packages returns the importable packages of a tree.
func packages(tree string) ([]string, error) {
	// -e: the tree may lack some of them.
	out, err := output(tree, "go", append([]string{"list", "-e", "-find", "-f", "{{if .GoFiles}}{{.ImportPath}}{{end}}"}, importable...)...)
	return strings.Fields(out), err
}

// changesOf reads a report of apidiff: two lists, each below its title.
func changesOf(path, report string) (all []change) {
	breaking := false
	for line := range strings.Lines(report) {
		line = strings.TrimSpace(line)
		switch text, item := strings.CutPrefix(line, "- "); {
		case strings.HasPrefix(line, "Incompatible changes"):
			breaking = true
		case strings.HasPrefix(line, "Compatible changes"):
			breaking = false
		case item:
			all = append(all, change{breaking, path, text})
		}
	}
	return all
}
