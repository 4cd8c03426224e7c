package input_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestReconcile: for every provider there is a way out of an unknown start, and it
// reads as a sentence.
func TestReconcile(t *testing.T) {
	const support = "ask the provider's support, with the request id if there is one"
	for p, want := range map[facade.Provider]string{
		facade.Vault:    "ask GET /v2/customer/kyc/data, or " + support,
		facade.XGateway: "ask GET /customer/{id}/bank-transfer/kyc with id = {ID}, or wait for the KYC callback, or " + support,
		facade.Forte:    support,
		facade.Qolo:     "ask GET /api/{version}/persons/{person_guid}/kyc with version = {Version}, person_guid = {PersonGUID}, or " + support,
		facade.Rebilly:  "ask GET /kyc-requests with filter = customerId:{CustomerID}, or wait for the KYC request webhooks, or " + support,
	} {
		if got := p.Reconcile().String(); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", p, got, want)
		}
	}
	if text := facade.Provider("other").Reconcile().String(); text != "" {
		t.Errorf("%q for no provider", text)
	}
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// TestReconcileParameters: the parameters are those of the path and of the query, and
// what they are given are fields of the request or of the configuration.
func TestReconcileParameters(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		r := d.Provider.Reconcile()
		var inPath []string
		config := reflect.ValueOf(fixtures.Config("https://provider.test", d.Provider)).FieldByName(d.ConfigField).Elem()
		for _, p := range r.Parameters {
			if p.In == "path" {
				inPath = append(inPath, "{"+p.Name+"}")
			}
			fields := inBraces.FindAllStringSubmatch(p.Value, -1)
			if len(fields) == 0 {
				t.Errorf("%s: %s is given %q, which has nothing of the request", d.Provider, p.Name, p.Value)
			}
			for _, field := range fields {
				if !reflect.ValueOf(d.Request).FieldByName(field[1]).IsValid() && !config.FieldByName(field[1]).IsValid() {
					t.Errorf("%s: %s is given %s, which is no field of the request or the configuration", d.Provider, p.Name, field[0])
				}
			}
		}
		if got := inBraces.FindAllString(r.Path, -1); !slices.Equal(got, inPath) {
			t.Errorf("%s: the path has the parameters %q, and listed are %q", d.Provider, got, inPath)
		}
		if (r.Path == "") != (r.Method == "") || strings.ToUpper(r.Method) != r.Method {
			t.Errorf("%s: %q %q is no call", d.Provider, r.Method, r.Path)
		}
	}
}
