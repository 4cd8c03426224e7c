package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// A wrong request is the canonical one of a provider after one change.
type wrong struct {
	name     string
	provider facade.Provider
	change   func(r *draft)
	status   int
	reason   string // where, and what the document wants
}

// draft is a request that may still be changed.
type draft struct {
	method, path string
	header       http.Header
	body         string
}

func without(header string) func(*draft) {
	return func(d *draft) { d.header.Del(header) }
}

func with(header, value string) func(*draft) {
	return func(d *draft) { d.header.Set(header, value) }
}

func written(old, new string) func(*draft) {
	return func(d *draft) { d.body = strings.Replace(d.body, old, new, 1) }
}

func at(path string) func(*draft) {
	return func(d *draft) { d.path = path }
}

var wrongs = []wrong{
	{"no token", facade.Vault, without("Authorization"), 401, "header:Authorization: expected Authorization with Bearer and a token, found none"},
	{"a body", facade.Vault, func(d *draft) { d.body = "{}" }, 400, "body: expected no body, found"},
	{"no key", facade.XGateway, without("X-Api-Key"), 401, "header:x-api-key: expected x-api-key with a key, found none"},
	{"undocumented query", facade.XGateway, func(d *draft) { d.path += "?force=1" }, 400, "query:force: expected no such parameter"},
	{"basic credential", facade.Forte, with("Authorization", "Basic dTpw"), 401, "header:Authorization: expected Authorization with Bearer and a token, found a string"},
	{"level out of range", facade.Forte, written(`"level":1`, `"level":5`), 422, "/action/level: expected a number of at most 4"},
	{"property renamed", facade.Forte, written(`"external_id"`, `"externalId"`), 422, "/customer/external_id: expected a property, found nothing"},
	{"no body", facade.Forte, func(d *draft) { d.body = "" }, 422, "body: expected a body, found none"},
	{"cut body", facade.Forte, written(`}}}`, ``), 422, "body: expected"},
	{"wrong content type", facade.Qolo, with("Content-Type", "text/plain"), 400, "header:Content-Type: expected application/json"},
	{"a slip in the path", facade.Forte, at("/compliance/v2/kycs"), 404, "/compliance/v2/kyc, found /compliance/v2/kycs"},
	{"an id out of place", facade.XGateway, at("/customers/Jane/kyc"), 404, "found /customers/*/kyc"},
	{"the path of another provider", facade.Qolo, at("/compliance/v2/kyc"), 404, ", a path of forte"},
	{"the method of no call", facade.Rebilly, func(d *draft) { d.method = http.MethodDelete }, 404, "method: expected GET or POST, found DELETE"},
	{"a method of its own", facade.Rebilly, func(d *draft) { d.method = "SECRET" }, 404, "method: expected GET or POST, found another method"},
	{"malformed person", facade.Qolo, func(d *draft) { d.path = strings.Replace(d.path, fixtures.Of(facade.Qolo).Customer.ID, "42", 1) }, 400, "path:person_guid: expected"},
	{"unknown document", facade.Rebilly, written("identity-proof", "passport"), 422, "/documents/0/type: expected one of"},
	{"relative return URL", facade.Rebilly, written("https://shop.example", ""), 422, "/redirectUrl: expected"},
}

// wrongEverywhere is what every provider refuses.
func wrongEverywhere() (all []wrong) {
	for _, d := range fixtures.Descriptors() {
		all = append(all,
			wrong{"no credential", d.Provider, without(d.Credential), 401, ", found none"},
			wrong{"another path", d.Provider, at("/elsewhere"), 404, "path: expected a path that ends in /"},
			wrong{"another method", d.Provider, func(d *draft) { d.method = http.MethodPut }, 404, "method: expected "},
		)
	}
	return all
}

// send sends the canonical request of a provider, changed.
func send(t *testing.T, s *sandbox.Sandbox, w wrong) (status int, header http.Header, body []byte) {
	t.Helper()
	method, path, sent, text, err := fixtures.Request(string(w.provider))
	if err != nil {
		t.Fatal(err)
	}
	d := draft{method, path, sent, string(text)}
	w.change(&d)
	origin := strings.TrimSuffix(s.URL(w.provider), fixtures.Of(w.provider).BasePath)
	r, err := http.NewRequest(d.method, origin+d.path, strings.NewReader(d.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = d.header
	answer, err := s.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

// TestWrongRequests demands of each wrong request that the test fails with the
// reason, and that the answer is the provider's own, with the same reason.
func TestWrongRequests(t *testing.T) {
	for _, w := range append(wrongEverywhere(), wrongs...) {
		t.Run(string(w.provider)+" "+w.name, func(t *testing.T) {
			var r recorder
			s := sandbox.New(&r)
			s.Use(w.provider, sandbox.Default(w.provider))
			status, header, body := send(t, s, w)
			received := s.Received(w.provider)
			failures := r.end()

			if status != w.status {
				t.Errorf("status %d, want %d", status, w.status)
			}
			wantFailures(t, failures, w.reason) // and none about a scenario that had no chance
			violations := contract.Response(string(w.provider), "", status, header, body)
			for _, v := range violations {
				if v.Pointer != "status" { // some refusals say more under a status that the document has not
					t.Errorf("the answer is not the provider's own: %v", violations)
				}
			}
			if text := unquoted(t, body); !strings.Contains(text, w.reason) {
				t.Errorf("answer %s, want %q in it", text, w.reason)
			}
			if len(received) != 1 || received[0].Scenario != "" || len(received[0].Wrong) == 0 {
				t.Errorf("received %v, want one that was refused", received)
			}
		})
	}
}

// unquoted returns the texts of a JSON value.
func unquoted(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("answer is no JSON: %s", text)
	}
	var all []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, member := range v {
				walk(member)
			}
		}
	}
	walk(v)
	return strings.Join(all, "\n")
}

// TestRefusalReachesTheApplication demands that the facade reads the refusals as
// it reads those of the providers.
func TestRefusalReachesTheApplication(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	config := s.Config(facade.Forte)
	config.Forte.Token = facade.StaticToken("a|token")
	_, err := client(t, config).Start(context.Background(), fixtures.Start(facade.Forte))
	wantError(t, err, facade.KindUnauthenticated, facade.StartedNo, http.StatusUnauthorized)
	wantFailures(t, r.end(), "sandbox: wrong request to forte, answered 401:\n\theader:Authorization: expected")
}

// TestFailuresHoldNoData plants a secret in every part of a request.
func TestFailuresHoldNoData(t *testing.T) {
	const secret = "planted-secret"
	var r recorder
	s := sandbox.New(&r)
	send(t, s, wrong{provider: facade.Rebilly, change: func(d *draft) {
		d.path = strings.Replace(d.path, "acme", secret, 1) + "?expand=" + secret + "&" + secret + "=" + secret
		d.header.Set("REB-APIKEY", secret)
		d.body = `{"customerId":["` + secret + `"],"documents":"` + secret + `","redirectUrl":"` + secret + `"}`
	}})
	failures := r.end()
	if len(failures) != 1 || strings.Contains(failures[0], secret) {
		t.Errorf("the secret is in a failure: %s", failures)
	}
}
