package evidence

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// What an answer may lead to.
const (
	no      = facade.StartedNo
	unknown = facade.StartedUnknown
	yes     = facade.StartedYes

	result     = facade.Kind("")
	open       = facade.Kind("any") // any kind: the facade's documentation does not say which
	unexpected = facade.KindUnexpectedResponse
	invalid    = facade.KindInvalidRequest
	failed     = facade.KindProviderError
)

// outcomes are answers that no fixture has, and what each must lead to. Most of them say two things
// at once, or say one thing in a way that nobody documents.
var outcomes = []struct {
	provider facade.Provider
	status   int
	body     string
	kind     facade.Kind
	started  facade.Started
}{
	// Successes, some of them together with their opposite.
	{facade.Vault, 200, `{"result":"ok","error":null,"errorId":null}`, result, yes},
	{facade.Vault, 200, `{"result":"ok","error":"COMMON"}`, unexpected, unknown},
	{facade.Vault, 200, `{"result":"refused","Result":"ok"}`, unexpected, unknown},
	{facade.Vault, 200, "{\"re\u017fult\":\"refused\",\"result\":\"ok\"}", unexpected, unknown},
	{facade.XGateway, 200, `{"success":true,"data":"x"}`, result, yes},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[]}`, unexpected, unknown},
	{facade.XGateway, 200, `{"success":false,"data":"x","Success":true}`, unexpected, unknown},
	{facade.XGateway, 204, `{"success":false,"errors":[{"code":"bad_request"}]}`, result, yes},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw==","flow":"KYC_OCC"}}`, result, yes},
	{facade.Forte, 201, `{"data":{"error_code":null,"error\u005fcode":"ERR01","widget_data":"dw=="}}`, unexpected, unknown},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw=="},"error":{"message":"m","reason":"r","status":422}}`, unexpected, unknown},
	{facade.Forte, 200, `{"data":{"error_code":"ERR01","ERROR_CODE":"ERR01","widget_data":null}}`, unexpected, unknown},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","error":"denied"}`, unexpected, unknown},
	{facade.Qolo, 200, `{"person_guid":"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f","PERSON_GUID":"` + ownPerson + `"}`, unexpected, unknown},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verificationResults":[{"person_guid":"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f","Person_Guid":null}]}`, unexpected, unknown},
	{facade.Rebilly, 201, `{"customerId":"customer-42","status":"failed"}`, result, yes},
	{facade.Rebilly, 201, `{"customerId":"customer-42","status":"fulfilled","\u0073tatus":"failed"}`, unexpected, yes},
	{facade.Rebilly, 201, `{"customerId":"customer-43","status":"gathering"}`, unexpected, unknown},

	// Refusals. Some leave it open whether KYC was started, and some come together with a success.
	{facade.Vault, 400, `{"error":"OTHER","message":"m"}`, invalid, no},
	{facade.Vault, 400, `{"error":null,"errorId":0}`, invalid, no},
	{facade.Vault, 400, `{"error":7,"errorId":7}`, invalid, unknown},
	{facade.Vault, 400, `{"error":"OTHER","e\u0072ror":"OTHER"}`, open, unknown},
	{facade.Vault, 400, `{"error":"COMMON","errorId":1,"field":"f"}`, failed, unknown},
	{facade.Vault, 400, `{"error":"OTHER","result":"ok"}`, open, unknown},
	{facade.Vault, 400, `{"error":"OTHER"}{}`, invalid, unknown},
	{facade.Vault, 422, `{"error":"COMMON"}`, failed, unknown},
	{facade.Vault, 408, `{"error":"OTHER"}`, open, unknown},
	{facade.Vault, 422, `{"error":"OTHER"}`, invalid, unknown},
	{facade.XGateway, 400, `{"errors":[{"code":"bad_request"},{"code":"not_found"}]}`, invalid, no},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},{"code":"conflict"}]}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},{}]}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"conflict","Code":"bad_request"}]}`, open, unknown},
	{facade.XGateway, 400, `{"succe\u017fs":true,"errors":[{"code":"bad_request"}]}`, open, unknown},
	{facade.XGateway, 401, `{"success":false,"errors":[{"code":"db_violation"}]}`, facade.KindUnauthenticated, unknown},
	{facade.XGateway, 429, `{"errors":[{"code":"too_many_requests"}]}`, facade.KindRateLimited, no},
	{facade.Forte, 404, `{"error":{"message":"m"}}`, facade.KindNotFound, unknown},
	{facade.Forte, 404, `{"error":{"code":"ERR15"}}`, open, no},
	{facade.Forte, 429, `{"error":{"message":"m"},"data":{"error_code":null,"widget_data":"dw=="}}`, open, unknown},
	{facade.Qolo, 400, `{"anything":1}`, invalid, no},
	{facade.Qolo, 400, ``, invalid, no},
	{facade.Qolo, 400, `null`, invalid, unknown},
	{facade.Rebilly, 422, `{"title":"t"}`, invalid, no},
	{facade.Rebilly, 422, `{"status":422}`, invalid, no},
	{facade.Rebilly, 422, `{"title":"t","Title":"t"}`, open, unknown},
	{facade.Rebilly, 422, `{"type":"about:blank"}`, invalid, unknown},
}

// TestServerCodes: X Gateway's codes for a fault of a server leave it open whether KYC was started,
// also where the status blames the request.
func TestServerCodes(t *testing.T) {
	for _, code := range []string{
		"bad_gateway", "gateway_timeout", "http_version_not_supported", "insufficient_storage", "internal_server_error", "loop_detected",
		"network_authentication_required", "not_extended", "not_implemented", "service_unavailable", "variant_also_negotiates",
	} {
		a := Answer{Provider: facade.XGateway, Status: 400, Header: http.Header{"Content-Type": {"application/json"}}, Whole: true, Connections: 1}
		a = a.with([]byte(`{"success":false,"errors":[{"code":"` + code + `"}]}`))
		if _, err := replayed(a, a.Play()); err == nil || facade.StartedOf(err) != unknown {
			t.Errorf("400 with the code %s: %v, want started: unknown", code, err)
		}
	}
}

var errBeside = errors.New("an error beside the answer")

// TestOutcomes compares the library with the table, and the table with what this package says. It
// then spoils the way in which each answer comes: with an error beside the answer, cut short, over
// two connections, over none that is known, or over a used one. A spoiled answer proves no refusal:
// it is incomplete, or it may belong to another delivery.
func TestOutcomes(t *testing.T) {
	for _, c := range outcomes {
		t.Run(fmt.Sprintf("%s %d %s", c.provider, c.status, c.body), func(t *testing.T) {
			a := Answer{Provider: c.provider, Status: c.status, Header: http.Header{"Content-Type": {"application/json"}}, Whole: true, Connections: 1}
			a = a.with([]byte(c.body))
			if doubt := Doubt(a); Confirms(a) != (c.kind == result) || (doubt == "") != (c.started == no) {
				t.Errorf("the table says kind %q, started %s; this package says that the answer confirms a start: %t, and doubts that it refuses because of: %q", c.kind, c.started, Confirms(a), doubt)
			}
			res, err := replayed(a, a.Play())
			e, _ := err.(*facade.Error)
			if (res != nil) != (c.kind == result) || facade.StartedOf(err) != c.started || e != nil && e.Kind != c.kind && c.kind != open {
				t.Errorf("%v, %v, want %q, started %s", res, err, c.kind, c.started)
			}
			beside := a.Play()
			beside.Err = errBeside
			if res, err := replayed(a, beside); facade.StartedOf(err) == no || err != nil && (!errors.Is(err, errBeside) || err.(*facade.Error).HTTPStatus != a.Status) {
				t.Errorf("with an error beside it: %v, %v", res, err)
			}
			for _, spoil := range []func(*Answer){
				func(a *Answer) { a.Whole = false },
				func(a *Answer) { a.Connections = 2 },
				func(a *Answer) { a.Connections = 0 },
				func(a *Answer) { a.Reused = true },
			} {
				spoiled := a
				spoil(&spoiled)
				if _, err := replayed(spoiled, spoiled.Play()); facade.StartedOf(err) == no || Doubt(spoiled) == "" {
					t.Errorf("%+v proves no refusal: the library returns %v, and this package doubts the answer because of %q", spoiled, err, Doubt(spoiled))
				}
			}
		})
	}
}

// TestBodyOfNothing plays a body whose every Read takes a while and returns neither a byte nor an
// error. The call must end with its deadline, by a fake clock, or before it.
func TestBodyOfNothing(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, name := range []string{d.Refusal.Name, d.Success.Name} {
			synctest.Test(t, func(t *testing.T) {
				c, err := fixtures.Find(name)
				if err != nil {
					t.Fatal(err)
				}
				a := FromFixture(c)
				a.Body, a.Whole = nil, false
				began := time.Now()
				res, err := replayed(a, replay.Answer{Status: a.Status, Header: a.Header, Reader: hesitant(began.Add(d.Timeout + time.Second))})
				if took := time.Since(began); took > d.Timeout+oneRead {
					t.Errorf("%s: ended after %s, want %s", name, took, d.Timeout)
				}
				if lie := Judge(a, res, err); lie != "" {
					t.Errorf("%s: %s", name, lie)
				}
			})
		}
	}
}

// hesitant is the body of TestBodyOfNothing. It fails after a given time, so that the test ends.
type hesitant time.Time

const oneRead = time.Millisecond

func (h hesitant) Read([]byte) (int, error) {
	<-time.After(oneRead)
	if time.Now().After(time.Time(h)) {
		return 0, errors.New("read for ever")
	}
	return 0, nil
}
