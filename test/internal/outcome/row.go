package outcome

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
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
	// Says holds the provider's own words: its codes, or its word for the status.
	Says []string `json:"says"`
	// Case says what is special, in the words of the fixture's name. It is empty if Says already
	// says it.
	Case    string              `json:"case"`
	Verdict string              `json:"verdict"`
	Error   bool                `json:"error"`
	Started string              `json:"started"`
	Next    facade.NextStepKind `json:"next"`
	Advice  string              `json:"advice"`
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
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.AllOf(string(p))
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			r, err := row(c)
			if err != nil {
				return nil, err
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func row(c fixtures.Case) (Row, error) {
	o, err := Parse(c.Want)
	if err != nil {
		return Row{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	advice := o.Advice()
	if o.Error != nil && c.Operation != "" {
		advice = failedLookup
	}
	says := o.words()
	folders := slices.DeleteFunc(strings.Split(path.Dir(c.Name), "/")[1:], func(f string) bool { return f == "rejected" })
	return Row{
		Fixture: c.Name, Provider: facade.Provider(c.Provider), Call: strings.Join(append(folders, "start")[:1], ""),
		Status: c.Status, Says: says, Case: special(c.Name, says),
		Verdict: o.Verdict(), Error: o.Error != nil, Started: o.Started(), Next: o.said().Next.Kind, Advice: advice,
		Allowed: !c.Rejected, Source: source(c.Origin), Origin: c.Origin, Want: c.Want,
	}, nil
}

// special returns the words of a fixture's name, without those that the provider says itself.
func special(name string, says []string) string {
	_, words, _ := strings.Cut(path.Base(name), "_")
	left := strings.Split(words, "_")
	for n := 1; n <= len(left) && len(says) == 1; n++ {
		if plain(says[0]) == plain(strings.Join(left[:n], "")) {
			left = left[n:]
			break
		}
	}
	return strings.Join(left, " ")
}

func plain(words string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(words))
}

// sources lists words in the origin of a fixture, and what each of them means.
var sources = []struct{ word, source string }{
	{"seed", "document"},
	{"upstream", "other pages"},
	{"invented", "made up"},
}

// source names everything that an origin is based on. If the origin has none of the words, it
// returns the origin itself.
func source(origin string) string {
	var all []string
	for _, s := range sources {
		if strings.Contains(origin, s.word) {
			all = append(all, s.source)
		}
	}
	return cmp.Or(strings.Join(all, " + "), origin)
}
