// Package input_test tests what the facade does with everything that comes from outside: requests
// and configurations of the caller, and answers of the providers. Nothing here needs a network.
package input_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) {
	if err := fixtures.Complete(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// answer is what a provider says to everything.
type answer struct {
	status int
	header http.Header
	body   string
}

// jsonAnswer is an answer with a body of JSON, or a body that claims to be JSON.
func jsonAnswer(status int, body string) answer {
	return answer{status, http.Header{"Content-Type": {"application/json"}}, body}
}

// success is the answer that confirms a provider's canonical request.
func success(p facade.Provider) answer {
	c, _ := fixtures.Find(fixtures.Of(p).Success.Name) // TestMain has checked that it is there
	return answer{c.Status, c.Header, strings.TrimSpace(string(c.Body))}
}

// wire is a RoundTripper without a network. It keeps what is sent, and gives the same answer to
// every request.
type wire struct {
	answer
	// before, if set, is called before the body of a request is read.
	before func()

	mu   sync.Mutex
	sent []sent
}

// sent is a request as it went over the wire.
type sent struct {
	*http.Request
	body string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.before != nil {
		w.before()
	}
	replay.Connect(r, replay.Fresh)
	w.sent = append(w.sent, sent{Request: r})
	if r.Body != nil {
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		w.sent[len(w.sent)-1].body = string(body)
	}
	return w.response(r), nil
}

func (a answer) response(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}
}

// client returns a client over a transport.
func client(t *testing.T, config facade.Config, over http.RoundTripper) *facade.Client {
	t.Helper()
	config.HTTPClient = &http.Client{Transport: over}
	c, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// canonical is the canonical configuration of some providers.
func canonical(providers ...facade.Provider) facade.Config {
	return fixtures.Config("https://provider.test", providers...)
}

// start sends a request over the wire, with the canonical configuration.
func (w *wire) start(t *testing.T, request facade.Request) (*facade.Result, error) {
	t.Helper()
	res, err := client(t, canonical(request.Provider()), w).Start(t.Context(), request)
	if (res == nil) == (err == nil) {
		t.Fatalf("not exactly one of Result and Error: %v, %v", res, err)
	}
	return res, err
}

// failure returns err as a *facade.Error.
func failure(t *testing.T, err error) *facade.Error {
	t.Helper()
	var e *facade.Error
	if !errors.As(err, &e) {
		t.Fatalf("not a *facade.Error: %v", err)
	}
	return e
}

// unsent demands an error of this kind, from before anything was sent. errors.Is must find the
// errors in is.
func unsent(t *testing.T, w *wire, err error, kind facade.Kind, is ...error) *facade.Error {
	t.Helper()
	e := failure(t, err)
	if e.Kind != kind || e.Started != facade.StartedNo || e.HTTPStatus != 0 || e.Documented || e.RawBody() != nil || e.RawHeader() != nil {
		t.Errorf("%v, documented %t, want %s and no answer", e, e.Documented, kind)
	}
	if len(w.sent) != 0 {
		t.Errorf("%d requests were sent", len(w.sent))
	}
	for _, target := range append(is, kind) {
		if !errors.Is(err, target) {
			t.Errorf("errors.Is does not find %v in %v", target, err)
		}
	}
	if passes := kind == facade.KindTimeout || kind == facade.KindUnavailable; e.SafeToRetry() != passes {
		t.Errorf("%v: safe to retry: %t", e, e.SafeToRetry())
	}
	return e
}

// refused demands that the fields at these paths are refused before anything is sent.
func refused(t *testing.T, w *wire, err error, paths ...string) *facade.Error {
	t.Helper()
	e := unsent(t, w, err, facade.KindInvalidRequest)
	var got []string
	for _, field := range e.Fields {
		got = append(got, field.Path)
		if !strings.HasPrefix(field.Message, "must ") && field.Message != "is required" {
			t.Errorf("%s: %q does not say what is allowed", field.Path, field.Message)
		}
		if !strings.Contains(err.Error(), field.Path) {
			t.Errorf("%q does not name %s", err, field.Path)
		}
	}
	if !slices.Equal(got, paths) {
		t.Errorf("at fault are %q, want %q", got, paths)
	}
	return e
}
