package evidence

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// replayed starts KYC and plays the answer.
func replayed(p facade.Provider, answer replay.Answer) (*facade.Result, error) {
	e := replay.Start(fixtures.Start(p), answer)
	if e.Panic != nil {
		panic(e.Panic)
	}
	return e.Result, e.Err
}

// eachFixture calls try with every fixture and its answer.
func eachFixture(t *testing.T, try func(c fixtures.Case, a Answer)) {
	t.Helper()
	for _, c := range fixtures.Starts() {
		try(c, FromFixture(c))
	}
}

// TestFixturesAgree compares two readings of the same documents, both made by hand: what a fixture
// demands of the library, and what this package says of the fixture's answer.
func TestFixturesAgree(t *testing.T) {
	eachFixture(t, func(c fixtures.Case, a Answer) {
		want, doubt := c.Verdict, Doubt(a)
		if (doubt == "") != (want.Started == facade.StartedNo) || Confirms(a) != (want.Kind == "") {
			t.Errorf("test/fixtures/%s.want.json says kind %q, started %s; this package says that the answer confirms a start: %t, and doubts that it refuses because of: %q; correct the one that is wrong",
				c.Name, want.Kind, want.Started, Confirms(a), doubt)
		}
	})
}

// TestCut cuts every fixture at every byte. net/http reads each piece from memory. A cut answer may
// not be taken for more than it proves. (TestFault of test/behaviour/faults cuts chunked bodies, and
// bodies that end with their connection.)
func TestCut(t *testing.T) {
	eachFixture(t, func(c fixtures.Case, a Answer) {
		head := fmt.Sprintf("HTTP/1.1 %03d %s\r\nContent-Length: %d\r\n", c.Status, http.StatusText(c.Status), len(c.Body))
		for _, name := range slices.Sorted(maps.Keys(c.Header)) {
			head += name + ": " + strings.Join(c.Header[name], ", ") + "\r\n"
		}
		head += "\r\n"
		text := head + string(c.Body)
		for n := range len(text) + 1 {
			cut := Answer{Provider: a.Provider, Connections: 1}
			if n >= len(head) {
				cut = a
				cut.Whole = n == len(text)
			}
			res, err := replayed(a.Provider, replay.Answer{Literal: []byte(text[:n])})
			if lie := Judge(cut, res, err); lie != "" {
				t.Errorf("test/fixtures/%s.http, cut after %d of %d bytes: %s: %v %v", c.Name, n, len(text), lie, res, err)
			}
		}
	})
}

// TestMoved plays every fixture under every status. FuzzResponse of test/behaviour/fuzz makes all
// kinds of changes, but only some of each.
func TestMoved(t *testing.T) {
	eachFixture(t, func(c fixtures.Case, a Answer) {
		for _, a.Status = range statuses {
			res, err := replayed(a.Provider, a.Play())
			if lie := Judge(a, res, err); lie != "" {
				t.Errorf("test/fixtures/%s.http under the status %d: %s: %v %v", c.Name, a.Status, lie, res, err)
			}
		}
	})
}
