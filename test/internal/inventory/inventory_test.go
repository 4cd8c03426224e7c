package inventory_test

import (
	"os"
	"path/filepath"
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
	for _, line := range wrong {
		t.Error(line)
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
	return inventory.Of(doc, inventory.Operations(doc)[0])
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
	text := strings.Join(wrong, "\n")
	if len(wrong) != 2 || !strings.Contains(text, "rebilly.GetNothing.yaml: no spec") || !strings.Contains(text, "vault.GetNothing: no spec") {
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

// TestUnreadable demands that a fact that an inventory cannot hold is not left
// out in silence.
func TestUnreadable(t *testing.T) {
	for _, c := range [][2]string{
		{"maxLength: 9", "not: {type: number}"},
		{"minimum: 0.5", "multipleOf: 2"},
		{"minimum: 0.5", "minimum: 1, exclusiveMinimum: true"},
		{"[{key: []}, {token: []}]", "[{key: [], token: []}]"},
		{"application/problem+json: *error", "application/problem+json: {schema: {type: object}}"},
		{"items: {type: string}", "items: {type: object, properties: {a: {type: string}}}"},
		{"schema: {type: string, maxLength: 9}", "schema: {type: object, properties: {a: {type: string}}}"},
	} {
		if _, err := of(t, strings.Replace(document, c[0], c[1], 1)); err == nil {
			t.Errorf("%s: no error", c[1])
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
		want     []string // what the lines must speak of
	}{
		{"recorded", []inventory.Deviation{{"shorter in fact", []string{line}}}, nil},
		{"not recorded", nil, []string{line}},
		{"no reason", []inventory.Deviation{{"", []string{line}}}, []string{"without a reason"}},
		{"recorded twice", []inventory.Deviation{{"a", []string{line}}, {"b", []string{line}}}, []string{"recorded twice"}},
		{"changed since", []inventory.Deviation{{"a", []string{strings.Replace(line, "8", "7", 1)}}}, []string{line, "no difference any more"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong := inventory.Deviations{"x": c.recorded}.Drift("x", source, spec)
			if len(wrong) != len(c.want) {
				t.Fatalf("%q, want %d lines", wrong, len(c.want))
			}
			for i, want := range c.want {
				if !strings.Contains(wrong[i], want) {
					t.Errorf("%q does not speak of %q", wrong[i], want)
				}
			}
		})
	}
}
