package inventory

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
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
	posts := func(operation string) int { return strings.Index(operation, "POST ") }
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(posts(b)-posts(a), strings.Compare(a, b)) })
	return all
}

// Of returns the facts of one operation of a document, such as "POST /start". It
// fails if the document has no such operation, or if it says of one thing what
// cannot all be so.
func Of(doc *openapi3.T, operation string) (*Inventory, error) {
	method, path, _ := strings.Cut(operation, " ")
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		return nil, fmt.Errorf("inventory: no operation %s, there are: %s", operation, strings.Join(Operations(doc), ", "))
	}
	op := item.GetOperation(method)
	v := &Inventory{ID: op.OperationID, Operation: operation, Deprecated: op.Deprecated, Responses: map[string]Message{}}
	r := &reader{}
	servers := doc.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if op.Servers != nil && len(*op.Servers) > 0 {
		servers = *op.Servers
	}
	for _, server := range servers {
		v.Servers = append(v.Servers, server.URL)
	}
	v.Security = security(doc, op)
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		if v.Parameters == nil {
			v.Parameters = map[string]Facts{}
		}
		r.parameter(v.Parameters, ref.Value)
	}
	if op.RequestBody != nil {
		body := op.RequestBody.Value
		r.sent = true
		m := r.message("request", body.Content)
		r.sent = false
		m.Required = body.Required
		v.Request = &m
	}
	for status, ref := range op.Responses.Map() {
		m := r.message("response "+status, ref.Value.Content)
		for name, ref := range ref.Value.Headers {
			if m.Headers == nil {
				m.Headers = map[string]Facts{}
			}
			h := ref.Value
			fields := r.fields("response "+status+" header "+name, h.Schema, h.Required, h.Example)
			under(m.Headers, name, fields)
		}
		v.Responses[status] = m
	}
	return v, errors.Join(r.failures...)
}

// AddDocument adds what a document says beside its operations: its version, and
// the schemas that no operation reaches, with those of some other names. It fails
// as [Of] does.
func (v *Inventory) AddDocument(doc *openapi3.T, names ...string) error {
	v.Version = doc.Info.Version
	if doc.Components == nil {
		return nil
	}
	reached := map[string]bool{}
	reach(reached, doc, doc.Paths)
	r := &reader{}
	for name, ref := range doc.Components.Schemas {
		if !reached[name] || slices.Contains(names, name) {
			if v.Components == nil {
				v.Components = map[string]map[string]Facts{}
			}
			v.Components[name] = r.fields("component "+name, ref, false, nil)
		}
	}
	return errors.Join(r.failures...)
}

// reach notes the schemas that a part of a document refers to.
func reach(reached map[string]bool, doc *openapi3.T, part any) {
	text, err := json.Marshal(part)
	if err != nil {
		panic(err) // it was read from JSON
	}
	for _, piece := range strings.Split(string(text), `"$ref":"#/components/`)[1:] {
		target, _, _ := strings.Cut(piece, `"`)
		section, name, _ := strings.Cut(target, "/")
		if reached[target] {
			continue
		}
		reached[target] = true
		switch section {
		case "schemas":
			reached[name] = true
			reach(reached, doc, doc.Components.Schemas[name].Value)
		case "responses":
			reach(reached, doc, doc.Components.Responses[name].Value)
		case "parameters":
			reach(reached, doc, doc.Components.Parameters[name].Value)
		case "headers":
			reach(reached, doc, doc.Components.Headers[name].Value)
		case "requestBodies":
			reach(reached, doc, doc.Components.RequestBodies[name].Value)
		}
	}
}

// reader collects facts, and what cannot all be so.
type reader struct {
	sent     bool // what is read is of a request
	failures []error
}

func (r *reader) fail(at, why string) {
	r.failures = append(r.failures, fmt.Errorf("inventory: %s: %s", at, why))
}

// security returns the schemes of which one is enough. Those that are wanted
// together have a plus between them, and "none" is for no credential at all.
func security(doc *openapi3.T, op *openapi3.Operation) map[string]Scheme {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	all := make(map[string]Scheme, len(requirements))
	for _, requirement := range requirements {
		names := slices.Sorted(maps.Keys(requirement))
		var whole Scheme
		for i, name := range names {
			var s Scheme
			if doc.Components != nil && doc.Components.SecuritySchemes[name] != nil {
				s = SchemeOf(doc.Components.SecuritySchemes[name].Value)
			}
			if i == 0 {
				whole = s
				continue
			}
			whole = Scheme{
				Type: whole.Type + " + " + s.Type, In: whole.In + " + " + s.In, Name: whole.Name + " + " + s.Name,
				Scheme: whole.Scheme + " + " + s.Scheme, Flows: whole.Flows + s.Flows,
			}
		}
		all[cmp.Or(strings.Join(names, " + "), "none")] = whole
	}
	return all
}

// SchemeOf returns how a credential is sent.
func SchemeOf(s *openapi3.SecurityScheme) Scheme {
	scheme := Scheme{Type: s.Type, In: s.In, Name: s.Name, Scheme: strings.ToLower(s.Scheme), Flows: s.OpenIdConnectUrl}
	if s.Flows != nil {
		scheme.Flows = compact(s.Flows)
	}
	return scheme
}

// parameter adds the facts of a parameter, and of what it holds.
func (r *reader) parameter(all map[string]Facts, p *openapi3.Parameter) {
	at := p.In + " " + p.Name
	schema := p.Schema
	for _, media := range p.Content {
		schema = media.Schema
	}
	fields := r.fields(at, schema, p.Required, p.Example)
	whole := fields["/"]
	whole.Deprecated = whole.Deprecated || p.Deprecated
	if whole.Type == openapi3.TypeArray || whole.Type == openapi3.TypeObject {
		whole.Style = cmp.Or(p.Style, openapi3.SerializationForm)
		if p.Explode == nil || *p.Explode {
			whole.Style += ", exploded"
		}
	}
	fields["/"] = whole
	under(all, at, fields)
}

// under adds the fields of a parameter or header by its name.
func under(all map[string]Facts, name string, fields map[string]Facts) {
	for pointer, f := range fields {
		if pointer == "/" {
			pointer = ""
		}
		all[name+pointer] = f
	}
}

// message returns the facts of a body: of that under JSON, if it has several, and
// beside it of those that are others.
func (r *reader) message(at string, content openapi3.Content) Message {
	m := Message{Content: slices.Sorted(maps.Keys(content))}
	names := slices.Clone(m.Content)
	if i := slices.Index(names, "application/json"); i > 0 {
		names[0], names[i] = names[i], names[0]
	}
	for i, name := range names {
		fields := r.fields(at+" "+name, content[name].Schema, false, nil)
		switch {
		case i == 0:
			m.Fields = fields
		case !reflect.DeepEqual(m.Fields, fields):
			if m.Bodies == nil {
				m.Bodies = map[string]map[string]Facts{}
			}
			m.Bodies[name] = fields
		}
	}
	for _, name := range names {
		fields := m.Fields
		if other := m.Bodies[name]; other != nil {
			fields = other
		}
		show(fields, "", content[name].Example)
		for _, example := range content[name].Examples {
			show(fields, "", example.Value.Value)
		}
	}
	return m
}
