package evidence

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestCut cuts every fixture at every byte. net/http reads each piece from memory. A cut answer may
// not be taken for more than it proves, and the whole answer means what its fixture says.
// (TestFault of test/behaviour/faults cuts chunked bodies, and bodies that end with their
// connection.)
func TestCut(t *testing.T) {
	for _, c := range allFixtures(t) {
		want, err := c.Verdict()
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("HTTP/1.1 %03d %s\r\nContent-Length: %d\r\n", c.Status, http.StatusText(c.Status), len(c.Body))
		for _, name := range slices.Sorted(maps.Keys(c.Header)) {
			head += name + ": " + strings.Join(c.Header[name], ", ") + "\r\n"
		}
		head += "\r\n"
		text := head + string(c.Body)
		for n := range len(text) + 1 {
			a := FromFixture(c)
			a.Whole = n == len(text)
			if n < len(head) {
				a = Answer{Provider: a.Provider, Connections: 1}
			}
			res, err := replayed(a, replay.Answer{Literal: []byte(text[:n])})
			lie := Judge(a, res, err)
			if a.Whole && ((res != nil) != (want.Kind == "") || err != nil && facade.StartedOf(err) != want.Started) {
				lie = "the answer is whole, and the outcome is not what the fixture says"
			}
			if lie != "" {
				t.Errorf("test/fixtures/%s.http, cut after %d of %d bytes: %s: %v %v", c.Name, n, len(text), lie, res, err)
			}
		}
	}
}
