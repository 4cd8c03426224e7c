package inventory_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

const sources = "../../../specs/sources"

// TestDrift compares the specs with their sources.
func TestDrift(t *testing.T) {
	if err := inventory.Drift(sources); err != nil {
		t.Error(err)
	}
}

// TestStrays demands that nothing is recorded for an operation that no spec has, and that every
// operation has a source.
func TestStrays(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(sources)); err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile(filepath.Join(folder, "deviations.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "rebilly.GetNothing.yaml"), "operation: GET /nothing\n")
	write(t, filepath.Join(folder, "deviations.yaml"), string(recorded)+"\nvault.GetNothing:\n  - reason: none\n    differences: [none]\n")
	err = inventory.Drift(folder)
	for _, stray := range []string{"rebilly.GetNothing.yaml: no spec", "vault.GetNothing: no spec"} {
		if err == nil || !strings.Contains(err.Error(), stray) {
			t.Errorf("%v, want %s", err, stray)
		}
	}
	if err := os.Remove(filepath.Join(folder, "vault.GetKYCData.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := inventory.Drift(folder); !errors.Is(err, os.ErrNotExist) {
		t.Error("an operation without a source passes")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// of returns the inventory of everything.yaml after old is replaced by new.
func of(t *testing.T, old, new string) (*inventory.Inventory, error) {
	t.Helper()
	text, err := os.ReadFile("testdata/everything.yaml")
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%v, or it does not have %s", err, old)
	}
	return read(t, []byte(strings.Replace(string(text), old, new, 1)))
}

func read(t *testing.T, text []byte) (*inventory.Inventory, error) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	v, err := inventory.Of(doc, inventory.Operations(doc)[0])
	if err == nil {
		err = v.AddDocument(doc, "Person")
	}
	return v, err
}

// TestPublished makes inventories of documents and compares them with files in the inventories' own
// form. The documents are of the kinds that providers publish, and one has everything that an
// inventory holds.
func TestPublished(t *testing.T) {
	for _, name := range []string{"swashbuckle.json", "definitions.yaml", "everything.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		v, err := read(t, text)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "v.yaml")
		write(t, file, "# why\nold: true\n")
		if err := v.Write(file); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		base, _, _ := strings.Cut(name, ".")
		want, err := os.ReadFile(filepath.Join("testdata", base+".want.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("# why\n"+string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		again, err := inventory.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := inventory.Differences(v, again); len(found) > 0 {
			t.Errorf("differs from its own file: %v", found)
		}
	}
}

// id is the schema that the next tests change.
const id = "schema: {type: string, maxLength: 9}"

// TestKeywords changes every keyword of OpenAPI 3.0 and 3.1, and demands that the change shows,
// unless the keyword says nothing to a client.
func TestKeywords(t *testing.T) {
	words := []string{"title: T", "description: D", "externalDocs: {url: https://a.example}", "$comment: C", "$id: https://a.example",
		"$schema: https://a.example", "$anchor: a", "$dynamicAnchor: a", "$defs: {a: {type: string}}"}
	facts := []string{
		"format: uuid", "pattern: ^a$", "enum: [a]", "const: a", "default: a", "example: a", "examples: [a]", "nullable: true", "deprecated: true",
		"minimum: 1", "maximum: 2", "exclusiveMinimum: true", "exclusiveMaximum: 5", "multipleOf: 2", "minLength: 3",
		"minItems: 1", "maxItems: 2", "uniqueItems: true", "items: {type: string}", "prefixItems: [{type: string}]", "contains: {type: string}",
		"minContains: 1", "maxContains: 2", "unevaluatedItems: false", "minProperties: 1", "maxProperties: 2", "properties: {a: {type: string}}",
		"patternProperties: {a: {type: string}}", "additionalProperties: false", "unevaluatedProperties: false", "propertyNames: {maxLength: 1}",
		"dependentRequired: {a: [b]}", "dependentSchemas: {a: {required: [b]}}", "oneOf: [{type: string}, {type: integer}]",
		"anyOf: [{type: string}, {type: integer}]", "allOf: [{format: uuid}]", "not: {const: a}", "if: {const: a}", "then: {const: a}", "else: {const: a}",
		"discriminator: {propertyName: a}", "xml: {name: a}", "contentEncoding: base64", "contentMediaType: a/b", "contentSchema: {type: string}",
		"$dynamicRef: '#a'",
	}
	source, err := of(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, keyword := range slices.Concat(words, facts) {
		spec, err := of(t, id, strings.Replace(id, "}", ", "+keyword+"}", 1))
		if told := err == nil && len(inventory.Differences(source, spec)) > 0; err != nil || told == slices.Contains(words, keyword) {
			t.Errorf("%s: told %t, %v", keyword, told, err)
		}
	}
}

// TestUnreadable demands that a contradiction is named.
func TestUnreadable(t *testing.T) {
	for schema, want := range map[string]string{
		"allOf: [{type: string}, {type: integer}]":                                                      "path id : allOf has several of the keyword type",
		"allOf: [{not: {const: a}}, {not: {const: b}}]":                                                 "path id : allOf has several of the keyword keywords",
		"properties: {a: {allOf: [{enum: [a]}, {enum: [b]}]}}":                                          "path id /a: allOf has several of the keyword enum",
		"allOf: [{oneOf: [{minLength: 1}, {format: uuid}]}, {oneOf: [{minLength: 2}, {maxLength: 3}]}]": "path id : allOf has several of the keyword type",
	} {
		if _, err := of(t, id, "schema: {"+schema+"}"); err == nil || err.Error() != "inventory: "+want {
			t.Errorf("%s: %v, want %s", schema, err, want)
		}
	}
}

// TestDeviations demands a record for each difference. Each record must have a difference and a
// reason.
func TestDeviations(t *testing.T) {
	source, err := of(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := of(t, "maxLength: 9", "minLength: 1")
	if err != nil {
		t.Fatal(err)
	}
	const (
		gone   = "parameter path id maxLength: source 9, spec none"
		grown  = "parameter path id minLength: source none, spec 1"
		record = "specs/sources/deviations.yaml: x: "
	)
	for _, c := range []struct {
		name     string
		recorded []inventory.Deviation
		want     []string
	}{
		{"recorded", []inventory.Deviation{{"so in fact", []string{gone, grown}}}, nil},
		{"not recorded", nil, []string{"specs/x.yaml lacks what is new in specs/sources/x.yaml: " + gone, "specs/x.yaml has what is not in specs/sources/x.yaml: " + grown}},
		{"no reason", []inventory.Deviation{{"", []string{gone, grown}}}, []string{record + "without a reason: [" + gone + " " + grown + "]"}},
		{"recorded twice", []inventory.Deviation{{"a", []string{gone}}, {"b", []string{grown, gone}}}, []string{record + "recorded twice: " + gone}},
		{"changed since", []inventory.Deviation{{"a", []string{gone, grown, "another"}}}, []string{record + "no difference any more, take it out: another"}},
	} {
		if diff := cmp.Diff(c.want, inventory.Deviations{"x": c.recorded}.Drift("x", source, spec)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
