package evidence

import (
	"net/http"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// contradictions are answers that say two things at once, or say one thing in a way that nobody
// documents. The last word is what each must lead to: a result, or an error that says whether KYC
// was started.
var contradictions = []struct {
	provider facade.Provider
	status   int
	body     string
	want     string
}{
	{facade.Vault, 200, `{"result":"ok","error":null,"errorId":null}`, "result"},
	{facade.Vault, 200, `{"result":"ok","error":"COMMON"}`, "unknown"},
	{facade.Vault, 200, `{"result":"refused","Result":"ok"}`, "unknown"},
	{facade.Vault, 200, "{\"re\u017fult\":\"refused\",\"result\":\"ok\"}", "unknown"},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[]}`, "unknown"},
	{facade.XGateway, 206, `{"success":true,"data":"x"}`, "unknown"},
	{facade.Forte, 201, `{"data":{"error_code":null,"error\u005fcode":"ERR01","widget_data":"dw=="}}`, "unknown"},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw=="},"error":{"message":"m","reason":"r","status":422}}`, "unknown"},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw=="},"error_code":"ERR01"}`, "unknown"},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw=="},"code":"ERR01"}`, "unknown"},
	{facade.Forte, 200, `{"data":{"error_code":"ERR01","ERROR_CODE":"ERR01","widget_data":null}}`, "unknown"},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","error":"denied"}`, "unknown"},
	{facade.Qolo, 200, `{"person_guid":"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f","PERSON_GUID":"` + ownPerson + `"}`, "unknown"},
	{facade.Rebilly, 201, `{"customerId":"customer-42","status":"failed","Status":"fulfilled"}`, "yes"},
	{facade.Rebilly, 201, `{"customerId":"customer-43","CUSTOMERID":"customer-42"}`, "yes"},

	{facade.Vault, 400, `{"error":"OTHER","e\u0072ror":"OTHER"}`, "unknown"},
	{facade.Vault, 400, `{"error":"OTHER","result":"ok"}`, "unknown"},
	{facade.Vault, 422, `{"error":"COMMON"}`, "unknown"},
	{facade.XGateway, 400, `{"errors":[{"code":"bad_request"},{"code":"not_found"}]}`, "no"},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},{"code":"conflict"}]}`, "unknown"},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"conflict","Code":"bad_request"}]}`, "unknown"},
	{facade.XGateway, 400, `{"success":false,"errors":{"code":"bad_request"}}`, "unknown"},
	{facade.Forte, 404, `{"error":{"code":"ERR15"}}`, "no"},
	{facade.Forte, 429, `{"error":{"message":"m"},"data":{"error_code":null,"widget_data":"dw=="}}`, "unknown"},
	{facade.Rebilly, 422, `{"status":422}`, "no"},
	{facade.Rebilly, 422, `{"title":"t","Title":"t"}`, "unknown"},
}

// TestContradictions compares the library with the table, and the table with what this package says.
func TestContradictions(t *testing.T) {
	for _, c := range contradictions {
		header := http.Header{"Content-Type": {mediaJSON}}
		a := FromFixture(fixtures.Case{Provider: string(c.provider), Status: c.status, Header: header, Body: []byte(c.body)})
		res, err := replayed(c.provider, a.Play())
		got := "result"
		if res == nil {
			got = facade.StartedOf(err).String()
		}
		if lie := Judge(a, res, err); got != c.want || lie != "" || (Doubt(a) == "") != (c.want == "no") {
			t.Errorf("%s %d %s: %s, want %s; %s; this package doubts a refusal because of: %q",
				c.provider, c.status, c.body, got, c.want, lie, Doubt(a))
		}
	}
}
