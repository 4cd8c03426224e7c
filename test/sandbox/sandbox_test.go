package sandbox_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestMain demands that no sandbox leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// failingTest is the test of a user. It keeps its failures.
type failingTest struct {
	testing.TB
	end      func()
	mu       sync.Mutex
	failures []string
}

func (f *failingTest) Helper()            {}
func (f *failingTest) Cleanup(end func()) { f.end = end }
func (f *failingTest) Error(args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = append(f.failures, fmt.Sprint(args...))
}

// recorded returns the sandbox of a user's test, and a function that ends this test and demands that
// it has failed once for each of the texts, with that text in the failure.
func recorded(t *testing.T) (s *sandbox.Sandbox, wantFailures func(want ...string)) {
	f := &failingTest{TB: t}
	return sandbox.New(f), func(want ...string) {
		t.Helper()
		f.end()
		if !slices.EqualFunc(f.failures, want, strings.Contains) {
			t.Errorf("%d failures, want %q:\n%s", len(f.failures), want, strings.Join(f.failures, "\n"))
		}
	}
}

// start starts KYC through the facade and returns what a log would show: the kind, whether it
// started, and the status; or "ok".
func start(ctx context.Context, t *testing.T, config facade.Config, r facade.Request) string {
	t.Helper()
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Start(ctx, r)
	var e *facade.Error
	if !errors.As(err, &e) {
		return "ok"
	}
	return fmt.Sprintf("%s %s %d", e.Kind, e.Started, e.HTTPStatus)
}

// answer is an answer of the sandbox.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// named returns the id that the fixtures of a start or a look-up repeat.
func named(d fixtures.Descriptor, operation string) string {
	return cmp.Or(d.Lookup(operation).Echoed, d.Customer.ID)
}

// send sends the canonical request of a start or a look-up for a customer, after a change, as an
// application in any language may. It returns an empty answer if none came.
func send(t *testing.T, s *sandbox.Sandbox, p facade.Provider, operation, customer string, change ...func(*http.Request)) answer {
	d := fixtures.Of(p)
	documented, body := fixtures.Request(p, operation)
	rename := strings.NewReplacer(d.Customer.ID, customer, named(d, operation), customer)
	address := strings.TrimSuffix(s.URL(p), d.BasePath) + rename.Replace(documented.URL.RequestURI())
	r, err := http.NewRequest(documented.Method, address, strings.NewReader(rename.Replace(string(body))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = documented.Header
	if d.Customer.Form == fixtures.Subject {
		r.Header.Set("Authorization", "Bearer "+customer)
	}
	for _, f := range change {
		f(r)
	}
	response, err := s.HTTPClient().Transport.RoundTrip(r) // does not follow redirects
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// A program starts a sandbox for itself. (A test calls New, which closes the sandbox at the end and
// fails the test if needed.) The provider first refuses the connection, then is busy, then answers.
func Example() {
	s, err := sandbox.Start(func(err error) { fmt.Println(err) })
	if err != nil {
		panic(err)
	}
	defer s.Close()
	s.Use(facade.Rebilly, sandbox.FaultConnectionRefused, "rebilly/429_json", "rebilly/201_gathering")
	client, err := facade.New(s.Config(facade.Rebilly))
	if err != nil {
		panic(err)
	}
	for range 3 {
		res, err := client.Start(context.Background(), facade.RebillyRequest{
			CustomerID: "customer-7", Documents: []facade.RebillyDocument{{Type: "identity-proof"}},
		})
		fmt.Println(res, err)
	}
	var sent rebilly.KYCRequestInput
	err = s.Received(facade.Rebilly)[1].As(&sent)
	fmt.Println(sent.Documents[0].Type, err)
	// Output:
	// <nil> rebilly: unavailable (no answer), started: no: connection refused
	// <nil> rebilly: rate_limited (HTTP 429), started: no
	// rebilly: awaiting_customer, next redirect (HTTP 201) <nil>
	// identity-proof <nil>
}

// TestFailures demands that every misuse fails the test once and says what is available, and that
// no answer hides the mistake.
func TestFailures(t *testing.T) {
	sent := func(p facade.Provider, customer string) func(s *sandbox.Sandbox) {
		return func(s *sandbox.Sandbox) {
			if status := send(t, s, p, "", customer).Status; status != 0 {
				t.Errorf("%s, customer %q: answered with %d", p, customer, status)
			}
		}
	}
	for want, use := range map[string]func(s *sandbox.Sandbox){
		"forte/200_banned\n":                     func(s *sandbox.Sandbox) { s.Use(facade.Forte, "forte/200_bannned") },
		`"xgateway" "forte"`:                     func(s *sandbox.Sandbox) { s.Use("nobody", "nobody/200_ok") },
		`no provider "nobody"`:                   func(s *sandbox.Sandbox) { s.Config("nobody") },
		`no provider "somebody"`:                 func(s *sandbox.Sandbox) { s.Received("somebody") },
		`no provider "anybody"`:                  func(s *sandbox.Sandbox) { s.Arrival("anybody") },
		"fault/slow":                             func(s *sandbox.Sandbox) { s.Customer(facade.Vault, "fault/fast") },
		"no scenario for the customer \"sandbox": sent(facade.Forte, "sandbox-400_no_such"),
		"no scenario for the customer \"5a4db0c": sent(facade.Qolo, "5a4db0c5-0400-8000-8000-000000000000"),
		"names no customer":                      sent(facade.Forte, ""),
		"cannot be chosen by customer":           func(s *sandbox.Sandbox) { s.Customer(facade.Vault, sandbox.FaultConnectionRefused) },
		"forte was never asked for forte/200_banned, forte/201_started": func(s *sandbox.Sandbox) {
			s.Use(facade.Forte, "forte/200_banned", "forte/201_started")
		},
		"forte was never asked for forte/403_banned": func(s *sandbox.Sandbox) {
			s.Use(facade.Forte, "forte/403_banned")
			s.Use(facade.Forte) // instead of it
		},
		"fault/connection_refused needs the client of Sandbox.HTTPClient": func(s *sandbox.Sandbox) {
			s.Use(facade.Forte, sandbox.FaultConnectionRefused)
			config := s.Config(facade.Forte)
			config.HTTPClient = nil
			_ = start(t.Context(), t, config, fixtures.Start(facade.Forte))
		},
		"vault/find/200_denied for its next scenario, which does not answer POST StartKYC3": func(s *sandbox.Sandbox) {
			s.Use(facade.Vault, "vault/find/200_denied")
			sent(facade.Vault, fixtures.VaultToken)(s)
		},
	} {
		s, wantFailures := recorded(t)
		use(s)
		wantFailures(want)
	}
}

// TestWrongRequests sends wrong requests. The test must fail once, with the reason. The answer must
// have the provider's own form, the same reason, and a status that the facade reads as it reads
// that provider's. Package contract tests which requests are wrong.
func TestWrongRequests(t *testing.T) {
	var many strings.Builder // more reasons than fit into a message
	for i := range 30 {
		fmt.Fprintf(&many, "parameter%d=1&", i)
	}
	for _, d := range fixtures.Descriptors() {
		for _, c := range []struct {
			change func(*http.Request)
			status int
			reason string
		}{
			{func(r *http.Request) { r.Header.Del(d.Credential) }, 401, ", found none"},
			{func(r *http.Request) { r.URL.Path = "/elsewhere" }, 404, "path: expected a path that ends in /"},
			{func(r *http.Request) { r.Method = http.MethodPut }, 404, "method: expected "},
			{func(r *http.Request) { r.URL.RawQuery = many.String() }, d.Rejection.Status, "query:parameter0: expected no such parameter"},
		} {
			s, wantFailures := recorded(t)
			s.Use(d.Provider, sandbox.Default(d.Provider)) // no request reaches it, and that must not be reported as well
			got := send(t, s, d.Provider, "", d.Customer.Form.Write(d.Customer.ID), c.change)
			if got.Status != c.status || !strings.Contains(got.Body, c.reason) || len(got.Body) > 1200 {
				t.Errorf("%s: answered %v, want %d and %q", d.Provider, got, c.status, c.reason)
			}
			for _, v := range contract.Response(string(d.Provider), "", got.Status, got.Header, []byte(got.Body)) {
				if v.Pointer != "status" { // some refusals say more, under a status that the document does not have
					t.Errorf("%s: the answer is not the provider's own: %v", d.Provider, v)
				}
			}
			wantFailures(c.reason)
		}
	}
}
