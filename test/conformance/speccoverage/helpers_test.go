// Package speccoverage_test demands that the facade covers everything that the specs say, so that
// no change of a spec goes unnoticed. What is new in a spec must be mapped, or listed in
// exceptions_test.go with a reason. What is gone from a spec must be removed from the facade and
// from that list.
//
// The tests look at the facade from outside: at what it sends, refuses and returns.
package speccoverage_test

import (
	"os"
	"path/filepath"
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

// full returns a request in which every field is set, as the JSON of [facade.MarshalRequest]. That
// JSON has the names of the document.
func full(t *testing.T, p facade.Provider) any {
	t.Helper()
	r := fixtures.Of(p).Full()
	if qolo, ok := r.(*facade.QoloRequest); ok {
		file := filepath.Join(t.TempDir(), "image.bmp")
		if err := os.WriteFile(file, []byte("BM"), 0o600); err != nil {
			t.Fatal(err)
		}
		image, err := facade.QoloImageFile(file)
		if err != nil {
			t.Fatal(err)
		}
		qolo.Document.Front, qolo.Document.Back, qolo.Document.FaceImage = image, image, image
	}
	text, err := facade.MarshalRequest(r)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := jsontree.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// pointerTo returns the JSON pointer, in a request, of a place in the spec: a place in the body, or
// a parameter.
func pointerTo(place string) string {
	in, name, parameter := strings.Cut(place, " ")
	if parameter && in != "query" {
		return "/" + name
	}
	return strings.ReplaceAll(place, "*", "0")
}

// send starts KYC with a request of this JSON. It reports false if the Go types cannot hold the
// JSON, because then nobody can send it.
func send(tree any) (replay.Exchange, bool) {
	request, err := facade.UnmarshalRequest(jsontree.Encode(tree))
	if err != nil {
		return replay.Exchange{}, false
	}
	return replay.Start(request, replay.Answer{Status: 500}), true
}

// base is a fixture and its decoded body, which the tests change.
type base struct {
	fixtures.Case
	body any
}

// bases returns those fixtures of a provider whose body is an object.
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
