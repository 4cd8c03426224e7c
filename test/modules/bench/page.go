package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// page is results.md: the goals with a column for each version of Go, what each way
// costs, and every case.
func page(all map[string]results) string {
	versions := slices.Sorted(maps.Keys(all))
	slices.Reverse(versions)
	var b strings.Builder
	b.WriteString("# What a start costs\n\n`make bench-record` prints this, one run for each version of Go:\n\n")
	for _, v := range versions {
		fmt.Fprintf(&b, "- %s: %s\n", v, all[v].Taken)
	}
	b.WriteString("\nFigures of several cases are those of the worst; the others that miss are in brackets.\n\n" +
		row("", append([]string{"goal"}, versions...)...) + rule(2+len(versions)))
	for i, g := range all[versions[0]].Goals {
		cells := []string{g.Limit}
		for _, v := range versions {
			cells = append(cells, all[v].Goals[i].Measured)
		}
		b.WriteString(row(g.What, cells...))
	}
	b.WriteString(why + "\n## What each way costs\n\n" + certainty)
	for _, v := range versions {
		b.WriteString(row(v, "TLS 1.3: round trips", "at 20 and 100 ms each", "processor time of the client",
			"TLS 1.2: round trips", "at 20 and 100 ms each", "processor time of the client") + rule(7))
		for _, way := range all[v].Ways {
			b.WriteString(row(way[0], way[1:]...))
		}
		b.WriteString("\n")
	}
	b.WriteString("## Every case, without a network\n\nProcessor time, that of the others by that of the facade; in brackets the allocations.\n")
	for _, v := range versions {
		cases := all[v].Cases
		b.WriteString("\n" + row(v, cases[0][1:]...) + rule(len(cases[0])))
		for _, c := range cases[1:] {
			b.WriteString(row(c[0], c[1:]...))
		}
	}
	return b.String()
}

func row(first string, cells ...string) string {
	return "| " + first + " | " + strings.Join(cells, " | ") + " |\n"
}

func rule(n int) string { return "|" + strings.Repeat("---|", n) + "\n" }

// why tells why goals are missed that are.
const why = `
Why a goal is missed, where it is:

- Beside the generated client without a network, the facade also has a deadline, watches the connection, checks the
  input, and looks in one more pass over the answer for members that decide.
- By hand, only what a result shows is decoded, into fields that cannot tell what was absent.
- ogen generates a JSON decoder; the facade has that of the standard library, and no other.
- A resumed handshake of TLS 1.3 makes new keys, which is most of the client's work, and the larger part of it since
  the keys are safe from quantum computers too.
`

const certainty = `The first two need no setting. With a transport that keeps connections (Qolo and Rebilly; to the other providers each
call has a connection of its own), a refusal on a reused connection leaves open whether a KYC was started, and so does
a connection that the provider has just closed.

`
