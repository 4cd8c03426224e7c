package speccoverage_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// TestResponseProperties demands that every property of an answer makes a
// difference to the outcome, or is listed as left out. (All of them reach the
// caller through Result.As and RawBody.)
func TestResponseProperties(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		all := bases(t, p)
		everywhere := map[string]bool{} // true for what every status maps that has it
		for _, status := range slices.Sorted(maps.Keys(spec.Responses)) {
			response := spec.Responses[status]
			if len(response.Fields) > 0 && !slices.ContainsFunc(all, func(b base) bool { return b.answers(status) }) {
				t.Errorf("specs/%s.yaml: no fixture has the response %s with a body, so nothing shows what the facade makes of its properties: "+
					"add one to test/fixtures/%s", p, status, p)
				continue
			}
			for _, place := range response.Leaves() {
				at := "error " + place
				if strings.HasPrefix(status, "2") {
					at = "answer " + place
				}
				mapped := false
				for _, b := range all {
					if b.answers(status) {
						mapped = mapped || b.depends(t, response, place)
					}
				}
				before, seen := everywhere[at]
				everywhere[at] = mapped && (before || !seen)
				if !mapped && !unmappedProperties.has(p, at, "") {
					t.Errorf("specs/%s.yaml: the response %s has %s, and it makes no difference to what the facade returns: map it in "+
						"facade/%s.go, or list it in unmappedProperties of test/conformance/speccoverage/exceptions_test.go with a reason", p, status, place, p)
				}
			}
		}
		for at, mapped := range everywhere {
			if mapped {
				unmappedProperties.deny(t, p, at, "", "the facade maps it")
			}
		}
		unmappedProperties.checkUsed(t, p)
	})
}

// answers reports whether a fixture is an answer of a status that the spec accepts.
func (b base) answers(status string) bool { return !b.Rejected && strconv.Itoa(b.Status) == status }

// depends reports whether the outcome of an answer depends on what stands at a
// place: the fixture's own value, values that the spec allows, and nothing; with
// the rest of the fixture around it, and with what is required alone, as some
// properties stand in for others.
func (b base) depends(t *testing.T, response inventory.Message, place string) bool {
	t.Helper()
	pointer := concrete(response, place)
	values := slices.Concat(jsontree.All(b.body, pointer), samples(response.At(place)))
	for _, body := range []any{b.body, required(response, b.body)} {
		around := jsontree.With(body, pointer, nil)
		first := b.outcome(t, jsontree.Without(around, pointer))
		for _, value := range values {
			if b.outcome(t, jsontree.With(around, pointer, value)) != first {
				return true
			}
		}
	}
	return false
}

// required returns a body without the plain values that are optional.
func required(response inventory.Message, body any) any {
	pointers := jsontree.Pointers(body)
	slices.Reverse(pointers) // what is behind moves up
	for _, pointer := range pointers {
		place, _ := response.PlaceOf(pointer)
		needed := slices.ContainsFunc(response.At(place), func(f inventory.Facts) bool { return f.Required })
		if !needed && slices.Contains(response.Leaves(), place) {
			body = jsontree.Without(body, pointer)
		}
	}
	return body
}

// concrete returns a pointer to one value of a place.
func concrete(m inventory.Message, place string) string {
	var pointer, at strings.Builder
	for _, token := range strings.Split(place, "/")[1:] {
		if token == "*" {
			token = "0"
			for _, f := range m.At(at.String()) {
				if f.Type == "object" {
					token = "key"
				}
			}
			at.WriteString("/*")
		} else {
			at.WriteString("/" + token)
		}
		pointer.WriteString("/" + token)
	}
	return pointer.String()
}
