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

// replayed starts KYC and plays the answer.
func replayed(a Answer, answer replay.Answer) (*facade.Result, error) {
	e := replay.Start(fixtures.Start(a.Provider), answer)
	if e.Panic != nil {
		panic(e.Panic)
	}
	return e.Result, e.Err
}

// TestFixturesAgree compares two readings of the same documents, both made by hand: what a fixture
// demands of the library, and what this package says of the fixture's answer.
func TestFixturesAgree(t *testing.T) {
	for _, c := range allFixtures(t) {
		want, err := c.Verdict()
		if err != nil {
			t.Fatal(err)
		}
		a := FromFixture(c)
		if doubt := Doubt(a); (doubt == "") != (want.Started == facade.StartedNo) || Confirms(a) != (want.Kind == "") {
			t.Errorf("test/fixtures/%s.want.json says kind %q, started %s; this package says that the answer confirms a start: %t, and doubts that it refuses because of: %q; correct the one that is wrong",
				c.Name, want.Kind, want.Started, Confirms(a), doubt)
		}
	}
}

// TestMutations takes the shortest answer of each provider and verdict, and makes every possible
// single change to it. The library may say Started no only if the changed answer proves a refusal.
// It may make a Result only if the changed answer confirms a start. FuzzResponse of
// test/behaviour/fuzz makes several changes to every fixture.
//
// One change looks wrong and is not. If another text replaces Vault's COMMON, the answer is a
// refusal, because the provider documents no complete list of its codes.
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
		t.Error("started no, started unknown, started yes and Result must each occur, or the test proves nothing")
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
