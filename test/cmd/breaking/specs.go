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
		name := filepath.Base(file)
		if name == "oapi-codegen.yaml" {
			continue
		}
		var operations []*inventory.Inventory
		doc, failed := openapi3.NewLoader().LoadFromFile(file)
		if failed == nil {
			operations, failed = inventory.All(doc)
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("breaking: %s: %w", file, failed))
		}
		for _, v := range operations {
			all[strings.TrimSpace("specs/"+name+" "+v.Operation)] = v
		}
	}
	return all, err
}

// specChanges returns the differences between the documents of two trees.
func specChanges(before, after map[string]*inventory.Inventory) (all []change) {
	both := maps.Clone(before)
	maps.Copy(both, after)
	for _, what := range slices.Sorted(maps.Keys(both)) {
		switch {
		case before[what] == nil:
			all = append(all, change{false, what + ": new"})
		case after[what] == nil:
			all = append(all, change{true, what + ": removed"})
		default:
			for _, d := range inventory.Differences(before[what], after[what]) {
				all = append(all, change{breaks(d), what + ": " + d.Words("was", "is")})
			}
		}
	}
	return all
}

// breaks reports whether a change breaks existing users. Those who send requests must still be able
// to send the same ones. Those who read answers must get nothing that they were not told of.
func breaks(d inventory.Difference) bool {
	side, _, _ := strings.Cut(d.At, " ")
	sent := side == "request" || side == "parameter"
	fact, _, _ := strings.Cut(d.Fact, " ")
	switch {
	case side == "document", fact == "example", fact == "deprecated":
		return false
	case fact == "" && d.Source == inventory.None: // something is new
		return sent && d.SpecFacts.Is("required")
	case fact == "": // something, or a media type of a body, is gone
		return true
	case fact == "default": // in a request it is the value of what is not sent
		return sent
	}
	narrower, wider := effect(fact, d)
	return sent && narrower || !sent && wider
}

// effect reports whether a change makes the set of allowed values narrower or wider. It may be
// both.
func effect(fact string, d inventory.Difference) (narrower, wider bool) {
	added, removed := d.Source == inventory.None, d.Spec == inventory.None
	before, after := d.SourceFacts.Number(fact, 0), d.SpecFacts.Number(fact, 0)
	bothList := d.SourceFacts["enum"] != nil && d.SpecFacts["enum"] != nil
	switch {
	case fact == "nullable", fact == "enum" && bothList: // one value more or one less
		return removed, added
	case fact == "additional":
		return d.Spec == "closed", d.Source == "closed"
	case added || removed: // each fact about a value allows fewer values
		return added, removed
	case strings.HasPrefix(fact, "min"):
		return after > before, after < before
	case strings.HasPrefix(fact, "max"):
		return after < before, after > before
	}
	return true, true // another format or type
}
