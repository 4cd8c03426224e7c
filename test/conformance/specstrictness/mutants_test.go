// Package specstrictness_test changes every value of every fixture, one at a time. Package contract
// must reject a change if the facts of the spec forbid it, and only then. The sources in
// specs/sources vouch for these facts.
package specstrictness_test

import (
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// mutant is a body with one change, and whether the spec forbids it.
type mutant struct {
	change    string
	body      any
	forbidden bool
}

// mutants returns every mutant of a body whose change was not seen before.
func mutants(response inventory.Message, body any, seen map[string]bool) (all []mutant) {
	first := func(change string) bool {
		again := seen[change]
		seen[change] = true
		return !again
	}
	for _, pointer := range jsontree.Pointers(body) {
		var facts []inventory.Facts // a union has several, and one of them must fit
		place, known := response.PlaceOf(pointer)
		at := pointer
		if known {
			facts, at = response.At(place), place
		}
		value := jsontree.All(body, pointer)[0]
		for _, other := range others(value, facts) {
			text := jsontree.Encode(other)
			if change := fmt.Sprintf("%s is %.40s (%d bytes)", at, text, len(text)); first(change) {
				all = append(all, mutant{change, jsontree.With(body, pointer, other), !inventory.Allow(facts, other)})
			}
		}
		_, err := strconv.Atoi(path.Base(pointer)) // an item of a list is never required
		if change := at + " is left out"; err != nil && pointer != "" && first(change) {
			required := slices.ContainsFunc(facts, func(f inventory.Facts) bool { return f["required"] == true })
			all = append(all, mutant{change, jsontree.Without(body, pointer), required})
		}
		_, isObject := value.(map[string]any)
		if change := at + " has a member more"; isObject && first(change) {
			all = append(all, mutant{change, jsontree.With(body, pointer+"/zz_extra", 1), known && closed(response, place)})
		}
	}
	return all
}

// closed reports whether the spec forbids a further member, whose value is a number, in the object
// at a place. It does if it says so, or if the object lists members and is not said to be open.
func closed(response inventory.Message, place string) bool {
	if values := response.At(place + "/*"); values != nil {
		return !inventory.Allow(values, 1)
	}
	lists := slices.ContainsFunc(slices.Collect(maps.Keys(response.Fields)), func(pointer string) bool {
		return strings.HasPrefix(inventory.Place(pointer), place+"/")
	})
	return slices.ContainsFunc(response.At(place), func(f inventory.Facts) bool {
		return f["additional"] == "closed" || f["additional"] == nil && lists
	})
}

// others returns values to try in place of a value: garbage, values of every type, and those at the
// edges of its facts. An object is not replaced by another, since its members are left out in turn.
func others(value any, facts []inventory.Facts) []any {
	all := []any{nil, true, 7, 1.5, math.MinInt64, math.MaxInt64, "~ garbage \a ~", []any{}, map[string]any{}}
	for _, f := range facts {
		all = append(all, strings.Repeat("a", int(f.Number("maxLength", 2000))+1))
		for _, edge := range f.Edges(value) {
			if text, _ := edge.Value.(string); f["maxLength"] != nil || len(text) < 3000 { // very long ones take long, and say no more
				all = append(all, edge.Value)
			}
		}
	}
	return slices.DeleteFunc(all, func(other any) bool {
		_, object := value.(map[string]any)
		_, toObject := other.(map[string]any)
		return object && toObject
	})
}

// TestMutants changes the answers that each spec accepts.
func TestMutants(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			specs, err := inventory.Specs(string(p))
			if err != nil {
				t.Fatal(err)
			}
			noticed, allowed := 0, 0
			for _, spec := range specs {
				for status, response := range spec.Responses() {
					seen := map[string]bool{} // a change at a place is tried once for each response
					for _, c := range fixtures.Cases(p) {
						source := strings.TrimSuffix(c.Provider+"."+c.Operation, ".")
						body, err := jsontree.Decode(c.Body)
						if source != spec.Source || strconv.Itoa(c.Status) != status || err != nil || !accepted(c, c.Body) {
							continue // TestFixtures tells what is wrong with it
						}
						for _, m := range mutants(response, body, seen) {
							passes := accepted(c, jsontree.Encode(m.body))
							if passes {
								allowed++
							} else {
								noticed++
							}
							if m.forbidden == passes {
								t.Errorf("test/fixtures/%s.http, where %s: by its facts specs/%s.yaml forbids it: %t, and package contract accepts: %t",
									c.Name, m.change, p, m.forbidden, passes)
							}
						}
					}
				}
			}
			t.Logf("%-8s %5d mutants, %5d noticed, %4d allowed by the spec", p, noticed+allowed, noticed, allowed)
		})
	}
}

// accepted reports whether package contract accepts an answer with a body.
func accepted(c fixtures.Case, body []byte) bool {
	return !c.Rejected && len(contract.Response(c.Provider, c.Operation, c.Status, c.Header, body)) == 0
}
