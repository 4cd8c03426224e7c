package input_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// TestReconcile: for every provider there is a way out of an unknown start, and it reads
// as a sentence. Its parameters are those of the path and of the query, and what they are
// given are fields of the request or of the configuration.
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
	for _, d := range fixtures.Descriptors() {
		r := d.Provider.Reconcile()
		var inPath []string
		config := reflect.ValueOf(canonical(d.Provider)).FieldByName(d.ConfigField).Elem()
		for _, p := range r.Parameters {
			if p.In == "path" {
				inPath = append(inPath, "{"+p.Name+"}")
			}
			field := append(inBraces.FindStringSubmatch(p.Value), "", "")[1]
			if !reflect.ValueOf(d.Request).FieldByName(field).IsValid() && !config.FieldByName(field).IsValid() {
				t.Errorf("%s: %s is given %s, which is no field of the request or the configuration", d.Provider, p.Name, p.Value)
			}
		}
		if got := inBraces.FindAllString(r.Path, -1); !slices.Equal(got, inPath) {
			t.Errorf("%s: the path has the parameters %q, and listed are %q", d.Provider, got, inPath)
		}
	}
}
