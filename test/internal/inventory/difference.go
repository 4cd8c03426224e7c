package inventory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is one fact in which two inventories differ.
type Difference struct {
	// At is where, such as "request /documents/*/type".
	At string
	// Fact is the fact's name, such as "maxLength". It is empty if only one of the two inventories
	// has the place At at all.
	Fact         string
	Source, Spec string
	// SourceFacts and SpecFacts are all facts about At, or nil if the inventory does not have it.
	SourceFacts, SpecFacts map[string]string
}

// None stands for a fact that is not there.
const None = "none"

const present = "present"

// String returns the difference in the form of deviations.yaml.
func (d Difference) String() string { return d.Words("source", "spec") }

// Words returns the difference, with the given words for the two sides.
func (d Difference) Words(source, spec string) string {
	return fmt.Sprintf("%s: %s %s, %s %s", strings.TrimSuffix(d.At+" "+d.Fact, " "), source, d.Source, spec, d.Spec)
}

// Differences returns the facts in which source and spec differ, in order. If only one of them has
// a thing, that is one difference, and its parts are not listed as well.
func Differences(source, spec *Inventory) (all []Difference) {
	a, b := flat(source), flat(spec)
	for _, at := range places(a, b) {
		inA, inB := a[at], b[at]
		switch {
		case inA == nil && !missing(a, b, at):
			all = append(all, Difference{at, "", None, present, inA, inB})
		case inB == nil && !missing(b, a, at):
			all = append(all, Difference{at, "", present, None, inA, inB})
		case inA != nil && inB != nil:
			for _, fact := range places(inA, inB) {
				if inA[fact] != inB[fact] {
					all = append(all, Difference{at, fact, cmp.Or(inA[fact], None), cmp.Or(inB[fact], None), inA, inB})
				}
			}
		}
	}
	return all
}

// missing reports whether a place that contains at is missing in one and present in the other. That
// is already one difference, so at adds none.
func missing(one, other map[string]map[string]string, at string) bool {
	if strings.HasPrefix(at, "security ") {
		return false // each of them counts
	}
	for i := 1; i < len(at); i++ {
		around := at[:i]
		ends := strings.IndexByte("/| ", at[i]) >= 0 || at[i-1] == '/'
		if ends && one[around] == nil && other[around] != nil {
			return true
		}
	}
	return false
}

func places[T any](a, b map[string]T) []string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return slices.Sorted(maps.Keys(both))
}

// flat returns the facts of each place.
func flat(v *Inventory) map[string]map[string]string {
	all := map[string]map[string]string{
		"operation " + v.Operation: told(v.Deprecated, "deprecated", "true"), "document": told(v.Version != "", "version", v.Version),
	}
	put := func(at string, fields map[string]Facts) {
		for pointer, f := range fields {
			all[at+" "+pointer] = asFacts(f)
		}
	}
	message := func(at string, m Message) {
		all[at] = told(m.Required, "required", "true")
		for _, media := range m.Content {
			all[at]["content "+media] = present
		}
		put(at+" header", m.Headers)
		put(at, m.Fields)
		for media, fields := range m.Bodies {
			all[at+" "+media] = map[string]string{}
			put(at+" "+media, fields)
		}
	}
	for name, fields := range v.Components {
		all["component "+name] = map[string]string{}
		put("component "+name, fields)
	}
	for _, server := range v.Servers {
		all["server "+server] = map[string]string{}
	}
	for name, scheme := range v.Security {
		all["security "+name] = asFacts(scheme)
	}
	put("parameter", v.Parameters)
	if v.Request != nil {
		message("request", *v.Request)
	}
	for status, m := range v.Responses {
		message("response "+status, m)
	}
	return all
}

func told(really bool, fact, value string) map[string]string {
	if !really {
		return map[string]string{}
	}
	return map[string]string{fact: value}
}

// asFacts returns the members of a struct by name, as JSON. Each item of a list becomes a fact of
// its own.
func asFacts(v any) map[string]string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(compact(v)), &members); err != nil {
		panic(err) // facts are plain values, which always encode
	}
	facts := make(map[string]string, len(members))
	if f, ok := v.(Facts); ok {
		maps.Copy(facts, f.Keywords)
	}
	for name, value := range members {
		var items []json.RawMessage
		if json.Unmarshal(value, &items) != nil {
			facts[name] = strings.Trim(string(value), `"`)
		}
		for _, item := range items {
			facts[fmt.Sprintf("%s %s", name, item)] = present
		}
	}
	return facts
}
