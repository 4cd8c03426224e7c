package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// Operations returns the method and path of every operation: first the POSTs, and otherwise in
// alphabetical order.
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

// Of returns the facts of one operation of a document, such as "POST /start". It fails if the
// document has no such operation, or if it contradicts itself.
func Of(doc *openapi3.T, operation string) (*Inventory, error) {
	method, path, _ := strings.Cut(operation, " ")
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		return nil, fmt.Errorf("inventory: no operation %s, there are: %s", operation, strings.Join(Operations(doc), ", "))
	}
	op := item.GetOperation(method)
	v := &Inventory{
		ID: op.OperationID, Operation: operation, Deprecated: op.Deprecated, Security: security(doc, op),
		Parameters: map[string]Facts{}, Responses: map[string]Message{},
	}
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
	r := &reader{}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		r.parameter(v.Parameters, ref.Value)
	}
	if op.RequestBody != nil {
		r.sent = true
		m := r.message("request", op.RequestBody.Value.Content)
		r.sent = false
		m.Required = op.RequestBody.Value.Required
		v.Request = &m
	}
	for status, ref := range op.Responses.Map() {
		m := r.message("response "+status, ref.Value.Content)
		m.Headers = map[string]Facts{}
		for name, ref := range ref.Value.Headers {
			h := ref.Value
			under(m.Headers, name, r.fields("response "+status+" header "+name, h.Schema, h.Required, h.Example))
		}
		v.Responses[status] = m
	}
	return v, r.err()
}

// AddDocument adds the facts that belong to no operation: the document's version, the schemas that
// no operation reaches, and the schemas with the given names. It fails as [Of] does.
func (v *Inventory) AddDocument(doc *openapi3.T, names ...string) error {
	v.Version = doc.Info.Version
	if doc.Components == nil {
		return nil
	}
	whole, err := jsontree.Decode([]byte(compact(doc)))
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	reached := map[string]bool{}
	reach(reached, whole, doc.Paths)
	r := &reader{}
	v.Components = map[string]map[string]Facts{}
	for name, ref := range doc.Components.Schemas {
		if !reached["/components/schemas/"+name] || slices.Contains(names, name) {
			v.Components[name] = r.fields("component "+name, ref, false, nil)
		}
	}
	return r.err()
}

// reach notes the places of a document to which a part of it refers.
func reach(reached map[string]bool, whole, part any) {
	for _, piece := range strings.Split(compact(part), `"$ref":"#`)[1:] {
		target, _, _ := strings.Cut(piece, `"`)
		if reached[target] {
			continue
		}
		reached[target] = true
		for _, part := range jsontree.All(whole, target) {
			reach(reached, whole, part)
		}
	}
}

// security returns the schemes, any one of which is enough. Schemes that must be used together are
// joined with a plus, and "none" means no credential at all.
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
			var one openapi3.SecurityScheme // a document may give only its name
			if doc.Components != nil && doc.Components.SecuritySchemes[name] != nil {
				one = *doc.Components.SecuritySchemes[name].Value
			}
			between := " + "
			if i == 0 {
				between = ""
			}
			whole.Type += between + one.Type
			whole.In += between + one.In
			whole.Name += between + one.Name
			whole.Scheme += between + strings.ToLower(one.Scheme)
			whole.Flows += one.OpenIdConnectUrl
			if one.Flows != nil {
				whole.Flows += compact(one.Flows)
			}
		}
		all[cmp.Or(strings.Join(names, " + "), "none")] = whole
	}
	return all
}

// parameter adds the facts of a parameter and of its value.
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

// under adds the fields of a parameter or header under its name.
func under(all map[string]Facts, name string, fields map[string]Facts) {
	for pointer, f := range fields {
		all[strings.TrimSuffix(name+pointer, "/")] = f
	}
}

// message returns the facts of a body. If there are several media types, its fields are those under
// JSON, and bodies that differ from it are listed beside it.
func (r *reader) message(at string, content openapi3.Content) Message {
	m := Message{Content: slices.Sorted(maps.Keys(content)), Bodies: map[string]map[string]Facts{}}
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
