package privacy_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// shownAsJSON returns the places whose texts may stand in the payload of an outcome:
// what the next step needs, ids, codes and the words of the provider that are for the
// merchant. Everything else stays out of it: credentials, the rest of the request and
// of the answer, and every other header.
func shownAsJSON(d fixtures.Descriptor) []string {
	places := []string{string(d.Provider) + " header X-Request-Id"}
	for _, shown := range d.Shown {
		place := string(d.Provider) + " " + shown
		if field, ok := strings.CutPrefix(shown, "request."); ok && d.Forms[field] == aJWT {
			place += " sub"
		}
		places = append(places, place)
	}
	return places
}

// TestPayloads: the payload of an outcome has what an application needs for its
// own answer, and nothing else. What may be shown is also found, somewhere.
func TestPayloads(t *testing.T) {
	for _, p := range providers {
		t.Run(string(p), func(t *testing.T) {
			all := plant(p, false)
			all.exchanges(func(*exchange) {}) // plants
			hidden := all.canaries.without(shownAsJSON(fixtures.Of(p)))
			j := newJudge(t, hidden)
			shown := map[string]bool{}
			all.exchanges(func(e *exchange) {
				res, err := e.start()
				payload := mustJSON(res)
				if err != nil {
					payload = mustJSON(err)
				}
				j.text("the payload", string(payload))
				for _, place := range all.canaries.found(string(payload)) {
					shown[place] = true
				}
			})
			for _, place := range shownAsJSON(fixtures.Of(p)) {
				prefix, all := strings.CutSuffix(place, "*")
				if !shown[place] && !(all && slices.ContainsFunc(slices.Collect(maps.Keys(shown)), func(s string) bool { return strings.HasPrefix(s, prefix) })) {
					t.Errorf("no payload shows %s: take it out of Shown in test/fixtures/%s.go", place, p)
				}
			}
			if len(hidden) < 10 {
				t.Errorf("only %d places are hidden", len(hidden))
			}
		})
	}
}
