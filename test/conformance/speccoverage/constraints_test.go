package speccoverage_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// A probe sets one field to a value at the edge of what the spec allows.
type probe struct {
	constraint string
	value      any
	legal      bool // tells whether the spec allows the value
}

// absent means that the field is left out.
var absent = new(int)

// fixed are places of the spec's request for which the facade's request has no field.
var fixed = map[facade.Provider][]string{
	facade.Qolo: {
		"/perform_kyc", // every start has it
		"path version", // part of the configuration
	},
}

// TestConstraints compares the facade's own validation with the constraints of each spec. What the
// spec does not allow must be refused before anything is sent, by an error that names the field.
// What the spec allows must be sent. Both rules have a list of exceptions.
func TestConstraints(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		tree, places := full(t, p), map[string]inventory.Facts{}
		maps.Copy(places, spec.Parameters)
		if spec.Request != nil {
			maps.Copy(places, spec.Request.Fields)
		}
		delete(places, "/")
		for place, facts := range places {
			values := jsontree.All(tree, pointerTo(place))
			if len(values) == 0 {
				if !slices.Contains(fixed[p], place) && !leftOut.excuses(p, place, "") {
					t.Errorf("specs/%s.yaml: the request has %s, and the facade's request has no field of that name: add one, "+
						"or list it in leftOut of test/conformance/speccoverage/exceptions_test.go with a reason", p, place)
				}
				continue
			}
			for _, probe := range probes(facts, values[0]) {
				check(t, p, place, tree, probe)
			}
		}
		notEnforced.checkUsed(t, p)
		stricter.checkUsed(t, p)
	})
}

func check(t *testing.T, p facade.Provider, place string, tree any, probe probe) {
	t.Helper()
	changed := jsontree.With(tree, pointerTo(place), probe.value)
	if probe.value == absent {
		changed = jsontree.Without(tree, pointerTo(place))
	}
	e, holds := send(changed)
	var refused *facade.Error
	errors.As(e.Err, &refused)
	switch {
	case !holds:
	case probe.legal && e.Sent == nil && !stricter.excuses(p, place, probe.constraint):
		t.Errorf("specs/%s.yaml allows %s: %s, and the facade refuses it (%v): allow it in check of facade/%s.go, "+
			"or list it in stricter of test/conformance/speccoverage/exceptions_test.go with a reason", p, place, probe.constraint, e.Err, p)
	case !probe.legal && e.Sent != nil && !notEnforced.excuses(p, place, probe.constraint):
		t.Errorf("specs/%s.yaml does not allow %s: %s, and the facade sends it: refuse it in check of facade/%s.go, "+
			"or list it in notEnforced of test/conformance/speccoverage/exceptions_test.go with a reason", p, place, probe.constraint, p)
	case !probe.legal && e.Sent == nil && !names(refused, place):
		t.Errorf("facade/%s.go: %s: %s is refused, and the error does not name the field: %v", p, place, probe.constraint, e.Err)
	}
}

// names reports whether a refusal is about the field at a place, or about parts of it, and about
// nothing else.
func names(refused *facade.Error, place string) bool {
	if refused == nil || refused.Kind != facade.KindInvalidRequest || refused.Started != facade.StartedNo {
		return false
	}
	want := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(place, "path "), "/"), "/*")
	return !slices.ContainsFunc(refused.Fields, func(f facade.FieldError) bool {
		return !below(strings.ReplaceAll(strings.ReplaceAll(f.Path, "[0]", "/*"), ".", "/"), want)
	})
}

// ofForm has texts for each format and pattern, ordinary ones and odd ones.
var ofForm = map[string][]string{
	"uuid":      {"6f1c4a70-3b1d-4f0e-9b38-0c5a1f7d2e44", "6F1C4A70-3B1D-4F0E-9B38-0C5A1F7D2E44", "00000000-0000-0000-0000-000000000000"},
	"uri":       {"https://shop.example/kyc?a=b#c", "http://127.0.0.1:8080/", "https://user@shop.example/", "urn:example:kyc", "app://kyc/done"},
	"date-time": {"2096-01-02T03:04:05Z", "2096-01-02T03:04:05.678+02:00", "1996-01-02T03:04:05Z"},

	"^0x[a-fA-F0-9]{130}$": {"0x" + strings.Repeat("a", 130), "0x" + strings.Repeat("F9", 65)},
}

// long is the length that is tried for a text without a limit.
const long = 100_000

// probes returns the values to try for one field, which has these facts and this value: a little
// more and a little less than is allowed, and very much where there is no limit.
func probes(f inventory.Facts, value any) (all []probe) {
	legal := func(value any, constraint string, words ...any) {
		all = append(all, probe{fmt.Sprintf(constraint, words...), value, true})
	}
	illegal := func(value any, constraint string, words ...any) {
		all = append(all, probe{fmt.Sprintf(constraint, words...), value, false})
	}
	if f.Required {
		illegal(absent, "required")
	} else {
		legal(absent, "absent")
	}
	form := f.Pattern
	if f.Format != "" {
		form = "format " + f.Format
	}
	low, high := int(f.MinLength), long
	if f.MaxLength != nil {
		high = int(*f.MaxLength)
	}
	switch {
	case len(f.Enum) > 0:
		others := []any{"zz_unlisted", " " + fmt.Sprint(f.Enum[0]), -1.0}
		for _, value := range f.Enum {
			legal(value, "enum value %v", value)
			if number, ok := value.(float64); ok {
				others = append(others, number+1)
			}
		}
		for _, value := range others {
			if !slices.Contains(f.Enum, value) {
				illegal(value, "value %v outside of the enum", value)
			}
		}
	case f.Type == "integer":
		low, high := math.MinInt32+0.0, math.MaxInt32+0.0
		if f.Minimum != nil {
			low = *f.Minimum
			illegal(low-1, "below the minimum %v", low)
		}
		if f.Maximum != nil {
			high = *f.Maximum
			illegal(high+1, "above the maximum %v", high)
		}
		legal(low, "value %v", low)
		legal(high, "value %v", high)
	case f.Type == "string" && form != "":
		illegal("odd", "not of %s", form)
		if f.Pattern != "" {
			illegal(fmt.Sprint(value, "~"), "a character after %s", form)
		}
		for _, text := range ofForm[strings.TrimPrefix(form, "format ")] {
			legal(text, "%s, %s", form, text)
		}
	case f.Type == "string":
		if low > 0 {
			illegal(strings.Repeat("é", low-1), "less than minLength %d", low)
		}
		if f.MaxLength != nil {
			illegal(strings.Repeat("é", high+1), "more than maxLength %d", high)
		}
		legal(strings.Repeat("é", max(low, 1)), "length %d", max(low, 1))
		legal(strings.Repeat("é", high), "length %d", high)
		legal(strings.Repeat(" ", max(low, 1)), "blanks")
		legal(strings.Repeat(`/?#%"<'\`, max(low/8+1, 1)), "punctuation")
		legal(strings.Repeat("a\n", max(low, 1)), "line break")
	case f.Type == "array":
		items, _ := value.([]any)
		low, high := int(f.MinItems), 100
		if f.MinItems > 0 {
			illegal(slices.Repeat(items[:1], low-1), "less than minItems %d", low)
		}
		if f.MaxItems != nil {
			high = int(*f.MaxItems)
			illegal(slices.Repeat(items[:1], high+1), "more than maxItems %d", high)
		}
		if f.UniqueItems {
			illegal(slices.Repeat(items[:1], 2), "an item twice")
			high = min(high, 1)
		}
		legal(slices.Repeat(items[:1], low), "%d items", low)
		legal(slices.Repeat(items[:1], high), "%d items", high)
	}
	return all
}
