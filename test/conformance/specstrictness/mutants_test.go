// Package specstrictness_test changes every value of every fixture, one at a time. Package contract
// must reject a change if the facts of the spec forbid it, and only then. The sources in
// specs/sources vouch for these facts.
package specstrictness_test

import (
	"fmt"
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

// mutate tries every change of a body, and tells whether the spec forbids it.
func mutate(response inventory.Message, body any, try func(change string, body any, forbidden bool)) {
	for _, pointer := range jsontree.Pointers(body) {
		place := response.Place(pointer)
		field, value := response.Fields[place], jsontree.All(body, pointer)[0]
		for _, other := range others(value, field) {
			text := jsontree.Encode(other)
			try(fmt.Sprintf("%s is %.40s (%d bytes)", place, text, len(text)), jsontree.With(body, pointer, other), !field.Allow(other))
		}
		if _, err := strconv.Atoi(path.Base(pointer)); err != nil && pointer != "" { // an item of a list is never required
			try(place+" is left out", jsontree.Without(body, pointer), field.Required())
		}
		if _, object := value.(map[string]any); object {
			try(place+" has a member more", jsontree.With(body, pointer+"/zz_extra", 1), closed(response, place))
		}
	}
}

// closed reports whether the spec forbids a further member, whose value is a number, in the object
// at a place. It does if it says so, or if the object lists members and is not said to be open.
func closed(response inventory.Message, place string) bool {
	if values := response.Fields[place+"/*"]; values != nil {
		return !values.Allow(1)
	}
	_, leaf := response.Leaves()[place]
	return slices.ContainsFunc(response.Fields[place], func(f inventory.Facts) bool {
		return f["additional"] == "closed" || f["additional"] == nil && !leaf
	})
}

// others returns values to try in place of a value: garbage, values of every type, and those at the
// edges of its facts. An object is not replaced by another, since its members are left out in turn.
func others(value any, field inventory.Field) []any {
	all := []any{nil, true, 7, 1.5, math.MinInt64, math.MaxInt64, "~ garbage \a ~", []any{}}
	if _, object := value.(map[string]any); !object {
		all = append(all, map[string]any{})
	}
	for _, edge := range field.Edges(value) {
		if text, _ := edge.(string); len(text) < 3000 || !field.Allow(text) { // very long ones take long, and say no more
			all = append(all, edge)
		}
	}
	return all
}

// TestMutants changes the answers that each spec accepts.
func TestMutants(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			specs, err := inventory.Specs(string(p))
			if err != nil {
				t.Fatal(err)
			}
			passed := map[bool]int{}
			tried := map[string]bool{} // a change at a place is tried once for each response
			for _, c := range fixtures.Cases(p) {
				body, err := jsontree.Decode(c.Body)
				if err != nil || !accepted(c, c.Body) {
					continue // TestFixtures tells what is wrong with it
				}
				source := strings.TrimSuffix(c.Provider+"."+c.Operation, ".")
				spec := specs[slices.IndexFunc(specs, func(v *inventory.Inventory) bool { return v.Source == source })]
				at := "response " + strconv.Itoa(c.Status)
				mutate(spec.Message(at), body, func(change string, body any, forbidden bool) {
					once := source + " " + at + " " + change
					if tried[once] {
						return
					}
					tried[once] = true
					passes := accepted(c, jsontree.Encode(body))
					passed[passes]++
					if forbidden == passes {
						t.Errorf("test/fixtures/%s.http, where %s: by its facts specs/%s.yaml forbids it: %t, and package contract accepts: %t",
							c.Name, change, p, forbidden, passes)
					}
				})
			}
			t.Logf("%-8s %5d mutants, %5d noticed, %4d allowed by the spec", p, len(tried), passed[false], passed[true])
		})
	}
}

// accepted reports whether package contract accepts an answer with a body.
func accepted(c fixtures.Case, body []byte) bool {
	return !c.Rejected && len(contract.Response(c.Provider, c.Operation, c.Status, c.Header, body)) == 0
}
