package main

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// form is what the page asks for to start KYC at a provider: the fields of the facade's request,
// with what the spec says about them.
type form struct {
	Provider facade.Provider `json:"provider"`
	Fields   []field         `json:"fields"`
	// Values is the request of the fixtures, as [facade.MarshalRequest] writes it.
	Values json.RawMessage `json:"values"`
	// Customer is the path of the field that names the customer.
	Customer []string `json:"customer"`
	// LeftOut are the fields that a page cannot fill in.
	LeftOut []string `json:"left_out"`
}

// field is a field of a request, or of a part of it.
type field struct {
	// Name is the name that the provider uses.
	Name string `json:"name"`
	// Kind is text, integer, boolean, time, texts (a list of texts), object, or
	// objects (a list of them).
	Kind     string   `json:"kind"`
	Required bool     `json:"required"`
	Options  []string `json:"options,omitempty"`
	About    string   `json:"about,omitempty"`
	Fields   []field  `json:"fields,omitempty"`
}

func forms() ([]form, error) {
	var all []form
	for _, d := range fixtures.Descriptors() {
		values, err := facade.MarshalRequest(d.Request)
		if err != nil {
			return nil, err
		}
		f := form{Provider: d.Provider, Values: values, LeftOut: []string{}}
		f.Fields = f.of(reflect.TypeOf(d.Request), requestSchema(d.Provider), "")
		if f.Customer, err = customerPath(d); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// customerPath returns the place of the customer in a request.
func customerPath(d fixtures.Descriptor) ([]string, error) {
	const marker = "the customer"
	text, err := facade.MarshalRequest(d.Customer.Request(marker))
	if err != nil {
		return nil, err
	}
	var find func(v any) []string
	find = func(v any) []string {
		members, _ := v.(map[string]any)
		for name, member := range members {
			if member == marker {
				return []string{name}
			}
			if rest := find(member); rest != nil {
				return append([]string{name}, rest...)
			}
		}
		return nil
	}
	var v any
	err = json.Unmarshal(text, &v)
	return find(v), err
}

// of returns the fields of a struct, with the help of the schema that documents them.
func (f *form) of(t reflect.Type, schema *openapi3.Schema, path string) (fields []field) {
	for i := range t.NumField() {
		member := t.Field(i)
		if member.Anonymous {
			continue // this one keeps the struct from being printed
		}
		spelled, documented, required := property(schema, member.Name)
		one := field{Name: cmp.Or(spelled, strings.ToLower(member.Name)), Required: required}
		if documented != nil {
			one.About = documented.Description
			for _, value := range documented.Enum {
				if word, ok := value.(string); ok {
					one.Options = append(one.Options, word)
				}
			}
		}
		element := member.Type
		if element.Kind() == reflect.Pointer {
			element = element.Elem()
		}
		switch {
		case element == reflect.TypeFor[time.Time]():
			one.Kind = "time"
		case element == reflect.TypeFor[facade.QoloImage]():
			f.LeftOut = append(f.LeftOut, path+one.Name)
			continue
		case element.Kind() == reflect.Struct:
			one.Kind, one.Fields = "object", f.of(element, documented, path+one.Name+".")
		case element.Kind() == reflect.Slice && element.Elem().Kind() == reflect.Struct:
			one.Kind, one.Fields = "objects", f.of(element.Elem(), items(documented), path+one.Name+".")
		case element.Kind() == reflect.Slice:
			one.Kind = "texts"
		case element.Kind() == reflect.Int:
			one.Kind = "integer"
		case element.Kind() == reflect.Bool:
			one.Kind = "boolean"
		default:
			one.Kind = "text"
		}
		fields = append(fields, one)
	}
	return fields
}

// requestSchema returns the schema of a start's request: of the body, with the parameters of the
// path added to its members.
func requestSchema(p facade.Provider) *openapi3.Schema {
	all := openapi3.NewObjectSchema()
	for _, item := range contract.Spec(string(p)).Paths.Map() {
		if item.Post == nil {
			continue
		}
		for _, parameter := range item.Post.Parameters {
			s := *parameter.Value.Schema.Value
			s.Description = parameter.Value.Description
			all.WithProperty(parameter.Value.Name, &s)
			all.Required = append(all.Required, parameter.Value.Name)
		}
		if body := item.Post.RequestBody; body != nil {
			for _, media := range body.Value.Content {
				all.AllOf = append(all.AllOf, media.Schema)
			}
		}
	}
	return all
}

// property returns a field's name in the document, its schema, and whether it is required. It
// returns nothing if the field is not documented. The facade uses the documents' names, in Go's
// spelling.
func property(s *openapi3.Schema, name string) (spelled string, found *openapi3.Schema, required bool) {
	if s == nil {
		return "", nil, false
	}
	for spelled, ref := range s.Properties {
		if plain(spelled) == plain(name) {
			return spelled, ref.Value, slices.Contains(s.Required, spelled)
		}
	}
	for _, part := range s.AllOf {
		if spelled, found, required := property(part.Value, name); found != nil {
			return spelled, found, required
		}
	}
	return "", nil, false
}

func items(s *openapi3.Schema) *openapi3.Schema {
	if s == nil || s.Items == nil {
		return nil
	}
	return s.Items.Value
}

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
