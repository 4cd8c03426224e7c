package speccoverage_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// A probe sets one field to a value at the edge of what the spec allows.
type probe struct {
	constraint string
	// set changes the field, and reports false if its Go type cannot hold the
	// value: then nobody can send it.
	set func(field) bool
	// legal tells whether the spec allows the value.
	legal bool
}

// TestConstraints holds the local validation to the constraints of each spec:
// what the spec refuses is refused before anything is sent, naming the field,
// and what it allows is sent. Both have a list of exceptions.
func TestConstraints(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		places := map[string]inventory.Facts{}
		maps.Copy(places, spec.Parameters)
		if spec.Request != nil {
			maps.Copy(places, spec.Request.Fields)
		}
		for place, facts := range places {
			if place == "/" || leftOut.has(p, place, "") {
				continue
			}
			if _, ok := at(reflect.ValueOf(full(p)), place); !ok {
				if !fixedInside(p, place) {
					t.Errorf("specs/%s.yaml: the request has %s, and %T has no field of that name: add one, "+
						"or list it in leftOut of test/conformance/speccoverage/exceptions_test.go with a reason", p, place, full(p))
				}
				continue
			}
			for _, probe := range probes(facts) {
				check(t, p, place, probe)
			}
		}
		notEnforced.checkUsed(t, p)
		stricter.checkUsed(t, p)
	})
}

func check(t *testing.T, p facade.Provider, place string, probe probe) {
	t.Helper()
	holds := true
	request := changed(p, func(r reflect.Value) {
		f, _ := at(r, place)
		holds = probe.set(f)
	})
	if !holds {
		return
	}
	e := replay.Start(request, replay.Answer{Status: 500})
	var refused *facade.Error
	errors.As(e.Err, &refused)
	switch {
	case probe.legal && e.Sent == nil && !stricter.has(p, place, probe.constraint):
		t.Errorf("specs/%s.yaml allows %s: %s, and the facade refuses it (%v): allow it in check of facade/%s.go, "+
			"or list it in stricter of test/conformance/speccoverage/exceptions_test.go with a reason", p, place, probe.constraint, e.Err, p)
	case !probe.legal && e.Sent != nil && !notEnforced.has(p, place, probe.constraint):
		t.Errorf("specs/%s.yaml does not allow %s: %s, and the facade sends it: refuse it in check of facade/%s.go, "+
			"or list it in notEnforced of test/conformance/speccoverage/exceptions_test.go with a reason", p, place, probe.constraint, p)
	case !probe.legal && e.Sent == nil && !names(refused, place):
		t.Errorf("facade/%s.go: %s: %s is refused, and the error does not name the field: %v", p, place, probe.constraint, e.Err)
	}
}

// names reports whether a refusal is of the field at a place, and of nothing
// that is not within it.
func names(refused *facade.Error, place string) bool {
	if refused == nil || refused.Kind != facade.KindInvalidRequest || refused.Started != facade.StartedNo {
		return false
	}
	want := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(place, "path "), "/"), "/*")
	return !slices.ContainsFunc(refused.Fields, func(f facade.FieldError) bool {
		return !below(strings.ReplaceAll(strings.ReplaceAll(f.Path, "[0]", "/*"), ".", "/"), want)
	})
}

// probes returns what is to be tried for the facts of one field: a little more
// and a little less than is allowed, and of what is not restricted a lot.
func probes(f inventory.Facts) (all []probe) {
	add := func(constraint string, value any, legal bool) {
		all = append(all, probe{constraint, func(f field) bool { return f.set(value) }, legal})
	}
	empty := func(f field) bool {
		f.value.SetZero()
		return !strings.HasSuffix(f.path, "]") // an item of a list is there
	}
	if f.Required {
		all = append(all, probe{"required", empty, false})
	} else {
		all = append(all, probe{"absent", empty, true})
	}

	switch {
	case len(f.Enum) > 0:
		for _, value := range f.Enum {
			add(fmt.Sprintf("enum value %v", value), value, true)
		}
		for _, value := range unlisted(f.Enum) {
			add(fmt.Sprintf("value %v outside of the enum", value), value, false)
		}
	case f.Type == "integer":
		low, high := math.MinInt32+0.0, math.MaxInt32+0.0
		if f.Minimum != nil {
			low = *f.Minimum
			add(fmt.Sprintf("below the minimum %v", low), low-1, false)
		}
		if f.Maximum != nil {
			high = *f.Maximum
			add(fmt.Sprintf("above the maximum %v", high), high+1, false)
		}
		add(fmt.Sprintf("value %v", low), low, true)
		add(fmt.Sprintf("value %v", high), high, true)
	case f.Type == "string" && f.Format != "":
		add("not of format "+f.Format, "odd", false)
		for _, value := range ofFormat[f.Format] {
			add(fmt.Sprintf("format %s, %s", f.Format, value), value, true)
		}
	case f.Type == "string":
		all = append(all, textProbes(f)...)
	case f.Type == "array":
		all = append(all, listProbes(f)...)
	}
	return all
}

// ofFormat has texts of each format, ordinary ones and odd ones.
var ofFormat = map[string][]string{
	"uuid":      {"6f1c4a70-3b1d-4f0e-9b38-0c5a1f7d2e44", "6F1C4A70-3B1D-4F0E-9B38-0C5A1F7D2E44", "00000000-0000-0000-0000-000000000000"},
	"uri":       {"https://shop.example/kyc?a=b#c", "http://127.0.0.1:8080/", "https://user@shop.example/", "urn:example:kyc", "app://kyc/done"},
	"email":     {"ann@shop.example", "ann.lee+kyc@mail.shop.example"},
	"date-time": {"2096-01-02T03:04:05Z", "2096-01-02T03:04:05.678+02:00", "1996-01-02T03:04:05Z"},
}

func unlisted(enum []any) []any {
	first, isText := enum[0].(string)
	if isText {
		return []any{"zz_unlisted", strings.ToUpper(first) + "_", " " + first}
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, value := range enum {
		if number, ok := value.(float64); ok {
			low, high = min(low, number), max(high, number)
		}
	}
	return []any{low - 2, high + 1}
}

// long is more characters than any text without a limit will have.
const long = 100_000

func textProbes(f inventory.Facts) (all []probe) {
	add := func(constraint, value string, legal bool) {
		all = append(all, probe{constraint, func(f field) bool { return f.set(value) }, legal})
	}
	low, high := int(f.MinLength), long
	if f.MaxLength != nil {
		high = int(*f.MaxLength)
	}
	if f.Pattern != "" {
		for _, text := range members(f.Pattern) {
			if len(text) >= low && len(text) <= high {
				add("of the pattern "+f.Pattern, text, true)
			}
		}
		add("not of the pattern "+f.Pattern, strings.Repeat("~", high), false)
		all = append(all, probe{"a character behind the pattern " + f.Pattern, func(f field) bool {
			return f.set(f.value.String() + "~")
		}, false})
		return all
	}
	if f.MinLength > 0 {
		add(fmt.Sprintf("less than minLength %d", low), strings.Repeat("é", low-1), false)
	}
	if f.MaxLength != nil {
		add(fmt.Sprintf("more than maxLength %d", high), strings.Repeat("é", high+1), false)
	}
	add(fmt.Sprintf("length %d", max(low, 1)), strings.Repeat("é", max(low, 1)), true)
	add(fmt.Sprintf("length %d", high), strings.Repeat("é", high), true)
	add("blanks", strings.Repeat(" ", max(low, 1)), true)
	add("punctuation", strings.Repeat(`/?#%"<'\`, max(low/8+1, 1)), true)
	add("line break", strings.Repeat("a\n", max(low, 1)), true)
	return all
}

func listProbes(f inventory.Facts) (all []probe) {
	resized := func(n int) func(field) bool {
		return func(f field) bool {
			items := reflect.MakeSlice(f.value.Type(), n, n)
			for i := range n {
				items.Index(i).Set(f.value.Index(0))
			}
			f.value.Set(items)
			return true
		}
	}
	low, high := int(f.MinItems), 100
	if f.MinItems > 0 {
		all = append(all, probe{fmt.Sprintf("less than minItems %d", low), resized(low - 1), false})
	}
	if f.MaxItems != nil {
		high = int(*f.MaxItems)
		all = append(all, probe{fmt.Sprintf("more than maxItems %d", high), resized(high + 1), false})
	}
	if f.UniqueItems {
		all = append(all, probe{"an item twice", resized(2), false})
		high = min(high, 1)
	}
	return append(all, probe{fmt.Sprintf("%d items", low), resized(low), true}, probe{fmt.Sprintf("%d items", high), resized(high), true})
}

// fixedInside reports whether the facade sends a value of its own.
func fixedInside(p facade.Provider, place string) bool {
	return slices.Contains(fixed[p], place)
}

// fixed are places that have no field in the facade's request.
var fixed = map[facade.Provider][]string{
	facade.Qolo: {
		"/perform_kyc", // what a start is
		"path version", // part of the configuration
	},
}
