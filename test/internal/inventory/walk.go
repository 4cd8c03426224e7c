package inventory

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fields returns the facts of a value and of all that is in it, by pointer.
func (r *reader) fields(at string, ref *openapi3.SchemaRef, required bool, example any) map[string]Facts {
	w := walk{reader: r, at: at, fields: map[string]Facts{}}
	if ref == nil {
		w.fields["/"] = Facts{Required: required}
	} else {
		w.value("", ref.Value, required, nil)
	}
	for _, e := range w.examples {
		show(w.fields, e.pointer, e.value)
	}
	show(w.fields, "", example)
	return w.fields
}

// walk goes through one schema.
type walk struct {
	*reader
	at       string
	fields   map[string]Facts
	examples []example
}

type example struct {
	pointer string
	value   any
}

func (w *walk) value(pointer string, s *openapi3.Schema, required bool, outer []*openapi3.Schema) {
	at := pointer
	if at == "" {
		at = "/"
	}
	if slices.Contains(outer, s) {
		f := facts(s)
		f.Required, f.Recursive = required, true
		w.fields[at] = f
		return
	}
	outer = append(slices.Clip(outer), s)
	s = w.flat(pointer, s)
	f := facts(s)
	f.Required = required
	// An upstream value inside a union is a value of the union's place.
	for _, ref := range slices.Concat(s.OneOf, s.AnyOf) {
		f.Upstream = append(f.Upstream, facts(ref.Value).Upstream...)
	}
	w.fields[at] = f
	for _, value := range append([]any{s.Example}, s.Examples...) {
		w.examples = append(w.examples, example{pointer, value})
	}

	for i, ref := range slices.Concat(s.OneOf, s.AnyOf) {
		w.value(pointer+"|"+strconv.Itoa(i+1), ref.Value, false, outer)
	}
	for name, ref := range s.Properties {
		if w.of(ref.Value) {
			w.value(pointer+"/"+escapes.Replace(name), ref.Value, slices.Contains(s.Required, name), outer)
		}
	}
	if s.Items != nil {
		w.value(pointer+"/*", s.Items.Value, false, outer)
	}
	if ref := s.AdditionalProperties.Schema; ref != nil {
		w.value(pointer+"/*", ref.Value, false, outer)
	}
}

// of reports whether a member is one of the half that is read: what is read only is
// no member of a request, and what is written only is none of a response.
func (w *walk) of(s *openapi3.Schema) bool {
	if w.sent && s.ReadOnly || !w.sent && s.WriteOnly {
		return false
	}
	return !slices.ContainsFunc(s.AllOf, func(ref *openapi3.SchemaRef) bool { return !w.of(ref.Value) })
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// show adds an example, if there is one.
func show(fields map[string]Facts, pointer string, value any) {
	if value != nil {
		shown(fields, pointer, value)
	}
}

// shown adds an example to the values that it is made of, as far as they are known.
func shown(fields map[string]Facts, pointer string, value any) {
	known := func(token string) (string, bool) {
		for _, at := range []string{pointer + "/" + token, pointer + "/*"} {
			if _, ok := fields[at]; ok {
				return at, true
			}
		}
		return "", false
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
		if at, ok := known(escapes.Replace(name)); ok {
			shown(fields, at, member)
		} else {
			rest = true
		}
	}
	if pointer == "" {
		pointer = "/"
	}
	f := fields[pointer]
	if text := compact(value); rest && !slices.ContainsFunc(f.Examples, func(other any) bool { return compact(other) == text }) {
		f.Examples = append(slices.Clip(f.Examples), value)
		slices.SortFunc(f.Examples, func(a, b any) int { return strings.Compare(compact(a), compact(b)) })
		fields[pointer] = f
	}
}

// compact returns a value as JSON.
func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was read from JSON or YAML
	}
	return string(text)
}

// flat returns a schema with the parts of an allOf put together. A union of one
// is its one alternative, and one with null is nullable.
func (w *walk) flat(pointer string, s *openapi3.Schema) *openapi3.Schema {
	whole := *s
	whole.AllOf = nil
	parts := s.AllOf
	for _, union := range []*openapi3.SchemaRefs{&whole.OneOf, &whole.AnyOf} {
		rest := slices.DeleteFunc(slices.Clone(*union), func(ref *openapi3.SchemaRef) bool { return ref.Value.Type.Is(openapi3.TypeNull) })
		whole.Nullable = whole.Nullable || len(rest) < len(*union)
		if *union = rest; len(rest) == 1 {
			parts = append(slices.Clip(parts), rest[0])
			*union = nil
		}
	}
	for _, ref := range parts {
		w.merge(pointer, &whole, w.flat(pointer, ref.Value))
	}
	return &whole
}

// merge puts a part of an allOf into the whole: a value must fit both.
func (w *walk) merge(pointer string, whole, part *openapi3.Schema) {
	to, from := reflect.ValueOf(whole).Elem(), reflect.ValueOf(part).Elem()
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("json"), ",")
		a, b := to.Field(i), from.Field(i)
		switch {
		case b.IsZero() || reflect.DeepEqual(a.Interface(), b.Interface()):
		case a.IsZero():
			a.Set(b)
		case slices.Contains(words, name):
		case name == "-": // extensions, which are no facts, and where it was written
			if extensions, ok := b.Interface().(map[string]any); ok { //nolint:modernize // reflect.TypeAssert takes Go 1.25, and reads no better
				extensions = maps.Clone(extensions)
				maps.Copy(extensions, whole.Extensions)
				a.Set(reflect.ValueOf(extensions))
			}
		case name == "required" || name == "examples":
			a.Set(reflect.AppendSlice(a.Slice(0, a.Len()), b))
		case name == "properties":
			whole.Properties = w.both(whole.Properties, part.Properties)
		case name == "type":
			common := slices.DeleteFunc(slices.Clone(whole.Type.Slice()), func(t string) bool { return !slices.Contains(part.Type.Slice(), t) })
			if whole.Type = (*openapi3.Types)(&common); len(common) == 0 {
				w.fail(w.at+" "+pointer, "allOf wants several types at once")
			}
		case strings.HasPrefix(name, "min"):
			if number(b) > number(a) {
				a.Set(b)
			}
		case strings.HasPrefix(name, "max"):
			if number(b) < number(a) {
				a.Set(b)
			}
		case name == "additionalProperties":
			if has := part.AdditionalProperties.Has; has != nil && !*has {
				a.Set(b)
			}
		default:
			w.fail(w.at+" "+pointer, "allOf has several of the keyword "+name)
		}
	}
}

// both returns the properties of two parts. One that both have must fit both.
func (w *walk) both(a, b openapi3.Schemas) openapi3.Schemas {
	all := maps.Clone(a)
	for name, ref := range b {
		if other := a[name]; other != nil && other.Value != ref.Value {
			ref = &openapi3.SchemaRef{Value: &openapi3.Schema{AllOf: openapi3.SchemaRefs{other, ref}}}
		}
		all[name] = ref
	}
	return all
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

// held are the keywords that have facts of their own, or whose schemas are walked.
// words are those that say nothing to a client. Any other is held as it stands.
var (
	held = []string{
		"type", "format", "pattern", "enum", "const", "default", "example", "examples", "nullable", "deprecated", "readOnly", "writeOnly",
		"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
		"items", "properties", "required", "additionalProperties", "allOf", "oneOf", "anyOf",
	}
	words = []string{"title", "description", "externalDocs", "example", "$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs"}
)

// keywords returns the keywords that are held as they stand.
func keywords(s *openapi3.Schema) map[string]string {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(compact(s)), &all) != nil {
		return map[string]string{"boolean schema": compact(s)}
	}
	var rest map[string]string
	for name, value := range all {
		if slices.Contains(held, name) || slices.Contains(words, name) || strings.HasPrefix(name, "x-") {
			continue
		}
		if rest == nil {
			rest = map[string]string{}
		}
		rest[name] = string(value)
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
	var types []string
	for _, t := range s.Type.Slice() {
		if t == openapi3.TypeNull {
			f.Nullable = true
		} else {
			types = append(types, t)
		}
	}
	f.Type = strings.Join(types, " or ")
	switch {
	case len(s.OneOf) > 0:
		f.Type = "one of"
	case len(s.AnyOf) > 0:
		f.Type = "any of"
	}
	enum := s.Enum
	if s.Const != nil {
		enum = append(slices.Clip(enum), s.Const)
	}
	for _, value := range enum {
		if value == nil {
			f.Nullable = true
		} else {
			f.Enum = append(f.Enum, value)
		}
	}
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
