package sandbox_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

func scenariosOf(received []sandbox.Received) (names []string) {
	for _, r := range received {
		names = append(names, r.Scenario)
	}
	return names
}

func TestSequence(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config(facade.Rebilly, facade.Forte))
	s.Use(facade.Rebilly, "rebilly/429_json", sandbox.FaultLostReply, "rebilly/201_gathering")
	s.Use(facade.Forte, "forte/200_banned")
	want := []facade.Kind{facade.KindRateLimited, facade.KindUnavailable, "", ""} // the last one stays
	for i, kind := range want {
		if _, err := c.Start(context.Background(), fixtures.Start(facade.Rebilly)); facade.KindOf(err) != kind {
			t.Errorf("call %d: %v, want %q", i, err, kind)
		}
	}
	_, err := c.Start(context.Background(), fixtures.Start(facade.Forte))
	wantError(t, err, facade.KindCustomerBlocked, facade.StartedNo, 200)

	s.Use(facade.Forte)
	if _, err := c.Start(context.Background(), fixtures.Start(facade.Forte)); err != nil {
		t.Errorf("after Use without a scenario: %v, want the default", err)
	}
}

func TestCustomerComesFirst(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config(facade.Qolo))
	s.Use(facade.Qolo, "qolo/200_no_questions")
	_, err := c.Start(context.Background(), request(facade.Qolo, s.Customer(facade.Qolo, "qolo/404_detail")))
	wantError(t, err, facade.KindNotFound, facade.StartedNo, 404)
	if _, err := c.Start(context.Background(), fixtures.Start(facade.Qolo)); err != nil {
		t.Error(err)
	}
}

// TestFailures demands a failure of every misuse, which lists what there is.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name string
		use  func(s *sandbox.Sandbox)
		want []string
	}{
		{"unknown scenario", func(s *sandbox.Sandbox) { s.Use(facade.Forte, "forte/200_bannned") }, []string{"forte/200_banned\n"}},
		{"scenario of another", func(s *sandbox.Sandbox) { s.Use(facade.Forte, "vault/200_ok") }, []string{"forte has no scenario"}},
		{"unknown provider", func(s *sandbox.Sandbox) { s.Use("nobody", "nobody/200_ok") }, []string{"vault, xgateway, forte, qolo, rebilly"}},
		{"unknown provider of a URL", func(s *sandbox.Sandbox) { s.URL("nobody") }, []string{`no provider "nobody"`}},
		{"unknown provider of a configuration", func(s *sandbox.Sandbox) { s.Config("nobody") }, []string{`no provider "nobody"`}},
		{"unknown provider of requests", func(s *sandbox.Sandbox) { s.Received("nobody") }, []string{`no provider "nobody"`}},
		{"unknown provider of an arrival", func(s *sandbox.Sandbox) { s.Arrival("nobody") }, []string{`no provider "nobody"`}},
		{"unknown provider of a customer", func(s *sandbox.Sandbox) { s.Customer("nobody", sandbox.FaultSlow) }, []string{`no provider "nobody"`}},
		{"unknown scenario of a customer", func(s *sandbox.Sandbox) { s.Customer(facade.Vault, "fault/fast") }, []string{"fault/slow"}},
		{"refusing customer", func(s *sandbox.Sandbox) { s.Customer(facade.Vault, sandbox.FaultConnectionRefused) }, []string{"cannot be chosen by customer"}},
		{"unused", func(s *sandbox.Sandbox) { s.Use(facade.Forte, "forte/200_banned", "forte/201_started") },
			[]string{"forte was never asked for forte/200_banned, forte/201_started"}},
		{"replaced unused", func(s *sandbox.Sandbox) { s.Use(facade.Vault, "vault/400_field"); s.Use(facade.Vault) },
			[]string{"vault was never asked for vault/400_field"}},
		{"nothing", func(*sandbox.Sandbox) {}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r recorder
			c.use(sandbox.New(&r))
			wantFailures(t, r.end(), c.want...)
		})
	}
}

// TestNothingElseIsAStart demands that a customer who was to choose a scenario and
// does not is reported, and is not answered with the default.
func TestNothingElseIsAStart(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for customer, want := range map[string]string{
			"sandbox-400_no_such":                  "has no scenario for the customer",
			"5a4db0c5-0400-8000-8000-000000000000": "has no scenario for the customer",
			"":                                     "names no customer",
		} {
			if isGUID := strings.HasPrefix(customer, "5a4"); isGUID != (d.Customer.Form == fixtures.GUID) && customer != "" {
				continue
			}
			method, target, header, body, err := fixtures.Request(string(d.Provider))
			if err != nil {
				t.Fatal(err)
			}
			inBody := bytes.Contains(body, []byte(d.Customer.ID))
			if customer == "" && !inBody {
				continue // there is no such path
			}
			var r recorder
			s := sandbox.New(&r)
			origin, _ := strings.CutSuffix(s.URL(d.Provider), d.BasePath)
			target = strings.Replace(target, d.Customer.ID, customer, 1)
			body = bytes.ReplaceAll(body, []byte(d.Customer.ID), []byte(customer))
			request, err := http.NewRequest(method, origin+target, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = header
			if d.Customer.Form == fixtures.Subject {
				request.Header.Set("Authorization", "Bearer "+d.Customer.Form.Write(customer))
			}
			if answer, err := s.HTTPClient().Do(request); err == nil {
				answer.Body.Close()
				t.Errorf("%s, customer %q: answered with %d", d.Provider, customer, answer.StatusCode)
			}
			wantFailures(t, r.end(), want)
		}
	}
}

// TestParallel starts KYC at all providers at once, over one sandbox, and
// demands that every call has the answer of its own customer.
func TestParallel(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config())
	const times = 10
	var calls sync.WaitGroup
	for _, d := range fixtures.Descriptors() {
		for _, scenario := range []string{d.Success.Name, d.Refusal.Name} {
			want := wanted(t, scenario)
			for range times {
				calls.Go(func() {
					_, err := c.Start(context.Background(), request(d.Provider, s.Customer(d.Provider, scenario)))
					if facade.KindOf(err) != want.kind {
						t.Errorf("%s: %v, want %q", scenario, err, want.kind)
					}
				})
			}
		}
	}
	calls.Wait()
	for _, p := range sandbox.Providers() {
		if got := scenariosOf(s.Received(p)); len(got) != times*2 {
			t.Errorf("%s received %d requests, want %d", p, len(got), times*2)
		}
	}
}

// TestProgram uses a sandbox without a test.
func TestProgram(t *testing.T) {
	var mu sync.Mutex
	var reports []error
	s, err := sandbox.Start(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Use(facade.Vault, "vault/200_ok")
	s.Close()
	s.Close()
	mu.Lock()
	defer mu.Unlock()
	if len(reports) != 1 {
		t.Errorf("reports %v, want one about the scenario that was not used", reports)
	}

	silent, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	silent.Use("nobody")
	silent.Close()
}

// TestURLs holds the base URLs to those of the configuration.
func TestURLs(t *testing.T) {
	s := sandbox.New(t)
	c := s.Config()
	for _, d := range fixtures.Descriptors() {
		want := *d.Settings(&c).BaseURL
		if got := s.URL(d.Provider); got != want || got == "" {
			t.Errorf("%s: URL %q, configured %q", d.Provider, got, want)
		}
	}
	if one := s.Config(facade.Vault); one.Vault == nil || one.Forte != nil {
		t.Error("a configuration of one provider holds another")
	}
}
