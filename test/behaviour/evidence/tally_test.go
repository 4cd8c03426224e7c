package evidence

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// tally counts what became of many answers, and keeps one lie for each fixture that
// they were made of.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
	lies   map[string]*lies // by fixture
}

type lies struct {
	count int
	first string // by its text, so that every run names the same one
}

// add counts what became of one answer, which was made of a fixture.
func (y *tally) add(fixture, how, lie string, res *facade.Result, err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.counts == nil {
		y.counts, y.lies = map[string]int{}, map[string]*lies{}
	}
	y.counts["cases"]++
	if lie != "" {
		y.counts["lies"]++
		text := fmt.Sprintf("%s: %s (%v %v)", how, lie, res, err)
		if y.lies[fixture] == nil {
			y.lies[fixture] = &lies{first: text}
		}
		y.lies[fixture].count++
		y.lies[fixture].first = min(y.lies[fixture].first, text)
		return
	}
	if e, failed := err.(*facade.Error); failed {
		y.counts["started "+e.Started.String()]++
	} else {
		y.counts["results"]++
	}
}

// report fails for every lie, and for a run in which nothing was refused, unknown
// or started: it would find none.
func (y *tally) report(t *testing.T) {
	t.Helper()
	for _, fixture := range slices.Sorted(maps.Keys(y.lies)) {
		t.Errorf("test/fixtures/%s.http, %d lies, such as: %s", fixture, y.lies[fixture].count, y.lies[fixture].first)
	}
	if y.counts["started no"] == 0 || y.counts["started unknown"] == 0 || y.counts["results"] == 0 {
		t.Error("nothing refused, nothing unknown, or no result among the cases")
	}
	t.Log(y.counts)
}
