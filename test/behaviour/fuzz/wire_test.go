// Package fuzz_test throws what nobody thought of at the facade. The seeds run
// with every go test; `go test -fuzz=FuzzResponse ./test/behaviour/fuzz` looks further.
package fuzz_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

var providers = fixtures.Providers()

// wire is a RoundTripper without a network: it keeps what was sent, and gives
// one answer to everything.
type wire struct {
	status int
	header http.Header
	body   []byte

	sent []*http.Request
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	w.sent = append(w.sent, r)
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	trace.GotConn(httptrace.GotConnInfo{}) // without it, an answer is no evidence
	return &http.Response{
		StatusCode:    w.status,
		Header:        w.header,
		Body:          io.NopCloser(bytes.NewReader(w.body)),
		ContentLength: -1,
		Request:       r,
	}, nil
}

// start starts KYC over the wire.
func (w *wire) start(t *testing.T, config facade.Config, request facade.Request) (*facade.Result, *facade.Error) {
	t.Helper()
	config.HTTPClient = &http.Client{Transport: w}
	client, err := facade.New(config)
	if err != nil {
		return nil, mustBeError(t, err)
	}
	res, err := client.Start(context.Background(), request)
	if (res == nil) == (err == nil) {
		t.Fatalf("not exactly one of Result and Error: %v, %v", res, err)
	}
	if err != nil {
		return nil, mustBeError(t, err)
	}
	return res, nil
}

// canonical starts KYC with a provider's canonical request.
func (w *wire) canonical(t *testing.T, p facade.Provider) (*facade.Result, *facade.Error) {
	t.Helper()
	return w.start(t, fixtures.Config("https://provider.test", p), fixtures.Start(p))
}

func mustBeError(t *testing.T, err error) *facade.Error {
	t.Helper()
	var e *facade.Error
	if !errors.As(err, &e) {
		t.Fatalf("not a *facade.Error: %T", err)
	}
	return e
}
