// Package speccoverage_test demands that the facade covers everything that the specs say, so that
// no change of a spec goes unnoticed. What is new in a spec must be mapped, or listed in
// testdata/exceptions.yaml with a reason. What is gone from a spec must be removed from the facade and
// from that list.
//
// The tests look at the facade from outside: at what it sends, refuses and returns.
package speccoverage_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

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
	// exceptions tells of each exception whether it has been used.
	exceptions map[exception]bool
}

// exception is a difference between a spec and the facade that is on purpose. What is a value or a
// constraint, or empty for all of them. At is a place, or "path *" for any parameter of the path.
type exception struct{ list, what, at string }

// TestCoverage compares each spec with the facade.
func TestCoverage(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			c := coverage{T: t, p: p, exceptions: map[exception]bool{}}
			c.load()
			c.request()
			c.words()
			c.statuses()
			c.properties()
			c.values()
			for e, used := range c.exceptions {
				if !used {
					t.Errorf("%s of %s has %s %s %s, and nothing in the spec or in a fixture is like that any more: "+
						"take it out, unless a fixture is missing", e.list, exceptionsFile, p, e.at, e.what)
				}
			}
		})
	}
}

const exceptionsFile = "test/conformance/speccoverage/testdata/exceptions.yaml"

// load reads the spec, the fixtures whose body is an object, and the exceptions.
func (c *coverage) load() {
	specs, err := inventory.Specs(string(c.p))
	if err != nil {
		c.Fatal(err)
	}
	c.spec = specs[0]
	for _, fixture := range fixtures.Starts(c.p) {
		body, err := jsontree.Decode(fixture.Body)
		if _, object := body.(map[string]any); object && err == nil {
			c.bases = append(c.bases, base{fixture, body})
		}
	}
	text, err := os.ReadFile("../../../" + exceptionsFile)
	var lists map[string]map[string][]struct {
		Reason, What string
		At           []string
	}
	if err := errors.Join(err, yaml.Unmarshal(text, &lists)); err != nil {
		c.Fatal(err)
	}
	for list, of := range lists {
		for _, provider := range []string{string(c.p), "all"} {
			for _, e := range of[provider] {
				if e.Reason == "" {
					c.Errorf("%s of %s has %v without a reason", list, exceptionsFile, e.At)
				}
				for _, at := range e.At {
					c.exceptions[exception{list, e.What, at}] = provider == "all" // not every provider needs it
				}
			}
		}
	}
}

// demand reports a difference between spec and facade, unless a list of exceptions has it, by its
// own place or by a place that contains it.
func (c *coverage) demand(so bool, list, at, what, why string, words ...any) {
	c.Helper()
	if so {
		return
	}
	excused := false
	for e := range c.exceptions {
		here := below(at, e.at) || e.at == "path *" && strings.HasPrefix(at, "path ")
		if here && e.list == list && (e.what == "" || e.what == what) {
			c.exceptions[e], excused = true, true
		}
	}
	if !excused {
		c.Errorf("%s, or list it in %s of %s with a reason", fmt.Sprintf(why, words...), list, exceptionsFile)
	}
}

// base is a fixture and its decoded body, which the tests change.
type base struct {
	fixtures.Case
	body any
}

// outcome returns what the facade makes of the fixture with another body.
func (b base) outcome(body any) string {
	return outcome(facade.Provider(b.Provider), replay.Answer{Status: b.Status, Header: b.Header, Body: jsontree.Encode(body)})
}

// outcome returns what the facade makes of an answer: its JSON, and the error's text.
func outcome(p facade.Provider, answer replay.Answer) string {
	e := replay.Start(fixtures.Start(p), answer)
	return fmt.Sprintf("%s %v", jsontree.Encode([]any{e.Result, e.Err}), e.Err)
}

// below reports whether a place is the other place, or within it.
func below(place, other string) bool {
	return place == other || strings.HasPrefix(place, other+"/")
}
