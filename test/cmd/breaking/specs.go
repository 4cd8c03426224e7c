package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// inventories returns the facts of all documents of a tree, by file and operation.
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
	operations, err := inventory.All(doc)
	for i, v := range operations {
		if i > 0 { // the servers are those of the document, which the first operation tells
			maps.DeleteFunc(v.Facts, func(at string, _ inventory.Facts) bool { return strings.HasPrefix(at, "server ") })
		}
		all[strings.TrimSpace(file+" "+v.Operation)] = v
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
