package inventory

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Specs returns the facts of all operations of a provider's document in specs, the start first. It
// fails if there is no such document, or as [specdoc.All] and [Of] do.
func Specs(provider string) (all []*Inventory, err error) {
	docs, err := specdoc.All()
	if err != nil {
		return nil, err
	}
	if docs[provider] == nil {
		return nil, fmt.Errorf("inventory: no spec of %q", provider)
	}
	for i, operation := range Operations(docs[provider]) {
		v, err := Of(docs[provider], operation)
		if i == 0 && err == nil {
			err = v.AddDocument(docs[provider])
		}
		if err != nil {
			return nil, fmt.Errorf("specs/%s.yaml: %w", provider, err)
		}
		v.Source = provider
		if i > 0 {
			v.Source += "." + v.ID
		}
		all = append(all, v)
	}
	return all, nil
}

// Spec returns the facts of the start, the first of [Specs]. It fails as Specs does.
func Spec(provider string) (*Inventory, error) {
	all, err := Specs(provider)
	if err != nil {
		return nil, err
	}
	return all[0], nil
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
func (v *Inventory) Values() (values []Value) {
	all := map[string]Value{}
	add := func(pointer string, upstream bool, value any) {
		v := Value{Place(pointer), value, upstream}
		all[v.String()] = v
	}
	for _, response := range v.Responses() {
		for pointer, facts := range response.Fields {
			for _, value := range facts.List("enum") {
				add(pointer, false, value)
			}
			for _, value := range facts.List(Upstream) {
				add(pointer, true, value)
			}
			if example := facts.List("example"); facts[Upstream] != nil && facts["enum"] == nil && example != nil {
				add(pointer, false, example[0])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		values = append(values, all[name])
	}
	return values
}
