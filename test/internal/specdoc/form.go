package specdoc

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	yaml "github.com/oasdiff/yaml3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// members says what the members of one kind of object must be: a name in forms or in plain. After
// [] it is a list of that kind, and after {} an object with any names. A ! means that the member
// must be there.
type members map[string]string

// forms lists the objects of OpenAPI 3.0, with the members that this project reads. Any other
// member is a mistake, since it would be silently ignored.
var forms = map[string]members{
	"document": {
		"openapi": "text!", "info": "info!", "servers": "[]server", "security": "[]{}[]text", "tags": "[]tag",
		"externalDocs": "link", "paths": "{}path!", "components": "components",
	},
	"info":     {"title": "text!", "version": "text!", "description": "text"},
	"server":   {"url": "text!", "description": "text!", "variables": "{}variable"},
	"variable": {"default": "text!", "description": "text!", "enum": "[]text"},
	"tag":      {"name": "text!", "description": "text", "externalDocs": "link"},
	"link":     {"url": "text!", "description": "text"},
	"path":     {"get": "operation", "post": "operation", "put": "operation", "patch": "operation", "delete": "operation"},
	"operation": {
		"operationId": "text!", "tags": "[]text", "summary": "text!", "description": "text!", "externalDocs": "link",
		"deprecated": "flag", "security": "[]{}[]text", "parameters": "[]parameter", "requestBody": "body", "responses": "{}response!",
	},
	"parameter": {
		"name": "text!", "in": "text!", "description": "text!", "required": "flag", "deprecated": "flag",
		"style": "text", "explode": "flag", "schema": "schema!", "example": "any",
	},
	"body":     {"description": "text", "required": "flag", "content": "{}media!"},
	"response": {"description": "text!", "headers": "{}header", "content": "{}media"},
	"media":    {"schema": "schema!", "example": "any"},
	"header":   {"description": "text!", "required": "flag", "deprecated": "flag", "schema": "schema!", "example": "any"},
	"components": {
		"schemas": "{}schema", "responses": "{}response", "parameters": "{}parameter", "headers": "{}header",
		"requestBodies": "{}body", "securitySchemes": "{}scheme",
	},
	"scheme": {"type": "text!", "description": "text", "name": "text", "in": "text", "scheme": "text", "bearerFormat": "text"},
	"schema": {
		"title": "text", "description": "text", "externalDocs": "link", "deprecated": "flag",
		"type": "type", "format": "text", "nullable": "flag", "enum": "[]any", "default": "any", "example": "any",
		"pattern": "text", "minLength": "count", "maxLength": "count", "minimum": "number", "maximum": "number",
		"items": "schema", "minItems": "count", "maxItems": "count", "uniqueItems": "flag",
		"properties": "{}schema", "required": "[]text", "additionalProperties": "additional",
		"allOf": "[]schema", "oneOf": "[]schema", "anyOf": "[]schema",
	},
}

// sections says, for each kind, the section of components that a $ref must lead to.
var sections = map[string]string{
	"schema": "schemas", "response": "responses", "parameter": "parameters", "header": "headers", "body": "requestBodies",
}

// plain lists the kinds of values that are not objects: how a mistake names them, the YAML tags
// that they may have, and a further test if that is not enough.
var plain = map[string]struct {
	words string
	tags  []string
	holds func(text string) bool
}{
	"text":   {"a text", []string{"!!str"}, nil},
	"flag":   {"true or false", []string{"!!bool"}, nil},
	"number": {"a number", []string{"!!int", "!!float"}, nil},
	"count":  {"a whole number from 0 on", []string{"!!int"}, func(text string) bool { return !strings.HasPrefix(text, "-") }},
	"type": {"one of " + strings.Join(types, ", "), []string{"!!str"}, func(text string) bool {
		return slices.Contains(types, text)
	}},
}

var types = []string{"array", "boolean", "integer", "number", "object", "string"}

// form demands that a node is of a kind, and notes the lines of everything in it.
func (d *document) form(place, kind string, n *yaml.Node) {
	n = d.aliased(place, n)
	switch {
	case kind == "any" && n.Kind == yaml.SequenceNode:
		kind = "[]any"
	case kind == "any" && n.Kind == yaml.MappingNode:
		kind = "{}any"
	case kind == "additional" && n.Tag == "!!bool":
		kind = "flag"
	case kind == "additional":
		kind = "schema"
	}
	list, isList := strings.CutPrefix(kind, "[]")
	object, isMap := strings.CutPrefix(kind, "{}")
	members, isForm := forms[kind]
	switch {
	case kind == "any":
	case isList && n.Kind != yaml.SequenceNode:
		d.add(place, "must be a list")
	case isList:
		for i, item := range n.Content {
			at := place + "/" + strconv.Itoa(i)
			d.lines[at] = item.Line
			d.form(at, list, item)
		}
	case (isMap || isForm) && n.Kind != yaml.MappingNode:
		d.add(place, "must be an object")
	case isMap:
		d.pairs(place, n, func(at, _ string, value *yaml.Node) { d.form(at, object, value) })
	case isForm:
		d.object(place, kind, members, n)
	default:
		p := plain[kind]
		if n.Kind != yaml.ScalarNode || !slices.Contains(p.tags, n.Tag) || p.holds != nil && !p.holds(n.Value) {
			d.add(place, "must be %s", p.words)
		}
	}
}

// aliased returns the node that an alias refers to, or the node itself.
func (d *document) aliased(place string, n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		d.moved[place] = d.anchors[n.Alias]
		return n.Alias
	}
	if n.Anchor != "" {
		d.anchors[n] = place
	}
	return n
}

func (d *document) object(place, kind string, members members, n *yaml.Node) {
	refers := false
	d.pairs(place, n, func(at, name string, value *yaml.Node) {
		if name == "$ref" && sections[kind] != "" {
			refers = true
			d.references = append(d.references, reference{at, value.Value, kind})
			return
		}
		switch want, known := members[name]; {
		case known:
			d.form(at, strings.TrimSuffix(want, "!"), value)
		case strings.HasPrefix(name, "x-"):
			d.form(at, "any", value)
		default:
			d.add(at, "no such member, there are: %s", strings.Join(slices.Sorted(maps.Keys(members)), ", "))
		}
	})
	if refers {
		if len(n.Content) > 2 {
			d.add(place, "what stands beside a $ref counts for nothing")
		}
		return
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if strings.HasSuffix(members[name], "!") && d.lines[place+"/"+name] == 0 {
			d.add(place, "the %s is missing", name)
		}
	}
}

func (d *document) pairs(place string, n *yaml.Node, each func(at, name string, value *yaml.Node)) {
	first := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := place + "/" + jsontree.Escape(key.Value)
		d.lines[at] = key.Line
		if line, twice := first[key.Value]; twice {
			d.add(at, "the member already occurs in line %d", line)
			continue
		}
		first[key.Value] = key.Line
		each(at, key.Value, value)
	}
}
