package specdoc

import (
	"fmt"
	"strings"
	"testing"
)

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
          maximum: 150
          default: 30
          enum: [30, 40]
          x-enum-varnames: [Thirty, Forty]
`

// TestMistakes demands one line for each mistake, with the file, the line and the place. The text may
// go on in the last line.
func TestMistakes(t *testing.T) {
	const (
		post   = "#/paths/~1person~1{id}/post"
		json   = post + "/requestBody/content/application~1json"
		person = "#/components/schemas/Person"
		age    = person + "/properties/age"
		twice  = "        - {name: id, in: path, required: true, description: A., schema: {type: string}}\n"
	)
	for _, c := range []struct{ name, old, new, want string }{
		{"none", "", "", ""},
		{"no document", sound, "", "1: #: expected not null"},
		{"an indentation", "        age:\n", "       age:\n", "38: #: no YAML: did not find expected key"},
		{"a member twice", "maximum: 150", "maximum: 150\n          maximum: 151", "42: " + age + "/maximum: the member already occurs in line 41"},

		// The form.
		{"a misspelt member", "maximum: 150", "maximun: 150", "41: " + age + "/maximun: expected no such property"},
		{"a misspelt member of additionalProperties", "type: integer\n", "type: integer\n          additionalProperties: {typ: string}\n", "40: " + age + "/additionalProperties/typ: expected no such property"},
		{"a misspelt member of items", "items: {type: string}", "items: {typ: string}", "16: " + post + "/parameters/1/schema/items/typ: expected no such property"},
		{"a misspelt member of allOf", "type: integer\n", "type: integer\n          allOf: [{typ: string}]\n", "40: " + age + "/allOf/0/typ: expected no such property"},
		{"a misspelt member of oneOf", "type: integer\n", "type: integer\n          oneOf: [{typ: string}]\n", "40: " + age + "/oneOf/0/typ: expected no such property"},
		{"a misspelt member of anyOf", "type: integer\n", "type: integer\n          anyOf: [{typ: string}]\n", "40: " + age + "/anyOf/0/typ: expected no such property"},
		{"a misspelt member of a header", "schema: {type: integer}", "schema: {typ: integer}", "25: " + post + "/responses/201/headers/Count/schema/typ: expected no such property"},
		{"three mistakes, sorted by line and then by place", "{title: API, version: '1'}\nservers:", "{title: 1, version: '1', url: a}\nserver:", `2: #/info/title: expected type "string", found a number
x.yaml:2: #/info/url: expected no such property, found a string of 1 character
x.yaml:3: #/server: expected no such property, found an array of 1 item`},
		{"a misspelt type", "type: integer\n", "type: integr\n", `39: ` + age + `/type: expected enum ["array",`},
		{"a number below zero, and an alias of it", "maxLength: 9", "maxLength: -9", "36: " + person + "/properties/again/maxLength: expected minimum 0"},
		{"a parameter without a description", "description: The person., ", "", "15: " + post + "/parameters/0/description: expected a property"},
		{"a response without a description", "description: Nothing.", "", "26: " + post + "/responses/204/description: expected a property"},
		{"an operation that writes", "    post:\n", "    put: {}\n    post:\n", "10: #/paths/~1person~1{id}/put: expected no such property"},
		{"a parameter that is not read", "in: query", "in: cookie", `16: ` + post + `/parameters/1/in: expected enum ["path","query","header"]`},
		{"a security scheme that is not read", "in: header, name", "in: query, name", `29: #/components/securitySchemes/key/in: expected enum ["header"]`},
		{"two security schemes at once", "[{key: []}]", "[{key: [], lock: []}]", "7: #/security/0: expected maxProperties 1"},

		// References.
		{"a dangling reference", "schemas/Person'", "schemas/Persons'", "20: " + json + "/schema/$ref: there is no #/components/schemas/Persons"},
		{"a reference to elsewhere", "'#/components/schemas/Person'", "other.yaml", "20: " + json + "/schema/$ref: there is no other.yaml"},
		{"a component without use", "    Person:\n", "    Other: {type: object, description: Other.}\n    Person:\n", "31: #/components/schemas/Other: nothing refers to this component"},
		{"a component without use, and why", "    Person:\n", "    Other: {type: object, description: Other., x-unused-because: It is read.}\n    Person:\n", ""},
		{"a security scheme that is not there", "security: [{key: []}]", "security: [{keys: []}]", "7: #/security/0/keys: invalid security: "},

		// What kin-openapi finds.
		{"a parameter twice", "      parameters:\n", "      parameters:\n" + twice, "16: " + post + "/parameters/1: "},
		{"a variable of a server that is not described", "{tenant: {", "{tenants: {", "4: #/servers/0: invalid servers: server has undeclared variables"},
		{"a pattern that is none, and what repeats it", "^[A-Z]", "^[Z-A]", "36: " + person + "/properties/again"},

		// The whole.
		{"no servers", "servers:\n", "x-servers:\n", "1: #: the servers are missing"},
		{"no start", "    post:\n", "    get:\n", "8: #/paths: 0 operations are a POST"},
		{"two starts", "  /person/{id}:\n", "  /other:\n    post: {operationId: O, summary: O, description: O., responses: {'204': {description: O.}}}\n  /person/{id}:\n",
			"12: " + post + ": 2 operations are a POST"},
		{"a component without a description", "      description: Whom.\n", "", "31: " + person + ": the description is missing"},
		{"a property without a description", "          description: In years.\n", "", "38: " + age + ": the description is missing"},
		{"a format that is not checked", "type: integer\n", "type: integer\n          format: int46\n", "40: " + age + "/format: no check for the format int46"},
		{"a required member that is none", "[name]", "[names]", "34: " + person + "/required/0: properties has no names"},
		{"an enum value without a name", "[30, 40]", "[30, 40, 50]", "44: " + age + "/x-enum-varnames: 3 values and 2 names"},

		// Examples and defaults.
		{"a wrong default", "default: 30", "default: thirty", "42: " + age + "/default: expected enum [30,40]"},
		{"a wrong example of a schema", "type: integer\n", "type: integer\n          example: none\n", "40: " + age + "/example: expected enum [30,40]"},
		{"a wrong example of a body", "{name: Ann}", "{name: ann}", `21: ` + json + `/example/name: expected pattern "^[A-Z]"`},
		{"a wrong example of an answer", "{description: Nothing.}", "{description: Nothing., content: {a/b: {schema: {type: string}, example: 1}}}",
			"26: " + post + `/responses/204/content/a~1b/example: expected type "string"`},
		{"an answer with an empty schema", "{description: Nothing.}", "{description: Nothing., content: {a/b: {schema: }}}",
			"26: " + post + "/responses/204/content/a~1b/example: there is no schema"},
		{"a wrong example of a parameter", "example: a}", "example: 1}", `15: ` + post + `/parameters/0/example: expected type "string"`},
		{"a wrong example of a header", "example: 3", "example: x", `25: ` + post + `/responses/201/headers/Count/example: expected type "integer"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(sound, c.old) {
				t.Fatalf("nothing to change: %s", c.old)
			}
			_, err := parse("x.yaml", []byte(strings.Replace(sound, c.old, c.new, 1)))
			if err == nil && c.want == "" {
				return
			}
			if got := fmt.Sprint(err); c.want == "" || !strings.HasPrefix(got, "x.yaml:"+c.want) || strings.Count(got, "\n") != strings.Count(c.want, "\n") {
				t.Errorf("%s\nwant x.yaml:%s", got, c.want)
			}
		})
	}
}
