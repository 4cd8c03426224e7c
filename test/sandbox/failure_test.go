package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestFailures demands that every misuse fails the test and says what is available, and that no
// answer hides the mistake.
func TestFailures(t *testing.T) {
	sent := func(p facade.Provider, customer string) func(s *sandbox.Sandbox) {
		return func(s *sandbox.Sandbox) {
			if status, _, _ := send(t, s, fixtures.Of(p), "", customer, nil); status != 0 {
				t.Errorf("%s, customer %q: answered with %d", p, customer, status)
			}
		}
	}
	for _, c := range []struct {
		name string
		use  func(s *sandbox.Sandbox)
		want []string
	}{
		{"unknown scenario", func(s *sandbox.Sandbox) { s.Use(facade.Forte, "forte/200_bannned") }, []string{"forte/200_banned\n"}},
		{"scenario of another", func(s *sandbox.Sandbox) { s.Use(facade.Forte, "vault/200_ok") }, []string{"forte has no scenario"}},
		{"unknown provider", func(s *sandbox.Sandbox) { s.Use("nobody", "nobody/200_ok") }, []string{"vault, xgateway, forte, qolo, rebilly"}},
		{"unknown provider of a configuration", func(s *sandbox.Sandbox) { s.Config("nobody") }, []string{`no provider "nobody"`}},
		{"unknown provider of a customer", func(s *sandbox.Sandbox) { s.Customer("nobody", sandbox.FaultSlow) }, []string{`no provider "nobody"`}},
		{"unknown scenario of a customer", func(s *sandbox.Sandbox) { s.Customer(facade.Vault, "fault/fast") }, []string{"fault/slow"}},
		{"refusing customer", func(s *sandbox.Sandbox) { s.Customer(facade.Vault, sandbox.FaultConnectionRefused) }, []string{"cannot be chosen by customer"}},
		{"unused", func(s *sandbox.Sandbox) { s.Use(facade.Forte, "forte/200_banned", "forte/201_started") },
			[]string{"forte was never asked for forte/200_banned, forte/201_started"}},
		{"replaced unused", func(s *sandbox.Sandbox) { s.Use(facade.Vault, "vault/400_field"); s.Use(facade.Vault) },
			[]string{"vault was never asked for vault/400_field"}},
		{"a client of its own", func(s *sandbox.Sandbox) {
			s.Use(facade.Forte, sandbox.FaultConnectionRefused)
			config := s.Config(facade.Forte)
			config.HTTPClient = nil
			_ = start(t, config, fixtures.Start(facade.Forte))
		}, []string{"fault/connection_refused needs the client of Sandbox.HTTPClient"}},
		{"out of turn", func(s *sandbox.Sandbox) {
			s.Use(facade.Vault, "vault/find/200_denied")
			sent(facade.Vault, fixtures.VaultToken)(s)
		},
			[]string{"vault/find/200_denied for its next scenario, which does not answer POST StartKYC3"}},
		{"customer of no scenario", sent(facade.Forte, "sandbox-400_no_such"), []string{"has no scenario for the customer"}},
		{"GUID of no scenario", sent(facade.Qolo, "5a4db0c5-0400-8000-8000-000000000000"), []string{"has no scenario for the customer"}},
		{"no customer", sent(facade.Forte, ""), []string{"names no customer"}},
		{"nothing", func(*sandbox.Sandbox) {}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r recorder
			c.use(sandbox.New(&r))
			r.wantFailures(t, c.want...)
		})
	}
}

// TestProgram uses a sandbox outside a test, where nobody receives its failures.
func TestProgram(t *testing.T) {
	s, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Use("nobody")
	s.Close()
	s.Close()
}

// TestWrongRequests sends wrong requests. The test must fail once, with the reason. The answer must
// have the provider's own form, the same reason, and a status that the facade reads as it reads
// that provider's. Package contract tests which requests are wrong.
func TestWrongRequests(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, c := range []struct {
			change func(*draft)
			status int
			reason string
		}{
			{func(r *draft) { r.header.Del(d.Credential) }, 401, ", found none"},
			{func(r *draft) { r.target = "/elsewhere" }, 404, "path: expected a path that ends in /"},
			{func(r *draft) { r.method = http.MethodPut }, 404, "method: expected "},
			{func(r *draft) { r.target += "?" + strings.Repeat("force=1&", 2) }, d.Rejection.Status, "query:force: expected no such parameter, found 2 values"},
		} {
			var r recorder
			s := sandbox.New(&r)
			s.Use(d.Provider, sandbox.Default(d.Provider)) // no request reaches it, and that must not be reported as well
			status, header, body := send(t, s, d, "", d.Customer.Form.Write(d.Customer.ID), c.change)
			if status != c.status || !strings.Contains(body, c.reason) {
				t.Errorf("%s: answered %d %s, want %d and %q", d.Provider, status, body, c.status, c.reason)
			}
			for _, v := range contract.Response(string(d.Provider), "", status, header, []byte(body)) {
				if v.Pointer != "status" { // some refusals say more, under a status that the document does not have
					t.Errorf("%s: the answer is not the provider's own: %v", d.Provider, v)
				}
			}
			if got := s.Received(d.Provider); len(got) != 1 || got[0].Scenario != "" || len(got[0].Wrong) != 1 {
				t.Errorf("%s: received %v, want one that was refused", d.Provider, got)
			}
			r.wantFailures(t, c.reason)
		}
	}
}

// TestLongReason: a reason is no longer than a provider's message may be, and holds nothing from
// the request.
func TestLongReason(t *testing.T) {
	const secret = "planted-secret"
	var r recorder
	_, _, body := send(t, sandbox.New(&r), fixtures.Of(facade.Forte), "", "customer", func(d *draft) {
		d.target += "?" + secret + "=" + secret
		d.header.Set("Authorization", secret)
		d.body = `{"action":"` + secret + `"` + strings.Repeat(`,"`+strings.Repeat("n", 40)+`":"é"`, 20) + `}`
	})
	r.wantFailures(t, "wrong request to forte, answered 422:\n\tquery:*: expected")
	if len(body) < 900 || len(body) > 1100 || strings.Contains(body+r.failures[0], secret) {
		t.Errorf("%d bytes, or the secret, in %s or in %s", len(body), body, r.failures[0])
	}
}

// TestFacadeSendsNothingWrong gives the facade every character and some texts in the places where
// the documents want a form. Whatever the facade lets through, the sandbox must accept.
func TestFacadeSendsNothingWrong(t *testing.T) {
	rebilly := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	forte := fixtures.Start(facade.Forte).(facade.ForteRequest)
	texts := []string{"%zz", "%41", "#a#b", "?a[]=1", "é", "..", "%2e", "\u200e"}
	for c := ' '; c <= '~'; c++ {
		texts = append(texts, string(c))
	}
	s := sandbox.New(t) // a refused request fails the test
	for i, text := range texts {
		rebilly.CustomerID, rebilly.RedirectURL = "customer", "https://shop.example/a"+text
		rebilly.ExpirationTime = time.Date(9999, 12, 31, 23, 59, 59, 999, time.FixedZone("", (i%28-14)*60*60))
		named := rebilly
		named.CustomerID, named.RedirectURL, named.Reason = text, "", text
		forte.Customer.ExternalID, forte.Customer.Wallet.Address = text, text
		for _, r := range []facade.Request{rebilly, named, forte, facade.XGatewayRequest{ID: "a" + text}} {
			before := len(s.Received(r.Provider()))
			got := start(t, s.Config(r.Provider()), r)
			if received := len(s.Received(r.Provider())) - before; received > 1 || (received == 1) != (got == "ok") {
				t.Errorf("%s, %q: %s, and %d requests were received", r.Provider(), text, got, received)
			}
		}
	}
}
