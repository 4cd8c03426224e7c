package main

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const base = `
openapi: 3.0.3
info: {title: API, version: '1'}
servers: [{url: https://api.example}, {url: https://test.example}]
security: [{key: []}, {token: []}]
paths:
  /start/{id}:
    post:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: expand, in: query, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, minLength: 1, maxLength: 50, example: Ann}
                level: {type: integer, minimum: 1, maximum: 3, default: 2}
                kind: {type: string, enum: [a, b]}
                word: {type: string}
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
                  id: {type: string, maxLength: 50}
                  status: {type: string, enum: [open, done]}
                  word: {type: string}
                  count: {type: integer, minimum: 0, default: 1}
        '400': {description: refused}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    token: {type: http, scheme: bearer}
  schemas:
    Unreached: {type: object, properties: {ok: {type: boolean}}}
`

// TestChanges holds each change of a document to its words and its verdict.
func TestChanges(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		// Server, version, words.
		{"{url: https://api.example}, ", "", "BREAKING server https://api.example: removed"},
		{"{url: https://test.example}", "{url: https://test.example}, {url: https://new.example}", "server https://new.example: new"},
		{"https://test.", "https://demo.", "server https://demo.example: new; BREAKING server https://test.example: removed"},
		{"version: '1'", "version: '2'", "document version: was 1, is 2"},
		{"title: API", "title: Another", ""},
		// Security.
		{", {token: []}", "", "BREAKING POST /start/{id}: security token: removed"},
		{"[{key: []}, {token: []}]", "[{key: []}, {token: []}, {}]", "POST /start/{id}: security none: new"},
		{"[{key: []}, {token: []}]", "[{key: [], token: []}]", "BREAKING POST /start/{id}: security key: removed; POST /start/{id}: security key + token: new; BREAKING POST /start/{id}: security token: removed"},
		{"name: X-Key", "name: Y-Key", "BREAKING POST /start/{id}: security key name: was X-Key, is Y-Key"},
		// Path, method, status, media type, header, parameter.
		{"/start/{id}:", "/begin/{id}:", "POST /begin/{id}: new; BREAKING POST /start/{id}: removed"},
		{"    post:", "    put:", "PUT /start/{id}: new; BREAKING POST /start/{id}: removed"},
		{"    post:\n", "    get: {responses: {'200': {description: fine}}}\n    post:\n", "GET /start/{id}: new"},
		{"    post:\n", "    post:\n      deprecated: true\n", "POST /start/{id}: operation POST /start/{id} deprecated: new, true"},
		{"        '400': {description: refused}\n", "", "BREAKING POST /start/{id}: response 400: removed"},
		{"'400': {", "'403': {description: forbidden}\n        '400': {", "POST /start/{id}: response 403: new"},
		{"'201':", "'200':", "POST /start/{id}: response 200: new; BREAKING POST /start/{id}: response 201: removed"},
		{"          application/json:\n            schema:\n              type: object\n              required: [name]", "          text/json:\n            schema:\n              type: object\n              required: [name]",
			"BREAKING POST /start/{id}: request content application/json: removed; POST /start/{id}: request content text/json: new"},
		{"{Location: {schema: {type: string}}}", "{}", "BREAKING POST /start/{id}: response 201 header Location: removed"},
		{"        - {name: expand, in: query, schema: {type: string}}\n", "", "BREAKING POST /start/{id}: parameter query expand: removed"},
		{"{name: expand, in: query,", "{name: expand, in: query, required: true,", "BREAKING POST /start/{id}: parameter query expand required: new, true"},
		{"        - {name: id", "        - {name: limit, in: query, schema: {type: integer}}\n        - {name: id", "POST /start/{id}: parameter query limit: new"},
		// Request.
		{"      requestBody:\n", "      requestBody:\n        required: true\n", "BREAKING POST /start/{id}: request required: new, true"},
		{"required: [name]", "required: [name, level]", "BREAKING POST /start/{id}: request /level required: new, true"},
		{"required: [name]", "required: []", "POST /start/{id}: request /name required: removed, was true"},
		{"                word: {type: string}\n                note", "                more: {type: string}\n                word: {type: string}\n                note", "POST /start/{id}: request /more: new"},
		{"                word: {type: string}\n                note", "                note", "BREAKING POST /start/{id}: request /word: removed"},
		{"maxLength: 50, example", "maxLength: 40, example", "BREAKING POST /start/{id}: request /name maxLength: was 50, is 40"},
		{"maxLength: 50, example", "maxLength: 60, example", "POST /start/{id}: request /name maxLength: was 50, is 60"},
		{"minLength: 1, ", "", "POST /start/{id}: request /name minLength: removed, was 1"},
		{"minimum: 1", "minimum: 2", "BREAKING POST /start/{id}: request /level minimum: was 1, is 2"},
		{"example: Ann", "example: Bob", `POST /start/{id}: request /name example "Ann": removed; POST /start/{id}: request /name example "Bob": new`},
		{"default: 2", "default: 3", "BREAKING POST /start/{id}: request /level default: was 2, is 3"},
		{"enum: [a, b]", "enum: [a]", `BREAKING POST /start/{id}: request /kind enum "b": removed`},
		{"enum: [a, b]", "enum: [a, b, c]", `POST /start/{id}: request /kind enum "c": new`},
		{"                word: {type: string}\n                note", "                word: {type: string, enum: [x]}\n                note", `BREAKING POST /start/{id}: request /word enum "x": new`},
		{", enum: [a, b]", "", `POST /start/{id}: request /kind enum "a": removed; POST /start/{id}: request /kind enum "b": removed`},
		{"nullable: true, ", "", "BREAKING POST /start/{id}: request /note nullable: removed, was true"},
		{"format: uuid", "format: uri", "BREAKING POST /start/{id}: request /note format: was uuid, is uri"},
		{", format: uuid", "", "POST /start/{id}: request /note format: removed, was uuid"},
		{"level: {type: integer", "level: {type: number", "BREAKING POST /start/{id}: request /level type: was integer, is number"},
		// Answer.
		{"required: [id]", "required: []", "BREAKING POST /start/{id}: response 201 /id required: removed, was true"},
		{"required: [id]", "required: [id, status]", "POST /start/{id}: response 201 /status required: new, true"},
		{"id: {type: string, maxLength: 50}", "id: {type: string, maxLength: 60}", "BREAKING POST /start/{id}: response 201 /id maxLength: was 50, is 60"},
		{"id: {type: string, maxLength: 50}", "id: {type: string, maxLength: 40}", "POST /start/{id}: response 201 /id maxLength: was 50, is 40"},
		{"enum: [open, done]", "enum: [open, done, shut]", `BREAKING POST /start/{id}: response 201 /status enum "shut": new`},
		{"enum: [open, done]", "enum: [open]", `POST /start/{id}: response 201 /status enum "done": removed`},
		{"                  word: {type: string}\n", "                  word: {type: string, enum: [x]}\n", `POST /start/{id}: response 201 /word enum "x": new`},
		{"                  word: {type: string}\n", "", "BREAKING POST /start/{id}: response 201 /word: removed"},
		{"                  word: {type: string}\n", "                  word: {type: string}\n                  more: {type: string}\n", "POST /start/{id}: response 201 /more: new"},
		{"default: 1", "default: 7", "POST /start/{id}: response 201 /count default: was 1, is 7"},
		{"count: {type: integer", "count: {nullable: true, type: integer", "BREAKING POST /start/{id}: response 201 /count nullable: new, true"},
		// What no operation reaches.
		{"{ok: {type: boolean}}", "{ok: {type: string}}", "BREAKING component Unreached /ok type: was boolean, is string"},
		{"{ok: {type: boolean}}", "{ok: {type: boolean}, more: {type: string}}", "component Unreached /more: new"},
		{"    Unreached: {type: object, properties: {ok: {type: boolean}}}\n", "    Other: {type: object}\n", "component Other: new; BREAKING component Unreached: removed"},
	} {
		t.Run(c.new, func(t *testing.T) {
			if !strings.Contains(base, c.old) {
				t.Fatalf("nothing to change: %s", c.old)
			}
			found, err := documentChanges("x.yaml", load(t, base), load(t, strings.Replace(base, c.old, c.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, f := range found {
				text := f.text
				if f.breaking {
					text = "BREAKING " + text
				}
				words = append(words, text)
			}
			if got := strings.Join(words, "; "); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func load(t *testing.T, text string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
