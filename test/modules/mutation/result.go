package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// results say what became of each mutant, by its id, in one of these texts.
type results map[string]string

const (
	killed    = "killed by " // then the package and the test
	survived  = "survived"
	unreached = survived + ", no test reaches it"
)

func isKilled(outcome string) bool { return strings.HasPrefix(outcome, killed) }

// readResults reads what write has written.
func readResults(name string) (results, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	read := results{}
	for line := range strings.Lines(string(text)) {
		id, outcome, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || !isKilled(outcome) && !strings.HasPrefix(outcome, survived) {
			return nil, fmt.Errorf("%s: not a line of results: %s", name, line)
		}
		read[id] = outcome
	}
	if len(read) == 0 {
		return nil, fmt.Errorf("%s has no results", name)
	}
	return read, nil
}

// write writes the results, one in each line: the id, a tab, the outcome.
func (r results) write(name string) error {
	var text strings.Builder
	for _, id := range slices.Sorted(maps.Keys(r)) {
		fmt.Fprintf(&text, "%s\t%s\n", id, r[id])
	}
	return os.WriteFile(name, []byte(text.String()), 0o600)
}

// figures sums up the results.
func (r results) figures() string {
	lived, missed := 0, 0
	for _, outcome := range r {
		if !isKilled(outcome) {
			lived++
		}
		if outcome == unreached {
			missed++
		}
	}
	return fmt.Sprintf("%d mutants: %d killed, %d survived; no test reaches %d of these", len(r), len(r)-lived, lived, missed)
}

func (r results) printSurvivors() {
	for _, id := range slices.Sorted(maps.Keys(r)) {
		if !isKilled(r[id]) {
			fmt.Printf("%s\t%s\n", r[id], id)
		}
	}
}

// sample returns n of the mutants, or all if n is 0. The seed and the ids decide which ones, so
// that new mutants push few of the others out of the sample.
func sample(all []mutant, n int, seed string) []mutant {
	rank := func(m mutant) string {
		sum := sha256.Sum256([]byte(seed + "\n" + m.id))
		return string(sum[:])
	}
	ranked := slices.SortedFunc(slices.Values(all), func(a, b mutant) int { return cmp.Compare(rank(a), rank(b)) })
	if n > 0 && n < len(ranked) {
		ranked = ranked[:n]
	}
	return ranked
}

// comparison says how new results differ from old ones, by ids.
type comparison struct {
	lost     []string // killed before, surviving now
	won      []string // the reverse
	vanished []string // no longer in the source
	appeared []string // not in the old results
	untried  int      // still in the source, and not in the new results
}

func compare(old, now results, all []mutant) (c comparison) {
	for _, id := range slices.Sorted(maps.Keys(old)) {
		outcome, tried := now[id]
		switch {
		case !tried && slices.ContainsFunc(all, func(m mutant) bool { return m.id == id }):
			c.untried++
		case !tried:
			c.vanished = append(c.vanished, id)
		case isKilled(old[id]) && !isKilled(outcome):
			c.lost = append(c.lost, id)
		case !isKilled(old[id]) && isKilled(outcome):
			c.won = append(c.won, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(now)) {
		if _, ok := old[id]; !ok {
			c.appeared = append(c.appeared, id)
		}
	}
	return c
}

// print prints the comparison. The problems come last, before the sum.
func (c comparison) print(old results) {
	for _, list := range []struct {
		what string
		ids  []string
	}{
		{"appeared", c.appeared},
		{"vanished", c.vanished},
		{"survived before and is killed now", c.won},
		{"was killed before and survives now", c.lost},
	} {
		for _, id := range list.ids {
			fmt.Printf("%s: %s", list.what, id)
			if before := old[id]; before != "" {
				fmt.Printf(" (before: %s)", before)
			}
			fmt.Println()
		}
	}
	fmt.Printf("compared with before: %d lost, %d won, %d appeared, %d vanished, %d not tried\n",
		len(c.lost), len(c.won), len(c.appeared), len(c.vanished), c.untried)
}
