package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operations returns the method and path of every operation: those that post first,
// and otherwise in order.
func Operations(doc *openapi3.T) (all []string) {
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			all = append(all, method+" "+path)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		post := func(s string) bool { return strings.HasPrefix(s, "POST ") }
		switch {
		case post(a) != post(b) && post(a):
			return -1
		case post(a) != post(b):
			return 1
		}
		return strings.Compare(a, b)
	})
	return all
}

// Of returns the facts of one operation of a document, such as "POST /start". It
// fails if the document has no such operation, or says something that an
// inventory cannot hold: it never leaves a fact out in silence.
func Of(doc *openapi3.T, operation string) (*Inventory, error) {
	method, path, _ := strings.Cut(operation, " ")
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		return nil, fmt.Errorf("inventory: no operation %s, there are: %s", operation, strings.Join(Operations(doc), ", "))
	}
	op := item.GetOperation(method)
	v := &Inventory{ID: op.OperationID, Operation: operation, Responses: map[string]Message{}}
	r := &reader{}
	for _, server := range doc.Servers {
		v.Servers = append(v.Servers, server.URL)
	}
	v.Security = r.security(doc, op)
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		if v.Parameters == nil {
			v.Parameters = map[string]Facts{}
		}
		maps.Copy(v.Parameters, r.parameter(ref.Value))
	}
	if op.RequestBody != nil {
		body := op.RequestBody.Value
		m := r.message("request", body.Content)
		m.Required = body.Required
		v.Request = &m
	}
	for status, ref := range op.Responses.Map() {
		m := r.message("response "+status, ref.Value.Content)
		for name, header := range ref.Value.Headers {
			if m.Headers == nil {
				m.Headers = map[string]Facts{}
			}
			m.Headers[name] = r.scalar("response "+status+" header "+name, header.Value.Schema, header.Value.Required)
		}
		v.Responses[status] = m
	}
	return v, errors.Join(r.failures...)
}

// reader collects facts, and what it could not read.
type reader struct{ failures []error }

func (r *reader) fail(at, why string) {
	r.failures = append(r.failures, fmt.Errorf("inventory: %s: %s", at, why))
}

func (r *reader) security(doc *openapi3.T, op *openapi3.Operation) map[string]Scheme {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	all := make(map[string]Scheme, len(requirements))
	for _, requirement := range requirements {
		for name := range requirement {
			ref := doc.Components.SecuritySchemes[name]
			if len(requirement) != 1 || ref == nil {
				r.fail("security "+name, "not one described scheme by itself")
				continue
			}
			s := ref.Value
			all[name] = Scheme{Type: s.Type, In: s.In, Name: s.Name, Scheme: strings.ToLower(s.Scheme)}
		}
	}
	return all
}

// parameter returns the facts of a parameter, and of the items if it is a list.
func (r *reader) parameter(p *openapi3.Parameter) map[string]Facts {
	at := p.In + " " + p.Name
	if p.Schema == nil || !p.Schema.Value.Type.Is(openapi3.TypeArray) {
		return map[string]Facts{at: r.scalar(at, p.Schema, p.Required)}
	}
	fields := r.fields(at, p.Schema, p.Required)
	if len(fields) > 2 {
		r.fail(at, "a list of more than plain values")
	}
	list := fields["/"]
	list.Style = cmp.Or(p.Style, openapi3.SerializationForm)
	if p.Explode == nil || *p.Explode {
		list.Style += ", exploded"
	}
	return map[string]Facts{at: list, at + "/*": fields["/*"]}
}

func (r *reader) scalar(at string, ref *openapi3.SchemaRef, required bool) Facts {
	fields := r.fields(at, ref, required)
	if len(fields) > 1 {
		r.fail(at, "more than one plain value")
	}
	return fields["/"]
}

func (r *reader) message(at string, content openapi3.Content) Message {
	var m Message
	m.Content = slices.Sorted(maps.Keys(content))
	for _, name := range m.Content {
		fields := r.fields(at+" "+name, content[name].Schema, false)
		if m.Fields != nil && !reflect.DeepEqual(m.Fields, fields) {
			r.fail(at+" "+name, "another body than under "+m.Content[0])
		}
		m.Fields = fields
	}
	return m
}

func (r *reader) fields(at string, ref *openapi3.SchemaRef, required bool) map[string]Facts {
	if ref == nil {
		r.fail(at, "no schema")
		return nil
	}
	w := walk{reader: r, at: at, fields: map[string]Facts{}}
	w.value("", ref.Value, required, nil)
	return w.fields
}

// walk goes through one schema.
type walk struct {
	*reader
	at     string
	fields map[string]Facts
}

func (w *walk) value(pointer string, s *openapi3.Schema, required bool, outer []*openapi3.Schema) {
	if slices.Contains(outer, s) {
		f := facts(s)
		f.Required, f.Recursive = required, true
		w.fields[pointer] = f
		return
	}
	outer = append(slices.Clip(outer), s)
	s = w.flat(pointer, s)
	f := facts(s)
	f.Required = required
	if names, ok := s.Extensions["x-enum-varnames"].([]any); ok && len(names) != len(s.Enum) {
		w.fail(w.at+" "+pointer, fmt.Sprintf("%d values and %d names in x-enum-varnames: each value needs its own", len(s.Enum), len(names)))
	}
	// An upstream value inside a union is a value of the union's place.
	for _, ref := range slices.Concat(s.OneOf, s.AnyOf) {
		f.Upstream = append(f.Upstream, facts(ref.Value).Upstream...)
	}
	at := pointer
	if at == "" {
		at = "/"
	}
	w.fields[at] = f

	for i, ref := range slices.Concat(s.OneOf, s.AnyOf) {
		w.value(pointer+"|"+strconv.Itoa(i+1), ref.Value, false, outer)
	}
	for name, ref := range s.Properties {
		w.value(pointer+"/"+escapes.Replace(name), ref.Value, slices.Contains(s.Required, name), outer)
	}
	if s.Items != nil {
		w.value(pointer+"/*", s.Items.Value, false, outer)
	}
	if ref := s.AdditionalProperties.Schema; ref != nil {
		w.value(pointer+"/*", ref.Value, false, outer)
	}
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// flat returns a schema with the parts of an allOf put together. A union of one
// is its one alternative.
func (w *walk) flat(pointer string, s *openapi3.Schema) *openapi3.Schema {
	switch {
	case len(s.OneOf) == 1:
		return w.flat(pointer, s.OneOf[0].Value)
	case len(s.AnyOf) == 1:
		return w.flat(pointer, s.AnyOf[0].Value)
	case s.Not != nil || s.MultipleOf != nil || s.MinProps > 0 || s.MaxProps != nil ||
		s.ExclusiveMin.IsSet() || s.ExclusiveMax.IsSet():
		w.fail(w.at+" "+pointer, "a keyword that an inventory does not hold")
		return s
	case len(s.AllOf) == 0:
		return s
	}
	whole := *s
	whole.AllOf = nil
	for _, ref := range s.AllOf {
		part := w.flat(pointer, ref.Value)
		switch {
		case whole.Type == nil:
			whole.Type = part.Type
		case part.Type != nil && !part.Type.Is(whole.Type.Slice()[0]):
			w.fail(w.at+" "+pointer, "an allOf of several types")
		}
		if len(s.AllOf) == 1 && len(s.Properties) == 0 {
			// A reference with something beside it.
			only := *part
			only.Nullable = only.Nullable || s.Nullable
			return &only
		}
		properties := maps.Clone(part.Properties)
		maps.Copy(properties, whole.Properties)
		whole.Properties = properties
		whole.Required = append(slices.Clip(whole.Required), part.Required...)
		if extra := part.AdditionalProperties; extra.Has != nil || extra.Schema != nil {
			whole.AdditionalProperties = extra
		}
	}
	return &whole
}

func facts(s *openapi3.Schema) Facts {
	f := Facts{
		Nullable: s.Nullable, Format: s.Format, Pattern: s.Pattern,
		Minimum: s.Min, Maximum: s.Max,
		MinLength: s.MinLength, MaxLength: s.MaxLength,
		MinItems: s.MinItems, MaxItems: s.MaxItems, UniqueItems: s.UniqueItems,
		Default: s.Default,
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
	for _, value := range s.Enum {
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
	f.Example, _ = s.Example.(string)
	return f
}
