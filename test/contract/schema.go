package contract

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// most bounds what one body is reported for: a list of a hundred thousand wrong
// items says no more than one of a hundred.
const most = 100

// A judge reports what is wrong with a body.
type judge func(f *findings, text []byte)

// judgeOf returns the judge of a JSON text that must fit a schema.
func judgeOf(s *openapi3.Schema) judge {
	return func(f *findings, text []byte) { f.body(s, text) }
}

// noBody is the judge where there must be none.
func noBody(f *findings, text []byte) {
	if len(text) > 0 {
		f.add("", "no body", amount(len(text), "byte"))
	}
}

func (f *findings) body(s *openapi3.Schema, text []byte) {
	value, repeated, flaw := decode(s, text)
	if flaw != "" {
		f.add("", "one JSON value in UTF-8", flaw)
		return
	}
	before := len(f.list)
	for _, at := range repeated {
		f.add(at, "each property once", "a property that is repeated")
	}
	f.value("", s, value)
	f.list = f.list[:min(len(f.list), before+most)]
}

// value judges a decoded JSON value by a schema; base goes before every pointer.
func (f *findings) value(base string, s *openapi3.Schema, value any) {
	options := []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(),
		openapi3.WithStringFormatValidators(formats),
	}
	switch f.in {
	case InRequest:
		options = append(options, openapi3.VisitAsRequest())
	case InResponse:
		options = append(options, openapi3.VisitAsResponse())
	}
	f.undocumented(base, nil, s, value)
	f.misfits(base, s, s.VisitJSON(value, options...))
}

// undocumented finds the properties that a closed object does not name.
func (f *findings) undocumented(base string, path []string, s *openapi3.Schema, value any) {
	if s == nil {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			child, token, allowed := property(s, name)
			if !allowed {
				f.add(base+pointer(append(path, token)), "no such property", describe(value[name]))
				continue
			}
			f.undocumented(base, append(path, token), child, value[name])
		}
	case []any:
		for i, item := range value {
			f.undocumented(base, append(path, strconv.Itoa(i)), items(s), item)
		}
	}
}

// misfits takes over what kin-openapi found, but none of its words: they quote
// the value. It hands out its errors bare, or in a MultiError.
func (f *findings) misfits(base string, root *openapi3.Schema, err error) {
	switch err := err.(type) {
	case nil:
	case openapi3.MultiError:
		for _, one := range err {
			f.misfits(base, root, one)
		}
	case *openapi3.SchemaError:
		found := describe(err.Value)
		switch err.SchemaField {
		case "properties":
			return // undocumented has it, with its name
		case "required":
			found = "nothing"
		}
		f.add(base+pointer(shownPath(root, err.JSONPointer())), expected(err.Schema, err.SchemaField), found)
	default:
		f.add(base, "a value that fits the schema", "another")
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
	return nil, shown(name), false
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
