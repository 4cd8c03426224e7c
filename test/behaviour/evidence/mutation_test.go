package evidence

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// allFixtures returns every fixture.
func allFixtures(t testing.TB) []fixtures.Case {
	t.Helper()
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// replayed starts KYC, and has the answer come back.
func replayed(a Answer, answer replay.Answer) (*facade.Result, error) {
	e := replay.Start(fixtures.Start(a.Provider), answer)
	if e.Panic != nil {
		panic(e.Panic)
	}
	return e.Result, e.Err
}

// TestFixturesAgree: what a fixture demands of the library, and what this package
// says of its answer, are two readings of the same documents, each by hand.
func TestFixturesAgree(t *testing.T) {
	for _, c := range allFixtures(t) {
		want, err := c.Verdict()
		if err != nil {
			t.Fatal(err)
		}
		a := FromFixture(c)
		if doubt := Doubt(a); (doubt == "") != (want.Started == facade.StartedNo) || Confirms(a) != (want.Kind == "") {
			t.Errorf("test/fixtures/%s.want.json says %q, started %s, and the answer confirms a start: %t, refuses it but for: %q: one of the two is wrong",
				c.Name, want.Kind, want.Started, Confirms(a), doubt)
		}
	}
}

// TestMutations makes every single change there is, of the shortest answer of each
// provider and verdict: whatever comes of it, no is said only where the changed answer
// itself is evidence, and a Result is made only of what confirms one. FuzzResponse of
// test/behaviour/fuzz makes several changes, of every fixture.
//
// One change looks like a lie and is none: another text in the place of Vault's
// COMMON is a refusal, since the provider documents no list of its codes.
func TestMutations(t *testing.T) {
	shortest := map[string]fixtures.Case{}
	for _, f := range allFixtures(t) {
		a := FromFixture(f)
		verdict := fmt.Sprint(f.Provider, Doubt(a) == "", Confirms(a))
		if was, ok := shortest[verdict]; !ok || len(f.Body) < len(was.Body) {
			if _, isJSON := read(f.Body); isJSON {
				shortest[verdict] = f
			}
		}
	}
	seen := map[string]int{}
	for _, f := range shortest {
		t.Run(f.Name, func(t *testing.T) {
			everyPick(func(pick Pick) {
				a := Mutate(FromFixture(f), pick)
				res, err := replayed(a, a.Play())
				if lie := Judge(a, res, err); lie != "" {
					t.Errorf("%s, in %+v", lie, a)
				}
				if res != nil {
					seen["result"]++
				} else {
					seen[facade.StartedOf(err).String()]++
				}
			})
		})
	}
	t.Log(seen)
	if len(seen) != 4 {
		t.Error("nothing refused, unknown or started, or no result: the test would find no lie")
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
