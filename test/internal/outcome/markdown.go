package outcome

import (
	"fmt"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

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
		started := r.Started
		if started == "unknown" {
			started = "**unknown**"
		}
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
