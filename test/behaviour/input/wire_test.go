package input_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// answer is what a provider says to everything.
type answer struct {
	status int
	header http.Header
	body   string
}

// jsonAnswer is an answer with a body of JSON, or what claims to be it.
func jsonAnswer(status int, body string) answer {
	return answer{status, http.Header{"Content-Type": {"application/json"}}, body}
}

// wire is a RoundTripper without a network: it counts and keeps what is sent.
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
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	trace.GotConn(httptrace.GotConnInfo{}) // without it, an answer is no evidence
	s := sent{Request: r}
	w.sent = append(w.sent, s)
	if r.Body != nil {
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		w.sent[len(w.sent)-1].body = string(body)
	}
	return &http.Response{
		StatusCode:    w.status,
		Header:        w.header,
		Body:          io.NopCloser(strings.NewReader(w.body)),
		ContentLength: int64(len(w.body)),
		Request:       r,
	}, nil
}

// calls is how often the wire was asked to send something.
func (w *wire) calls() int { return len(w.sent) }

// client returns a client over the wire.
func (w *wire) client(t *testing.T, config facade.Config) *facade.Client {
	t.Helper()
	config.HTTPClient = &http.Client{Transport: w}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// start sends a request over the wire, with the canonical configuration.
func (w *wire) start(t *testing.T, request facade.Request) (*facade.Result, error) {
	t.Helper()
	client := w.client(t, fixtures.Config("https://provider.test", request.Provider()))
	return exactlyOne(t)(client.Start(context.Background(), request))
}

// exactlyOne demands a Result or an *Error, and not both.
func exactlyOne(t *testing.T) func(*facade.Result, error) (*facade.Result, error) {
	return func(res *facade.Result, err error) (*facade.Result, error) {
		t.Helper()
		if (res == nil) == (err == nil) {
			t.Fatalf("not exactly one of Result and Error: %v, %v", res, err)
		}
		return res, err
	}
}

// kinds are all kinds of error.
var kinds = []facade.Kind{
	facade.KindInvalidRequest, facade.KindUnauthenticated, facade.KindPermissionDenied, facade.KindCustomerBlocked, facade.KindNotFound,
	facade.KindConflict, facade.KindPreconditionFailed, facade.KindRateLimited, facade.KindUnavailable, facade.KindTimeout,
	facade.KindCanceled, facade.KindProviderError, facade.KindUnexpectedResponse,
}

// failure returns err as what it must be: of one kind, and of no other.
func failure(t *testing.T, err error) *facade.Error {
	t.Helper()
	var e *facade.Error
	if !errors.As(err, &e) {
		t.Fatalf("not a *facade.Error: %v", err)
	}
	if !slices.Contains(kinds, e.Kind) {
		t.Errorf("of no kind: %q", e.Kind)
	}
	for _, kind := range kinds {
		if e.Is(kind) != (kind == e.Kind) {
			t.Errorf("%s is %s", e.Kind, kind)
		}
	}
	return e
}

// refused demands an error that came before anything was sent, for the fields at
// these paths, and returns it.
func refused(t *testing.T, w *wire, err error, paths ...string) *facade.Error {
	t.Helper()
	e := failure(t, err)
	if e.Kind != facade.KindInvalidRequest || !errors.Is(err, facade.KindInvalidRequest) {
		t.Errorf("kind %s, want %s", e.Kind, facade.KindInvalidRequest)
	}
	unsent(t, w, e)
	var got []string
	for _, field := range e.Fields {
		got = append(got, field.Path)
		if !strings.HasPrefix(field.Message, "must ") && field.Message != "is required" {
			t.Errorf("%s: %q does not say what is allowed", field.Path, field.Message)
		}
	}
	if !slices.Equal(got, paths) {
		t.Errorf("at fault are %q, want %q", got, paths)
	}
	return e
}

// unsent demands an error from before anything was sent.
func unsent(t *testing.T, w *wire, e *facade.Error) {
	t.Helper()
	if e.Started != facade.StartedNo || e.HTTPStatus != 0 || e.Documented {
		t.Errorf("started %s, HTTP %d, documented %t; nothing was sent", e.Started, e.HTTPStatus, e.Documented)
	}
	if e.RawBody() != nil || e.RawHeader() != nil {
		t.Error("an answer, and nothing was sent")
	}
	if n := w.calls(); n != 0 {
		t.Errorf("the transport was called %d times", n)
	}
}

// quotesNothing demands that an error says nothing of what was given.
func quotesNothing(t *testing.T, err error, given string) {
	t.Helper()
	if len(strings.TrimSpace(given)) < 3 {
		return // too short to be told from the words around it
	}
	e := failure(t, err)
	texts := []string{err.Error()}
	for _, field := range e.Fields {
		texts = append(texts, field.Path, field.Message)
	}
	for _, text := range texts {
		if strings.Contains(text, given) {
			t.Errorf("%q quotes %q", text, given)
		}
	}
}
