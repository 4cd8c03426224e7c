package specdoc

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestAll demands that the documents of this module load.
func TestAll(t *testing.T) {
	if _, err := All(); err != nil {
		t.Fatal(err)
	}
}

// sound has one of everything.
const sound = `openapi: 3.0.3
info: {title: API, version: '1'}
servers:
  - url: https://api.example/{tenant}
    description: The only one.
    variables:
      tenant: {default: me, description: Who.}
security:
  - key: []
tags:
  - name: KYC
paths:
  /person/{id}:
    post:
      operationId: Start
      tags: [KYC]
      summary: Start
      description: Starts.
      parameters:
        - name: id
          in: path
          required: true
          description: The person.
          schema: {type: string, format: uuid}
          example: 6f1c4a70-3b1d-4f0e-9b38-0c5a1f7d2e44
        - {name: sort, in: query, description: Order., explode: false, schema: {type: array, items: {type: string}}}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Person'}
            example:
              name: Ann
      responses:
        '201':
          description: Started.
          headers:
            Count: {description: How many., schema: {type: integer}, example: 3}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Answer'}
        '204':
          description: Nothing.
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    Person:
      type: object
      description: Whom.
      required: [name]
      properties:
        name: &name
          type: string
          description: The name.
          maxLength: 9
          pattern: ^[A-Z]
          example: Bob
        age:
          type: integer
          description: In years.
          minimum: 0
          maximum: 150
          default: 30
    Answer:
      type: object
      description: What came of it.
      properties:
        name: *name
        status:
          type: string
          description: How it stands.
          enum: [open, done]
          x-enum-varnames: [Open, Done]
`

// TestMistakes demands of each mistake one line, with the file, line and place.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"none", "", "", ""},
		{"no YAML", "info: {", "info: [", "2: #: no YAML: did not find expected ',' or ']'"},
		{"no document", sound, "", "1: #: no document"},
		{"a member twice", "  - name: KYC\n", "  - name: KYC\n    name: AML\n", "12: #/tags/0/name: the member stands in line 11 already"},
		{"a misspelt keyword", "maxLength: 9", "maxLenght: 9", "55: #/components/schemas/Person/properties/name/maxLenght: no such member, there are: additionalProperties, "},
		{"a wrong type of a keyword", "maxLength: 9", "maxLength: nine", "55: #/components/schemas/Person/properties/name/maxLength: must be a whole number from 0 on"},
		{"a number below zero", "maxLength: 9", "maxLength: -9", "55: #/components/schemas/Person/properties/name/maxLength: must be a whole number from 0 on"},
		{"a number for a text", "description: In years.", "description: 7", "60: #/components/schemas/Person/properties/age/description: must be a text"},
		{"an object for a list", "required: [name]", "required: {name: true}", "50: #/components/schemas/Person/required: must be a list"},
		{"a text for an object", "components:\n", "externalDocs: text\ncomponents:\n", "43: #/externalDocs: must be an object"},
		{"a type that is none", "type: integer\n          description", "type: int\n          description", "59: #/components/schemas/Person/properties/age/type: must be one of array, boolean, "},
		{"a dangling reference", "schemas/Answer'", "schemas/Answers'", "40: #/paths/~1person~1{id}/post/responses/201/content/application~1json/schema/$ref: there is no #/components/schemas/Answers"},
		{"a reference to elsewhere", "'#/components/schemas/Answer'", "other.yaml", "40: #/paths/~1person~1{id}/post/responses/201/content/application~1json/schema/$ref: other.yaml is not in this document"},
		{"a reference to another kind", "'#/components/schemas/Answer'", "'#/components/securitySchemes/key'", "40: #/paths/~1person~1{id}/post/responses/201/content/application~1json/schema/$ref: #/components/securitySchemes/key is none of components/schemas"},
		{"something beside a reference", "{$ref: '#/components/schemas/Answer'}", "{$ref: '#/components/schemas/Answer', nullable: true}", "40: #/paths/~1person~1{id}/post/responses/201/content/application~1json/schema: what stands beside a $ref"},
		{"a component without use", "    Answer:\n", "    Other: {type: object, description: Other.}\n    Answer:\n", "64: #/components/schemas/Other: nothing refers to this component"},
		{"a component without use, and why", "    Answer:\n", "    Other: {type: object, description: Other., x-unused-because: It is read.}\n    Answer:\n", ""},
		{"a response without a description", "          description: Nothing.\n", "          x-a: 1\n", "41: #/paths/~1person~1{id}/post/responses/204: the description is missing"},
		{"a parameter without a description", "          description: The person.\n", "", "20: #/paths/~1person~1{id}/post/parameters/0: the description is missing"},
		{"a property without a description", "          description: In years.\n", "", "58: #/components/schemas/Person/properties/age: the description is missing"},
		{"a component without a description", "      description: Whom.\n", "", "47: #/components/schemas/Person: the description is missing"},
		{"an operation without a summary", "      summary: Start\n", "", "14: #/paths/~1person~1{id}/post: the summary is missing"},
		{"no servers", "servers:\n", "x-servers:\n", "1: #: the servers are missing"},
		{"a variable in a host", "https://api.example/{tenant}", "https://{tenant}.example/", "4: #/servers/0/url: must be a URL with a host that holds no variable"},
		{"a variable of a server that is not described", "      tenant: {", "      tenants: {", "4: #/servers/0/url: variables has no tenant"},
		{"servers that differ", "security:\n  - key", "  - url: https://b.example/x/{tenant}\n    description: B.\n    variables: {tenant: {default: a, description: A.}}\nsecurity:\n  - key", "8: #/servers/1/url: the servers disagree on the path with variables"},
		{"a variable in a part of a segment", "/person/{id}:", "/person/x{id}:", "13: #/paths/~1person~1x{id}: a variable must be a whole segment of the path: x{id}"},
		{"a path without a slash", "  /person/{id}:", "  person/{id}:", "13: #/paths/person~1{id}: a path begins with /"},
		{"an unknown security scheme", "  - key: []", "  - keys: []", "9: #/security/0/keys: components/securitySchemes has no keys"},
		{"a security scheme without use", "  schemas:\n", "    token: {type: http, scheme: bearer}\n  schemas:\n", "46: #/components/securitySchemes/token: no security names this scheme"},
		{"a security scheme that is not read", "in: header, name", "in: query, name", "45: #/components/securitySchemes/key: must be a bearer token, or an API key in a header"},
		{"no security", "security:\n  - key: []\n", "", "12: #/paths/~1person~1{id}/post: security is missing, here and for the whole document"},
		{"a tag that is not listed", "      tags: [KYC]", "      tags: [AML]", "16: #/paths/~1person~1{id}/post/tags/0: tags has no AML"},
		{"an operationId twice", "      responses:\n", "      responses: {'204': {description: Nothing.}}\n    get:\n      operationId: Start\n      summary: A\n      description: A.\n      parameters: [{name: id, in: path, required: true, description: A., schema: {type: string}}]\n      responses:\n", "15: #/paths/~1person~1{id}/post/operationId: another operation has the same operationId, Start"},
		{"a second start", "      responses:\n", "      responses: {'204': {description: Nothing.}}\n  /again:\n    post:\n      operationId: Again\n      summary: A\n      description: A.\n      responses:\n", "14: #/paths/~1person~1{id}/post: another operation is a POST"},
		{"no start", "    post:\n", "    get:\n", "12: #/paths: no operation is a POST"},
		{"an operation that writes", "    post:\n", "    put:\n      operationId: Put\n      summary: A\n      description: A.\n      parameters: [{name: id, in: path, required: true, description: A., schema: {type: string}}]\n      responses: {'204': {description: Nothing.}}\n    post:\n", "14: #/paths/~1person~1{id}/put: must be a GET"},
		{"a parameter twice", "{name: sort, in: query, description: Order., explode: false, schema: {type: array, items: {type: string}}}", "{name: id, in: path, required: true, description: Order., schema: {type: string}}", "26: #/paths/~1person~1{id}/post/parameters/1: the parameter stands in 0 already"},
		{"a parameter that the path has not", "name: id", "name: ids", "20: #/paths/~1person~1{id}/post/parameters/0/name: the path has no {ids}"},
		{"a parameter of the path that is optional", "          required: true\n", "", "20: #/paths/~1person~1{id}/post/parameters/0/required: a parameter of the path must be required"},
		{"a parameter that is not read", "in: query, description: Order., explode: false, schema: {type: array, items: {type: string}}", "in: cookie, description: Order., schema: {type: string}", "26: #/paths/~1person~1{id}/post/parameters/1/in: must be path, query or header"},
		{"a list that is not one text", ", explode: false", "", "26: #/paths/~1person~1{id}/post/parameters/1/schema: a list must be in the query, with explode: false"},
		{"a header that is no text", "schema: {type: integer}, example: 3", "schema: {type: object}", "37: #/paths/~1person~1{id}/post/responses/201/headers/Count/schema: must have a plain type"},
		{"a range of statuses", "'201':", "'2XX':", "34: #/paths/~1person~1{id}/post/responses/2XX: must be a single status"},
		{"a body that HTTP forbids", "          description: Nothing.\n", "          description: Nothing.\n          content: {application/json: {schema: {type: string}}}\n", "43: #/paths/~1person~1{id}/post/responses/204/content: HTTP forbids a body on a 204"},
		{"a body that is no JSON", "application/json:\n            schema", "text/plain:\n            schema", "29: #/paths/~1person~1{id}/post/requestBody/content/text~1plain: must be a media type of JSON"},
		{"an unknown format", "format: uuid", "format: uid", "24: #/paths/~1person~1{id}/post/parameters/0/schema/format: no check for the format uid of string, there are: date-time, email, uri, uri-reference, uuid"},
		{"a format of another type", "          minimum: 0\n", "          format: uuid\n", "61: #/components/schemas/Person/properties/age/format: no check for the format uuid of integer, there are: int32, int64"},
		{"a keyword of another type", "          minimum: 0\n", "          minLength: 0\n", "61: #/components/schemas/Person/properties/age/minLength: is for string, and the type is integer"},
		{"a pattern that is none", "^[A-Z]", "^[Z-A]", "56: #/components/schemas/Person/properties/name/pattern: error parsing regexp: "},
		{"a list without items", "{type: array, items: {type: string}}", "{type: array}", "26: #/paths/~1person~1{id}/post/parameters/1/schema: the items are missing"},
		{"a range upside down", "minimum: 0", "minimum: 151", "58: #/components/schemas/Person/properties/age: the least is more than the most"},
		{"an unknown required member", "required: [name]", "required: [names]", "50: #/components/schemas/Person/required/0: properties has no names"},
		{"a required member twice", "required: [name]", "required: [name, name]", "50: #/components/schemas/Person/required/1: name stands here already"},
		{"an enum value twice", "[open, done]", "[open, open]", "72: #/components/schemas/Answer/properties/status/enum/1: open stands here already"},
		{"an enum value of another type", "[open, done]", "[open, 1]", "72: #/components/schemas/Answer/properties/status/enum/1: expected string, found an integer"},
		{"an enum value without a name", "[open, done]", "[open, done, shut]", "73: #/components/schemas/Answer/properties/status/x-enum-varnames: 3 values and 2 names"},
		{"a wrong example of a property", "example: Bob", "example: bob", "57: #/components/schemas/Person/properties/name/example: expected a string that matches ^[A-Z], found a string of 3 characters"},
		{"a wrong example of a body", "name: Ann", "name: 7", "32: #/paths/~1person~1{id}/post/requestBody/content/application~1json/example/name: expected string, found an integer"},
		{"an example with an unknown member", "name: Ann", "nam: Ann", "32: #/paths/~1person~1{id}/post/requestBody/content/application~1json/example/nam: expected no such property, found a string of 3 characters"},
		{"a wrong example of a parameter", "example: 6f1c4a70-", "example: 6f1c4a7-", "25: #/paths/~1person~1{id}/post/parameters/0/example: expected format uuid, found a string of 35 characters"},
		{"a wrong example of a header", "example: 3", "example: x", "37: #/paths/~1person~1{id}/post/responses/201/headers/Count/example: expected integer, found a string of 1 character"},
		{"a wrong default", "default: 30", "default: 151", "63: #/components/schemas/Person/properties/age/default: expected a number of at most 150, found an integer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(sound, c.old) {
				t.Fatalf("nothing to change: %s", c.old)
			}
			_, err := Load(fstest.MapFS{"x.yaml": {Data: []byte(strings.Replace(sound, c.old, c.new, 1))}})
			if err == nil && c.want == "" {
				return
			}
			if err == nil || c.want == "" || !strings.HasPrefix(err.Error(), "specs/x.yaml:"+c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v\nwant specs/x.yaml:%s", err, c.want)
			}
		})
	}
}
