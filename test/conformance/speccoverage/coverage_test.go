// Package speccoverage_test demands that the facade covers everything that the specs say, so that
// no change of a spec goes unnoticed. What is new in a spec must be mapped, or listed in
// exceptions_test.go with a reason. What is gone from a spec must be removed from the facade and
// from that list.
//
// The tests look at the facade from outside: at what it sends, refuses and returns.
package speccoverage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// coverage is what the spec of a provider says of the start, and the provider's fixtures.
type coverage struct {
	*testing.T
	p     facade.Provider
	spec  *inventory.Inventory
	bases []base
	used  map[exception]bool
}

// TestCoverage compares each spec with the facade.
func TestCoverage(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			spec, err := inventory.Spec(string(p))
			if err != nil {
				t.Fatal(err)
			}
			cases, err := fixtures.For(string(p))
			if err != nil {
				t.Fatal(err)
			}
			c := coverage{t, p, spec, nil, map[exception]bool{}}
			for _, fixture := range cases {
				body, err := jsontree.Decode(fixture.Body)
				if _, object := body.(map[string]any); object && err == nil {
					c.bases = append(c.bases, base{fixture, body})
				}
			}
			c.request()
			c.words()
			c.statuses()
			c.properties()
			c.values()
			for _, e := range exceptions {
				if e.provider == p && !c.used[e] {
					t.Errorf("%s of test/conformance/speccoverage/exceptions_test.go has %s %s %s, and nothing in the spec or in a fixture is like that any more: "+
						"take it out, unless a fixture is missing", e.list, p, e.at, e.what)
				}
			}
		})
	}
}

// demand reports a difference between spec and facade, unless a list of exceptions has it, by its
// own place or by a place that contains it.
func (c coverage) demand(so bool, list, at, what, why string, words ...any) {
	c.Helper()
	if so {
		return
	}
	excused := false
	for _, e := range exceptions {
		here := below(at, e.at) || e.at == anyParameter && strings.HasPrefix(at, "path ")
		if here && e.list == list && (e.provider == c.p || e.provider == "") && (e.what == "*" || e.what == what) {
			c.used[e], excused = true, true
		}
	}
	if !excused {
		c.Errorf("%s, or list it in %s of test/conformance/speccoverage/exceptions_test.go with a reason", fmt.Sprintf(why, words...), list)
	}
}

// base is a fixture and its decoded body, which the tests change.
type base struct {
	fixtures.Case
	body any
}

// outcome returns what the facade makes of the fixture with another body.
func (b base) outcome(body any) string {
	e := replay.Start(fixtures.Start(facade.Provider(b.Provider)), replay.Answer{
		Status: b.Status, Header: b.Header, Body: jsontree.Encode(body),
	})
	return e.Outcome()
}

// below reports whether a place is the other place, or within it.
func below(place, other string) bool {
	return place == other || strings.HasPrefix(place, other+"/")
}
