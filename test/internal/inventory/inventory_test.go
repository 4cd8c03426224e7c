package inventory_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// TestDrift compares the specs with their sources. It demands that nothing is recorded for an operation
// that no spec has, and that every operation has a source.
func TestDrift(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../../specs/sources")); err != nil {
		t.Fatal(err)
	}
	if err := inventory.Drift(folder); err != nil {
		t.Error(err)
	}
	records := filepath.Join(folder, "deviations.yaml")
	write(t, records, read(t, records)+"\nvault.GetNothing: []\n")
	write(t, filepath.Join(folder, "rebilly.GetNothing.yaml"), "facts: {}\n")
	err := fmt.Sprint(inventory.Drift(folder))
	for _, stray := range []string{"rebilly.GetNothing.yaml: no spec", "vault.GetNothing: no spec"} {
		if !strings.Contains(err, stray) {
			t.Errorf("%s, want %s", err, stray)
		}
	}
	if err := os.Rename(filepath.Join(folder, "vault.GetKYCData.yaml"), filepath.Join(folder, "vault.GetNothing.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := inventory.Drift(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want a source that is missing", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// of returns the inventory of a document in testdata, after old is replaced by new.
func of(t *testing.T, file, old, new string) (*inventory.Inventory, error) {
	t.Helper()
	text := strings.Replace(read(t, "testdata/"+file), old, new, 1)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil || !strings.Contains(text, new) {
		t.Fatalf("%v, or it does not have %s", err, old)
	}
	v, err := inventory.Of(doc, inventory.Operations(doc)[0])
	if err == nil {
		err = v.AddDocument(doc, "Person")
	}
	return v, err
}

// TestPublished makes inventories of documents and compares them with files in the inventories' own
// form. Two documents are of the kinds that providers publish, one has everything that an inventory
// holds, and one has every keyword of OpenAPI 3.0 and 3.1.
func TestPublished(t *testing.T) {
	for _, name := range []string{"swashbuckle.json", "definitions.yaml", "everything.yaml", "keywords.yaml"} {
		v, err := of(t, name, "", "")
		file := filepath.Join(t.TempDir(), "v.yaml")
		write(t, file, "# why\nold: true\n")
		if err := errors.Join(err, v.Write(file)); err != nil {
			t.Fatal(err)
		}
		base, _, _ := strings.Cut(name, ".")
		if diff := cmp.Diff("# why\n"+read(t, "testdata/"+base+".want.yaml"), read(t, file)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		again, err := inventory.Read[*inventory.Inventory](file)
		if err != nil {
			t.Fatal(err)
		}
		if found := inventory.Differences(v, again); len(found) > 0 {
			t.Errorf("differs from its own file: %v", found)
		}
	}
}

// TestUnreadable demands that a contradiction is named.
func TestUnreadable(t *testing.T) {
	const id = "schema: {type: string, maxLength: 9}"
	for schema, want := range map[string]string{
		"allOf: [{type: string}, {type: integer}]":             ": allOf has several of the keyword type",
		"allOf: [{not: {const: a}}, {not: {const: b}}]":        ": allOf has several of the keyword not",
		"properties: {a: {allOf: [{enum: [a]}, {enum: [b]}]}}": "/a: allOf has several of the keyword enum",
		"allOf: [{oneOf: [{minLength: 1}, {format: uuid}]}, {oneOf: [{minLength: 2}, {maxLength: 3}]}]": ": allOf has " +
			"several of the keyword type",
	} {
		_, err := of(t, "everything.yaml", id, "schema: {"+schema+"}")
		if want = "inventory: parameter path id " + want; err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", schema, err, want)
		}
	}
}

// TestDeviations demands a record with a reason for each difference, and a difference for each
// record.
func TestDeviations(t *testing.T) {
	const (
		gone    = "request /id maxLength: source 9, spec none"
		grown   = "request /id minLength: source none, spec 1"
		changed = "request /id type: source string, spec integer"
	)
	source := &inventory.Inventory{Facts: map[string]inventory.Facts{"request /id": {"maxLength": 9, "type": "string"}}}
	spec := &inventory.Inventory{Facts: map[string]inventory.Facts{"request /id": {"minLength": 1, "type": "integer"}}}
	recorded := inventory.Deviations{"x": {{"so in fact", []string{gone, grown, changed}}}}
	if got := recorded.Drift("x", source, spec); len(got) > 0 {
		t.Errorf("recorded, and told: %v", got)
	}
	recorded = inventory.Deviations{"x": {{"", []string{grown}}, {"so it was", []string{"another"}}}}
	want := []string{
		"specs/x.yaml contradicts specs/sources/x.yaml: " + changed,
		"specs/x.yaml lacks what is new in specs/sources/x.yaml: " + gone,
		"specs/x.yaml has what is not in specs/sources/x.yaml: " + grown,
		"specs/sources/deviations.yaml: x: no difference any more, take it out: another",
	}
	if diff := cmp.Diff(want, recorded.Drift("x", source, spec)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
