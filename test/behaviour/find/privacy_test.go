package find_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestPrivacy: no text of an answer, of the request or of a credential is in what a
// finding or an error of a look-up prints and logs, but for the words that are printed
// of every outcome.
func TestPrivacy(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		cases, err := fixtures.Lookups(string(d.Provider))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			var known struct{ Attempt facade.Attempt }
			if err := json.Unmarshal(c.Want, &known); err != nil {
				t.Fatal(err)
			}
			e := replay.Find(d.Request, known.Attempt, fixture(t, c.Name))
			secret := []string{d.Customer.ID, "reb-test-key", "qolo-test-token", "xgw-test-key", "eyJ", "provider.test", "spend limit"}
			if body, err := jsontree.Decode(c.Body); err == nil {
				secret = append(secret, texts(body, "")...)
			}
			var outcome any = e.Finding
			if e.Err != nil {
				outcome = e.Err
			}
			var logged bytes.Buffer
			slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", outcome, "attempt", known.Attempt)
			slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "k", outcome)
			slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "attempt", &known.Attempt)
			printed := fmt.Sprintf("%v %+v %#v %s %q %x %v", outcome, outcome, outcome, outcome, outcome, outcome, &known.Attempt)
			if f := e.Finding; f != nil {
				text, _ := json.Marshal(*f)
				printed += fmt.Sprintf("%v %+v %s %s", *f, struct{ F facade.Finding }{*f}, f, text)
			}
			for _, s := range secret {
				if _, err := time.Parse(time.RFC3339, s); err == nil {
					continue // the attempt's own may be the same
				}
				if strings.Contains(printed, s) {
					t.Errorf("%s: %q is in what is printed: %s", c.Name, s, printed)
				}
				if strings.Contains(logged.String(), s) {
					t.Errorf("%s: %q is in what is logged: %s", c.Name, s, logged.String())
				}
			}
		}
	}
}

// texts are those in a body that are no word of a provider's, of a length that does not
// come up by chance.
func texts(v any, name string) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			all = append(all, texts(member, name)...)
		}
	case []any:
		for _, element := range v {
			all = append(all, texts(element, name)...)
		}
	case string:
		if len(v) > 4 && !slices.Contains([]string{"status", "code", "error", "rel", "type"}, name) {
			all = append(all, v)
		}
	}
	return all
}
