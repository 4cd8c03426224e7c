package input_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestNothing: nil, in whatever place, is an error and never a panic; and what
// embeds a request, behind which nil may hide, is none.
func TestNothing(t *testing.T) {
	w := &wire{}
	client := w.client(t, fixtures.Config("https://provider.test", providers...))
	var none context.Context
	background := context.Background()
	type nothing struct {
		name     string
		client   *facade.Client
		ctx      context.Context
		request  facade.Request
		provider facade.Provider
		path     string
	}
	cases := []nothing{
		{"client", nil, background, facade.VaultRequest{}, "", "client"},
		{"client, context and request", nil, none, nil, "", "client"},
		{"request", client, background, nil, "", "request"},
		{"context and request", client, none, nil, "", "request"},
		{"request within another", client, background, struct{ facade.RebillyRequest }{}, "", "request"},
		{"*RebillyRequest within another", client, background, struct{ *facade.RebillyRequest }{}, "", "request"},
	}
	for _, p := range providers {
		pointer := reflect.Zero(reflect.TypeOf(full[p]())).Interface().(facade.Request)
		cases = append(cases,
			nothing{fmt.Sprintf("%T", pointer), client, background, pointer, "", "request"},
			nothing{"context for " + string(p), client, none, fixtures.Start(p), p, "ctx"})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := exactlyOne(t)(c.client.Start(c.ctx, c.request))
			if e := refused(t, w, err, c.path); e.Provider != c.provider {
				t.Errorf("provider %q", e.Provider)
			}
			c.client.CloseIdleConnections() // as deferred before New's error is looked at
		})
	}
}

// TestUnconfigured: a request to a provider that the client was not made for is
// refused, also by a client that nobody made.
func TestUnconfigured(t *testing.T) {
	for i, p := range providers {
		w := &wire{}
		others := append(append([]facade.Provider{}, providers[:i]...), providers[i+1:]...)
		for name, client := range map[string]*facade.Client{
			"the others": w.client(t, fixtures.Config("https://provider.test", others...)),
			"nothing":    new(facade.Client),
		} {
			t.Run(string(p)+", where "+name+" is configured", func(t *testing.T) {
				_, err := exactlyOne(t)(client.Start(context.Background(), fixtures.Start(p)))
				if e := refused(t, w, err, "Config"); e.Provider != p {
					t.Errorf("provider %q", e.Provider)
				}
			})
		}
	}
}

var errShutdown = errors.New("shutting down")

// doneContexts are contexts that are over before the call.
var doneContexts = []struct {
	name string
	done func() (context.Context, context.CancelFunc)
	kind facade.Kind
	is   []error
}{
	{"cancelled", func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx, cancel
	}, facade.KindCanceled, []error{context.Canceled}},
	{"cancelled with a cause", func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errShutdown)
		return ctx, func() {}
	}, facade.KindCanceled, []error{context.Canceled, errShutdown}},
	{"cancelled above", func() (context.Context, context.CancelFunc) {
		parent, cancel := context.WithCancelCause(context.Background())
		cancel(errShutdown)
		return context.WithTimeout(parent, time.Hour)
	}, facade.KindCanceled, []error{context.Canceled, errShutdown}},
	{"past its deadline", func() (context.Context, context.CancelFunc) {
		return context.WithDeadline(context.Background(), time.Unix(0, 0))
	}, facade.KindTimeout, []error{context.DeadlineExceeded}},
	{"past its deadline with a cause", func() (context.Context, context.CancelFunc) {
		return context.WithDeadlineCause(context.Background(), time.Unix(0, 0), errShutdown)
	}, facade.KindTimeout, []error{context.DeadlineExceeded, errShutdown}},
}

// TestDoneContext: a context that is over sends nothing, and asks no one for a
// token.
func TestDoneContext(t *testing.T) {
	for _, p := range providers {
		for _, c := range doneContexts {
			t.Run(string(p)+" "+c.name, func(t *testing.T) {
				ctx, cancel := c.done()
				defer cancel()
				w := &wire{answer: starts[p]}
				config := fixtures.Config("https://provider.test", p)
				asked := askFor(&config, func(context.Context) (string, error) { return "token", nil })
				_, err := exactlyOne(t)(w.client(t, config).Start(ctx, fixtures.Start(p)))
				e := stopped(t, w, err, c.kind, c.is...)
				if e.Provider != p || *asked != 0 {
					t.Errorf("provider %q, %d tokens", e.Provider, *asked)
				}
			})
		}
	}
}

// stopped demands an error of a kind, from before anything was sent, and that
// errors.Is finds what stands behind it.
func stopped(t *testing.T, w *wire, err error, kind facade.Kind, is ...error) *facade.Error {
	t.Helper()
	e := failure(t, err)
	if e.Kind != kind || !errors.Is(err, kind) {
		t.Errorf("kind %s, want %s", e.Kind, kind)
	}
	unsent(t, w, e)
	for _, target := range is {
		if !errors.Is(err, target) {
			t.Errorf("errors.Is does not find %v", target)
		}
	}
	if want := kind == facade.KindTimeout || kind == facade.KindUnavailable || kind == facade.KindRateLimited; e.SafeToRetry() != want {
		t.Errorf("safe to retry: %t", e.SafeToRetry())
	}
	return e
}

// TestDoneContextAndBadInput: of two reasons to send nothing, the context comes
// first.
func TestDoneContextAndBadInput(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := &wire{}
	_, err := w.client(t, fixtures.Config("https://provider.test", facade.XGateway)).Start(ctx, facade.XGatewayRequest{ID: ".."})
	stopped(t, w, err, facade.KindCanceled, context.Canceled)
}
