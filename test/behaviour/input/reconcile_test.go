package input_test

import (
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestReconcile: for every provider there is a way out of an unknown start.
func TestReconcile(t *testing.T) {
	for p, want := range map[facade.Provider]struct{ lookup, push bool }{
		facade.Vault:    {false, false},
		facade.XGateway: {true, true},
		facade.Forte:    {false, false},
		facade.Qolo:     {true, false},
		facade.Rebilly:  {true, true},
	} {
		r := p.Reconcile()
		if r.Otherwise == "" || (r.Lookup != "") != want.lookup || (r.Push != "") != want.push {
			t.Errorf("%s: %+v", p, r)
		}
	}
	if r := facade.Provider("other").Reconcile(); r != (facade.Reconciliation{}) {
		t.Errorf("%+v for no provider", r)
	}
}
