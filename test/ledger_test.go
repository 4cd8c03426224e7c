package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/inventory"
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
			doc := contract.Spec(provider)
			inv, err := inventory.Of(doc, inventory.Operations(doc)[0])
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

// responseEntries returns one ledgerEntry a status and content type.
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

// alternative marks the values of a union's parts, which stand at the same place.
var alternative = regexp.MustCompile(`\|\d+`)

// valueEntries returns one ledgerEntry a listed value of a field, whatever the
// statuses that have the field.
func valueEntries(inv *inventory.Inventory) (all []ledgerEntry) {
	type value struct{ field, text string }
	listed := map[value]bool{} // true for a value of the document's own
	for _, response := range inv.Responses {
		for pointer, facts := range response.Fields {
			field := alternative.ReplaceAllString(pointer, "")
			for _, v := range facts.Enum {
				listed[value{field, jsonText(v)}] = true
			}
			for _, v := range facts.Upstream {
				listed[value{field, jsonText(v)}] = false
			}
			if len(facts.Upstream) > 0 && len(facts.Enum) == 0 && facts.Example != "" {
				listed[value{field, jsonText(facts.Example)}] = true
			}
		}
	}
	for v, own := range listed {
		shows := func(c fixtures.Case) bool {
			if c.Rejected && own {
				return false // what the spec rejects proves nothing of it
			}
			var body any
			return json.Unmarshal(c.Body, &body) == nil && slices.Contains(valuesAt(body, v.field), v.text)
		}
		name := fmt.Sprintf("%s in %s", v.text, v.field)
		if !own {
			name += " (x-upstream-values)"
		}
		all = append(all, ledgerEntry{name, shows})
	}
	slices.SortFunc(all, func(a, b ledgerEntry) int { return strings.Compare(a.name, b.name) })
	return all
}

// valuesAt returns what a JSON value holds at a pointer in which a star stands
// for every item or key, as JSON texts.
func valuesAt(value any, pointer string) (all []string) {
	if pointer == "" {
		return []string{jsonText(value)}
	}
	name, rest, more := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	if more {
		rest = "/" + rest
	}
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if key == name || name == "*" {
				all = append(all, valuesAt(member, rest)...)
			}
		}
	case []any:
		for _, item := range value {
			if name == "*" {
				all = append(all, valuesAt(item, rest)...)
			}
		}
	}
	return all
}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // what came out of JSON or YAML goes into JSON
	}
	return string(text)
}

func caseMediaType(c fixtures.Case) string {
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	return kind
}
