package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

const base = `
openapi: 3.0.3
info: {title: API, version: '1'}
servers: [{url: https://api.example}]
security: [{key: []}]
paths:
  /start/{id}:
    post:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, minLength: 1, maxLength: 50, example: Ann}
                level: {type: integer, default: 2}
                kind: {type: string, enum: [a, b]}
                note: {type: string, nullable: true, format: uuid}
      responses:
        '201':
          description: started
          headers: {Location: {schema: {type: string}}}
          content:
            application/json:
              schema:
                type: object
                required: [id]
                properties:
                  id: {type: string, maxLength: 60}
                  status: {type: string, enum: [open, done]}
                  count: {type: integer, minimum: 0, default: 1}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Unreached: {type: object, properties: {ok: {type: boolean}}}
`

// TestChanges holds each change of a document to its words and its verdict.
func TestChanges(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"title: API", "title: Another", ""},
		{"version: '1'", "version: '2'", "document version: was 1, is 2"},
		{"https://api.", "https://b.", "BREAKING server https://api.example: was present, is none; server https://b.example: was none, is present"},
		{"[{key: []}]", "[{key: []}, {}]", "security none: was none, is present"},
		{"name: X-Key", "name: Y-Key", "BREAKING security key name: was X-Key, is Y-Key"},
		{"/start/{id}:", "/begin/{id}:", "new; BREAKING removed"},
		{"    post:\n", "    post:\n      deprecated: true\n", "operation POST /start/{id} deprecated: was none, is true"},
		{"'201':", "'200':", "response 200: was none, is present; BREAKING response 201: was present, is none"},
		{"        - {name: id", "        - {name: limit, in: query, schema: {type: integer}}\n        - {name: id", "parameter query limit: was none, is present"},
		{"        - {name: id", "        - {name: limit, in: query, required: true, schema: {type: integer}}\n        - {name: id", "BREAKING parameter query limit: was none, is present"},
		// Request.
		{"      requestBody:\n        content:\n          application/json:", "      requestBody:\n        content:\n          text/json:",
			"BREAKING request content application/json: was present, is none; request content text/json: was none, is present"},
		{"required: [name]", "required: [level]", "BREAKING request /level required: was none, is true; request /name required: was true, is none"},
		{"maxLength: 50", "maxLength: 40", "BREAKING request /name maxLength: was 50, is 40"},
		{"maxLength: 50", "maxLength: 60", "request /name maxLength: was 50, is 60"},
		{"minLength: 1, ", "", "request /name minLength: was 1, is none"},
		{"minLength: 1", "minLength: 2", "BREAKING request /name minLength: was 1, is 2"},
		{"example: Ann", "example: Bob", `request /name example "Ann": was present, is none; request /name example "Bob": was none, is present`},
		{"default: 2", "default: 3", "BREAKING request /level default: was 2, is 3"},
		{"[a, b]", "[a, c]", `BREAKING request /kind enum "b": was present, is none; request /kind enum "c": was none, is present`},
		{"level: {type: integer", "level: {type: integer, enum: [2]", "BREAKING request /level enum 2: was none, is present"},
		{"nullable: true, ", "", "BREAKING request /note nullable: was true, is none"},
		{"format: uuid", "format: uri", "BREAKING request /note format: was uuid, is uri"},
		// Answer.
		{"required: [id]", "required: [status]", "BREAKING response 201 /id required: was true, is none; response 201 /status required: was none, is true"},
		{"maxLength: 60", "maxLength: 70", "BREAKING response 201 /id maxLength: was 60, is 70"},
		{"minimum: 0", "minimum: 1", "response 201 /count minimum: was 0, is 1"},
		{"[open, done]", "[open, shut]", `response 201 /status enum "done": was present, is none; BREAKING response 201 /status enum "shut": was none, is present`},
		{"                  id:", "                  ident:", "BREAKING response 201 /id: was present, is none; response 201 /ident: was none, is present"},
		{"default: 1", "default: 7", "response 201 /count default: was 1, is 7"},
		{"count: {", "count: {nullable: true, ", "BREAKING response 201 /count nullable: was none, is true"},
		// What no operation reaches.
		{"{ok: {type: boolean}}", "{ok: {type: boolean}}, additionalProperties: false", "component Unreached / additional: was none, is closed"},
	} {
		t.Run(c.new, func(t *testing.T) {
			if !strings.Contains(base, c.old) {
				t.Fatalf("nothing to change: %s", c.old)
			}
			var got []string
			for _, found := range specChanges(load(t, base), load(t, strings.Replace(base, c.old, c.new, 1))) {
				if found.breaking {
					found.text = "BREAKING " + found.text
				}
				got = append(got, found.text)
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func load(t *testing.T, text string) map[string]*inventory.Inventory {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*inventory.Inventory{}
	if err := read(all, "x.yaml", doc); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestVerdict holds each change to the version that it calls for.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		found         extent
		last, version string
		want          string // what the failure speaks of, empty for none
	}{
		{unchanged, "", "", ""},
		{breaking, "v0.3.1", "", "VERSION=v0.4.0"},
		{breaking, "v0.3.1", "v0.4.0", ""},
		{breaking, "v0.3.1", "v0.3.2", "at least v0.4.0"},
		{breaking, "v1.3.1", "v1.4.0", "at least v2.0.0"},
		{breaking, "v1.3.1", "v2.0.0", ""},
		{compatible, "v1.3.1", "v1.3.2", "at least v1.4.0"},
		{unchanged, "v1.3.1", "v1.3.1", "at least v1.3.2"},
		{unchanged, "v1.3.1-rc.1", "v1.3.2", ""},
		{breaking, "", "1.0", "no version"},
	} {
		err := verdict(c.found, c.last, c.version)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s after %q, to be %q: %v, want %q", words[c.found], c.last, c.version, err, c.want)
		}
	}
}

// TestChangesOf reads what apidiff prints.
func TestChangesOf(t *testing.T) {
	const report = "Incompatible changes:\n- Started: removed\nCompatible changes:\n- Kind: added\n"
	if got, want := changesOf("p", report), []change{{true, "p", "Started: removed"}, {false, "p", "Kind: added"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
