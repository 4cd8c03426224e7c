package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/specdoc"
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

// Of returns the facts of one operation of a document, such as "POST /start", which the document must
// have. It fails if the document contradicts itself.
func Of(doc *openapi3.T, operation string) (*Inventory, error) {
	method, path, _ := strings.Cut(operation, " ")
	item := doc.Paths.Value(path)
	op := item.GetOperation(method)
	r := reader{all: map[string]Facts{"operation " + operation: stated(Facts{"deprecated": op.Deprecated})}}
	servers := doc.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if op.Servers != nil && len(*op.Servers) > 0 {
		servers = *op.Servers
	}
	for _, server := range servers {
		r.all["server "+server.URL] = Facts{}
	}
	r.security(doc, op)
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		r.parameter(ref.Value)
	}
	if op.RequestBody != nil {
		r.all["request"] = stated(Facts{"required": op.RequestBody.Value.Required})
		r.sent = true
		r.content("request", op.RequestBody.Value.Content)
		r.sent = false
	}
	for status, ref := range op.Responses.Map() {
		at := "response " + status
		r.all[at] = Facts{}
		r.content(at, ref.Value.Content)
		for name, header := range ref.Value.Headers {
			h, at := header.Value, at+" header "+name
			r.put(at, r.fields(at, h.Schema, h.Required, h.Example))
		}
	}
	return &Inventory{ID: op.OperationID, Operation: operation, Facts: r.all}, errors.Join(r.failures...)
}

// AddDocument adds the facts that belong to no operation: the document's version, the schemas to
// which nothing refers, and the schemas with the given names. It fails as [Of] does.
func (v *Inventory) AddDocument(doc *openapi3.T, names ...string) error {
	r := reader{all: v.Facts}
	r.all["document"] = stated(Facts{"version": doc.Info.Version})
	if doc.Components == nil {
		return nil
	}
	whole := text(doc)
	for name, ref := range doc.Components.Schemas {
		if at := "component " + name; !strings.Contains(whole, `"#/components/schemas/`+name+`"`) || slices.Contains(names, name) {
			r.all[at] = Facts{}
			r.put(at+" ", r.fields(at, ref, false, nil))
		}
	}
	return errors.Join(r.failures...)
}

// All returns the facts of all operations of a document, the start first. The first one also has the
// facts of the document, and is there if the document has no operation. It fails as [Of] does.
func All(doc *openapi3.T) ([]*Inventory, error) {
	all := []*Inventory{{Facts: map[string]Facts{}}}
	for i, operation := range Operations(doc) {
		v, err := Of(doc, operation)
		if err != nil {
			return nil, err
		}
		all = append(all[:i], v)
	}
	return all, all[0].AddDocument(doc)
}

// Specs returns the facts of all operations of a provider's document in specs, the start first. It
// fails if there is no such document, or as [specdoc.All] and [Of] do.
func Specs(provider string) ([]*Inventory, error) {
	docs, err := specdoc.All()
	if err != nil {
		return nil, err
	}
	if docs[provider] == nil {
		return nil, fmt.Errorf("inventory: no spec of %q", provider)
	}
	all, err := All(docs[provider])
	if err != nil {
		return nil, fmt.Errorf("specs/%s.yaml: %w", provider, err)
	}
	for i, v := range all {
		v.Source = provider
		if i > 0 {
			v.Source += "." + v.ID
		}
	}
	return all, nil
}

// stated leaves out what is not stated.
func stated(f Facts) Facts {
	maps.DeleteFunc(f, func(_ string, value any) bool { return reflect.ValueOf(value).IsZero() })
	return f
}

// security adds the credentials, any one of which is enough. Schemes that must be used together are
// joined with a plus, and "none" means no credential at all. A document may give only the name of a
// scheme.
func (r *reader) security(doc *openapi3.T, op *openapi3.Operation) {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	for _, requirement := range requirements {
		names, whole := slices.Sorted(maps.Keys(requirement)), Facts{}
		for _, name := range names {
			var scheme openapi3.SecurityScheme
			if doc.Components != nil && doc.Components.SecuritySchemes[name] != nil {
				scheme = *doc.Components.SecuritySchemes[name].Value
			}
			facts := stated(Facts{
				"type": scheme.Type, "in": scheme.In, "name": scheme.Name, "scheme": strings.ToLower(scheme.Scheme),
				"openIdConnectUrl": scheme.OpenIdConnectUrl, "flows": scheme.Flows,
			})
			for keyword, value := range facts {
				if len(names) > 1 {
					keyword = name + " " + keyword
				}
				whole[keyword] = value
			}
		}
		r.all["security "+cmp.Or(strings.Join(names, "+"), "none")] = whole
	}
}

// parameter adds the facts of a parameter and of its value.
func (r *reader) parameter(p *openapi3.Parameter) {
	at := "parameter " + p.In + " " + p.Name
	schema := p.Schema
	for _, media := range p.Content {
		schema = media.Schema
	}
	fields := r.fields(at, schema, p.Required, p.Example)
	whole := fields[""]
	if p.Deprecated {
		whole["deprecated"] = true
	}
	if whole["type"] == openapi3.TypeArray || whole["type"] == openapi3.TypeObject {
		whole["style"] = cmp.Or(p.Style, openapi3.SerializationForm)
		if p.Explode == nil || *p.Explode {
			whole["style"] = fmt.Sprint(whole["style"], ", exploded")
		}
	}
	r.put(at, fields)
}

// put adds the facts of a value and of everything in it. The body itself is at "/".
func (r *reader) put(at string, fields map[string]Facts) {
	for pointer, f := range fields {
		if strings.HasSuffix(at, " ") {
			pointer = cmp.Or(pointer, "/")
		}
		r.all[at+pointer] = f
	}
}

// content adds the facts of a body. If there are several media types, its fields are those under
// JSON, and fields that differ from them follow their own media type.
func (r *reader) content(at string, content openapi3.Content) {
	names := slices.Sorted(maps.Keys(content))
	if i := slices.Index(names, "application/json"); i > 0 {
		names[0], names[i] = names[i], names[0]
	}
	var body map[string]Facts
	var without string // examples
	for i, name := range names {
		place := at + " content " + name
		r.all[place] = Facts{}
		fields := r.fields(place, content[name].Schema, false, nil)
		switch found := text(fields); {
		case i == 0:
			body, without = fields, found
			r.put(at+" ", fields)
		case found == without:
			fields = body
		default:
			r.put(place+" ", fields)
		}
		show(fields, "", content[name].Example)
		for _, example := range content[name].Examples {
			show(fields, "", example.Value.Value)
		}
	}
}
