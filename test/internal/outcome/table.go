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
	for _, c := range fixtures.Cases() {
		o, err := Parse(c.Want)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		if o.Error && c.Operation != "" {
			o.Advice = failedLookup
		}
		p := facade.Provider(c.Provider)
		rows = append(rows, Row{
			Fixture: c.Name, Provider: p, Call: cmp.Or(fixtures.Of(p).Lookup(c.Operation).Folder, "start"), Status: c.Status,
			Outcome: o, Case: special(c.Name, o.Says), Allowed: !c.Rejected, Source: source(c.Origin), Origin: c.Origin, Want: c.Want,
		})
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

const head = `# What every answer means

For each provider: what it answers, what the facade makes of it, and what to do then. Every entry is a fixture, and a link
to it; answers with the same meaning stand in one row. **Started** is whether this call has started a KYC. A word in code
font is the provider's own. Sources: *document* is the one that the spec was written after; *other pages* are the
provider's other public documentation; *made up* is what no source says, and what a proxy or a mistake may send.

Written by ` + "`make outcomes`" + `, from the fixtures. In a browser, with filters: ` + "`make sandbox`" + `.
`

const columns = `| HTTP | the provider says | outcome | Started | what to do next | source |
|---|---|---|---|---|---|
`

// line is a line of a table. All answers with the same meaning stand in it.
type line struct {
	provider facade.Provider
	title    string // of the table
	status   int
	meaning  string // the other columns
}

// Markdown returns the tables of all rows, with rows of the same meaning folded. The links are
// relative to the folder of the fixtures.
func Markdown(rows []Row) string {
	var lines []line
	entries := map[line][]string{}
	for _, r := range rows {
		started := strings.Replace(r.Started, "unknown", "**unknown**", 1)
		l := line{r.Provider, title(r), r.Status, fmt.Sprintf("%#q | %s | %s | %s", r.Verdict, started, r.Advice, r.Source)}
		if entries[l] == nil {
			lines = append(lines, l)
		}
		entries[l] = append(entries[l], r.entry())
	}
	var b strings.Builder
	b.WriteString(head)
	var before line
	for _, l := range lines {
		if l.provider != before.provider {
			fmt.Fprintf(&b, "\n## %s\n", l.provider)
		}
		if l.provider != before.provider || l.title != before.title {
			fmt.Fprintf(&b, "\n### %s\n\n%s", l.title, columns)
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", l.status, strings.Join(entries[l], " · "), l.meaning)
		before = l
	}
	return b.String()
}

func title(r Row) string {
	call := "A start"
	if r.Call != "start" {
		call = "A look-up (" + r.Call + ")"
	}
	if r.Allowed {
		return call + ", answered as the spec allows"
	}
	return call + ", answered as the spec does not allow"
}

// entry returns the link to a fixture, with what the provider said.
func (r Row) entry() string {
	var words []string
	for _, word := range r.Says {
		words = append(words, "`"+strings.ReplaceAll(word, "|", `\|`)+"`")
	}
	if r.Case != "" {
		words = append(words, r.Case)
	}
	return "[" + strings.Join(words, ", ") + "](" + r.Fixture + ".http)"
}
