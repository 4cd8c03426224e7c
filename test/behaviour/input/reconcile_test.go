package input_test

import (
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestReconcile: every provider has a way to settle an unknown start, and its text reads as a
// sentence.
func TestReconcile(t *testing.T) {
	const support = "ask the provider's support, with the request id if there is one"
	for p, want := range map[facade.Provider]string{
		facade.Vault:    "ask GET /v2/customer/kyc/data, or " + support,
		facade.XGateway: "ask GET /customer/{id}/bank-transfer/kyc with id = {ID}, or wait for the KYC callback, or " + support,
		facade.Forte:    support,
		facade.Qolo:     "ask GET /api/{version}/persons/{person_guid}/kyc with version = {Version}, person_guid = {PersonGUID}, or " + support,
		facade.Rebilly:  "ask GET /kyc-requests with filter = customerId:{CustomerID}, or wait for the KYC request webhooks, or " + support,
		"other":         "",
	} {
		if got := p.Reconcile().String(); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", p, got, want)
		}
	}
}
