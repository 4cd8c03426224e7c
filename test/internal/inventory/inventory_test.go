package inventory_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// TestDrift holds the specs to their sources.
func TestDrift(t *testing.T) {
	wrong, err := inventory.Drift("../../../specs/sources")
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range wrong {
		t.Error(finding)
	}
}

// document has one of everything that an inventory holds.
const document = `
openapi: 3.0.3
info: {title: API, version: '1'}
servers: [{url: https://api.example}]
security: [{key: []}, {token: []}]
paths:
  /start/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, maxLength: 9}}
    post:
      parameters:
        - {name: expand, in: query, schema: {type: boolean, default: true}}
        - {name: sort, in: query, explode: false, schema: {type: array, items: {type: string}}}
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Person'}}
      responses:
        '204': {description: done}
        '400':
          description: refused
          headers:
            Retry-After: {schema: {type: string}}
          content:
            application/json: &error
              schema:
                allOf:
                  - type: object
                    required: [code]
                    properties: {code: {oneOf: [{type: integer}, {type: string, enum: [a, b, null]}]}}
                  - type: object
                    additionalProperties: false
                    properties: {'a/b': {type: array, minItems: 1, uniqueItems: true, items: {type: number, minimum: 0.5}}}
            application/problem+json: *error
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    token: {type: http, scheme: Bearer}
  schemas:
    Person:
      type: object
      properties:
        friend: {$ref: '#/components/schemas/Person'}
        only: {oneOf: [{type: string, format: uuid, nullable: true}]}
        tags: {type: object, additionalProperties: {type: string, pattern: ^a$}}
`

const facts = `document: ""
date: ""
operation: POST /start/{id}
version: "1"
servers:
  - https://api.example
security:
  key:
    type: apiKey
    in: header
    name: X-Key
  token:
    type: http
    scheme: bearer
parameters:
  path id: {type: string, required: true, maxLength: 9}
  query expand: {type: boolean, default: true}
  query sort: {type: array, style: form}
  query sort/*: {type: string}
request:
  required: true
  content: [application/json]
  fields:
    /: {type: object}
    /friend: {type: object, recursive: true}
    /only: {type: string, nullable: true, format: uuid}
    /tags: {type: object, additional: open}
    /tags/*: {type: string, pattern: ^a$}
responses:
  "204": {}
  "400":
    content: [application/json, application/problem+json]
    headers:
      Retry-After: {type: string}
    fields:
      /: {type: object, additional: closed}
      /a~1b: {type: array, minItems: 1, uniqueItems: true}
      /a~1b/*: {type: number, minimum: 0.5}
      /code: {type: one of, required: true}
      /code|1: {type: integer}
      /code|2:
        type: string
        nullable: true
        enum:
          - a
          - b
`

func of(t *testing.T, text string) (*inventory.Inventory, error) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := inventory.Of(doc, inventory.Operations(doc)[0])
	if err != nil {
		return nil, err
	}
	err = v.AddDocument(doc)
	return v, err
}

// TestStrays demands that nothing is recorded for an operation that no spec has.
func TestStrays(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../../specs/sources")); err != nil {
		t.Fatal(err)
	}
	stray := filepath.Join(folder, "rebilly.GetNothing.yaml")
	if err := os.WriteFile(stray, []byte("operation: GET /nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	recorded, err := os.OpenFile(filepath.Join(folder, "deviations.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recorded.WriteString("\nvault.GetNothing:\n  - reason: none\n    differences: [none]\n"); err != nil {
		t.Fatal(err)
	}
	if err := recorded.Close(); err != nil {
		t.Fatal(err)
	}
	wrong, err := inventory.Drift(folder)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(wrong)
	if !strings.Contains(text, "rebilly.GetNothing.yaml: no spec") || !strings.Contains(text, "vault.GetNothing: no spec") {
		t.Errorf("%s", text)
	}
	if err := os.Remove(filepath.Join(folder, "vault.GetKYCData.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := inventory.Drift(folder); err == nil {
		t.Error("an operation without a source passes")
	}
}

// TestFacts holds an inventory to what its document says, and the file to the
// inventory.
func TestFacts(t *testing.T) {
	v, err := of(t, document)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(file, []byte("# why\nold: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.Write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("# why\n"+facts, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	again, err := inventory.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if found := inventory.Differences(v, again); len(found) > 0 {
		t.Errorf("differs from its own file: %v", found)
	}
}

// TestDifferences holds each change of a document to the lines that tell of it.
func TestDifferences(t *testing.T) {
	source, err := of(t, document)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, new string
		want     string
	}{
		{"maxLength: 9", "maxLength: 8", "parameter path id maxLength: source 9, spec 8"},
		{", maxLength: 9", "", "parameter path id maxLength: source 9, spec none"},
		{"enum: [a, b,", "enum: [a, c,", `response 400 /code|2 enum "b": source present, spec none
response 400 /code|2 enum "c": source none, spec present`},
		{"name: X-Key", "name: Y-Key", "security key name: source X-Key, spec Y-Key"},
		{", {token: []}", "", "security token: source present, spec none"},
		{"POST", "PUT", ""},
		{"'204': {description: done}", "'202': {description: done}", `response 202: source none, spec present
response 204: source present, spec none`},
		{"        tags:", "        labels:", `request /labels: source none, spec present
request /tags: source present, spec none`},
		{"        required: true", "        required: false", "request required: source true, spec none"},
		{"required: [code]", "required: []", "response 400 /code required: source true, spec none"},
		{"https://api.example", "https://b.example", `server https://api.example: source present, spec none
server https://b.example: source none, spec present`},
		{"/start/", "/begin/", `operation POST /begin/{id}: source none, spec present
operation POST /start/{id}: source present, spec none`},
		{"explode: false", "explode: true", "parameter query sort style: source form, spec form, exploded"},
		{"version: '1'", "version: '2'", "document version: source 1, spec 2"},
		{"    post:\n", "    post:\n      deprecated: true\n", "operation POST /start/{id} deprecated: source none, spec true"},
		{"maxLength: 9", "maxLength: 9, example: a", `parameter path id example "a": source none, spec present`},
		{"{code: {", "{why: {type: string, deprecated: true}, code: {", "response 400 /why: source none, spec present"},
		{"  schemas:\n", "  schemas:\n    Alone: {type: string}\n", "component Alone: source none, spec present"},
		{"Retry-After", "Retry", `response 400 header Retry: source none, spec present
response 400 header Retry-After: source present, spec none`},
	} {
		t.Run(c.new, func(t *testing.T) {
			spec, err := of(t, strings.Replace(document, c.old, c.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, d := range inventory.Differences(source, spec) {
				lines = append(lines, d.String())
			}
			if diff := cmp.Diff(c.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPublished takes documents of the kinds that providers publish, as they are.
func TestPublished(t *testing.T) {
	for _, name := range []string{"swashbuckle.json", "definitions.yaml"} {
		doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		v, err := inventory.Of(doc, inventory.Operations(doc)[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := v.AddDocument(doc); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "v.yaml")
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
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestKeywords demands of every keyword of OpenAPI 3.0 and 3.1 that a change of it
// is told, unless it says nothing to a client.
func TestKeywords(t *testing.T) {
	const at = "schema: {type: string, maxLength: 9}"
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
	source, err := of(t, document)
	if err != nil {
		t.Fatal(err)
	}
	for _, keyword := range slices.Concat(words, facts) {
		spec, err := of(t, strings.Replace(document, at, strings.Replace(at, "}", ", "+keyword+"}", 1), 1))
		if err != nil {
			t.Errorf("%s: %v", keyword, err)
			continue
		}
		if told := len(inventory.Differences(source, spec)) > 0; told == slices.Contains(words, keyword) {
			t.Errorf("%s: told %t", keyword, told)
		}
	}
}

// TestUnreadable demands that what cannot all be so is named.
func TestUnreadable(t *testing.T) {
	const at = "schema: {type: string, maxLength: 9}"
	for schema, want := range map[string]string{
		"allOf: [{type: string}, {type: integer}]":             "path id : allOf wants several types at once",
		"allOf: [{pattern: a}, {pattern: b}]":                  "path id : allOf has several of the keyword pattern",
		"allOf: [{format: uuid}, {format: uri}]":               "path id : allOf has several of the keyword format",
		"allOf: [{not: {const: a}}, {not: {const: b}}]":        "path id : allOf has several of the keyword not",
		"properties: {a: {allOf: [{enum: [a]}, {enum: [b]}]}}": "path id /a: allOf has several of the keyword enum",
	} {
		_, err := of(t, strings.Replace(document, at, "schema: {"+schema+"}", 1))
		if err == nil || err.Error() != "inventory: "+want {
			t.Errorf("%s: %v, want %s", schema, err, want)
		}
	}
}

// TestDeviations demands a record for each difference, and a difference and a
// reason for each record.
func TestDeviations(t *testing.T) {
	source, err := of(t, document)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := of(t, strings.Replace(document, "maxLength: 9", "maxLength: 8", 1))
	if err != nil {
		t.Fatal(err)
	}
	const line = "parameter path id maxLength: source 9, spec 8"
	for _, c := range []struct {
		name     string
		recorded []inventory.Deviation
		want     []string
	}{
		{"recorded", []inventory.Deviation{{"shorter in fact", []string{line}}}, nil},
		{"not recorded", nil, []string{"contradicts it: " + line}},
		{"no reason", []inventory.Deviation{{"", []string{line}}}, []string{"without a reason or a difference: {Reason: Differences:[" + line + "]}"}},
		{"recorded twice", []inventory.Deviation{{"a", []string{line}}, {"b", []string{line}}}, []string{"recorded twice: " + line}},
		{"changed since", []inventory.Deviation{{"a", []string{strings.Replace(line, "8", "7", 1)}}},
			[]string{"contradicts it: " + line, "no difference any more, take it out: " + strings.Replace(line, "8", "7", 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong := inventory.Deviations{"x": c.recorded}.Drift("x", source, spec)
			var lines []string
			for _, finding := range wrong {
				lines = append(lines, finding.Lines...)
			}
			if diff := cmp.Diff(c.want, lines); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
