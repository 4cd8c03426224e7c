package conformance

import (
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// TestFixtureForEverything demands a fixture for everything that a provider's document has: every
// response (status and content type) of every operation, every enum value and every code. That
// includes the values that are only known from elsewhere (x-upstream-values).
func TestFixtureForEverything(t *testing.T) {
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.AllOf(string(p))
		if err != nil {
			t.Fatal(err)
		}
		specs, err := inventory.Specs(string(p))
		if err != nil {
			t.Fatal(err)
		}
		for i, spec := range specs {
			operation := spec.ID
			if i == 0 {
				operation = "" // the start
			}
			demand := func(what string, shows func(fixtures.Case) bool) {
				if !slices.ContainsFunc(cases, shows) {
					t.Errorf("specs/%s.yaml documents %s of %s, and no fixture shows it: add test/fixtures/%s/<status>_<case>.http and its want",
						p, what, spec.ID, path.Join(string(p), fixtures.Of(p).Lookup(operation).Folder))
				}
			}
			for status, response := range spec.Responses() {
				content := response.Content
				if len(content) == 0 {
					content = []string{""}
				}
				for _, media := range content {
					demand(strings.TrimSpace("the response "+status+" "+media), func(c fixtures.Case) bool {
						kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
						return !c.Rejected && c.Operation == operation && strconv.Itoa(c.Status) == status && (media == "" || kind == media)
					})
				}
			}
			for _, v := range spec.Values() {
				demand(v.String(), func(c fixtures.Case) bool {
					if c.Rejected && !v.Upstream {
						return false // an answer that the spec rejects does not show what the spec has
					}
					body, err := jsontree.Decode(c.Body)
					return err == nil && slices.ContainsFunc(jsontree.All(body, v.Place), func(value any) bool {
						return string(jsontree.Encode(value)) == v.Text()
					})
				})
			}
		}
	}
}
