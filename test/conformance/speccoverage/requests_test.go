package speccoverage_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestRequestProperties sets every field of the facade's request. Then every property and parameter
// of the spec's request must be sent, or be listed in leftOut. It also leaves out each field of the
// facade's request in turn. That must change what is sent.
func TestRequestProperties(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		tree := full(t, p)
		e, _ := send(tree)
		if e.Sent == nil {
			t.Fatalf("the full request was not sent: %v", e.Err)
		}
		if v := contract.Request(string(p), e.Sent, e.Body); len(v) > 0 {
			t.Errorf("the spec rejects the full request: %v", v)
		}
		var sent, wanted []string
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
			// A path without its parameter would be no path of the spec.
			if in == "path" || in == "query" && e.Sent.URL.Query().Has(name) || in == "header" && e.Sent.Header.Get(name) != "" {
				sent = append(sent, at)
			}
		}
		for _, at := range wanted {
			if !slices.Contains(sent, at) && !leftOut.excuses(p, at, "") {
				t.Errorf("specs/%s.yaml: the request has %s, and the facade never sends it: add it to the request in facade/%s.go "+
					"and to Full in test/fixtures/%s.go, or list it in leftOut of test/conformance/speccoverage/exceptions_test.go with a reason", p, at, p, p)
			}
		}
		leftOut.checkUsed(t, p)

		for _, pointer := range jsontree.Pointers(tree)[1:] {
			if less, ok := send(jsontree.Without(tree, pointer)); ok && less.Sent != nil && bytes.Equal(wire(less), wire(e)) {
				t.Errorf("facade/%s.go: %s changes nothing of what is sent: send it, or remove it", p, pointer)
			}
		}
	})
}

// wire returns what was sent, without the headers that do not come from the request.
func wire(e replay.Exchange) []byte {
	return append([]byte(e.Sent.URL.String()+"\n"+e.Sent.Header.Get("Authorization")+"\n"+e.Sent.Header.Get("IdempotencyKey")+"\n"), e.Body...)
}

// TestWords: for every list of values in the spec of a request, the facade must have a type with a
// constant for each value, and no other constant.
func TestWords(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		declared := constants(t, p)
		if spec.Request == nil {
			return
		}
		listed := map[string]bool{}
		for place, facts := range spec.Request.Fields {
			values := slices.Clone(facts.Upstream)
			for _, value := range facts.Enum {
				values = append(values, fmt.Sprint(value))
			}
			slices.Sort(values)
			lists := fmt.Sprintf("%q", values)
			listed[lists] = true
			if _, ok := declared[lists]; !ok && len(values) > 0 && !leftOut.excuses(p, place, "") {
				t.Errorf("specs/%s.yaml lists %s for %s, and no type of facade/%s_constants.go has these constants: there are %v", p, lists, place, p, declared)
			}
		}
		for lists, name := range declared {
			if !listed[lists] {
				t.Errorf("facade.%s has the constants %s, and specs/%s.yaml lists no such values: take them out", name, lists, p)
			}
		}
	})
}

// constant matches a constant in facade/*_constants.go, with the comment before it.
var constant = regexp.MustCompile(`(?m)^((?:\t//.*\n)*)\t([A-Z]\w*) +(\w+) += "?([^"\s]+)`)

// constants returns the types of a provider's words, by the values of their constants. Each
// constant must have a doc line.
func constants(t *testing.T, p facade.Provider) map[string]string {
	t.Helper()
	text, _ := os.ReadFile("../../../facade/" + string(p) + "_constants.go") // not every provider has constants
	ofType := map[string][]string{}
	for _, match := range constant.FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(match[1], "\t// "+match[2]+" ") {
			t.Errorf("facade/%s_constants.go: %s has no doc line that begins with its name", p, match[2])
		}
		ofType[match[3]] = append(ofType[match[3]], match[4])
	}
	byValues := map[string]string{}
	for name, values := range ofType {
		slices.Sort(values)
		byValues[fmt.Sprintf("%q", values)] = name
	}
	return byValues
}
