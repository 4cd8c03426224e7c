package speccoverage_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestRequestProperties demands that every property and parameter of a request
// is sent if every field of the facade's request is set, or is listed as left
// out.
func TestRequestProperties(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		e := replay.Start(full(p), replay.Answer{Status: 500})
		if e.Sent == nil {
			t.Fatalf("the full request was not sent: %v", e.Err)
		}
		if v := contract.Request(string(p), e.Sent, e.Body); len(v) > 0 {
			t.Errorf("the spec rejects the full request: %v", v)
		}
		var sent []string
		var wanted []string
		if spec.Request != nil {
			body, err := jsontree.Decode(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, pointer := range jsontree.Pointers(body) {
				place, _ := spec.Request.PlaceOf(pointer)
				sent = append(sent, place)
			}
			wanted = spec.Request.Leaves()
		}
		for at := range spec.Parameters {
			wanted = append(wanted, at)
			in, name, _ := strings.Cut(at, " ")
			// A path without its parameter would be none of the spec's.
			if in == "path" || in == "query" && e.Sent.URL.Query().Has(name) || in == "header" && e.Sent.Header.Get(name) != "" {
				sent = append(sent, at)
			}
		}
		for _, at := range wanted {
			switch left := leftOut.has(p, at, ""); {
			case !slices.Contains(sent, at) && !left:
				t.Errorf("specs/%s.yaml: the request has %s, and the facade never sends it: add it to the request in facade/%s.go "+
					"and to Full in test/fixtures/%s.go, or list it in leftOut of test/conformance/speccoverage/exceptions_test.go with a reason", p, at, p, p)
			case slices.Contains(sent, at) && left:
				leftOut.deny(t, p, at, "", "the facade sends it")
			}
		}
		leftOut.checkUsed(t, p)
	})
}

// TestRequestFields demands that every field of the facade's requests makes a
// difference: without it the request is another, or refused.
func TestRequestFields(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, _ *inventory.Inventory) {
		whole := wire(replay.Start(full(p), replay.Answer{Status: 500}))
		for i, f := range fields("", reflect.ValueOf(full(p))) {
			e := replay.Start(changed(p, func(r reflect.Value) {
				fields("", r)[i].value.SetZero()
			}), replay.Answer{Status: 500})
			if e.Sent != nil && bytes.Equal(wire(e), whole) {
				t.Errorf("facade/%s.go: %s changes nothing of what is sent: send it, or remove it", p, f.path)
			}
		}
	})
}

// wire returns what was sent, but for the headers that are not the provider's.
func wire(e replay.Exchange) []byte {
	if e.Sent == nil {
		return nil
	}
	return append([]byte(e.Sent.URL.String()+"\n"+e.Sent.Header.Get("Authorization")+"\n"+e.Sent.Header.Get("IdempotencyKey")+"\n"), e.Body...)
}
