package inventory

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

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

// Value is one listed value of a field in the answers.
type Value struct {
	Place string
	Value any
	// Upstream tells that the document's source does not have the value.
	Upstream bool
}

// Text returns the value as JSON.
func (v Value) Text() string { return text(v.Value) }

// String returns the value and its place.
func (v Value) String() string {
	return v.Text() + " in " + v.Place + map[bool]string{true: " (x-upstream-values)"}[v.Upstream]
}

// Values returns the values of all enums in the answers, including the upstream ones. For a field
// with only upstream values it also returns the example.
func (v *Inventory) Values() []Value {
	all := map[string]Value{}
	add := func(pointer string, upstream bool, values []any) {
		for _, value := range values {
			v := Value{Place(pointer), value, upstream}
			all[v.String()] = v
		}
	}
	for _, response := range v.Responses() {
		for pointer, facts := range response.Fields {
			add(pointer, false, facts.List("enum"))
			add(pointer, true, facts.List(Upstream))
			if example := facts.List("example"); facts[Upstream] != nil && facts["enum"] == nil && example != nil {
				add(pointer, false, example[:1])
			}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Value) int { return strings.Compare(a.String(), b.String()) })
}
