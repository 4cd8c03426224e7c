package inventory

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// reader collects facts by place, and the places where a document contradicts itself.
type reader struct {
	all      map[string]Facts
	sent     bool // what is read belongs to a request
	failures []error
}

// fields returns the facts of a value and of everything in it, by pointer. The value itself is at
// "".
func (r *reader) fields(at string, ref *openapi3.SchemaRef, required bool, example any) map[string]Facts {
	w := walk{reader: r, at: at, fields: map[string]Facts{"": {}}}
	if ref != nil {
		w.value("", ref.Value, nil)
	}
	if required {
		w.fields[""]["required"] = true
	}
	for _, add := range w.last {
		add()
	}
	show(w.fields, "", example)
	return w.fields
}

// walk goes through one schema.
type walk struct {
	*reader
	at     string
	fields map[string]Facts
	last   []func() // they add facts of members that may only be met later
}

// value adds the facts of a schema to what is known of its place. All parts of an allOf have the
// same place. A union of one schema, or of one and null, counts as a part too.
func (w *walk) value(pointer string, s *openapi3.Schema, outer []*openapi3.Schema) {
	f := facts(s)
	if slices.Contains(outer, s) {
		f["recursive"] = true
		w.add(pointer, f)
		return
	}
	outer = append(slices.Clip(outer), s)
	parts, alternatives := s.AllOf, openapi3.SchemaRefs{}
	for kind, union := range map[string]openapi3.SchemaRefs{"one of": s.OneOf, "any of": s.AnyOf} {
		rest := slices.DeleteFunc(slices.Clone(union), func(ref *openapi3.SchemaRef) bool { return ref.Value.Type.Is(openapi3.TypeNull) })
		if len(rest) < len(union) {
			f["nullable"] = true
		}
		switch len(rest) {
		case 0:
		case 1:
			parts = append(slices.Clip(parts), rest[0])
		default:
			f["type"], alternatives = kind, append(alternatives, rest...)
		}
	}
	w.add(pointer, f)
	for _, value := range append([]any{s.Example}, s.Examples...) {
		if value != nil {
			w.last = append(w.last, func() { show(w.fields, pointer, value) })
		}
	}

	for _, ref := range parts {
		w.value(pointer, ref.Value, outer)
	}
	for i, ref := range alternatives {
		w.value(pointer+"|"+strconv.Itoa(i+1), ref.Value, outer)
	}
	for _, name := range s.Required {
		w.last = append(w.last, func() {
			if f := w.fields[pointer+"/"+jsontree.Escape(name)]; f != nil {
				f["required"] = true
			}
		})
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
	whole := w.fields[pointer]
	if whole == nil {
		whole = Facts{}
		w.fields[pointer] = whole
	}
	for keyword, value := range f {
		known, twice := whole[keyword]
		switch union := value == "one of" || value == "any of"; {
		case !twice:
			whole[keyword] = value
		case text(known) == text(value) && !union:
		case strings.HasPrefix(keyword, "min"):
			whole[keyword] = max(known.(float64), value.(float64))
		case strings.HasPrefix(keyword, "max"):
			whole[keyword] = min(known.(float64), value.(float64))
		case keyword == "additional":
			whole[keyword] = "closed"
		default:
			w.failures = append(w.failures, fmt.Errorf("inventory: %s %s: allOf has several of the keyword %s", w.at, pointer, keyword))
		}
	}
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
		if fields[at] == nil {
			at = pointer + "/*"
		}
		if fields[at] == nil {
			rest = true
		} else {
			show(fields, at, member)
		}
	}
	examples := fields[pointer].List("example")
	if rest && !slices.ContainsFunc(examples, func(other any) bool { return text(other) == text(value) }) {
		examples = append(slices.Clip(examples), value)
		slices.SortFunc(examples, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		fields[pointer]["example"] = examples
	}
}

// text returns a value as JSON.
func text(value any) string { return string(jsontree.Encode(value)) }

// elsewhere are three kinds of keywords: those that become other facts, those whose schemas are
// walked, and those that say nothing to a client. Any other keyword is a fact as written.
var elsewhere = []string{
	"type", "enum", "const", "nullable", "example", "examples", "readOnly", "writeOnly",
	"items", "properties", "required", "additionalProperties", "allOf", "oneOf", "anyOf",
	"title", "description", "externalDocs", "$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs",
}

// facts returns the facts of a schema itself.
func facts(s *openapi3.Schema) Facts {
	f := Facts{}
	if json.Unmarshal(jsontree.Encode(s), &f) != nil {
		f["boolean schema"] = text(s) // true or false
	}
	maps.DeleteFunc(f, func(keyword string, _ any) bool {
		return slices.Contains(elsewhere, keyword) || strings.HasPrefix(keyword, "x-") && keyword != Upstream
	})
	types := slices.DeleteFunc(slices.Clone(s.Type.Slice()), func(t string) bool { return t == openapi3.TypeNull })
	values := slices.Clone(s.Enum)
	if s.Const != nil {
		values = append(values, s.Const)
	}
	withNull := len(values)
	values = slices.DeleteFunc(values, func(value any) bool { return value == nil })
	additional := ""
	switch has := s.AdditionalProperties.Has; {
	case has != nil && *has, s.Extensions["x-additional-properties"] == "open", s.AdditionalProperties.Schema != nil:
		additional = "open"
	case has != nil:
		additional = "closed"
	}
	maps.Copy(f, stated(Facts{
		"type": strings.Join(types, " or "), "enum": values, "additional": additional,
		"nullable": s.Nullable || len(types) < len(s.Type.Slice()) || len(values) < withNull,
	}))
	return f
}
