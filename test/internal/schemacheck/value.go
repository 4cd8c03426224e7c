// Package schemacheck judges values by the schemas of a document: the bodies of exchanges, and the
// examples and defaults of the document itself. It is stricter than kin-openapi, does not change
// the registry of formats that the whole process shares, and never repeats a value.
package schemacheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// A Misfit is one point in which a value does not fit its schema. Pointer is a JSON pointer into
// the value. No part of a Misfit holds a value. The name of an undocumented property is shown only
// if it is a plain name of at most forty letters, digits and underscores. Any other name, and every
// key of a map, is shown as a star.
type Misfit struct{ Pointer, Expected, Found string }

// most is how many misfits are reported for one body. A list with a hundred thousand wrong items
// says no more than one with a hundred.
const most = 100

// Body returns the misfits of a body that must be one JSON text, at most a hundred of them.
func Body(s *openapi3.Schema, text []byte) []Misfit {
	if flaw := flaw(text); flaw != "" {
		return []Misfit{{"", "one JSON value in UTF-8", flaw}}
	}
	r := reading{Decoder: json.NewDecoder(bytes.NewReader(text))}
	r.UseNumber()
	value := r.value(s, "")
	r.misfits(s, s.VisitJSON(value, openapi3.MultiErrors(), openapi3.WithStringFormatValidators(formats)))
	return r.list
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

func parsed(s *openapi3.Schema, text string) any {
	switch {
	case s.Type.Is(openapi3.TypeArray):
		items := []any{}
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, parsed(s.Items.Value, item))
		}
		return items
	case s.Type.Is(openapi3.TypeBoolean):
		if value, err := strconv.ParseBool(text); err == nil && fmt.Sprint(value) == text {
			return value
		}
	case s.Type.Is(openapi3.TypeInteger), s.Type.Is(openapi3.TypeNumber):
		if value, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(value) && !math.IsInf(value, 0) {
			return value
		}
	}
	return text
}

// reading builds a value from a text that is known to be JSON, and collects its misfits.
type reading struct {
	*json.Decoder
	list []Misfit
}

func (r *reading) add(pointer, expected, found string) {
	if len(r.list) < most {
		r.list = append(r.list, Misfit{pointer, expected, found})
	}
}

// value reads one value token by token, because a map would swallow properties that occur twice. It
// notes those, and the properties that a closed object does not name. The pointer is in the form
// that may be shown.
func (r *reading) value(s *openapi3.Schema, pointer string) any {
	token, _ := r.Token()
	switch token {
	case json.Delim('{'):
		object := make(map[string]any)
		for r.More() {
			key, _ := r.Token()
			name, _ := key.(string)
			child, shown, allowed := property(s, name)
			at := pointer + "/" + shown
			if _, again := object[name]; again {
				r.add(at, "each property once", "a property that is repeated")
			}
			object[name] = r.value(child, at)
			if !allowed {
				r.add(at, "no such property", Describe(object[name]))
			}
		}
		_, _ = r.Token()
		return object
	case json.Delim('['):
		array := []any{}
		for r.More() {
			array = append(array, r.value(items(s), pointer+"/"+strconv.Itoa(len(array))))
		}
		_, _ = r.Token()
		return array
	}
	return token
}

// misfits takes over the places that kin-openapi found, but not its words, which quote the value.
// kin-openapi returns an error by itself or in a MultiError.
func (r *reading) misfits(root *openapi3.Schema, err error) {
	switch err := err.(type) {
	case nil:
	case openapi3.MultiError:
		for _, one := range err {
			r.misfits(root, one)
		}
	case *openapi3.SchemaError:
		found := Describe(err.Value)
		switch err.SchemaField {
		case "properties":
			return // value reports it, with its name
		case "required":
			found = "nothing"
		}
		r.add(shownPath(root, err.JSONPointer()), expected(err.Schema, err.SchemaField), found)
	default:
		r.add("", "a value that fits the schema", "another")
	}
}

// property looks up a name in the schema of an object. It returns three things: the schema of that
// property, or nil if any value will do; the name as it may be shown; and whether the object may
// have such a property at all. An object that lists its properties and does not mention others is
// closed, unless it is marked x-additional-properties: open.
func property(s *openapi3.Schema, name string) (child *openapi3.Schema, token string, allowed bool) {
	if s == nil {
		return nil, "*", true
	}
	parts := parts(s)
	for _, part := range parts {
		if ref := part.Properties[name]; ref != nil {
			return ref.Value, jsontree.Escape(name), true
		}
	}
	closed := false
	for _, part := range parts {
		if ref := part.AdditionalProperties.Schema; ref != nil {
			return ref.Value, "*", true
		}
		switch has := part.AdditionalProperties.Has; {
		case has != nil:
			closed = closed || !*has
		case len(part.Properties) > 0:
			closed = closed || part.Extensions["x-additional-properties"] != "open"
		}
	}
	if !closed {
		return nil, "*", true
	}
	return nil, Name(name), false
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

// items returns the schema of the items of an array, or nil if any item will do.
func items(s *openapi3.Schema) *openapi3.Schema {
	if s == nil || s.Items == nil {
		return nil
	}
	return s.Items.Value
}

// shownPath returns the pointer to a misfit in the form that may be shown.
func shownPath(s *openapi3.Schema, path []string) (pointer string) {
	for _, name := range path {
		if child := items(s); child != nil {
			s = child
		} else {
			s, name, _ = property(s, name)
		}
		pointer += "/" + name
	}
	return pointer
}

// Members returns the names of the properties that an object lists, in all the parts that it is
// composed of.
func Members(s *openapi3.Schema) (names []string) {
	for _, part := range parts(s) {
		names = slices.AppendSeq(names, maps.Keys(part.Properties))
	}
	return names
}

// flaw says why a text is not JSON, without quoting it.
func flaw(text []byte) string {
	switch {
	case len(text) == 0:
		return "no body"
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return "a byte order mark"
	case !utf8.Valid(text):
		return "bytes that are not UTF-8"
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(new(json.RawMessage)); err != nil { // the whole text at once, since that limits the depth
		return Amount(len(text), "byte") + " that cannot be read as JSON"
	}
	if rest := bytes.TrimLeft(text[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return Amount(len(rest), "byte") + " behind the value"
	}
	return ""
}
