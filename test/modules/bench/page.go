package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// page returns results.md: the goals with a column for each version of Go, what each way costs, and
// every case. run is the command, and about says when and where it ran.
func page(run, about string, all []results) string {
	var versions []string
	for _, r := range all {
		versions = append(versions, "Go "+r.Go)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# What a start costs\n\n%s, %s; %s\n\n", run, strings.Join(versions, " and "), about)
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
			rows[0][0] = run + ", " + versions[i]
			b.WriteString("\n")
			write(&b, rows)
		}
	}
	return b.String()
}

// write writes a table whose first row is its head.
func write(b *strings.Builder, rows [][]string) {
	for i, r := range rows {
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(r)) + "\n")
		}
	}
}

// why explains why some goals are missed.
const why = `
Why a goal is missed, where it is:

- Beside the generated client, the facade also has a deadline and watches the connection, which takes eleven allocations
  a call. It also checks the input, and passes once more over the answer for members that decide.
- The facade calls the generated builder for each request, as the generated client does. That parses the server's URL
  and two more, which is half of a call without a body. By hand one is parsed, and by ogen's client none.
- By hand, only what a result shows is decoded, into fields that cannot tell what was absent.
- ogen generates a JSON decoder; the facade has that of the standard library, and no other.
`

const waysTitle = `What each way costs

A call to Rebilly, with the processor time of the client. Qolo is called in the same ways; to the other providers each
call has a connection of its own in any case.
`

func waysTable(over table) [][]string {
	rows := [][]string{{"", "round trips, TLS 1.3; 1.2", "20 ms each", "100 ms each", "processor time", "what it costs in certainty"}}
	for _, w := range []struct {
		way
		title, certainty string
	}{
		{firstCall, "default, the first call to a host", "nothing"},
		{laterCalls, "default, from the second call on", "nothing: certificates are checked as ever, no data goes early"},
		{kept(facadeName), "a transport of yours that keeps connections", "a refusal on a reused one is `unknown`, and so is a call on one just closed"},
		{kept(generatedName), "the generated client, connections kept", "it does not say whether a KYC was started"},
	} {
		pair := func(format string, of func(version string) float64) string {
			return fmt.Sprintf(format, of("TLS 1.3"), of("TLS 1.2"))
		}
		after := func(roundTrip time.Duration) func(string) float64 {
			return func(version string) float64 { return latency(version, w.way, roundTrip) }
		}
		rows = append(rows, []string{
			w.title,
			pair("%.0f; %.0f", func(version string) float64 { return roundTrips(version, w.way) }),
			pair("%.0f; %.0f ms", after(20*time.Millisecond)), pair("%.0f; %.0f ms", after(100*time.Millisecond)),
			pair("%.2f; %.2f ms", func(version string) float64 {
				return typical(over["rebilly 201, "+version][w.name], processor) / 1e6
			}),
			w.certainty,
		})
	}
	return rows
}

const wireTitle = `Every way, over TLS

Time by the clock, that of the others by that of the facade with connections kept; in brackets the allocations.
`

const memoryTitle = `Every case, without a network

Processor time, that of the others by that of the facade; in brackets the allocations.
`

// compared has a row for each case: the time of one contender or way, the times of the others
// divided by it, and the allocations of all.
func (t table) compared(base string, of func(sample) float64) [][]string {
	cases := slices.Sorted(maps.Keys(t))
	names := slices.Sorted(maps.Keys(t[cases[0]]))
	rows := [][]string{slices.Concat([]string{""}, names)}
	for _, c := range cases {
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
