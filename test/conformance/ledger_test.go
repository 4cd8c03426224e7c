package conformance

import (
	"maps"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
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

// TestLedger demands a fixture for every response (status and content type) of
// every operation, every enum value and every code that a provider's document
// has, also for the values that are only known from elsewhere (x-upstream-values);
// and something documented for every fixture.
func TestLedger(t *testing.T) {
	for _, p := range fixtures.Providers() {
		provider := string(p)
		t.Run(provider, func(t *testing.T) {
			cases := operationCases(t, provider)
			all, err := inventory.Specs(provider)
			if err != nil {
				t.Fatal(err)
			}
			told := map[string]bool{} // values that operations have in common are asked for once
			for _, inv := range all {
				responses := responseEntries(inv)
				for _, e := range responses {
					e.demand(t, provider, inv.ID, cases[inv.ID])
				}
				for _, c := range cases[inv.ID] {
					documented := func(e ledgerEntry) bool { return e.shown(c) }
					if !c.Rejected && !slices.ContainsFunc(responses, documented) {
						t.Errorf("test/fixtures/%s.http: specs/%s.yaml has no response %d %s to %s: document it, or move the fixture to %s/rejected",
							c.Name, provider, c.Status, caseMediaType(c), inv.ID, path.Dir(c.Name))
					}
				}
				for _, v := range inv.Values() {
					if told[v.String()] {
						continue
					}
					told[v.String()] = true
					// Operations that have a type in common have its values in common.
					var having []fixtures.Case
					for _, other := range all {
						if slices.ContainsFunc(other.Values(), func(o inventory.Value) bool { return o.String() == v.String() }) {
							having = append(having, cases[other.ID]...)
						}
					}
					valueEntry(v).demand(t, provider, inv.ID, having)
				}
			}
		})
	}
}

// operationCases returns the cases of a provider by the operation that they answer.
func operationCases(t *testing.T, provider string) map[string][]fixtures.Case {
	t.Helper()
	starts, err := fixtures.For(provider)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]fixtures.Case{contract.Operations(provider)[0]: starts}
	found, err := fixtures.Lookups(provider)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found {
		cases[c.Operation] = append(cases[c.Operation], c)
	}
	return cases
}

// demand wants a fixture that shows the entry.
func (e ledgerEntry) demand(t *testing.T, provider, operation string, cases []fixtures.Case) {
	t.Helper()
	if slices.ContainsFunc(cases, e.shown) {
		return
	}
	folder := provider
	if len(cases) > 0 {
		folder = strings.TrimSuffix(path.Dir(cases[0].Name), "/rejected")
	}
	t.Errorf("specs/%s.yaml documents %s of %s, and no fixture shows it: add test/fixtures/%s/<status>_<case>.http and its want",
		provider, e.name, operation, folder)
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

// valueEntry returns the entry of a listed value of a field, whatever the statuses
// that have the field.
func valueEntry(v inventory.Value) ledgerEntry {
	return ledgerEntry{v.String(), func(c fixtures.Case) bool {
		if c.Rejected && !v.Upstream {
			return false // what the spec rejects proves nothing of it
		}
		body, err := jsontree.Decode(c.Body)
		return err == nil && slices.ContainsFunc(jsontree.All(body, v.Place), func(value any) bool {
			return string(jsontree.Encode(value)) == v.Text()
		})
	}}
}

func caseMediaType(c fixtures.Case) string {
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	return kind
}
