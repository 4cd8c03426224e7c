package shop_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	shop "example.test/consumer"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/sandbox"
)

// visit lets a customer ask for KYC at a shop with this configuration.
func visit(t *testing.T, c facade.Config, customer string) *http.Response {
	t.Helper()
	client, err := facade.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop.Shop{KYC: client, ReturnURL: "https://shop.example/kyc/done", Log: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/kyc?customer="+customer, http.NoBody))
	return w.Result()
}

// The shortest test of all: the sandbox answers with a success.
func TestCustomerIsSentToTheProvider(t *testing.T) {
	s := sandbox.New(t)
	answer := visit(t, s.Config(facade.Rebilly), "customer-7")
	if answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(answer.Header.Get("Location"), "https://gather.example/") {
		t.Errorf("answered %s to %q", answer.Status, answer.Header.Get("Location"))
	}
}

// One scenario a case: what else a provider may do.
func TestWhatElseMayHappen(t *testing.T) {
	for scenario, status := range map[string]int{
		"rebilly/201_fulfilled":        http.StatusOK,
		"rebilly/422_json":             http.StatusBadGateway,
		"rebilly/429_retry_after":      http.StatusServiceUnavailable,
		"rebilly/rejected/503_html":    http.StatusAccepted,
		sandbox.FaultLostReply:         http.StatusAccepted,
		sandbox.FaultConnectionRefused: http.StatusServiceUnavailable,
	} {
		t.Run(scenario, func(t *testing.T) {
			s := sandbox.New(t)
			s.Use(facade.Rebilly, scenario)
			if answer := visit(t, s.Config(facade.Rebilly), "customer-7"); answer.StatusCode != status {
				t.Errorf("answered %s, want %d", answer.Status, status)
			}
		})
	}
}

// One sandbox for many tests, which choose scenarios by customer.
func TestByCustomer(t *testing.T) {
	t.Parallel()
	s := sandbox.New(t)
	for scenario, status := range map[string]int{"rebilly/201_gathering": 303, "rebilly/403_json": 502} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			if answer := visit(t, s.Config(facade.Rebilly), s.Customer(facade.Rebilly, scenario)); answer.StatusCode != status {
				t.Errorf("answered %s, want %d", answer.Status, status)
			}
		})
	}
}

// In staging, the judge of the sandbox goes around the transport in use. Here the
// sandbox plays a provider that has begun to answer in a new way.
func TestDriftIsReported(t *testing.T) {
	s := sandbox.New(t)
	s.Use(facade.Rebilly, "rebilly/rejected/422_extra_member")
	var drift []string
	config := s.Config(facade.Rebilly)
	config.HTTPClient = &http.Client{Transport: contract.Transport(config.HTTPClient.Transport, func(v contract.Violation) {
		drift = append(drift, v.String())
	})}
	visit(t, config, "customer-7")
	if len(drift) != 1 || !strings.Contains(drift[0], "no such property") {
		t.Errorf("reported %q, want one undocumented property", drift)
	}
}

// spoiled makes requests wrong: it renames a property.
type spoiled struct{ next http.RoundTripper }

func (s spoiled) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body = bytes.Replace(body, []byte(`"customerId"`), []byte(`"customer"`), 1)
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return s.next.RoundTrip(r)
}

// recorder is a test that keeps its failures.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Error(args ...any) {
	for _, arg := range args {
		r.failures = append(r.failures, arg.(error).Error())
	}
}

// TestWrongRequest makes the shop's request wrong on purpose, and shows how its
// tests would fail.
func TestWrongRequest(t *testing.T) {
	r := &recorder{TB: t}
	s := sandbox.New(r)
	config := s.Config(facade.Rebilly)
	config.HTTPClient.Transport = spoiled{config.HTTPClient.Transport}
	answer := visit(t, config, "customer-7")

	const want = "sandbox: wrong request to rebilly, answered 422:\n" +
		"\t/customer: expected no such property, found a string of 10 characters\n" +
		"\t/customerId: expected a property, found nothing"
	if got := strings.Join(r.failures, "\n"); got != want {
		t.Errorf("failures:\n%s\nwant:\n%s", got, want)
	}
	if answer.StatusCode != http.StatusBadGateway {
		t.Errorf("answered %s", answer.Status)
	}
}

// TestNothingElseIsShipped demands that the shop itself needs nothing of what
// its tests use.
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
