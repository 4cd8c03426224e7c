package inventory

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is one fact that two inventories tell differently.
type Difference struct {
	// At is where, such as "request /documents/*/type".
	At string
	// Fact is the fact's name, such as "maxLength", or empty if it is all of At
	// that only one of the two has.
	Fact         string
	Source, Spec string
	// SourceFacts and SpecFacts are all that is told of At, nil if it is not there.
	SourceFacts, SpecFacts map[string]string
}

// None is told of a fact that is not there.
const None = "none"

const present = "present"

// String returns the difference as deviations.yaml has it.
func (d Difference) String() string {
	return strings.TrimSuffix(d.At+" "+d.Fact, " ") + ": source " + d.Source + ", spec " + d.Spec
}

// kinds are what a difference may be, the worst first.
var kinds = []string{"contradicts it", "new there", "not there"}

func (d Difference) kind() string {
	switch None {
	case d.Spec:
		return kinds[1]
	case d.Source:
		return kinds[2]
	}
	return kinds[0]
}

// Differences returns what source and spec tell differently, in order. Of a
// thing that only one of them has, its parts are not told as well.
func Differences(source, spec *Inventory) (all []Difference) {
	a, b := flat(source), flat(spec)
	for _, at := range places(a, b) {
		inA, inB := a[at], b[at]
		add := func(fact, source, spec string) {
			all = append(all, Difference{at, fact, source, spec, inA, inB})
		}
		switch {
		case inA == nil && !missing(a, b, at):
			add("", None, present)
		case inB == nil && !missing(b, a, at):
			add("", present, None)
		case inA != nil && inB != nil:
			for _, fact := range places(inA, inB) {
				if inA[fact] != inB[fact] {
					add(fact, orNone(inA[fact]), orNone(inB[fact]))
				}
			}
		}
	}
	return all
}

func orNone(value string) string {
	if value == "" {
		return None
	}
	return value
}

// missing reports whether what stands around a place is missing in one and
// present in the other: then it is told there.
func missing(one, other map[string]map[string]string, at string) bool {
	if around, _, header := strings.Cut(at, " header "); header && one[around] == nil && other[around] != nil {
		return true
	}
	for i := strings.LastIndexAny(at, "/|"); i >= 0; i = strings.LastIndexAny(at, "/|") {
		if strings.HasSuffix(at[:i], " ") && i < len(at)-1 {
			at = at[:i+1] // the body itself
		} else {
			at = strings.TrimSuffix(at[:i], " ")
		}
		if one[at] == nil && other[at] != nil {
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
	all := map[string]map[string]string{"operation " + v.Operation: {}, "document": {}}
	if v.Deprecated {
		all["operation "+v.Operation]["deprecated"] = "true"
	}
	if v.Version != "" {
		all["document"]["version"] = v.Version
	}
	for name, fields := range v.Components {
		all["component "+name] = map[string]string{}
		values(all, "component "+name, fields)
	}
	for _, server := range v.Servers {
		all["server "+server] = map[string]string{}
	}
	for name, scheme := range v.Security {
		all["security "+name] = asFacts(scheme)
	}
	for at, f := range v.Parameters {
		all["parameter "+at] = asFacts(f)
	}
	if v.Request != nil {
		message(all, "request", *v.Request)
	}
	for status, m := range v.Responses {
		message(all, "response "+status, m)
	}
	return all
}

func message(all map[string]map[string]string, at string, m Message) {
	all[at] = map[string]string{}
	if m.Required {
		all[at]["required"] = "true"
	}
	for _, media := range m.Content {
		all[at]["content "+media] = present
	}
	for name, f := range m.Headers {
		all[at+" header "+name] = asFacts(f)
	}
	values(all, at, m.Fields)
	for media, fields := range m.Bodies {
		all[at+" "+media] = map[string]string{}
		values(all, at+" "+media, fields)
	}
}

func values(all map[string]map[string]string, at string, fields map[string]Facts) {
	for pointer, f := range fields {
		all[at+" "+pointer] = asFacts(f)
	}
}

// asFacts returns the members of a struct by name, as JSON; of a list, its items.
func asFacts(v any) map[string]string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // facts are plain values
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		panic(err)
	}
	facts := make(map[string]string, len(members))
	if f, ok := v.(Facts); ok {
		maps.Copy(facts, f.Keywords)
	}
	for name, value := range members {
		var items []json.RawMessage
		if json.Unmarshal(value, &items) != nil {
			facts[name] = strings.Trim(string(value), `"`)
			continue
		}
		for _, item := range items {
			facts[fmt.Sprintf("%s %s", name, item)] = present
		}
	}
	return facts
}
