package test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/forte"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/gen/vault"
	"github.com/kycstart/kycstart/gen/xgateway"
)

// payloads are the generated types of the answers that confirm a start.
var payloads = map[string]reflect.Type{
	"vault":    reflect.TypeFor[vault.StartResult](),
	"xgateway": reflect.TypeFor[xgateway.AppSuccessResponse](),
	"forte":    reflect.TypeFor[forte.KYCWorkflowStarted](),
	"qolo":     reflect.TypeFor[qolo.KYCDetails](),
	"rebilly":  reflect.TypeFor[rebilly.KYCRequest](),
}

// TestAs: a result gives its answer as the generated type that is documented for
// it, as encoding/json reads it, and as nothing else.
func TestAs(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allFixtures(t) {
		res, err := (&exchange{Case: c}).start(t)
		if err != nil {
			continue // has no payload
		}
		t.Run(c.Name, func(t *testing.T) {
			for provider, payload := range payloads {
				got, want := reflect.New(payload), reflect.New(payload)
				has := provider == c.Provider && c.Status != http.StatusNoContent
				if has {
					seen[provider] = true
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
	for provider, payload := range payloads {
		if !seen[provider] {
			t.Errorf("no fixture has a %s", payload)
		}
		if new(facade.Result).As(reflect.New(payload).Interface()) {
			t.Errorf("a %s out of nothing", payload)
		}
	}
}
