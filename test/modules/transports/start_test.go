package transports

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// These return the names of fixtures with answers that the provider documents. After a limited
// answer the call may be repeated if nothing was started. Not every provider documents one.
func started(p facade.Provider) string { return fixtures.Of(p).Success.Name }
func refused(p facade.Provider) string { return fixtures.Of(p).Refusal.Name }
func limited(p facade.Provider) string { return fixtures.Of(p).Limited() }

func each(t *testing.T, test func(t *testing.T, p facade.Provider)) {
	t.Helper()
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) { test(t, p) })
	}
}

// newClient returns a client of p at url, over transport.
func newClient(t *testing.T, url string, p facade.Provider, transport http.RoundTripper) *facade.Client {
	t.Helper()
	config := fixtures.Config(url, p)
	config.HTTPClient = &http.Client{Transport: transport}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// start makes the canonical start, and fails unless its outcome says want. A Result counts as yes.
func start(ctx context.Context, t *testing.T, client *facade.Client, p facade.Provider, want facade.Started) {
	t.Helper()
	res, err := client.Start(ctx, fixtures.Start(p))
	got, safe := facade.StartedYes, false
	if res == nil {
		var failed *facade.Error
		if !errors.As(err, &failed) {
			t.Fatalf("the error is a %T", err)
		}
		got, safe = failed.Started, failed.SafeToRetry()
	}
	if got != want {
		t.Errorf("started %v, want %v (safe to retry: %v): %v", got, want, safe, err)
	}
}

// roundTripper is a transport in one function.
type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
