package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestFixtures asks for every answer to a start, by customer, and demands the outcome that the
// fixture demands of the facade, whoever the customer is. The calls run at the same time, and each
// must get the answer of its own customer.
func TestFixtures(t *testing.T) {
	s := sandbox.New(t)
	client, err := facade.New(s.Config())
	if err != nil {
		t.Fatal(err)
	}
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	outcome := func(text []byte) any {
		var v map[string]map[string]any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Error(err)
		}
		delete(v["result"], "customer_id") // differs on purpose
		return v
	}
	var calls sync.WaitGroup
	for _, one := range cases {
		p := facade.Provider(one.Provider)
		request := fixtures.Of(p).Customer.Request(s.Customer(p, one.Name))
		calls.Go(func() {
			res, err := client.Start(context.Background(), request)
			text, _ := json.Marshal(struct {
				Result *facade.Result `json:"result,omitempty"`
				Error  error          `json:"error,omitempty"`
			}{res, err})
			if diff := cmp.Diff(outcome(one.Want), outcome(text)); diff != "" {
				t.Errorf("%s: outcome (-want +got):\n%s", one.Name, diff)
			}
		})
	}
	calls.Wait()
	received := 0
	for _, p := range sandbox.Providers() {
		received += len(s.Received(p))
	}
	if received != len(cases) {
		t.Errorf("received %d requests, want %d", received, len(cases))
	}
	if status, header, _ := send(t, s, fixtures.Of(facade.XGateway), "", "somebody", nil); status != 204 || header["Content-Length"] != nil {
		t.Errorf("answered %d with %v: a 204 has no length", status, header)
	}
	if got := s.Customer(facade.Qolo, "qolo/404_detail"); got != "5a4db0c5-0404-84f2-8ddc-8575b479e50d" {
		t.Errorf("customer %q: they must be the same in every run", got)
	}
}

// TestLookups asks for every answer to a look-up, by customer, and demands it with the customer's
// id instead of the fixture's. A customer who chooses an answer to a start gets the default
// look-up.
func TestLookups(t *testing.T) {
	s := sandbox.New(t)
	own := map[string]string{"GetKYCResult": fixtures.Of(facade.Qolo).Customer.ID, "GetKYCRequests": "customer-42", "GetKYCRequest": "kyc_req_0YV7JMJ3DBCGRBR7K9D4HVGPP5"}
	for _, d := range fixtures.Descriptors() {
		cases, err := fixtures.Lookups(string(d.Provider))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			customer, want := s.Customer(d.Provider, c.Name), string(c.Body)
			if d.Customer.Form == fixtures.GUID {
				customer = strings.ToUpper(customer) // still the same customer
			}
			if id := own[c.Operation]; id != "" {
				want = strings.NewReplacer(`"`+id+`"`, `"`+customer+`"`, `"`+strings.ToUpper(id)+`"`, `"`+strings.ToUpper(customer)+`"`).Replace(want)
			}
			if status, _, body := send(t, s, d, c.Operation, customer, nil); status != c.Status || body != want {
				t.Errorf("%s: answered %d %s", c.Name, status, body)
			}
			if status, _, _ := send(t, s, d, c.Operation, s.Customer(d.Provider, d.Success.Name), nil); status != 200 {
				t.Errorf("%s: by default it is answered with %d", c.Operation, status)
			}
		}
	}
}

// TestDefaults demands that every provider starts KYC for any customer, with an answer that an
// application can check and use. It also checks what the sandbox keeps of the request.
func TestDefaults(t *testing.T) {
	s := sandbox.New(t)
	config := s.Config()
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range fixtures.Descriptors() {
		p, customer := d.Provider, "somebody"
		if d.Customer.Form == fixtures.GUID {
			customer = "9C0E4D4A-3b5f-4b9e-8a51-0d3a3c1f7a10"
		}
		res, err := client.Start(context.Background(), d.Customer.Request(d.Customer.Form.Write(customer)))
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		asks := func(q facade.Question) bool { return len(q.Options) > 1 && strings.HasSuffix(q.Prompt, "?") }
		if res.CustomerID != customer || !res.ExpiresAt.IsZero() && res.ExpiresAt.Before(time.Now()) || len(res.Next.Questions) > 0 && !asks(res.Next.Questions[0]) {
			t.Errorf("%s: the answer is for %q, until %v, and asks %v", p, res.CustomerID, res.ExpiresAt, res.Next.Questions)
		}
		if got := *d.Settings(&config).BaseURL; got != s.URL(p) {
			t.Errorf("%s: configured %q, want %q", p, got, s.URL(p))
		}
		if got := start(t, s.Config(p), d.Request); got != "ok" {
			t.Errorf("%s: %s", p, got)
		}
		method, path, header, body, err := fixtures.Request(string(p))
		got := s.Received(p)
		if err != nil || len(got) != 2 {
			t.Fatalf("%s: received %v, %v", p, got, err)
		}
		r := got[1]
		if r.Scenario != sandbox.Default(p) || r.Customer() != d.Customer.ID || r.Method() != method || r.Path() != path ||
			!bytes.Equal(r.Body(), body) || r.Header().Get(d.Credential) != header.Get(d.Credential) {
			t.Errorf("%s: received %v of %s: %s %s %s", p, r, r.Customer(), r.Method(), r.Path(), r.Body())
		}
	}
}

// TestUse plays scenarios in sequence, for starts and for a look-up. The last one stays for the
// requests that it answers, and a customer's own scenario comes first.
func TestUse(t *testing.T) {
	s := sandbox.New(t)
	steps := func(p facade.Provider, all ...string) {
		t.Helper()
		for i := 0; i < len(all); i += 2 {
			request := fixtures.Start(p)
			if all[i] != "" {
				request = fixtures.Of(p).Customer.Request(s.Customer(p, all[i]))
			}
			if got := start(t, s.Config(p), request); got != all[i+1] {
				t.Errorf("%s, start %d: %s, want %s", p, i/2, got, all[i+1])
			}
		}
	}
	s.Use(facade.Rebilly, sandbox.FaultConnectionRefused, "rebilly/429_json", sandbox.FaultLostReply, "rebilly/find/200_older")
	steps(facade.Forte, "", "ok") // the connection that is refused belongs to another provider
	steps(facade.Rebilly, "", "unavailable no 0", "rebilly/401_json", "unauthenticated no 401", "", "rate_limited no 429", "", "unavailable unknown 0")
	for range 2 {
		if _, _, body := send(t, s, fixtures.Of(facade.Rebilly), "GetKYCRequests", "customer-42", nil); !strings.Contains(body, `"expired"`) {
			t.Errorf("answered %s", body)
		}
	}
	steps(facade.Rebilly, "", "ok") // the default: the scenario that stays does not answer a start
	s.Use(facade.Rebilly, "rebilly/401_json")
	steps(facade.Rebilly, "", "unauthenticated no 401", "", "unauthenticated no 401")
	s.Use(facade.Rebilly)
	steps(facade.Rebilly, "", "ok", sandbox.Fault502HTML, "unavailable unknown 502", sandbox.FaultCutBody, "unexpected_response yes 201")
	steps(facade.XGateway, sandbox.FaultCutBody, "invalid_request unknown 400") // half of a refusal: its success has no body

	config := s.Config(facade.Forte)
	config.HTTPClient, config.Forte.BaseURL = nil, s.UnreachableURL()
	if got := start(t, config, fixtures.Start(facade.Forte)); got != "unavailable no 0" {
		t.Errorf("the URL that is not reachable: %s", got)
	}
}

// TestSlow ends when the client gives up, and when the sandbox closes. Closing neither answers nor
// fails the test.
func TestSlow(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, c := range []struct {
		end  func()
		want string
	}{{cancel, "canceled unknown 0"}, {s.Close, "unavailable unknown 0"}} {
		client, err := facade.New(s.Config(facade.Qolo))
		if err != nil {
			t.Fatal(err)
		}
		arrival, ended := s.Arrival(facade.Qolo), make(chan struct{})
		go func() {
			defer close(ended)
			<-arrival
			c.end()
		}()
		_, err = client.Start(ctx, fixtures.Of(facade.Qolo).Customer.Request(s.Customer(facade.Qolo, sandbox.FaultSlow)))
		if got := word(err); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		<-ended
		ctx = context.Background()
	}
	r.wantFailures(t)
}
