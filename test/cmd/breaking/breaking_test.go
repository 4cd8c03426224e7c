package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// TestChanges changes a document that has one of everything, and demands the words and the verdict
// for each change.
func TestChanges(t *testing.T) {
	text, err := os.ReadFile("../../internal/inventory/testdata/everything.yaml")
	table, failed := os.ReadFile("testdata/changes.yaml")
	var changes []struct {
		Old, New string
		Want     []string
	}
	if err := errors.Join(err, failed, yaml.Unmarshal(table, &changes)); err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if !strings.Contains(string(text), c.Old) {
			t.Fatalf("nothing to change: %s", c.Old)
		}
		var got []string
		for _, found := range specChanges(load(t, string(text)), load(t, strings.Replace(string(text), c.Old, c.New, 1))) {
			_, words, _ := strings.Cut(found.text, ": ")
			got = append(got, map[bool]string{true: "BREAKING "}[found.breaking]+words)
		}
		if diff := cmp.Diff(c.Want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.New, diff)
		}
	}
}

// load returns the inventories of a tree with one document.
func load(t *testing.T, text string) map[string]*inventory.Inventory {
	t.Helper()
	tree := t.TempDir()
	file := filepath.Join(tree, "specs", "x.yaml")
	err := errors.Join(os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600))
	all, failed := inventories(tree)
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestVerdict demands, for each change, the version that it needs.
func TestVerdict(t *testing.T) {
	unchanged, compatible, breaking := []change{}, []change{{}}, []change{{}, {breaking: true}}
	for _, c := range []struct {
		changes       []change
		last, version string
		want          string // what the failure must mention, empty for no failure
	}{
		{unchanged, "v0.0.0", "", ""},
		{breaking, "v0.3.1", "", "VERSION=v0.4.0"},
		{breaking, "v0.3.1", "v0.4.0", ""},
		{breaking, "v0.3.1", "v0.3.2", "at least v0.4.0"},
		{breaking, "v1.3.1", "v1.4.0", "at least v2.0.0"},
		{compatible, "v1.3.1", "v1.3.2", "at least v1.4.0"},
		{unchanged, "v1.3.1", "v1.3.1", "at least v1.3.2"},
		{breaking, "v0.0.0", "1.0", "no version"},
	} {
		err := verdict(c.changes, c.last, c.version)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v after %q, to be %q: %v, want %q", c.changes, c.last, c.version, err, c.want)
		}
	}
}

// TestChangesOf reads what apidiff prints.
func TestChangesOf(t *testing.T) {
	const report = "Incompatible changes:\n- Started: removed\nCompatible changes:\n- Kind: added\n"
	if got, want := changesOf("p", report), []change{{true, "p: Started: removed"}, {false, "p: Kind: added"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
