package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestFixtures asks for every fixture, by customer, and demands it as it stands, but for the
// customer's id in it. The calls run at the same time, and each must get the answer of its own
// customer. A customer who chooses an answer to a start gets the default look-up.
func TestFixtures(t *testing.T) {
	s := sandbox.New(t)
	var calls sync.WaitGroup
	for _, d := range fixtures.Descriptors() {
		p := d.Provider
		for _, c := range fixtures.Cases(p) {
			calls.Go(func() {
				customer, want := s.Customer(p, c.Name), answer{c.Status, c.Header.Clone(), string(c.Body)}
				if d.Customer.Form == fixtures.GUID {
					customer = strings.ToUpper(customer) // still the same customer
				}
				if d.Customer.Echoed {
					id := named(d, c.Operation)
					want.Body = strings.ReplaceAll(want.Body, `"`+id+`"`, `"`+customer+`"`)
					want.Body = strings.ReplaceAll(want.Body, `"`+strings.ToUpper(id)+`"`, `"`+strings.ToUpper(customer)+`"`)
				}
				want.Header.Set("Content-Length", strconv.Itoa(len(want.Body)))
				if c.Status == http.StatusNoContent { // it has no length, and no client reads its body
					want.Header.Del("Content-Length")
					want.Body = ""
				}
				if diff := cmp.Diff(want, send(t, s, p, c.Operation, customer)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.Name, diff)
				}
			})
		}
		for _, l := range d.Lookups {
			if status := send(t, s, p, l.Operation, s.Customer(p, d.Success.Name)).Status; status != http.StatusOK {
				t.Errorf("%s %s: by default it is answered with %d", p, l.Operation, status)
			}
		}
	}
	calls.Wait()
	if got := s.Customer(facade.Qolo, "qolo/404_detail"); got != "5a4db0c5-4f2d-8dc8-8575-b479e50d59d0" {
		t.Errorf("customer %q: they must be the same in every run", got)
	}
}

// TestDefaults demands that every provider starts KYC, with an answer that an application can check
// and use. The sandbox keeps the request as it was sent, and nothing of it is printed.
func TestDefaults(t *testing.T) {
	s := sandbox.New(t)
	client, err := facade.New(s.Config())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range fixtures.Descriptors() {
		p := d.Provider
		res, err := client.Start(t.Context(), d.Request)
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if !res.ExpiresAt.IsZero() && res.ExpiresAt.Before(time.Now()) {
			t.Errorf("%s: the answer is for a time that is over, %v", p, res.ExpiresAt)
		}
		for _, q := range res.Next.Questions {
			if len(q.Options) < 2 || !strings.HasSuffix(q.Prompt, "?") {
				t.Errorf("%s: this is no question: %s %q", p, q.Prompt, q.Options)
			}
		}
		documented, body := fixtures.Request(p, "")
		all := s.Received(p)
		if len(all) != 1 {
			t.Fatalf("%s: received %v", p, all)
		}
		r := all[0]
		want := []string{sandbox.Default(p), d.Customer.ID, documented.Method, documented.URL.Path, string(body),
			documented.Header.Get(d.Credential)}
		kept := []string{r.Scenario, r.Customer(), r.Method(), r.Path(), string(r.Body()), r.Header().Get(d.Credential)}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("%s: received (-want +got):\n%s", p, diff)
		}
		if err := r.As(new(struct{ Elsewhere string })); err == nil {
			t.Errorf("%s: the body fits another type", p)
		}

		var out bytes.Buffer
		hidden := struct{ all []sandbox.Received }{all}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			for _, v := range []any{r, &r, all, hidden} {
				fmt.Fprintf(&out, verb+"\n", v)
			}
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "received", r, "all", all)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "received", r, "all", all)
		if err := json.NewEncoder(&out).Encode(all); err != nil {
			t.Fatal(err)
		}
		credential := strings.TrimPrefix(documented.Header.Get(d.Credential), "Bearer ")
		out.WriteString(sandbox.Masked(d.Credential, "Bearer "+credential) + sandbox.Masked(d.Credential, credential))
		for _, secret := range []string{credential, d.Customer.ID} {
			if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
				t.Errorf("%s: %q was printed:\n%s", p, secret, out.String())
			}
		}
		if said := "request to " + string(p) + ": " + r.Scenario; !strings.Contains(out.String(), said) {
			t.Errorf("%q was not printed:\n%s", said, out.String())
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
			if got := start(t.Context(), t, s.Config(p), request); got != all[i+1] {
				t.Errorf("%s, start %d: %s, want %s", p, i/2, got, all[i+1])
			}
		}
	}
	s.Use(facade.Rebilly, sandbox.FaultConnectionRefused, "rebilly/429_json", sandbox.FaultLostReply, "rebilly/find/200_older")
	steps(facade.Forte, "", "ok") // the connection that is refused belongs to another provider
	steps(facade.Rebilly, "", "unavailable no 0", "rebilly/401_json", "unauthenticated no 401", "", "rate_limited no 429", "", "unavailable unknown 0")
	for range 2 {
		if got := send(t, s, facade.Rebilly, "GetKYCRequests", "customer-42"); !strings.Contains(got.Body, `"expired"`) {
			t.Errorf("answered %v", got)
		}
	}
	steps(facade.Rebilly, "", "ok") // the default: the scenario that stays does not answer a start
	s.Use(facade.Rebilly, "rebilly/401_json")
	steps(facade.Rebilly, "", "unauthenticated no 401", "", "unauthenticated no 401")
	s.Use(facade.Rebilly)
	steps(facade.Rebilly, "", "ok", sandbox.Fault502HTML, "unavailable unknown 502", sandbox.FaultCutBody, "unexpected_response yes 201")
	steps(facade.XGateway, sandbox.FaultCutBody, "invalid_request unknown 400") // half of a refusal: its success has no body
	s.Use(facade.Rebilly, sandbox.Fault502HTML)
	if got := send(t, s, facade.Rebilly, "GetKYCRequests", "customer-42"); got.Status != http.StatusBadGateway {
		t.Errorf("a fault answers a look-up with %v", got)
	}
	config := s.Config(facade.Forte)
	config.Forte.BaseURL, config.HTTPClient = s.UnreachableURL(), nil
	if got := start(t.Context(), t, config, fixtures.Start(facade.Forte)); got != "unavailable no 0" {
		t.Errorf("at the unreachable URL: %s", got)
	}
}

// TestSlow ends when the client gives up, and when the sandbox closes. Closing neither answers nor
// fails the test.
func TestSlow(t *testing.T) {
	s, wantFailures := recorded(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	customer := fixtures.Of(facade.Qolo).Customer.Request(s.Customer(facade.Qolo, sandbox.FaultSlow))
	for _, c := range []struct {
		end  func()
		want string
	}{{cancel, "canceled unknown 0"}, {s.Close, "unavailable unknown 0"}} {
		arrival, ended := s.Arrival(facade.Qolo), make(chan struct{})
		if s.Arrival(facade.Qolo) != arrival {
			t.Fatal("one who waits later takes the place of one who waits already")
		}
		go func() {
			defer close(ended)
			<-arrival
			send(t, s, facade.Forte, "", "customer") // meanwhile others are answered
			c.end()
		}()
		if got := start(ctx, t, s.Config(facade.Qolo), customer); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		<-ended
		ctx = context.Background()
	}
	wantFailures()
}
