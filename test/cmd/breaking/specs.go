package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// inventories returns the facts of all documents of a tree. The key of an operation's facts is the
// file and the operation; the key of a document's facts is the file.
func inventories(tree string) (map[string]*inventory.Inventory, error) {
	files, err := filepath.Glob(filepath.Join(tree, "specs", "*.yaml"))
	all := map[string]*inventory.Inventory{}
	for _, file := range files {
		if filepath.Base(file) == "oapi-codegen.yaml" {
			continue
		}
		doc, failed := openapi3.NewLoader().LoadFromFile(file)
		if failed == nil {
			failed = read(all, "specs/"+filepath.Base(file), doc)
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("breaking: %s: %w", file, failed))
		}
	}
	return all, err
}

func read(all map[string]*inventory.Inventory, file string, doc *openapi3.T) error {
	whole := &inventory.Inventory{}
	for _, server := range doc.Servers {
		whole.Servers = append(whole.Servers, server.URL)
	}
	err := whole.AddDocument(doc)
	all[file] = whole
	for _, operation := range inventory.Operations(doc) {
		v, failed := inventory.Of(doc, operation)
		if err = errors.Join(err, failed); failed == nil {
			v.Servers = nil // they belong to the document
			all[file+" "+operation] = v
		}
	}
	return err
}

// specChanges returns the differences between the documents of two trees.
func specChanges(before, after map[string]*inventory.Inventory) (all []change) {
	both := maps.Clone(before)
	maps.Copy(both, after)
	for _, what := range slices.Sorted(maps.Keys(both)) {
		switch {
		case before[what] == nil:
			all = append(all, change{false, what, "new"})
		case after[what] == nil:
			all = append(all, change{true, what, "removed"})
		default:
			for _, d := range inventory.Differences(before[what], after[what]) {
				all = append(all, change{breaks(d), what, d.Words("was", "is")})
			}
		}
	}
	return all
}
