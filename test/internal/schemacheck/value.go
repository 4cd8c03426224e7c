// Package schemacheck judges values by the schemas of a document: the bodies of exchanges, and the
// examples and defaults of the document itself. It is stricter than kin-openapi, does not change
// the registry of formats that the whole process shares, and never repeats a value.
package schemacheck

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// A Misfit is one point in which a value does not fit its schema. Pointer, Expected and Found hold no
// value. Pointer is a JSON pointer into the value. In it, the name of an undocumented property is
// shown only if it is a plain name of at most forty letters, digits and underscores. Any other name,
// and every key of a map, is shown as a star.
type Misfit struct {
	Pointer, Expected, Found string
	// Path is the pointer with all names. It must not be shown, unless the value may be.
	Path string
}

// most is how many misfits are reported for one body. A list with a hundred thousand wrong items
// says no more than one with a hundred.
const most = 100

// Body returns the misfits of a body that must be one JSON text, at most a hundred of them.
func Body(s *openapi3.Schema, text []byte) []Misfit {
	flaw := ""
	switch {
	case len(text) == 0:
		flaw = "no body"
	case !utf8.Valid(text):
		flaw = "bytes that are not UTF-8"
	case !json.Valid(text):
		flaw = Amount(len(text), "byte") + " that are not"
	}
	if flaw != "" {
		return []Misfit{{Expected: "one JSON value in UTF-8", Found: flaw}}
	}
	r := reading{Decoder: json.NewDecoder(bytes.NewReader(text))}
	r.UseNumber()
	value := r.value(s, Misfit{})
	r.misfits(s, s.VisitJSON(value, openapi3.MultiErrors(), openapi3.WithStringFormatValidators(formats)))
	return r.list[:min(len(r.list), most)]
}

// Value returns the misfits of a decoded JSON value.
func Value(s *openapi3.Schema, value any) []Misfit {
	return Body(s, jsontree.Encode(value))
}

// Text returns the misfits of the text of a parameter or header. The text is read as the type in
// its schema. The items of an array are separated by commas.
func Text(s *openapi3.Schema, text string) []Misfit {
	return Value(s, parsed(s, text))
}

func parsed(s *openapi3.Schema, text string) (value any) {
	if s.Type.Is(openapi3.TypeArray) {
		items := []any{}
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, parsed(s.Items.Value, item))
		}
		return items
	}
	if s.Type.Is(openapi3.TypeString) || json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return value
}

// reading builds a value from a text that is known to be JSON, and collects its misfits.
type reading struct {
	*json.Decoder
	list []Misfit
}

// value reads the value at a place token by token, because a map would swallow properties that occur
// twice. It notes those, and the properties that a closed object does not name.
func (r *reading) value(s *openapi3.Schema, place Misfit) any {
	token, _ := r.Token()
	switch token {
	case json.Delim('{'):
		object := make(map[string]any)
		for r.More() {
			key, _ := r.Token()
			name, _ := key.(string)
			child, at, allowed := under(s, place, name)
			if _, again := object[name]; again {
				r.list = append(r.list, at.of("each property once", "a property that is repeated"))
			}
			object[name] = r.value(child, at)
			if !allowed {
				r.list = append(r.list, at.of("no such property", Describe(object[name])))
			}
		}
		_, _ = r.Token()
		return object
	case json.Delim('['):
		array := []any{}
		for r.More() {
			child, at := item(s, place, strconv.Itoa(len(array)))
			array = append(array, r.value(child, at))
		}
		_, _ = r.Token()
		return array
	}
	return token
}

// of returns the misfit at a place.
func (place Misfit) of(expected, found string) Misfit {
	place.Expected, place.Found = expected, found
	return place
}

// misfits takes over the places that kin-openapi found, but not its words, which quote the value.
// kin-openapi returns an error by itself or in a MultiError.
func (r *reading) misfits(root *openapi3.Schema, err error) {
	if len(r.list) >= most {
		return // words for all of them would cost seconds
	}
	switch err := err.(type) {
	case nil:
	case openapi3.MultiError:
		for _, one := range err {
			r.misfits(root, one)
		}
	case *openapi3.SchemaError:
		s, at := root, Misfit{}
		for _, name := range err.JSONPointer() {
			if s != nil && s.Items != nil {
				s, at = item(s, at, name)
			} else {
				s, at, _ = under(s, at, name)
			}
		}
		switch err.SchemaField {
		case "properties": // value reports it
		case "required":
			r.list = append(r.list, at.of("a property", "nothing"))
		default:
			r.list = append(r.list, at.of(expected(err.Schema, err.SchemaField), Describe(err.Value)))
		}
	default:
		r.list = append(r.list, Misfit{Expected: "a value that fits the schema", Found: "another"})
	}
}

// item returns the schema and the place of an item of the list at a place. The schema is nil if any
// item will do.
func item(s *openapi3.Schema, list Misfit, i string) (*openapi3.Schema, Misfit) {
	at := Misfit{Pointer: list.Pointer + "/" + i, Path: list.Path + "/" + i}
	if s == nil || s.Items == nil {
		return nil, at
	}
	return s.Items.Value, at
}

// under returns the schema and the place of a property of the object at a place, and whether the
// object may have such a property at all. The schema is nil if any value will do. An object that
// lists its properties and does not mention others is closed, unless it is marked
// x-additional-properties: open.
func under(s *openapi3.Schema, place Misfit, name string) (child *openapi3.Schema, at Misfit, allowed bool) {
	shown := func(as string) Misfit {
		return Misfit{Pointer: place.Pointer + "/" + as, Path: place.Path + "/" + jsontree.Escape(name)}
	}
	if s == nil {
		return nil, shown("*"), true
	}
	parts := parts(s)
	for _, part := range parts {
		if ref := part.Properties[name]; ref != nil {
			return ref.Value, shown(jsontree.Escape(name)), true
		}
	}
	closed := false
	for _, part := range parts {
		if ref := part.AdditionalProperties.Schema; ref != nil {
			return ref.Value, shown("*"), true
		}
		switch has := part.AdditionalProperties.Has; {
		case has != nil:
			closed = closed || !*has
		case len(part.Properties) > 0:
			closed = closed || part.Extensions["x-additional-properties"] != "open"
		}
	}
	if !closed {
		return nil, shown("*"), true
	}
	return nil, shown(Name(name)), false
}

// parts returns a schema and the schemas that it is composed of.
func parts(s *openapi3.Schema) []*openapi3.Schema {
	all := []*openapi3.Schema{s}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, ref := range refs {
			all = append(all, parts(ref.Value)...)
		}
	}
	return all
}

// Members returns the names of the properties that an object lists, in all the parts that it is
// composed of.
func Members(s *openapi3.Schema) (names []string) {
	for _, part := range parts(s) {
		names = slices.AppendSeq(names, maps.Keys(part.Properties))
	}
	return names
}
