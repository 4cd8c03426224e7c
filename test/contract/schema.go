package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	f.undocumented(base, s, value)
	f.misfits(base, s, s.VisitJSON(value, options...))
}

// undocumented finds the properties that a closed object does not name.
func (f *findings) undocumented(at string, s *openapi3.Schema, value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			child, token, allowed := property(s, name)
			if !allowed {
				f.add(at+"/"+token, "no such property", describe(value[name]))
				continue
			}
			f.undocumented(at+"/"+token, child, value[name])
		}
	case []any:
		for i, item := range value {
			f.undocumented(at+"/"+strconv.Itoa(i), items(s), item)
		}
	}
}

// misfits takes over what kin-openapi found, but none of its words: they quote
// the value.
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
		f.add(base+pointer(root, err.JSONPointer()), expected(err.Schema, err.SchemaField), found)
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

// pointer returns the path to a misfit as a JSON pointer that may be shown.
func pointer(s *openapi3.Schema, path []string) string {
	var b strings.Builder
	for _, name := range path {
		token := name
		if child := items(s); child != nil {
			s = child
		} else {
			s, token, _ = property(s, name)
		}
		b.WriteString("/" + token)
	}
	return b.String()
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,39}$`)

// shown returns an undocumented name if it can be nothing but a name: addresses,
// numbers, identifiers and tokens that strayed into its place become a star.
func shown(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "*"
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// expected puts one keyword of a schema into words.
func expected(s *openapi3.Schema, keyword string) string {
	switch keyword {
	case "required":
		return "a property"
	case "type":
		return strings.Join(s.Type.Slice(), " or ")
	case "nullable":
		return strings.Join(s.Type.Slice(), " or ") + ", not null"
	case "enum":
		return "one of " + jsonText(s.Enum)
	case "format":
		return "format " + s.Format
	case "pattern":
		return "a string that matches " + s.Pattern
	case "minLength":
		return "a string of at least " + amount(s.MinLength, "character")
	case "maxLength":
		return "a string of at most " + amount(*s.MaxLength, "character")
	case "minimum":
		return fmt.Sprintf("a number of at least %g", *s.Min)
	case "maximum":
		return fmt.Sprintf("a number of at most %g", *s.Max)
	case "minItems":
		return "an array of at least " + amount(s.MinItems, "item")
	case "oneOf":
		return "exactly one of: " + alternatives(s.OneOf)
	case "anyOf":
		return "any of: " + alternatives(s.AnyOf)
	}
	return "what " + keyword + " in the schema says"
}

func alternatives(refs openapi3.SchemaRefs) string {
	var all []string
	for _, ref := range refs {
		switch s := ref.Value; {
		case len(s.Enum) > 0:
			all = append(all, jsonText(s.Enum))
		case s.Type != nil:
			all = append(all, strings.TrimSpace(strings.Join(s.Type.Slice(), " or ")+" "+s.Format))
		}
	}
	return strings.Join(all, ", ")
}

func jsonText(values []any) string {
	text, _ := json.Marshal(values) // they were read from JSON
	return string(text)
}

// describe puts a value into words that hold nothing of it.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		if value == math.Trunc(value) {
			return "an integer"
		}
		return "a number"
	case json.Number:
		if _, err := value.Int64(); err == nil {
			return "an integer"
		}
		return "a number"
	case string:
		return "a string of " + amount(utf8.RuneCountInString(value), "character")
	case []any:
		return "an array of " + amount(len(value), "item")
	case map[string]any:
		if len(value) == 1 {
			return "an object of 1 property"
		}
		return fmt.Sprintf("an object of %d properties", len(value))
	}
	return "a value"
}

func amount[N int | uint64](n N, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
