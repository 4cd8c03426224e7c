package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestMain demands that no sandbox leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a test that records its failures instead of reporting them.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Error(args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprint(args...))
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// wantFailures ends the recorded test. It demands one failure for each of the texts, with that text
// in it.
func (r *recorder) wantFailures(t *testing.T, want ...string) {
	t.Helper()
	for _, f := range r.cleanups {
		f()
	}
	if len(r.failures) != len(want) {
		t.Fatalf("%d failures, want %d:\n%s", len(r.failures), len(want), strings.Join(r.failures, "\n"))
	}
	for i := range want {
		if !strings.Contains(r.failures[i], want[i]) {
			t.Errorf("failure %q, want %q in it", r.failures[i], want[i])
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

// send sends the canonical request of a start or a look-up for a customer, after a change, as an
// application in any language may. It returns an empty answer if none came.
func send(t *testing.T, s *sandbox.Sandbox, p facade.Provider, operation, customer string, change ...func(*http.Request)) answer {
	t.Helper()
	d := fixtures.Of(p)
	documented, body := fixtures.Request(p, operation)
	ids := []string{d.Customer.ID, customer}
	if process := d.Lookup(operation).Echoed; process != "" {
		ids = append(ids, process, customer)
	}
	named := strings.NewReplacer(ids...)
	address := strings.TrimSuffix(s.URL(p), d.BasePath) + named.Replace(documented.URL.RequestURI())
	r, err := http.NewRequest(documented.Method, address, strings.NewReader(named.Replace(string(body))))
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
