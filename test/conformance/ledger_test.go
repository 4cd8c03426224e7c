package conformance

import (
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// ledgerEntry is one thing that a provider's document says of its answers.
type ledgerEntry struct {
	name string
	// shown reports whether a fixture shows it.
	shown func(fixtures.Case) bool
}

// TestLedger demands a fixture for every response (status and content type),
// every enum value and every code that a provider's document has, also for the
// values that are only known from elsewhere (x-upstream-values); and something
// documented for every fixture.
func TestLedger(t *testing.T) {
	for _, p := range fixtures.Providers() {
		provider := string(p)
		t.Run(provider, func(t *testing.T) {
			cases, err := fixtures.For(provider)
			if err != nil {
				t.Fatal(err)
			}
			inv, err := inventory.Spec(provider)
			if err != nil {
				t.Fatal(err)
			}

			responses := responseEntries(inv)
			for _, e := range slices.Concat(responses, valueEntries(inv)) {
				var by []string
				for _, c := range cases {
					if e.shown(c) {
						by = append(by, c.Name)
					}
				}
				if len(by) == 0 {
					t.Errorf("specs/%s.yaml documents %s, and no fixture shows it: add test/fixtures/%s/<status>_<case>.http and its want",
						provider, e.name, provider)
					continue
				}
				t.Logf("%s: %s", e.name, strings.Join(by, ", "))
			}
			for _, c := range cases {
				documented := func(e ledgerEntry) bool { return e.shown(c) }
				if !c.Rejected && !slices.ContainsFunc(responses, documented) {
					t.Errorf("test/fixtures/%s.http: specs/%s.yaml has no response %d %s: document it, or move the fixture to test/fixtures/%s/rejected",
						c.Name, provider, c.Status, caseMediaType(c), provider)
				}
			}
		})
	}
}

// responseEntries returns one entry a status and content type.
func responseEntries(inv *inventory.Inventory) (all []ledgerEntry) {
	for _, status := range slices.Sorted(maps.Keys(inv.Responses)) {
		accepted := func(c fixtures.Case) bool { return !c.Rejected && strconv.Itoa(c.Status) == status }
		content := inv.Responses[status].Content
		if len(content) == 0 {
			all = append(all, ledgerEntry{"the response " + status, accepted})
		}
		for _, media := range content {
			all = append(all, ledgerEntry{"the response " + status + " " + media, func(c fixtures.Case) bool {
				return accepted(c) && caseMediaType(c) == media
			}})
		}
	}
	return all
}

// valueEntries returns one entry a listed value of a field, whatever the
// statuses that have the field.
func valueEntries(inv *inventory.Inventory) (all []ledgerEntry) {
	for _, v := range inv.Values() {
		all = append(all, ledgerEntry{v.String(), func(c fixtures.Case) bool {
			if c.Rejected && !v.Upstream {
				return false // what the spec rejects proves nothing of it
			}
			body, err := jsontree.Decode(c.Body)
			return err == nil && slices.ContainsFunc(jsontree.All(body, v.Place), func(value any) bool {
				return string(jsontree.Encode(value)) == v.Text()
			})
		}})
	}
	return all
}

func caseMediaType(c fixtures.Case) string {
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	return kind
}
