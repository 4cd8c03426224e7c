package speccoverage_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestStatuses compares what the facade calls documented with the statuses and media types of each
// spec. It tries every status.
func TestStatuses(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		for status := 100; status < 600; status++ {
			for _, media := range []string{"application/json", "application/problem+json", "text/html", ""} {
				response, documented := spec.Responses[strconv.Itoa(status)]
				if len(response.Content) > 0 {
					documented = slices.Contains(response.Content, media)
				}
				e := replay.Start(fixtures.Start(p), replay.Answer{Status: status, Header: http.Header{"Content-Type": {media}}, Body: []byte("{}")})
				taken := e.Result != nil && e.Result.Documented
				var failed *facade.Error
				if errors.As(e.Err, &failed) {
					taken = failed.Documented
				}
				answer := fmt.Sprintf("%d %s", status, media)
				switch {
				case documented && !taken:
					t.Errorf("specs/%s.yaml has the response %s, and the facade takes it for undocumented: "+
						"add it to what is documented in facade/%s.go, and what it means to toResult or toError", p, answer, p)
				case taken && !documented:
					t.Errorf("specs/%s.yaml has no response %s, and the facade takes it for documented: "+
						"take it out of what is documented in facade/%s.go", p, answer, p)
				}
			}
		}
	})
}

// TestResponseProperties demands that every property of an answer changes the outcome, or is listed
// in unmappedProperties. (All properties reach the caller through Result.As and RawBody.)
func TestResponseProperties(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		for status, response := range spec.Responses {
			answers := slices.DeleteFunc(bases(t, p), func(b base) bool { return b.Rejected || strconv.Itoa(b.Status) != status })
			if len(response.Fields) > 0 && len(answers) == 0 {
				t.Errorf("specs/%s.yaml: no fixture has the response %s with a body, so nothing shows what the facade makes of its properties: "+
					"add one to test/fixtures/%s", p, status, p)
				continue
			}
			for _, place := range response.Leaves() {
				at := "error " + place
				if strings.HasPrefix(status, "2") {
					at = "answer " + place
				}
				mapped := slices.ContainsFunc(answers, func(b base) bool { return b.depends(response, place) })
				if !mapped && !unmappedProperties.excuses(p, at, "") {
					t.Errorf("specs/%s.yaml: the response %s has %s, and it makes no difference to what the facade returns: map it in "+
						"facade/%s.go, or list it in unmappedProperties of test/conformance/speccoverage/exceptions_test.go with a reason", p, status, place, p)
				}
			}
		}
		unmappedProperties.checkUsed(t, p)
	})
}

// depends reports whether the outcome of an answer depends on what is at a place. It tries the
// fixture's own value, values that the spec allows, and no value. It tries them with the rest of
// the fixture around them, and with nothing around them, because some properties stand in for
// others.
func (b base) depends(response inventory.Message, place string) bool {
	pointer := pointerTo(place)
	values := slices.Concat(jsontree.All(b.body, pointer), samples(response.At(place)))
	for _, body := range []any{b.body, map[string]any{}} {
		around := jsontree.With(body, pointer, nil)
		first := b.outcome(jsontree.Without(around, pointer))
		for _, value := range values {
			if b.outcome(jsontree.With(around, pointer, value)) != first {
				return true
			}
		}
	}
	return false
}

// samples returns values that fit the facts of one place, all of them different.
func samples(all []inventory.Facts) (values []any) {
	for _, f := range all {
		switch {
		case len(f.Enum) > 0:
			values = append(values, f.Enum...)
		case f.Type == "boolean":
			values = append(values, false, true)
		case f.Type == "integer", f.Type == "number":
			values = append(values, 1, 2)
		case f.Type == "array":
			values = append(values, []any{})
		case f.Type == "object":
			values = append(values, map[string]any{}, map[string]any{"key": "value"})
		case len(ofForm[f.Format]) > 0:
			values = append(values, ofForm[f.Format][0], ofForm[f.Format][1])
		default:
			values = append(values, strings.Repeat("a", max(int(f.MinLength), 4)), strings.Repeat("b", max(int(f.MinLength), 4)))
		}
	}
	return values
}

// TestValues demands that the facade tells every listed value of an answer from an unknown one, or
// that unmappedValues has the value. Every value that the facade knows must be in the spec, or in
// unlistedValues.
func TestValues(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		all := distinct(bases(t, p))
		listed := map[string]bool{}
		for _, v := range spec.Values() {
			listed[v.Place+" "+v.Text()] = true
			shown, known := mentioned(all, v)
			switch {
			case !shown:
				t.Errorf("specs/%s.yaml: %s: no fixture has the field, so nothing shows what the facade makes of the value: "+
					"add one to test/fixtures/%s", p, v, p)
			case !known && !unmappedValues.excuses(p, v.Place, v.Text()):
				t.Errorf("specs/%s.yaml: %s: the facade takes it for an unknown value: "+
					"map it in facade/%s.go, or list it in unmappedValues of test/conformance/speccoverage/exceptions_test.go with a reason", p, v, p)
			}
		}
		// The spec must list every word that the facade's own source knows.
		source, err := os.ReadFile("../../../facade/" + string(p) + ".go")
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range literal.FindAllStringSubmatch(string(source), -1) {
			for _, response := range spec.Responses {
				for _, place := range response.Leaves() {
					v := inventory.Value{Place: place, Value: match[1]}
					isText := slices.ContainsFunc(response.At(place), func(f inventory.Facts) bool { return f.Type == "string" })
					if !isText || listed[v.Place+" "+v.Text()] {
						continue
					}
					listed[v.Place+" "+v.Text()] = true // one report is enough
					if _, known := mentioned(all, v); known && !unlistedValues.excuses(p, place, v.Text()) {
						t.Errorf("facade/%s.go knows %s, and specs/%s.yaml does not list it: add it to the enum or to x-upstream-values with a "+
							"fixture, or take it out, or list it in unlistedValues of test/conformance/speccoverage/exceptions_test.go with a reason", p, v, p)
					}
				}
			}
		}
		unmappedValues.checkUsed(t, p)
		unlistedValues.checkUsed(t, p)
	})
}

// distinct returns one of the fixtures that have the same status and properties. Their values make
// no difference, because the tests replace them.
func distinct(all []base) (few []base) {
	seen := map[string]bool{}
	for _, b := range all {
		shape := strconv.Itoa(b.Status) + strings.Join(jsontree.Pointers(b.body), " ")
		if !seen[shape] {
			seen[shape] = true
			few = append(few, b)
		}
	}
	return few
}

// literal matches a word in quotes in a Go file.
var literal = regexp.MustCompile(`"([A-Za-z][A-Za-z0-9_.:-]*)"`)

// mentioned reports whether a body shows the field of a value, and whether the facade knows the
// value. It does if the value leads to another outcome than an unknown value, apart from being
// repeated in it.
func mentioned(all []base, v inventory.Value) (shown, known bool) {
	var unknown any = "zz_unlisted"
	if _, text := v.Value.(string); !text {
		unknown = 987
	}
	at := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(v.Place), `\*`, "[^/]*") + "$")
	for _, b := range all {
		for _, pointer := range jsontree.Pointers(b.body) {
			if !at.MatchString(pointer) {
				continue
			}
			shown = true
			with := b.outcome(jsontree.With(b.body, pointer, v.Value))
			without := b.outcome(jsontree.With(b.body, pointer, unknown))
			if with != strings.ReplaceAll(without, quoted(unknown), quoted(v.Value)) {
				return true, true
			}
		}
	}
	return shown, false
}

// quoted returns a value as text, which is how an outcome repeats it.
func quoted(value any) string { return strconv.Quote(fmt.Sprint(value)) }
