package outcome

import (
	"cmp"
	"fmt"
	"slices"
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

// Markdown returns the table of all rows, with rows of the same meaning folded. The links are
// relative to the folder of the fixtures.
func Markdown(rows []Row) string {
	var b strings.Builder
	b.WriteString(head)
	provider, section := facade.Provider(""), ""
	for _, group := range folded(rows) {
		first := group[0]
		if first.Provider != provider {
			provider, section = first.Provider, ""
			fmt.Fprintf(&b, "\n## %s\n", provider)
		}
		if title := title(first); title != section {
			section = title
			fmt.Fprintf(&b, "\n### %s\n\n%s", title, columns)
		}
		entries := make([]string, len(group))
		for i, r := range group {
			entries[i] = r.entry()
		}
		fmt.Fprintf(&b, "| %d | %s | `%s` | %s | %s | %s |\n", first.Status, strings.Join(entries, " · "),
			first.Verdict, started(first.Started), first.Advice, first.Source)
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

// started highlights the word unless it is the usual one for its kind of outcome.
func started(word string) string {
	if word == "unknown" {
		return "**unknown**"
	}
	return word
}

// entry returns the link to a fixture, with what the provider said.
func (r Row) entry() string {
	words := make([]string, len(r.Says))
	for i, word := range r.Says {
		words[i] = "`" + strings.ReplaceAll(word, "|", `\|`) + "`"
	}
	text := strings.Join(words, ", ")
	if r.Case != "" {
		text = strings.TrimPrefix(text+", ", ", ") + r.Case
	}
	return "[" + text + "](" + r.Fixture + ".http)"
}

// folded returns the rows in groups of the same meaning.
func folded(rows []Row) (groups [][]Row) {
	key := func(r Row) string {
		return fmt.Sprint(r.Provider, r.Call, r.Allowed, r.Status, r.Verdict, r.Started, r.Next, r.Advice, r.Source)
	}
	at := make(map[string]int)
	for _, r := range rows {
		i, known := at[key(r)]
		if !known {
			i = len(groups)
			at[key(r)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	// The sort is stable: groups that compare as equal stay in the order of the fixtures.
	slices.SortStableFunc(groups, func(a, b []Row) int {
		x, y := a[0], b[0]
		if x.Provider != y.Provider || x.Call != y.Call || x.Allowed != y.Allowed {
			return 0
		}
		return cmp.Compare(x.Status, y.Status)
	})
	return groups
}
