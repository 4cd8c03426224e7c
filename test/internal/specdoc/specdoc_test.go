package specdoc

import (
	"strings"
	"testing"
)

// TestAll demands that the documents of this module load.
func TestAll(t *testing.T) {
	if _, err := All(); err != nil {
		t.Fatal(err)
	}
}

// sound is a document that has one of everything and no mistake.
const sound = `openapi: 3.0.3
info: {title: API, version: '1'}
servers:
  - url: https://api.example/{tenant}
    description: The only one.
    variables: {tenant: {default: me, description: Who.}}
security: [{key: []}]
paths:
  /person/{id}:
    post:
      operationId: Start
      summary: Start
      description: Starts.
      parameters:
        - {name: id, in: path, required: true, description: The person., schema: {type: string}, example: a}
        - {name: sort, in: query, description: Order., explode: false, schema: {type: array, items: {type: string}}}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Person'}
            example: {name: Ann}
      responses:
        '201':
          description: Started.
          headers: {Count: {description: How many., schema: {type: integer}, example: 3}}
        '204': {description: Nothing.}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    Person:
      type: object
      description: Whom.
      required: [name]
      properties:
        name: &name {type: string, description: The name., maxLength: 9, pattern: '^[A-Z]'}
        again: *name
        age:
          type: integer
          description: In years.
          minimum: 0
          maximum: 150
          enum: [30, 40]
`

// TestMistakes demands one line for each mistake, with the file, line and place. It has the
// mistakes that make broken-specs does not make.
func TestMistakes(t *testing.T) {
	const post = "#/paths/~1person~1{id}/post"
	for _, c := range []struct{ name, old, new, want string }{
		{"none", "", "", ""},
		{"no document", sound, "", "1: #: no document"},
		{"a number below zero", "maxLength: 9", "maxLength: -9", "36: #/components/schemas/Person/properties/name/maxLength: must be a whole number from 0 on"},
		{"a number for a text", "In years.", "7", "40: #/components/schemas/Person/properties/age/description: must be a text"},
		{"an object for a list", "[name]", "{name: true}", "34: #/components/schemas/Person/required: must be a list"},
		{"a text for an object", "components:\n", "externalDocs: text\ncomponents:\n", "27: #/externalDocs: must be an object"},
		{"a reference to elsewhere", "'#/components/schemas/Person'", "other.yaml", "20: " + post + "/requestBody/content/application~1json/schema/$ref: other.yaml is not in this document"},
		{"a reference to another kind", "schemas/Person'", "securitySchemes/key'", "20: " + post + "/requestBody/content/application~1json/schema/$ref: #/components/securitySchemes/key is not in components/schemas"},
		{"something beside a reference", "Person'}", "Person', nullable: true}", "20: " + post + "/requestBody/content/application~1json/schema: what stands beside a $ref"},
		{"a component without use, and why", "    Person:\n", "    Other: {type: object, description: Other., x-unused-because: It is read.}\n    Person:\n", ""},
		{"a component without a description", "      description: Whom.\n", "", "31: #/components/schemas/Person: the description is missing"},
		{"an operation without a summary", "      summary: Start\n", "", "10: " + post + ": the summary is missing"},
		{"no servers", "servers:\n", "x-servers:\n", "1: #: the servers are missing"},
		{"a variable in a host", "https://api.example/{tenant}", "https://{tenant}.example/", "4: #/servers/0/url: must be a URL with a host that holds no variable"},
		{"a variable in a part of a segment of a server", "example/{tenant}", "example/x{tenant}", "4: #/servers/0/url: a variable must be a whole segment of the path"},
		{"a variable of a server that is not described", "{tenant: {", "{tenants: {", "4: #/servers/0: server has undeclared variables"},
		{"servers that differ", "security: [", "  - url: https://b.example/x/{tenant}\n    description: B.\n    variables: {tenant: {default: a, description: A.}}\nsecurity: [", "7: #/servers/1/url: the servers disagree on the path with variables"},
		{"a variable in a part of a segment", "/person/{id}:", "/person/x{id}:", "9: #/paths/~1person~1x{id}: a variable must be a whole segment of the path"},
		{"a security scheme that is not read", "in: header, name", "in: query, name", "29: #/components/securitySchemes/key: must be a bearer token, or an API key in a header"},
		{"no start", "    post:\n", "    get:\n", "8: #/paths: no operation is a POST"},
		{"an operation that writes", "    post:\n", "    put:\n      operationId: Put\n      summary: A\n      description: A.\n      parameters: [{name: id, in: path, required: true, description: A., schema: {type: string}}]\n      responses: {'204': {description: Nothing.}}\n    post:\n", "10: #/paths/~1person~1{id}/put: must be a GET"},
		{"a parameter that is not read", "in: query, description: Order., explode: false, schema: {type: array, items: {type: string}}", "in: cookie, description: Order., schema: {type: string}", "16: " + post + "/parameters/1/in: must be path, query or header"},
		{"a list that is not one text", ", explode: false", "", "16: " + post + "/parameters/1/schema: a list must be in the query, with explode: false"},
		{"a header that is no text", "schema: {type: integer}, example: 3", "schema: {type: object}", "25: " + post + "/responses/201/headers/Count/schema: must have a plain type"},
		{"a range of statuses", "'201':", "'2XX':", "23: " + post + "/responses/2XX: must be a single status"},
		{"a body that HTTP forbids", "{description: Nothing.}", "{description: Nothing., content: {application/json: {schema: {type: string}}}}", "26: " + post + "/responses/204/content: HTTP forbids a body on a 204"},
		{"a body that is no JSON", "application/json:\n            schema", "text/plain:\n            schema", "19: " + post + "/requestBody/content/text~1plain: must be a media type of JSON"},
		{"a pattern that is none, and what repeats it", "^[A-Z]", "^[Z-A]", "36: #/components/schemas/Person/properties/name: error parsing regexp: "},
		{"a range upside down", "minimum: 0", "minimum: 151", "38: #/components/schemas/Person/properties/age: the minimum is greater than the maximum"},
		{"an enum value of another type", "[30, 40]", "[30, '40']", "43: #/components/schemas/Person/properties/age/enum/1: expected integer, found a string of 2 characters"},
		{"a wrong example of a body", "{name: Ann}", "{name: ann}", "21: " + post + "/requestBody/content/application~1json/example/name: expected a string that matches ^[A-Z], found a string of 3 characters"},
		{"a wrong example of a parameter", "example: a}", "example: 1}", "15: " + post + "/parameters/0/example: expected string, found an integer"},
		{"a wrong example of a header", "example: 3", "example: x", "25: " + post + "/responses/201/headers/Count/example: expected integer, found a string of 1 character"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(sound, c.old) {
				t.Fatalf("nothing to change: %s", c.old)
			}
			_, wrong := Parse("x.yaml", []byte(strings.Replace(sound, c.old, c.new, 1)))
			got := wrong.Error()
			if (got == "") != (c.want == "") || got != "" && !strings.HasPrefix(got, "x.yaml:"+c.want) || strings.Contains(got, "\n") {
				t.Errorf("%s\nwant x.yaml:%s", got, c.want)
			}
		})
	}
}
