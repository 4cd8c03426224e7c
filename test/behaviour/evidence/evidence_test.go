package evidence

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// replayed starts KYC and plays the answer.
func replayed(p facade.Provider, answer replay.Answer) (*facade.Result, error) {
	e := replay.Start(fixtures.Start(p), answer)
	return e.Result, e.Err
}

// eachFixture calls try with every fixture and its answer.
func eachFixture(t *testing.T, try func(c fixtures.Case, a Answer)) {
	t.Helper()
	for _, c := range fixtures.Starts() {
		try(c, FromFixture(c))
	}
}

// TestFixturesAgree compares two readings of the same documents, both made by hand: what a fixture
// demands of the library, and what this package says of the fixture's answer.
func TestFixturesAgree(t *testing.T) {
	eachFixture(t, func(c fixtures.Case, a Answer) {
		want, doubt := c.Verdict, Doubt(a)
		if (doubt == "") != (want.Started == facade.StartedNo) || Confirms(a) != (want.Kind == "") {
			t.Errorf("test/fixtures/%s.want.json says kind %q, started %s; this package says that the answer confirms a start: %t, and doubts that it refuses because of: %q; correct the one that is wrong",
				c.Name, want.Kind, want.Started, Confirms(a), doubt)
		}
	})
}

// TestCut cuts every fixture at every byte. net/http reads each piece from memory. A cut answer may
// not be taken for more than it proves. (TestFault of test/behaviour/faults cuts chunked bodies, and
// bodies that end with their connection.)
func TestCut(t *testing.T) {
	eachFixture(t, func(c fixtures.Case, a Answer) {
		var head strings.Builder
		fmt.Fprintf(&head, "HTTP/1.1 %03d %s\r\nContent-Length: %d\r\n", c.Status, http.StatusText(c.Status), len(c.Body))
		_ = c.Header.Write(&head)
		head.WriteString("\r\n")
		text := head.String() + string(c.Body)
		for n := range len(text) + 1 {
			cut := Answer{Provider: a.Provider, Connections: 1}
			if n >= head.Len() {
				cut = a
				cut.Whole = n == len(text)
			}
			res, err := replayed(a.Provider, replay.Answer{Literal: []byte(text[:n])})
			if lie := Judge(cut, res, err); lie != "" {
				t.Errorf("test/fixtures/%s.http, cut after %d of %d bytes: %s: %v %v", c.Name, n, len(text), lie, res, err)
			}
		}
	})
}

// TestMoved plays every fixture under every status. FuzzResponse of test/behaviour/fuzz makes all
// kinds of changes, but only some of each.
func TestMoved(t *testing.T) {
	eachFixture(t, func(c fixtures.Case, a Answer) {
		for _, a.Status = range statuses {
			res, err := replayed(a.Provider, a.Play())
			if lie := Judge(a, res, err); lie != "" {
				t.Errorf("test/fixtures/%s.http under the status %d: %s: %v %v", c.Name, a.Status, lie, res, err)
			}
		}
	})
}

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
		if twice := Doubt(a) == "a member appears twice"; twice && facade.KindOf(err) != facade.KindUnexpectedResponse {
			t.Errorf("%s %d %s: %v, although the answer says two things", c.provider, c.status, c.body, err)
		}
	}
}
