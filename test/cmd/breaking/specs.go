package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// specChanges compares the specs in the working tree with those of another.
func specChanges(old string) (all []change, err error) {
	before, errBefore := documents(old)
	after, errAfter := documents(".")
	if err := errors.Join(errBefore, errAfter); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] == nil {
			all = append(all, change{what: name, text: "new"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if after[name] == nil {
			all = append(all, change{true, name, "removed"})
			continue
		}
		changes, err := documentChanges(name, before[name], after[name])
		if err != nil {
			return nil, err
		}
		all = append(all, changes...)
	}
	return all, nil
}

// documents returns the documents of a tree.
func documents(tree string) (map[string]*openapi3.T, error) {
	files, err := fs.Glob(os.DirFS(tree), "specs/*.yaml")
	all := make(map[string]*openapi3.T, len(files))
	for _, file := range files {
		if file == "specs/oapi-codegen.yaml" {
			continue
		}
		doc, failed := openapi3.NewLoader().LoadFromFile(filepath.Join(tree, file))
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("breaking: %s: %w", file, failed))
		}
		all[file] = doc
	}
	return all, err
}

// documentChanges compares two versions of a document, operation by operation.
func documentChanges(name string, before, after *openapi3.T) (all []change, err error) {
	old, errOld := inventories(before)
	now, errNow := inventories(after)
	if err := errors.Join(errOld, errNow); err != nil {
		return nil, fmt.Errorf("breaking: %s: %w", name, err)
	}
	for _, operation := range slices.Sorted(maps.Keys(now)) {
		if old[operation] == nil {
			all = append(all, change{what: name, text: operation + ": new"})
		}
	}
	for _, operation := range slices.Sorted(maps.Keys(old)) {
		if now[operation] == nil {
			all = append(all, change{true, name, operation + ": removed"})
			continue
		}
		where := ""
		if operation != "" {
			where = operation + ": "
		}
		for _, d := range inventory.Differences(old[operation], now[operation]) {
			all = append(all, change{breaks(d), name, where + inWords(d)})
		}
	}
	return all, nil
}

// inventories returns the facts of each operation of a document, and those of the
// document under the empty name.
func inventories(doc *openapi3.T) (map[string]*inventory.Inventory, error) {
	whole := &inventory.Inventory{}
	for _, server := range doc.Servers {
		whole.Servers = append(whole.Servers, server.URL)
	}
	err := whole.AddDocument(doc)
	all := map[string]*inventory.Inventory{"": whole}
	for _, operation := range inventory.Operations(doc) {
		v, failed := inventory.Of(doc, operation)
		if err = errors.Join(err, failed); failed == nil {
			v.Servers = nil // the document's
			all[operation] = v
		}
	}
	return all, err
}

// inWords returns what has changed.
func inWords(d inventory.Difference) string {
	what := d.At
	if d.Fact != "" {
		what += " " + d.Fact
	}
	switch inventory.None {
	case d.Source:
		if d.Spec == "present" {
			return what + ": new"
		}
		return fmt.Sprintf("%s: new, %s", what, d.Spec)
	case d.Spec:
		if d.Source == "present" {
			return what + ": removed"
		}
		return fmt.Sprintf("%s: removed, was %s", what, d.Source)
	default:
		return fmt.Sprintf("%s: was %s, is %s", what, d.Source, d.Spec)
	}
}
