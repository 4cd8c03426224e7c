package outcome

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Row is one fixture, as the table shows it.
type Row struct {
	Fixture  string          `json:"fixture"`
	Provider facade.Provider `json:"provider"`
	// Call is the folder of a look-up's fixtures, such as "find", and "start" otherwise.
	Call   string `json:"call"`
	Status int    `json:"status"`
	Outcome
	// Case says what is special, in the words of the fixture's name. It is empty if Says already
	// says it.
	Case string `json:"case"`
	// Allowed tells whether the provider's document allows the answer.
	Allowed bool `json:"allowed"`
	// Source tells in a few words who says that there is such an answer. Origin tells it in full.
	Source string `json:"source"`
	Origin string `json:"origin"`
	// Want is the normalized outcome.
	Want json.RawMessage `json:"want"`
}

// Rows returns one row for each fixture, in the order of the fixtures.
func Rows() ([]Row, error) {
	var rows []Row
	for _, d := range fixtures.Descriptors() {
		for _, c := range fixtures.Cases(d.Provider) {
			o, err := Parse(c.Want)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Name, err)
			}
			if o.Error && c.Operation != "" {
				o.Advice = failedLookup
			}
			rows = append(rows, Row{
				Fixture: c.Name, Provider: d.Provider, Call: cmp.Or(d.Lookup(c.Operation).Folder, "start"), Status: c.Status,
				Outcome: o, Case: special(c.Name, o.Says), Allowed: !c.Rejected, Source: source(c.Origin), Origin: c.Origin, Want: c.Want,
			})
		}
	}
	return rows, nil
}

// special returns the words of a fixture's name, without those with which the provider says the
// same.
func special(name string, says []string) string {
	_, words, _ := strings.Cut(path.Base(name), "_")
	said := strings.ReplaceAll(strings.ToLower(strings.Join(says, "_")), "-", "_")
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(words, said), "_"), "_", " ")
}

// source names everything that an origin is based on. If the origin has none of the words, it
// returns the origin itself.
func source(origin string) string {
	var all []string
	for _, s := range []struct{ word, source string }{{"seed", "document"}, {"upstream", "other pages"}, {"invented", "made up"}} {
		if strings.Contains(origin, s.word) {
			all = append(all, s.source)
		}
	}
	return cmp.Or(strings.Join(all, " + "), origin)
}
