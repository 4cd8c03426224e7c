package specdoc

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// load returns a document, and notes the first mistake that kin-openapi finds and can place.
func (d *document) load(text []byte) *openapi3.T {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(text)
	if err == nil {
		err = doc.Validate(context.Background(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation())
	}
	undefined := (*openapi3.SecurityRequirementSchemeUndefinedError)(nil)
	switch {
	case err == nil:
		return doc
	case errors.As(err, &undefined):
		d.add(undefined.JSONPointer, "components/securitySchemes has no %s", undefined.Scheme)
		return nil
	}
	why, line := err, 1
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.Indirect(reflect.ValueOf(err)) // each kind of error has its own field Origin
		if v.Kind() != reflect.Struct || !v.FieldByName("Origin").IsValid() {
			continue
		}
		if origin, ok := v.FieldByName("Origin").Interface().(*openapi3.Origin); ok && origin != nil && origin.Key != nil { //nolint:modernize // reflect.TypeAssert takes Go 1.25, and reads no better
			why, line = err, origin.Key.Line
		}
	}
	first, _, _ := strings.Cut(why.Error(), "\n")
	d.add(d.around(line), "%s", first)
	return nil
}

// around returns the first and shortest place that begins in a line.
func (d *document) around(line int) (place string) {
	for at, l := range d.lines {
		if l == line && (place == "" || len(at) < len(place) || len(at) == len(place) && at < place) {
			place = at
		}
	}
	return place
}

// want notes a mistake if a condition does not hold.
func (d *document) want(so bool, at, why string, words ...any) {
	if !so {
		d.add(at, why, words...)
	}
}

// segments matches a path in which a variable is always a whole segment.
var segments = regexp.MustCompile(`^(/([^{}/]+|\{[^{}/]+\}))*/?$`)

// whole checks each schema, and that the document describes a start in the way that this project
// reads. Redocly checks the rest. A document without paths consists of components only.
func (d *document) whole(doc *openapi3.T) {
	err := doc.WalkSchemas(func(at string, ref *openapi3.SchemaRef) error {
		d.want(ref.Value.Description != "" || doc.Paths.Len() == 0 || !described.MatchString(at), at, "the description is missing")
		d.schema(at, ref.Value)
		return nil
	})
	d.want(err == nil, "", "%v", err)
	if doc.Paths.Len() == 0 {
		return
	}
	d.want(len(doc.Servers) > 0, "", "the servers are missing")
	for i, server := range doc.Servers {
		at := fmt.Sprintf("/servers/%d/url", i)
		_, rest, _ := strings.Cut(server.URL, "://")
		host, path, _ := strings.Cut(rest, "/")
		d.want(host != "" && !strings.Contains(host, "{"), at, "must be a URL with a host that holds no variable")
		d.want(segments.MatchString("/"+path), at, "a variable must be a whole segment of the path")
		d.want(ServerPath(server) == ServerPath(doc.Servers[0]), at, "the servers disagree on the path with variables")
	}
	var schemes openapi3.SecuritySchemes
	if doc.Components != nil {
		schemes = doc.Components.SecuritySchemes
	}
	for name, ref := range schemes {
		s := ref.Value
		key, bearer := s.Type == "apiKey" && s.In == "header", s.Type == "http" && strings.EqualFold(s.Scheme, "bearer")
		d.want(key || bearer, "/components/securitySchemes/"+jsontree.Escape(name), "must be a bearer token, or an API key in a header")
	}
	start := ""
	for path, item := range doc.Paths.Map() {
		at := "/paths/" + jsontree.Escape(path)
		d.want(segments.MatchString(path), at, "a variable must be a whole segment of the path")
		for method, op := range item.Operations() {
			at := at + "/" + strings.ToLower(method)
			d.want(method == http.MethodPost || method == http.MethodGet, at, "must be a GET, or the one POST, which is the start")
			if method == http.MethodPost {
				d.want(start == "", max(at, start), "another operation is a POST already: only the start may be one, and all others must be a GET")
				start = at
			}
			d.operation(at, op)
		}
	}
	d.want(start != "", "/paths", "no operation is a POST, which is the start")
}

// ServerPath returns the path of a server if it holds a variable. A call to any server must then
// have that path. A path without variables may differ, for example behind a proxy.
func ServerPath(server *openapi3.Server) string {
	_, rest, _ := strings.Cut(server.URL, "://")
	_, path, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	if !strings.Contains(path, "{") {
		return ""
	}
	return "/" + path
}

var statusCode = regexp.MustCompile(`^[1-5][0-9][0-9]$`)

func (d *document) operation(at string, op *openapi3.Operation) {
	for i, ref := range op.Parameters {
		p, at := ref.Value, fmt.Sprintf("%s/parameters/%d", at, i)
		d.want(slices.Contains([]string{"path", "query", "header"}, p.In), at+"/in", "must be path, query or header: others are not read")
		d.textual(at, p.Schema.Value, p.Example, p.In == openapi3.ParameterInQuery && p.Explode != nil && !*p.Explode)
	}
	if op.RequestBody != nil {
		d.content(at+"/requestBody", op.RequestBody.Value.Content)
	}
	for status, ref := range op.Responses.Map() {
		at := at + "/responses/" + status
		d.want(statusCode.MatchString(status), at, "must be a single status")
		d.want(status != "204" || len(ref.Value.Content) == 0, at+"/content", "HTTP forbids a body on a 204")
		d.content(at, ref.Value.Content)
		for name, header := range ref.Value.Headers {
			d.textual(at+"/headers/"+jsontree.Escape(name), header.Value.Schema.Value, header.Value.Example, false)
		}
	}
}

// textual demands a schema whose values can be read from one text.
func (d *document) textual(at string, s *openapi3.Schema, example any, list bool) {
	d.want(s.Type != nil && !s.Type.Is(openapi3.TypeObject), at+"/schema", "must have a plain type")
	d.want(list || !s.Type.Is(openapi3.TypeArray), at+"/schema", "a list must be in the query, with explode: false")
	d.fits(at+"/example", s, example)
}

func (d *document) content(at string, content openapi3.Content) {
	for name, media := range content {
		at := at + "/content/" + jsontree.Escape(name)
		kind, _, err := mime.ParseMediaType(name)
		d.want(err == nil && kind == name && (kind == "application/json" || strings.HasSuffix(kind, "+json")), at, "must be a media type of JSON: others are not read")
		d.fits(at+"/example", media.Schema.Value, media.Example)
	}
}

// described matches the places whose descriptions readers of the generated code need.
var described = regexp.MustCompile(`^/components/schemas/[^/]+$|/properties/[^/]+$`)

// keywords lists the keywords that fit only one type.
var keywords = map[string][]string{
	"pattern": {"string"}, "minLength": {"string"}, "maxLength": {"string"},
	"minimum": {"integer", "number"}, "maximum": {"integer", "number"},
	"items": {"array"}, "minItems": {"array"}, "maxItems": {"array"}, "uniqueItems": {"array"},
	"properties": {"object"}, "required": {"object"}, "additionalProperties": {"object"},
}

// formats lists the formats of each type.
var formats = map[string][]string{"string": schemacheck.Formats(), "integer": {"int32", "int64"}, "number": {"float", "double"}}

// schema checks that a schema does not contradict itself.
func (d *document) schema(at string, s *openapi3.Schema) {
	kind := strings.Join(s.Type.Slice(), "")
	for keyword, kinds := range keywords {
		at := at + "/" + keyword
		d.want(d.lines[at] == 0 || kind == "" || slices.Contains(kinds, kind), at, "is for %s, and the type is %s", strings.Join(kinds, " and "), kind)
	}
	d.want(s.Format == "" || slices.Contains(formats[kind], s.Format), at+"/format",
		"no check for the format %s of %s, there are: %s", s.Format, kind, strings.Join(formats[kind], ", "))
	upsideDown := s.Max != nil && s.Min != nil && *s.Min > *s.Max || s.MaxLength != nil && s.MinLength > *s.MaxLength || s.MaxItems != nil && s.MinItems > *s.MaxItems
	d.want(!upsideDown, at, "the minimum is greater than the maximum")
	for i, name := range s.Required {
		d.want(slices.Contains(schemacheck.Members(s), name), fmt.Sprintf("%s/required/%d", at, i), "properties has no %s", name)
	}
	names, named := s.Extensions["x-enum-varnames"].([]any)
	d.want(!named || len(names) == len(s.Enum), at+"/x-enum-varnames", "%d values and %d names: each value needs its own", len(s.Enum), len(names))
	plain := *s
	plain.Enum = nil
	for i, value := range s.Enum {
		d.fits(fmt.Sprintf("%s/enum/%d", at, i), &plain, value)
	}
	d.fits(at+"/example", s, s.Example)
	d.fits(at+"/default", s, s.Default)
}

// fits demands that a value fits a schema. It checks this only once the schemas have no mistake.
// Nil means that there is no value.
func (d *document) fits(at string, s *openapi3.Schema, value any) {
	d.values = append(d.values, func() {
		if value == nil {
			return
		}
		// The first misfit is enough: a misspelt member gives two, one for the unknown name and one
		// for the missing member.
		if all := schemacheck.Value(s, value); len(all) > 0 {
			d.add(at+all[0].Pointer, "expected %s, found %s", all[0].Expected, all[0].Found)
		}
	})
}
