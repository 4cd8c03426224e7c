// Package schemacheck judges values by the schemas of a document: the bodies of
// exchanges, and the examples and defaults of the document itself. It is stricter
// than kin-openapi, knows the formats without a registry that the whole process
// shares, and repeats no value.
package schemacheck

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Misfit is one point on which a value leaves its schema. Pointer is a JSON
// pointer into the value. No word of it holds a value; the name of an undocumented
// property is there only if it is a plain one, of at most forty letters, digits
// and underscores. Any other name, and every key of a map, is a star.
type Misfit struct{ Pointer, Expected, Found string }

// Half is the half of an exchange that a value stands in: a member that is read
// only is none of a request, and one that is written only is none of a response.
type Half int

// The halves. The zero value is for a value of the document itself.
const (
	OfDocument Half = iota
	OfRequest
	OfResponse
)

// most bounds what one body is reported for: a list of a hundred thousand wrong
// items says no more than one of a hundred.
const most = 100

// Body returns the misfits of a body that must be one JSON text. After a hundred
// it says no more.
func Body(s *openapi3.Schema, half Half, text []byte) []Misfit {
	value, repeated, flaw := decode(s, text)
	if flaw != "" {
		return []Misfit{{"", "one JSON value in UTF-8", flaw}}
	}
	f := findings{half: half}
	for _, at := range repeated {
		f.add(at, "each property once", "a property that is repeated")
	}
	f.value(s, value)
	return f.list[:min(len(f.list), most)]
}

// Value returns the misfits of a decoded JSON value.
func Value(s *openapi3.Schema, half Half, value any) []Misfit {
	f := findings{half: half}
	f.value(s, value)
	return f.list
}

// Text returns the misfits of the text of a parameter or header, which is read as
// the type that its schema has: the items of an array stand between commas.
func Text(s *openapi3.Schema, half Half, text string) []Misfit {
	return Value(s, half, parsed(s, text))
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
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			return value
		}
	}
	return text
}

// findings collects the misfits of one value.
type findings struct {
	half Half
	list []Misfit
}

func (f *findings) add(pointer, expected, found string) {
	f.list = append(f.list, Misfit{pointer, expected, found})
}

func (f *findings) value(s *openapi3.Schema, value any) {
	options := []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(),
		openapi3.WithStringFormatValidators(formats),
	}
	switch f.half {
	case OfRequest:
		options = append(options, openapi3.VisitAsRequest())
	case OfResponse:
		options = append(options, openapi3.VisitAsResponse())
	case OfDocument:
	}
	f.undocumented(nil, s, value)
	f.misfits(s, s.VisitJSON(value, options...))
}

// undocumented finds the properties that a closed object does not name.
func (f *findings) undocumented(path []string, s *openapi3.Schema, value any) {
	if s == nil {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			child, token, allowed := property(s, name)
			if !allowed {
				f.add(pointer(append(path, token)), "no such property", Describe(value[name]))
				continue
			}
			f.undocumented(append(path, token), child, value[name])
		}
	case []any:
		for i, item := range value {
			f.undocumented(append(path, strconv.Itoa(i)), items(s), item)
		}
	}
}

// misfits takes over what kin-openapi found, but none of its words: they quote
// the value. It hands out its errors bare, or in a MultiError.
func (f *findings) misfits(root *openapi3.Schema, err error) {
	switch err := err.(type) {
	case nil:
	case openapi3.MultiError:
		for _, one := range err {
			f.misfits(root, one)
		}
	case *openapi3.SchemaError:
		found := Describe(err.Value)
		switch err.SchemaField {
		case "properties":
			return // undocumented has it, with its name
		case "required":
			found = "nothing"
		}
		f.add(pointer(shownPath(root, err.JSONPointer())), expected(err.Schema, err.SchemaField), found)
	default:
		f.add("", "a value that fits the schema", "another")
	}
}

// property looks a name up in the schema of an object. It returns the schema of
// that property, nil if any value will do, the name as it may be shown, and
// whether the object may have such a property at all. An object that lists its
// properties and is silent on others is closed, unless it is marked
// x-additional-properties: open.
func property(s *openapi3.Schema, name string) (child *openapi3.Schema, token string, allowed bool) {
	if s == nil {
		return nil, "*", true
	}
	parts := parts(s)
	for _, part := range parts {
		if ref := part.Properties[name]; ref != nil {
			return ref.Value, pointerEscapes.Replace(name), true
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

// parts returns a schema and those that it is composed of.
func parts(s *openapi3.Schema) []*openapi3.Schema {
	all := []*openapi3.Schema{s}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, ref := range refs {
			all = append(all, parts(ref.Value)...)
		}
	}
	return all
}

// items returns the schema of the items of an array, nil if any item will do.
func items(s *openapi3.Schema) *openapi3.Schema {
	if s == nil || s.Items == nil {
		return nil
	}
	return s.Items.Value
}

// shownPath returns the path to a misfit as it may be shown.
func shownPath(s *openapi3.Schema, path []string) []string {
	all := make([]string, len(path))
	for i, name := range path {
		if child := items(s); child != nil {
			s, all[i] = child, name
		} else {
			s, all[i], _ = property(s, name)
		}
	}
	return all
}

// pointer joins the tokens of a JSON pointer.
func pointer(tokens []string) string {
	if len(tokens) == 0 {
		return ""
	}
	return "/" + strings.Join(tokens, "/")
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Members returns the names of the properties that an object lists, in all parts
// that it is composed of.
func Members(s *openapi3.Schema) (names []string) {
	for _, part := range parts(s) {
		names = slices.AppendSeq(names, maps.Keys(part.Properties))
	}
	return names
}
