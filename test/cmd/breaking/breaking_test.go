package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// TestChanges changes a document that has one of everything, and demands the words and the verdict
// for each change.
func TestChanges(t *testing.T) {
	text, err := os.ReadFile("../../internal/inventory/testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"title: API", "title: Another", ""},
		{"version: '1'", "version: '2'", "document version: was 1, is 2"},
		{"https://api.", "https://b.", "BREAKING server https://api.example: was present, is none; server https://b.example: was none, is present"},
		{"[{key: []}, {key: [], token: []}]", "[{}]", "BREAKING security key: was present, is none; BREAKING security key + token: was present, is none; security none: was none, is present"},
		{"name: X-Key", "name: Y-Key", "BREAKING security key name: was X-Key, is Y-Key; BREAKING security key + token name: was X-Key + , is Y-Key + "},
		{"/start/{id}:", "/begin/{id}:", "new; BREAKING removed"},
		{"    post:\n", "    post:\n      deprecated: true\n", "operation POST /start/{id} deprecated: was none, is true"},
		{"'400':", "'422':", "BREAKING response 400: was present, is none; response 422: was none, is present"},
		{"Alone: {type: boolean", "Alone: {type: string", "BREAKING component Alone / type: was boolean, is string"},
		// What is sent.
		{"name: tag,", "name: tags,", "BREAKING parameter query tag: was present, is none; parameter query tags: was none, is present"},
		{"name: tag,", "name: tag, required: true,", "BREAKING parameter query tag required: was none, is true"},
		{"- {name: tag", "- {name: limit, in: query, required: true, schema: {type: integer}}\n        - {name: tag", "BREAKING parameter query limit: was none, is present"},
		{"[up, down]", "[up, left]", `BREAKING parameter query sort/* enum "down": was present, is none; parameter query sort/* enum "left": was none, is present`},
		{"{type: string, pattern: ^a$}", "{type: string, enum: [a]}", `BREAKING request /tags/* enum "a": was none, is present; request /tags/* pattern: was ^a$, is none`},
		{"application/json: {schema", "text/json: {schema", "BREAKING request content application/json: was present, is none; request content text/json: was none, is present"},
		{"        required: true\n", "", "request required: was true, is none"},
		{"maxLength: 9", "maxLength: 8", "BREAKING parameter path id maxLength: was 9, is 8"},
		{"maxLength: 9", "maxLength: 10", "parameter path id maxLength: was 9, is 10"},
		{", maxLength: 9", "", "parameter path id maxLength: was 9, is none"},
		{"minimum: 2", "minimum: 3", "BREAKING request /age minimum: was 2, is 3"},
		{"example: 5", "example: 6", "request /age example 5: was present, is none; request /age example 6: was none, is present"},
		{"default: true", "default: false", "BREAKING parameter query expand default: was true, is false"},
		{", nullable: true", "", "BREAKING request /only nullable: was true, is none"},
		{"format: uuid", "format: uri", "BREAKING request /only format: was uuid, is uri"},
		// What comes back.
		{"required: [code]", "required: [a/b]", "response 400 /a~1b required: was none, is true; BREAKING response 400 /code required: was true, is none"},
		{"[a, b, null]", "[a, c, null]", `response 400 /code|2 enum "b": was present, is none; BREAKING response 400 /code|2 enum "c": was none, is present`},
		{"{type: integer}, {type: string, enum", "{type: integer, nullable: true}, {type: string, enum", "BREAKING response 400 /code|1 nullable: was none, is true"},
		{"additionalProperties: false", "additionalProperties: true", "BREAKING response 400 / additional: was closed, is open"},
		{"minItems: 1", "minItems: 2", "response 400 /a~1b minItems: was 1, is 2"},
		{"minimum: 0.5", "minimum: 0.4, default: 1", "response 400 /a~1b/* default: was none, is 1; BREAKING response 400 /a~1b/* minimum: was 0.5, is 0.4"},
		{"title: {type", "name: {type", "response 400 application/hal+json /name: was none, is present; BREAKING response 400 application/hal+json /title: was present, is none"},
	} {
		t.Run(c.new, func(t *testing.T) {
			if !strings.Contains(string(text), c.old) {
				t.Fatalf("nothing to change: %s", c.old)
			}
			var got []string
			for _, found := range specChanges(load(t, string(text)), load(t, strings.Replace(string(text), c.old, c.new, 1))) {
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

// TestVerdict demands, for each change, the version that it needs.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		found         extent
		last, version string
		want          string // what the failure must mention, empty for no failure
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
