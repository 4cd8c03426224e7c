package inventory

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/test/internal/jsontree"
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

var alternative = regexp.MustCompile(`\|\d+|/$`)

// Place returns a pointer without the marks of alternatives. That is the place of the value in a
// body, and "" for the body itself.
func Place(pointer string) string { return alternative.ReplaceAllString(pointer, "") }

// Leaves returns, in order, the places in the body that hold plain values, or objects and lists of
// which no more is known.
func (m Message) Leaves() (leaves []string) {
	around := map[string]bool{"": true}
	places := map[string]bool{}
	for pointer := range m.Fields {
		place := Place(pointer)
		places[place] = true
		around[place[:max(0, strings.LastIndexByte(place, '/'))]] = true
	}
	for _, place := range slices.Sorted(maps.Keys(places)) {
		if !around[place] {
			leaves = append(leaves, place)
		}
	}
	return leaves
}

// At returns what is known of a place: the facts of the value, or those of all alternatives if it
// is a union.
func (m Message) At(place string) (all []Facts) {
	for _, pointer := range slices.Sorted(maps.Keys(m.Fields)) {
		if Place(pointer) == place {
			all = append(all, m.Fields[pointer])
		}
	}
	return all
}

// PlaceOf returns the place that a JSON pointer into an actual body leads to. It returns false if
// the document does not have that place.
func (m Message) PlaceOf(pointer string) (place string, known bool) {
	all := map[string]bool{}
	for p := range m.Fields {
		all[Place(p)] = true
	}
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch {
		case all[place+"/"+token]:
			place += "/" + token
		case all[place+"/*"]:
			place += "/*"
		default:
			return "", false
		}
	}
	return place, len(all) > 0
}

// Value is one listed value of a field in the answers.
type Value struct {
	Place string
	Value any
	// Upstream tells that the document's source does not have the value.
	Upstream bool
}

// Text returns the value as JSON.
func (v Value) Text() string { return string(jsontree.Encode(v.Value)) }

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
	for _, response := range v.Responses {
		for pointer, facts := range response.Fields {
			for _, value := range facts.Enum {
				add(pointer, false, value)
			}
			for _, value := range facts.Upstream {
				add(pointer, true, value)
			}
			if len(facts.Upstream) > 0 && len(facts.Enum) == 0 && len(facts.Examples) > 0 {
				add(pointer, false, facts.Examples[0])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		values = append(values, all[name])
	}
	return values
}
