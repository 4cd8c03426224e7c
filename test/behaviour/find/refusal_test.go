package find_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// lookups are a fixture for each look-up that says no.
var noes = []struct {
	name    string
	attempt facade.Attempt
}{
	{"rebilly/find/200_empty", facade.Attempt{}},
	{"rebilly/find_by_id/404_json", facade.Attempt{ID: "kyc_req_0YV7JMJ3DBCGRBR7K9D4HVGPP5"}},
	{"xgateway/find/200_null", facade.Attempt{}},
	{"xgateway/find/200_request_id", facade.Attempt{}},
	{"xgateway/find/rejected/404_not_found", facade.Attempt{}},
	{"qolo/find/404_problem", facade.Attempt{}},
}

// TestNoIsFirstHand: a no counts only as the answer to this call. On a used connection
// it may be that to another one, and a cache may have kept it.
func TestNoIsFirstHand(t *testing.T) {
	for _, c := range noes {
		p, _, _ := strings.Cut(c.name, "/")
		request := fixtures.Start(facade.Provider(p))
		if e := replay.Find(request, c.attempt, fixture(t, c.name)); e.Finding == nil || e.Finding.Exists != facade.AnswerNo {
			t.Errorf("%s: %v, %v, want a no", c.name, e.Finding, e.Err)
		}
		for what, change := range map[string]func(*replay.Answer){
			"a used connection":             func(a *replay.Answer) { a.Connections = []bool{true} },
			"a transport that says nothing": func(a *replay.Answer) { a.Connections = []bool{} },
			"a cache":                       func(a *replay.Answer) { a.Header.Set("Age", "3") },
		} {
			answer := fixture(t, c.name)
			change(&answer)
			e := replay.Find(request, c.attempt, answer)
			if e.Err != nil {
				failure(t, e)
			} else if e.Finding.Exists == facade.AnswerNo || e.Finding.ThisAttempt == facade.AnswerNo {
				t.Errorf("%s over %s: %v", c.name, what, e.Finding)
			}
		}
	}
}

// TestOlderIsFirstHand: so is the no that older processes give to the second question.
func TestOlderIsFirstHand(t *testing.T) {
	answer := fixture(t, "rebilly/find/200_older")
	answer.Header.Set("Age", "3")
	e := replay.Find(fixtures.Start(facade.Rebilly), facade.Attempt{At: time.Now()}, answer)
	if e.Finding == nil || e.Finding.Exists != facade.AnswerYes || e.Finding.ThisAttempt != facade.AnswerUnknown {
		t.Errorf("%v, %v", e.Finding, e.Err)
	}
}

// TestFaults: whatever becomes of the exchange, it is an error that says nothing of the
// start.
func TestFaults(t *testing.T) {
	for _, c := range noes {
		p, _, _ := strings.Cut(c.name, "/")
		request := fixtures.Start(facade.Provider(p))
		whole := fixture(t, c.name)
		for what, answer := range map[string]replay.Answer{
			"no answer":         {Literal: []byte{}},
			"half a header":     {Literal: []byte("HTTP/1.1 200 OK\r\nContent-Ty")},
			"an error beside":   {Status: whole.Status, Header: whole.Header, Body: whole.Body, Err: errors.New("broken")},
			"a body that fails": {Status: whole.Status, Header: whole.Header, Reader: io.MultiReader(strings.NewReader(string(whole.Body)), failing{})},
			"a cut body":        {Status: whole.Status, Header: whole.Header, Body: whole.Body[:len(whole.Body)-3]},
			"HTML":              {Status: whole.Status, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<html>")},
			"a redirect":        {Status: 302, Header: http.Header{"Location": {"https://other.example/"}}},
			"an error and a no": {Status: 500, Header: whole.Header, Body: whole.Body},
		} {
			e := replay.Find(request, c.attempt, answer)
			failure(t, e)
			if len(e.Sent) != 1 {
				t.Errorf("%s, %s: sent %d requests", c.name, what, len(e.Sent))
			}
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestNotSent: what cannot be looked up is told, and nothing is sent.
func TestNotSent(t *testing.T) {
	var none context.Context
	rebilly, qolo := fixtures.Start(facade.Rebilly).(facade.RebillyRequest), fixtures.Start(facade.Qolo).(facade.QoloRequest)
	plain := rebilly
	plain.RedirectURL, plain.Reason = "", ""
	nobody := rebilly
	nobody.CustomerID = " "
	person := qolo
	person.PersonGUID = "42"
	for _, c := range []struct {
		what    string
		request facade.Request
		attempt facade.Attempt
		want    string
	}{
		{"Forte", fixtures.Start(facade.Forte), facade.Attempt{}, "Find is not supported for forte"},
		{"a bad id", rebilly, facade.Attempt{ID: "a/b"}, "attempt.id"},
		{"dots for an id", rebilly, facade.Attempt{ID: ".."}, "attempt.id"},
		{"an id that nobody gives", qolo, facade.Attempt{ID: "a"}, "attempt.id"},
		{"a mark of nothing", plain, facade.Attempt{Unique: true}, "attempt.unique"},
		{"no customer", nobody, facade.Attempt{}, "customerId"},
		{"no GUID", person, facade.Attempt{}, "person_guid"},
		{"no path segment", facade.XGatewayRequest{ID: ".."}, facade.Attempt{}, "id"},
		{"no token", facade.VaultRequest{}, facade.Attempt{}, "token"},
		{"another provider's finding", fixtures.Start(facade.Vault), facade.Attempt{Before: &facade.Finding{Provider: facade.XGateway}}, "attempt.before"},
		{"another customer's finding", fixtures.Start(facade.XGateway), facade.Attempt{Before: &facade.Finding{Provider: facade.XGateway, CustomerID: "another"}}, "attempt.before"},
	} {
		e := replay.Find(c.request, c.attempt, page("0"))
		kycErr := failure(t, e)
		if kycErr.Kind != facade.KindInvalidRequest || !strings.Contains(kycErr.Error(), c.want) || !strings.Contains(kycErr.Error(), "(not sent)") || len(e.Sent) != 0 {
			t.Errorf("%s: %v, and %d requests were sent", c.what, kycErr, len(e.Sent))
		}
	}

	client, err := facade.New(fixtures.Config("https://provider.test", facade.Vault))
	if err != nil {
		t.Fatal(err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for what, call := range map[string]func() (*facade.Finding, error){
		"a nil client": func() (*facade.Finding, error) {
			return (*facade.Client)(nil).Find(t.Context(), rebilly, facade.Attempt{})
		},
		"a nil request": func() (*facade.Finding, error) { return client.Find(t.Context(), nil, facade.Attempt{}) },
		"no context":    func() (*facade.Finding, error) { return client.Find(none, rebilly, facade.Attempt{}) },
		"a context that is done": func() (*facade.Finding, error) {
			return client.Find(done, fixtures.Start(facade.Vault), facade.Attempt{})
		},
		"a provider without settings": func() (*facade.Finding, error) { return client.Find(t.Context(), rebilly, facade.Attempt{}) },
	} {
		f, err := call()
		if kycErr := failure(t, replay.Exploration{Finding: f, Err: err}); !strings.Contains(kycErr.Error(), "(not sent)") {
			t.Errorf("%s: %v", what, kycErr)
		}
	}
}

// TestExpiredRequests: a request whose time is over can be looked up still, although it
// can be started no more.
func TestExpiredRequests(t *testing.T) {
	r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	r.ExpirationTime, r.Documents = time.Unix(1, 0), nil
	if e := replay.Find(&r, facade.Attempt{}, page("0")); e.Err != nil {
		t.Error(e.Err)
	}
}
