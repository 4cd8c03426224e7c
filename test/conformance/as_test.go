package conformance

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestAs: a result gives its answer as the generated type that is documented for
// it, as encoding/json reads it, and as nothing else.
func TestAs(t *testing.T) {
	seen := map[facade.Provider]bool{}
	for _, c := range allFixtures(t) {
		res := start(c).Result
		if res == nil {
			continue // has no payload
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, p := range fixtures.Providers() {
				payload := fixtures.Payload(p)
				got, want := reflect.New(payload), reflect.New(payload)
				has := p == res.Provider && c.Status != http.StatusNoContent
				if has {
					seen[p] = true
					_ = json.Unmarshal(c.Body, want.Interface()) // what it cannot read is left out
				}
				if res.As(got.Interface()) != has || !reflect.DeepEqual(got.Interface(), want.Interface()) {
					t.Errorf("as %s: %+v", payload, got.Elem())
				}
				if res.As(reflect.Zero(got.Type()).Interface()) || res.As(want.Elem().Interface()) {
					t.Errorf("as a nil pointer to %s, or as none", payload)
				}
			}
			if res.As(nil) || res.As(new(any)) || res.As(new(map[string]any)) {
				t.Error("as something")
			}
		})
	}
	for _, p := range fixtures.Providers() {
		if !seen[p] {
			t.Errorf("no fixture has a %s", fixtures.Payload(p))
		}
		if new(facade.Result).As(reflect.New(fixtures.Payload(p)).Interface()) {
			t.Errorf("a %s out of nothing", fixtures.Payload(p))
		}
	}
}
