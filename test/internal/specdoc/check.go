package specdoc

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

//go:embed openapi.yaml
var openAPI []byte

// form is the schema that every document must fit.
var form = sync.OnceValue(func() *openapi3.Schema {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		panic("openapi.yaml of specdoc: " + err.Error())
	}
	return doc.Components.Schemas["Document"].Value
})

// formed demands that the document has the form of OpenAPI 3.0.
func (d *document) formed() {
	for _, m := range schemacheck.Value(form(), d.value) {
		d.add(m.Path, "expected %s, found %s", m.Expected, m.Found)
	}
}

// loaded loads the document, and notes the first mistake that kin-openapi finds.
func (d *document) loaded() {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(d.text)
	if err == nil {
		err = doc.Validate(context.Background(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation())
	}
	if d.doc = doc; err == nil {
		return
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	if undefined := (*openapi3.SecurityRequirementSchemeUndefinedError)(nil); errors.As(err, &undefined) {
		d.add(undefined.JSONPointer, "%s", first)
		return
	}
	line := 1
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.Indirect(reflect.ValueOf(err)) // each kind of error has its own field Origin
		if v.Kind() != reflect.Struct || !v.FieldByName("Origin").IsValid() {
			continue
		}
		if origin, ok := v.FieldByName("Origin").Interface().(*openapi3.Origin); ok && origin != nil && origin.Key != nil { //nolint:modernize // reflect.TypeAssert takes Go 1.25, and reads no better
			line = origin.Key.Line
		}
	}
	places := slices.Sorted(maps.Keys(d.lines)) // the first is the whole document
	i := slices.IndexFunc(places, func(at string) bool { return d.lines[at] == line })
	d.add(places[max(i, 0)], "%s", first)
}

// want notes a mistake if a condition does not hold.
func (d *document) want(so bool, at, why string, words ...any) {
	if !so {
		d.add(at, why, words...)
	}
}

var (
	// described matches the places whose descriptions readers of the generated code need.
	described = regexp.MustCompile(`^/components/schemas/[^/]+$|/properties/[^/]+$`)
	component = regexp.MustCompile(`^/components/(schemas|responses|parameters|headers|requestBodies)/[^/]+$`)
)

// unused is the extension that says why a component exists although nothing refers to it.
const unused = "x-unused-because"

// whole checks each schema, and that the document describes one start. Redocly checks the rest. A
// document without paths consists of components only.
func (d *document) whole() {
	err := d.doc.WalkSchemas(func(at string, ref *openapi3.SchemaRef) error {
		optional := d.doc.Paths.Len() == 0 || !described.MatchString(at)
		d.want(optional || ref.Value.Description != "", at, "the description is missing")
		d.schema(at, ref)
		return nil
	})
	d.want(err == nil, "", "%v", err)
	if d.doc.Paths.Len() == 0 {
		return
	}
	d.want(len(d.doc.Servers) > 0, "", "the servers are missing")
	used := slices.Collect(maps.Values(d.references))
	for place := range d.lines {
		d.want(!component.MatchString(place) || d.lines[place+"/"+unused] != 0 || slices.Contains(used, "#"+place), place,
			"nothing refers to this component: take it out, or say why it stays in its %s", unused)
	}
	starts := []string{"/paths"}
	for path, item := range d.doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := "/paths/" + jsontree.Escape(path) + "/" + strings.ToLower(method)
			if method == http.MethodPost {
				starts = append(starts, at)
			}
			d.operation(at, op)
		}
	}
	d.want(len(starts) == 2, slices.Max(starts),
		"%d operations are a POST: the start must be one, and all others a GET", len(starts)-1)
}

func (d *document) operation(at string, op *openapi3.Operation) {
	for i, ref := range op.Parameters {
		d.fits(fmt.Sprintf("%s/parameters/%d/example", at, i), ref.Value.Schema, ref.Value.Example)
	}
	if op.RequestBody != nil {
		d.content(at+"/requestBody", op.RequestBody.Value.Content)
	}
	for status, ref := range op.Responses.Map() {
		at := at + "/responses/" + status
		d.content(at, ref.Value.Content)
		for name, header := range ref.Value.Headers {
			d.fits(at+"/headers/"+jsontree.Escape(name)+"/example", header.Value.Schema, header.Value.Example)
		}
	}
}

func (d *document) content(at string, content openapi3.Content) {
	for name, media := range content {
		d.fits(at+"/content/"+jsontree.Escape(name)+"/example", media.Schema, media.Example)
	}
}

// formats are those that are checked: of a string by schemacheck, of a number by kin-openapi.
var formats = append(schemacheck.Formats(), "int32", "int64")

// schema checks that a schema does not contradict itself.
func (d *document) schema(at string, ref *openapi3.SchemaRef) {
	s := ref.Value
	d.want(s.Format == "" || slices.Contains(formats, s.Format), at+"/format",
		"no check for the format %s, there are: %s", s.Format, strings.Join(formats, ", "))
	for i, name := range s.Required {
		d.want(slices.Contains(schemacheck.Members(s), name), fmt.Sprintf("%s/required/%d", at, i), "properties has no %s", name)
	}
	names, named := s.Extensions["x-enum-varnames"].([]any)
	d.want(!named || len(names) == len(s.Enum), at+"/x-enum-varnames",
		"%d values and %d names: each value needs its own", len(s.Enum), len(names))
	d.fits(at+"/example", ref, s.Example)
	d.fits(at+"/default", ref, s.Default)
}

// fits demands that a value fits a schema. Nil means that there is no value.
func (d *document) fits(at string, ref *openapi3.SchemaRef, value any) {
	d.want(ref != nil, at, "there is no schema")
	d.examples = append(d.examples, func() {
		if value == nil {
			return
		}
		// The first misfit is enough: a misspelt member gives two, one for the unknown name and one
		// for the missing member.
		if all := schemacheck.Value(ref.Value, value); len(all) > 0 {
			d.add(at+all[0].Path, "expected %s, found %s", all[0].Expected, all[0].Found)
		}
	})
}

// exemplary demands that the examples and defaults fit their schemas.
func (d *document) exemplary() {
	for _, fits := range d.examples {
		fits()
	}
}
