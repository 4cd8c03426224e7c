package inventory

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// reader collects the places where a document contradicts itself.
type reader struct {
	sent     bool // what is read belongs to a request
	failures []error
}

// fields returns the facts of a value and of everything in it, by pointer.
func (r *reader) fields(at string, ref *openapi3.SchemaRef, required bool, example any) map[string]Facts {
	w := walk{reader: r, at: at, fields: map[string]Facts{}, required: map[string]bool{"": required}}
	if ref == nil {
		w.fields["/"] = Facts{}
	} else {
		w.value("", ref.Value, nil)
	}
	for pointer, f := range w.fields {
		f.Required = w.required[strings.TrimSuffix(pointer, "/")]
		w.fields[pointer] = f
	}
	for _, show := range w.examples {
		show()
	}
	show(w.fields, "", example)
	return w.fields
}

// walk goes through one schema.
type walk struct {
	*reader
	at       string
	fields   map[string]Facts
	required map[string]bool // by pointer
	examples []func()
}

// value adds the facts of a schema to what is known of its place. All parts of an allOf have the
// same place. A union of one schema, or of one and null, counts as a part too.
func (w *walk) value(pointer string, s *openapi3.Schema, outer []*openapi3.Schema) {
	f := facts(s)
	if slices.Contains(outer, s) {
		f.Recursive = true
		w.add(pointer, f)
		return
	}
	outer = append(slices.Clip(outer), s)
	parts, alternatives := s.AllOf, openapi3.SchemaRefs{}
	for kind, union := range map[string]openapi3.SchemaRefs{"one of": s.OneOf, "any of": s.AnyOf} {
		rest := slices.DeleteFunc(slices.Clone(union), func(ref *openapi3.SchemaRef) bool { return ref.Value.Type.Is(openapi3.TypeNull) })
		f.Nullable = f.Nullable || len(rest) < len(union)
		switch len(rest) {
		case 0:
		case 1:
			parts = append(slices.Clip(parts), rest[0])
		default:
			f.Type, alternatives = kind, append(alternatives, rest...)
		}
	}
	w.add(pointer, f)
	for _, value := range append([]any{s.Example}, s.Examples...) {
		if value != nil {
			w.examples = append(w.examples, func() { show(w.fields, pointer, value) })
		}
	}

	for _, ref := range parts {
		w.value(pointer, ref.Value, outer)
	}
	for i, ref := range alternatives {
		w.value(pointer+"|"+strconv.Itoa(i+1), ref.Value, outer)
	}
	for _, name := range s.Required {
		w.required[pointer+"/"+jsontree.Escape(name)] = true
	}
	for name, ref := range s.Properties {
		if w.of(ref.Value) {
			w.value(pointer+"/"+jsontree.Escape(name), ref.Value, outer)
		}
	}
	for _, ref := range []*openapi3.SchemaRef{s.Items, s.AdditionalProperties.Schema} {
		if ref != nil {
			w.value(pointer+"/*", ref.Value, outer)
		}
	}
}

// of reports whether a member belongs to the half that is read. A read-only member is not part of a
// request, and a write-only member is not part of a response.
func (w *walk) of(s *openapi3.Schema) bool {
	if w.sent && s.ReadOnly || !w.sent && s.WriteOnly {
		return false
	}
	return !slices.ContainsFunc(s.AllOf, func(ref *openapi3.SchemaRef) bool { return !w.of(ref.Value) })
}

// add adds facts to those that are known of a place: a value must fit both.
func (w *walk) add(pointer string, f Facts) {
	at := cmp.Or(pointer, "/")
	whole := w.fields[at]
	to, from := reflect.ValueOf(&whole).Elem(), reflect.ValueOf(f)
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("yaml"), ",")
		a, b := to.Field(i), from.Field(i)
		switch {
		case b.IsZero() || reflect.DeepEqual(a.Interface(), b.Interface()) && !strings.HasSuffix(a.String(), " of"):
		case a.IsZero(), strings.HasPrefix(name, "min") && number(b) > number(a), strings.HasPrefix(name, "max") && number(b) < number(a):
			a.Set(b)
		case strings.HasPrefix(name, "min"), strings.HasPrefix(name, "max"):
		case name == "-":
			a.Set(reflect.AppendSlice(a, b))
		case name == "additional":
			a.SetString("closed")
		default:
			w.failures = append(w.failures, fmt.Errorf("inventory: %s %s: allOf has several of the keyword %s", w.at, pointer, name))
		}
	}
	w.fields[at] = whole
}

func number(v reflect.Value) float64 {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.CanUint() {
		return float64(v.Uint())
	}
	return v.Float()
}

// show adds an example, if there is one, to each of the values that it consists of, as far as they
// are known.
func show(fields map[string]Facts, pointer string, value any) {
	if value == nil && pointer == "" {
		return
	}
	members := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		members = value
	case []any:
		for i, item := range value {
			members[strconv.Itoa(i)] = item
		}
	}
	rest := len(members) == 0
	for name, member := range members {
		at := pointer + "/" + jsontree.Escape(name)
		if _, known := fields[at]; !known {
			at = pointer + "/*"
		}
		if _, known := fields[at]; known {
			show(fields, at, member)
		} else {
			rest = true
		}
	}
	at := cmp.Or(pointer, "/")
	f := fields[at]
	if text := compact(value); rest && !slices.ContainsFunc(f.Examples, func(other any) bool { return compact(other) == text }) {
		f.Examples = append(slices.Clip(f.Examples), value)
		slices.SortFunc(f.Examples, func(a, b any) int { return strings.Compare(compact(a), compact(b)) })
		fields[at] = f
	}
}

// compact returns a value as JSON.
func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was read from JSON or YAML, so it encodes
	}
	return string(text)
}

// held are three kinds of keywords: those that have facts of their own, those whose schemas are
// walked, and those that say nothing to a client. Any other keyword is kept as written.
var held = []string{
	"type", "format", "pattern", "enum", "const", "default", "example", "examples", "nullable", "deprecated", "readOnly", "writeOnly",
	"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
	"items", "properties", "required", "additionalProperties", "allOf", "oneOf", "anyOf",
	"title", "description", "externalDocs", "$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs",
}

// keywords returns the keywords that are kept as written.
func keywords(s *openapi3.Schema) map[string]string {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(compact(s)), &all) != nil {
		return map[string]string{"boolean schema": compact(s)}
	}
	rest := map[string]string{}
	for name, value := range all {
		if !slices.Contains(held, name) && !strings.HasPrefix(name, "x-") {
			rest[name] = string(value)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return rest
}

func facts(s *openapi3.Schema) Facts {
	f := Facts{
		Nullable: s.Nullable, Format: s.Format, Pattern: s.Pattern,
		Minimum: s.Min, Maximum: s.Max,
		MinLength: s.MinLength, MaxLength: s.MaxLength,
		MinItems: s.MinItems, MaxItems: s.MaxItems, UniqueItems: s.UniqueItems,
		Default: s.Default, Deprecated: s.Deprecated, Keywords: keywords(s),
	}
	types := slices.DeleteFunc(slices.Clone(s.Type.Slice()), func(t string) bool { return t == openapi3.TypeNull })
	f.Type = strings.Join(types, " or ")
	f.Enum = slices.Clone(s.Enum)
	if s.Const != nil {
		f.Enum = append(f.Enum, s.Const)
	}
	values := len(f.Enum)
	f.Enum = slices.DeleteFunc(f.Enum, func(value any) bool { return value == nil })
	f.Nullable = f.Nullable || len(types) < len(s.Type.Slice()) || len(f.Enum) < values
	switch has := s.AdditionalProperties.Has; {
	case has != nil && *has, s.Extensions["x-additional-properties"] == "open", s.AdditionalProperties.Schema != nil:
		f.Additional = "open"
	case has != nil:
		f.Additional = "closed"
	}
	upstream, _ := s.Extensions["x-upstream-values"].([]any)
	for _, value := range upstream {
		f.Upstream = append(f.Upstream, fmt.Sprint(value))
	}
	return f
}

func (r *reader) err() error { return errors.Join(r.failures...) }
