package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// page is results.md: the goals with a column for each version of Go, what each way
// costs, and every case.
func page(about string, all []results) string {
	var versions []string
	for _, r := range all {
		versions = append(versions, "Go "+r.Go)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# What a start costs\n\n`make bench RECORD=1`, %s with %s\n\n", strings.Join(versions, " and "), about)
	b.WriteString("Of several cases the worst is shown.\n\n")
	goals := [][]string{slices.Concat([]string{"", "goal"}, versions)}
	for i, g := range all[0].Goals {
		line := []string{g.What, g.Limit}
		for _, r := range all {
			line = append(line, r.Goals[i].Measured)
		}
		goals = append(goals, line)
	}
	write(&b, goals)
	b.WriteString(why)
	for _, part := range []struct {
		title string
		of    func(results) [][]string
	}{
		{waysTitle, func(r results) [][]string { return r.Ways }},
		{wireTitle, func(r results) [][]string { return r.Wire }},
		{memoryTitle, func(r results) [][]string { return r.Memory }},
	} {
		b.WriteString("\n## " + part.title)
		for i, r := range all {
			rows := part.of(r)
			rows[0][0] = versions[i]
			b.WriteString("\n")
			write(&b, rows)
		}
	}
	return b.String()
}

// write writes a table, whose first row is its head.
func write(b *strings.Builder, rows [][]string) {
	for i, r := range rows {
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(r)) + "\n")
		}
	}
}

// why tells why goals are missed that are.
const why = `
Why a goal is missed, where it is:

- Beside the generated client without a network, the facade also has a deadline, watches the connection, checks the
  input, and looks in one more pass over the answer for members that decide.
- By hand, only what a result shows is decoded, into fields that cannot tell what was absent.
- ogen generates a JSON decoder; the facade has that of the standard library, and no other.
`

const waysTitle = `What each way costs

A call to Rebilly. Resumed sessions cost no certainty: certificates are checked as ever, and nothing is sent before the
handshake is over. With a transport that keeps connections (Qolo and Rebilly; to the other providers each call has a
connection of its own), a refusal on a reused connection leaves open whether a KYC was started, and so does a connection
that the provider has just closed.
`

func waysTable(over table) [][]string {
	rows := [][]string{{"", "TLS 1.3: round trips", "at 20; 100 ms each", "processor time of the client; of both ends",
		"TLS 1.2: round trips", "at 20; 100 ms each", "processor time of the client; of both ends"}}
	for _, w := range []way{firstCall, laterCalls, keptCalls} {
		row := []string{w.name}
		for _, version := range []string{"TLS 1.3", "TLS 1.2"} {
			samples := over["rebilly 201, "+version][w.name]
			row = append(row, fmt.Sprintf("%.0f", roundTrips(version, w)),
				fmt.Sprintf("%.0f; %.0f ms", latency(version, w, 20*time.Millisecond), latency(version, w, 100*time.Millisecond)),
				fmt.Sprintf("%.2f; %.2f ms", typical(samples, processor)/1e6, typical(samples, bothEnds)/1e6))
		}
		rows = append(rows, row)
	}
	return rows
}

const wireTitle = `Every way, over TLS

Time by the clock, that of the others by that of the facade with connections kept; in brackets the allocations.
`

func wireTable(over table, contenders []Contender) [][]string {
	head := []string{""}
	for _, w := range waysOf(contenders) {
		head = append(head, w.name)
	}
	return append([][]string{head}, compared(over, keptCalls.name, head[1:], clock)...)
}

const memoryTitle = `Every case, without a network

Processor time, that of the others by that of the facade; in brackets the allocations.
`

func memoryTable(without table, contenders []Contender) [][]string {
	head := append([]string{""}, namesOf(contenders)...)
	return append([][]string{head}, compared(without, facadeName, head[1:], processor)...)
}

// compared has a row for each case: one contender's time, that of others by it, and
// the allocations of all.
func compared(t table, base string, names []string, of func(sample) float64) (rows [][]string) {
	for _, c := range slices.Sorted(maps.Keys(t)) {
		row := []string{c}
		for _, name := range names {
			took := fmt.Sprintf("%.2f", t.ratio(c, name, base, of))
			if name == base {
				took = fmt.Sprintf("%.1f µs", typical(t[c][name], of)/1e3)
			}
			row = append(row, fmt.Sprintf("%s (%.0f)", took, typical(t[c][name], allocs)))
		}
		rows = append(rows, row)
	}
	return rows
}
