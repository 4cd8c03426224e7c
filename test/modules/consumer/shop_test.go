package shop_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/metric/noop"

	shop "example.test/consumer"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/sandbox"
)

// request is the shop's request to Rebilly.
func request(customer string) facade.Request {
	return facade.RebillyRequest{
		CustomerID:  customer,
		Documents:   []facade.RebillyDocument{{Type: facade.RebillyIdentityProof}},
		RedirectURL: "https://shop.example/kyc/done",
	}
}

// open returns a shop with this configuration and its own database.
func open(t *testing.T, c facade.Config) *shop.Shop {
	t.Helper()
	client, err := facade.New(c)
	if err != nil {
		t.Fatal(err)
	}
	store, err := shop.Open(filepath.Join(t.TempDir(), "kyc.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.DB.Close() })
	starts, err := noop.Meter{}.Int64Counter("starts")
	if err != nil {
		t.Fatal(err)
	}
	return &shop.Shop{KYC: client, Store: store, Request: request, Log: slog.New(slog.DiscardHandler), Starts: starts}
}

// visit makes a customer ask for KYC.
func visit(s *shop.Shop, customer string) *http.Response {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/kyc?customer="+customer, http.NoBody))
	return w.Result()
}

// row returns what the shop has stored about a customer.
func row(t *testing.T, s *shop.Shop, customer string) (state, request, record string) {
	t.Helper()
	err := s.Store.DB.QueryRow(`SELECT state, coalesce(request, ''), coalesce(record, '') FROM kyc WHERE customer = ?`, customer).
		Scan(&state, &request, &record)
	if err != nil {
		t.Fatal(err)
	}
	return state, request, record
}

// The shortest test of all: the sandbox answers with a success.
func TestCustomerIsSentToTheProvider(t *testing.T) {
	s := open(t, sandbox.New(t).Config(facade.Rebilly))
	answer := visit(s, "customer-7")
	if answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(answer.Header.Get("Location"), "https://gather.example/") {
		t.Errorf("answered %s to %q", answer.Status, answer.Header.Get("Location"))
	}
	if again := visit(s, "customer-7"); again.StatusCode != http.StatusConflict {
		t.Errorf("answered %s to a second start", again.Status)
	}
}

// The other things that a provider may do, with one scenario in each case.
func TestWhatElseMayHappen(t *testing.T) {
	for scenario, want := range map[string]struct {
		status int
		state  string
	}{
		"rebilly/201_fulfilled":        {http.StatusOK, shop.Started},
		"rebilly/422_json":             {http.StatusBadRequest, shop.Failed},
		"rebilly/403_json":             {http.StatusBadGateway, shop.Failed},
		"rebilly/429_retry_after":      {http.StatusAccepted, shop.Queued},
		"rebilly/rejected/503_html":    {http.StatusAccepted, shop.Unknown},
		sandbox.FaultLostReply:         {http.StatusAccepted, shop.Unknown},
		sandbox.FaultConnectionRefused: {http.StatusAccepted, shop.Queued},
	} {
		t.Run(scenario, func(t *testing.T) {
			provider := sandbox.New(t)
			provider.Use(facade.Rebilly, scenario)
			s := open(t, provider.Config(facade.Rebilly))
			answer := visit(s, "customer-7")
			state, request, record := row(t, s, "customer-7")
			if answer.StatusCode != want.status || state != want.state {
				t.Errorf("answered %s, stored as %s; want %d and %s", answer.Status, state, want.status, want.state)
			}
			if keeps := state == shop.Queued || state == shop.Unknown; (request != "") != keeps {
				t.Errorf("%s, and the request is kept: %t", state, !keeps)
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"message\"", "field", "token", "gather"} {
				if strings.Contains(string(body), word) || strings.Contains(record, word+"\":\"") && word != "field" {
					t.Errorf("%q is shown to the customer, %s, or stored, %s", word, body, record)
				}
			}
			if wait, ok := answer.Header["Retry-After"]; ok {
				t.Errorf("Retry-After %q, and the shop retries by itself", wait)
			}
		})
	}
}

// A browser that goes away while the call is under way does not end the call.
func TestBrowserLeaves(t *testing.T) {
	browser, leave := context.WithCancel(context.Background())
	config := sandbox.New(t).Config(facade.Rebilly)
	config.HTTPClient = &http.Client{Transport: transport{config.HTTPClient.Transport, func(*http.Request) { leave() }}}
	s := open(t, config)
	r := httptest.NewRequestWithContext(browser, http.MethodPost, "/kyc?customer=customer-7", http.NoBody)
	s.ServeHTTP(httptest.NewRecorder(), r)
	if state, _, _ := row(t, s, "customer-7"); state != shop.Started || browser.Err() == nil {
		t.Errorf("the start is %s", state)
	}
}

// transport does something before each request.
type transport struct {
	next   http.RoundTripper
	before func(*http.Request)
}

func (b transport) RoundTrip(r *http.Request) (*http.Response, error) {
	b.before(r)
	return b.next.RoundTrip(r)
}

// A start that certainly did not happen waits in the queue, and is made when it is due.
func TestQueue(t *testing.T) {
	provider := sandbox.New(t)
	provider.Use(facade.Rebilly, "rebilly/429_retry_after", "rebilly/201_gathering")
	s := open(t, provider.Config(facade.Rebilly))
	visit(s, "customer-7")
	retry := func(due string) string {
		if _, err := s.Store.DB.Exec(due); err != nil {
			t.Fatal(err)
		}
		if err := s.Retry(context.Background()); err != nil {
			t.Fatal(err)
		}
		state, _, _ := row(t, s, "customer-7")
		return state
	}
	if state := retry(`SELECT 1`); state != shop.Queued || len(provider.Received(facade.Rebilly)) != 1 {
		t.Errorf("before it is due: %s", state)
	}
	if state := retry(`UPDATE kyc SET due = 0`); state != shop.Started || len(provider.Received(facade.Rebilly)) != 2 {
		t.Errorf("when it is due: %s", state)
	}
	if state := retry(`UPDATE kyc SET due = 0`); state != shop.Started || len(provider.Received(facade.Rebilly)) != 2 {
		t.Errorf("and again: %s", state)
	}
}

// A start that was being sent when the process ended is unknown, and is not sent again.
func TestCrash(t *testing.T) {
	provider := sandbox.New(t)
	s := open(t, provider.Config(facade.Rebilly))
	if first, err := s.Store.Begin(context.Background(), "customer-7", request("customer-7")); !first || err != nil {
		t.Fatal(first, err)
	}
	var file string
	if err := s.Store.DB.QueryRow(`SELECT file FROM pragma_database_list`).Scan(&file); err != nil {
		t.Fatal(err)
	}
	_ = s.Store.DB.Close()
	var err error
	if s.Store, err = shop.Open(file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Store.DB.Close() })
	if err := s.Retry(context.Background()); err != nil {
		t.Fatal(err)
	}
	if state, _, _ := row(t, s, "customer-7"); state != shop.Unknown || len(provider.Received(facade.Rebilly)) != 0 {
		t.Errorf("it is %s, and was sent %d times", state, len(provider.Received(facade.Rebilly)))
	}
	if answer := visit(s, "customer-7"); answer.StatusCode != http.StatusConflict {
		t.Errorf("answered %s", answer.Status)
	}
}

// One sandbox for many tests, which choose scenarios by customer.
func TestByCustomer(t *testing.T) {
	t.Parallel()
	provider := sandbox.New(t)
	for scenario, status := range map[string]int{"rebilly/201_gathering": 303, "rebilly/403_json": 502} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			s := open(t, provider.Config(facade.Rebilly))
			if answer := visit(s, provider.Customer(facade.Rebilly, scenario)); answer.StatusCode != status {
				t.Errorf("answered %s, want %d", answer.Status, status)
			}
		})
	}
}

// In staging, the judge of the sandbox wraps the transport in use. Here the sandbox plays a
// provider that has begun to answer in a new way.
func TestDriftIsReported(t *testing.T) {
	provider := sandbox.New(t)
	provider.Use(facade.Rebilly, "rebilly/rejected/422_extra_member")
	var drift []string
	config := provider.Config(facade.Rebilly)
	config.HTTPClient = &http.Client{Transport: contract.Transport(config.HTTPClient.Transport, func(v contract.Violation) {
		drift = append(drift, v.String())
	})}
	visit(open(t, config), "customer-7")
	if len(drift) != 1 || !strings.Contains(drift[0], "no such property") {
		t.Errorf("reported %q, want one undocumented property", drift)
	}
}

// recorder is a test that records its failures.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Error(args ...any) {
	for _, arg := range args {
		r.failures = append(r.failures, arg.(error).Error())
	}
}

// TestWrongRequest makes the shop's request wrong on purpose, and shows how the shop's tests would
// then fail.
func TestWrongRequest(t *testing.T) {
	r := &recorder{TB: t}
	config := sandbox.New(r).Config(facade.Rebilly)
	config.HTTPClient.Transport = transport{config.HTTPClient.Transport, func(r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		body = bytes.Replace(body, []byte(`"customerId"`), []byte(`"customer"`), 1)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}}
	answer := visit(open(t, config), "customer-7")

	const want = "sandbox: wrong request to rebilly, answered 422:\n" +
		"\t/customer: expected no such property, found a string of 10 characters\n" +
		"\t/customerId: expected a property, found nothing"
	if got := strings.Join(r.failures, "\n"); got != want {
		t.Errorf("failures:\n%s\nwant:\n%s", got, want)
	}
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %s", answer.Status)
	}
}

// TestNothingElseIsShipped demands that the shop itself does not depend on the packages that its
// tests use.
func TestNothingElseIsShipped(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if strings.Contains(path, "kycstart/test") || strings.Contains(path, "kin-openapi") {
			t.Errorf("the shop depends on %s", path)
		}
	}
}

// TestShortEnoughToCopy demands that the shop has at most 200 lines, not counting blank ones.
func TestShortEnoughToCopy(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasSuffix(file, "_test.go") && strings.TrimSpace(line) != "" {
				lines++
			}
		}
	}
	if t.Logf("%d lines", lines); lines > 200 {
		t.Errorf("%d lines, want at most 200: people copy them", lines)
	}
}

// TestStagingJob runs the test of the staging job against a sandbox that plays the provider. The
// provider first keeps to its document, and then does not.
func TestStagingJob(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "staging")
	if out, err := exec.Command("go", "test", "-c", "-tags", "staging", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for scenario, passes := range map[string]bool{
		"rebilly/201_gathering": true, "rebilly/422_json": true, "rebilly/rejected/422_extra_member": false, sandbox.FaultLostReply: false,
	} {
		provider := sandbox.New(t)
		provider.Use(facade.Rebilly, scenario)
		job := exec.Command(binary, "-test.run", "TestStaging$")
		job.Env = append(os.Environ(), "REBILLY_BASE_URL="+provider.URL(facade.Rebilly), "REBILLY_ORGANIZATION=acme", "REBILLY_API_KEY=key")
		out, err := job.CombinedOutput()
		if (err == nil) != passes {
			t.Errorf("%s: passes: %t, want %t:\n%s", scenario, err == nil, passes, out)
		}
	}
}
