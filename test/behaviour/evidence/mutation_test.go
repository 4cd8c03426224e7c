package evidence

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// mutants is how many random changes are made of every fixture.
const mutants = 100

// TestMutations changes every fixture in one, two or three ways: whatever comes of it,
// no is said only where the changed answer itself is evidence, and a Result is made
// only of what confirms one.
//
// One change looks like a lie and is none: another text in the place of Vault's
// COMMON is a refusal, since the provider documents no list of its codes.
func TestMutations(t *testing.T) {
	t.Parallel()
	y := new(tally)
	t.Cleanup(func() { y.report(t) })
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			for i, f := range allFixtures(t) {
				if f.Provider != string(p) {
					continue
				}
				random := rand.New(rand.NewPCG(1, uint64(i)))
				for n := range mutants {
					a, how := FromFixture(f), ""
					for range 1 + n%3 {
						var what string
						a, what = Mutate(a, random.IntN)
						how += ", " + what
					}
					y.judge(f.Name, how[2:], a)
				}
			}
		})
	}
}

// judge adds what becomes of an answer.
func (y *tally) judge(fixture, how string, a Answer) {
	res, err := replayed(a, a.Play())
	lie := Judge(a, res, err)
	if lie != "" {
		lie += fmt.Sprintf(" in %d %s %.300q", a.Status, a.mediaType(), a.Body)
	}
	y.add(fixture, how, lie, res, err)
}

// TestEveryMutation makes every single change there is, of the shortest answer of
// each provider and outcome.
func TestEveryMutation(t *testing.T) {
	t.Parallel()
	shortest := map[string]fixtures.Case{}
	for _, f := range allFixtures(t) {
		if _, ok := read(f.Body); !ok {
			continue
		}
		verdict, _ := Refusal(FromFixture(f))
		outcome := fmt.Sprint(f.Provider, verdict, Confirms(FromFixture(f)))
		if was, ok := shortest[outcome]; !ok || len(f.Body) < len(was.Body) {
			shortest[outcome] = f
		}
	}
	y := new(tally)
	t.Cleanup(func() { y.report(t) })
	for _, outcome := range slices.Sorted(maps.Keys(shortest)) {
		f := shortest[outcome]
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			everyPick(func(pick Pick) {
				a, how := Mutate(FromFixture(f), pick)
				y.judge(f.Name, how, a)
			})
		})
	}
}

// everyPick calls try with every combination of choices.
func everyPick(try func(pick Pick)) {
	type choice struct{ made, of int }
	for path := []choice{}; ; {
		at := 0
		try(func(n int) int {
			if at == len(path) {
				path = append(path, choice{0, n})
			}
			at++
			return path[at-1].made
		})
		for len(path) > 0 && path[len(path)-1].made+1 == path[len(path)-1].of {
			path = path[:len(path)-1]
		}
		if len(path) == 0 {
			return
		}
		path[len(path)-1].made++
	}
}
