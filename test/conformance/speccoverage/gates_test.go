// Package speccoverage_test holds the facade to everything that the specs say, so that
// a change of a spec cannot pass unseen: what is new must be mapped, or listed in
// exceptions_test.go with a reason, and what is gone must go there as well.
//
// The facade is watched from outside: what it sends, refuses and returns.
package speccoverage_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// forEach runs a test for each provider and its spec.
func forEach(t *testing.T, test func(*testing.T, facade.Provider, *inventory.Inventory)) {
	t.Helper()
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			spec, err := inventory.Spec(string(p))
			if err != nil {
				t.Fatal(err)
			}
			test(t, p, spec)
		})
	}
}

// base is a fixture with its body read, to be changed.
type base struct {
	fixtures.Case
	body any
}

// bases returns the fixtures of a provider whose body is an object.
func bases(t *testing.T, p facade.Provider) (all []base) {
	t.Helper()
	cases, err := fixtures.For(string(p))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		body, err := jsontree.Decode(c.Body)
		if _, object := body.(map[string]any); object && err == nil {
			all = append(all, base{c, body})
		}
	}
	return all
}

// outcome returns what the facade makes of the fixture with another body.
func (b base) outcome(t *testing.T, body any) string {
	t.Helper()
	e := replay.Start(fixtures.Start(facade.Provider(b.Provider)), replay.Answer{
		Status: b.Status, Header: b.Header, Body: jsontree.Encode(body),
	})
	if e.Panic != nil {
		t.Fatalf("%s: panic: %v", b.Name, e.Panic)
	}
	return e.Outcome()
}

// answered returns what the facade makes of an answer to the canonical request.
func answered(p facade.Provider, status int, contentType, body string) replay.Exchange {
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return replay.Start(fixtures.Start(p), replay.Answer{Status: status, Header: header, Body: []byte(body)})
}

// below reports whether a place is another, or in it.
func below(place, other string) bool {
	return place == other || strings.HasPrefix(place, other+"/")
}
