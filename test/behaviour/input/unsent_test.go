package input_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestNothing: nil in any place is an error and never a panic. A struct that embeds a request is
// not accepted as a request, because the embedded request may be nil. A request to a provider that
// the client was not made for is refused.
func TestNothing(t *testing.T) {
	var none context.Context
	type nothing struct {
		client   *facade.Client
		ctx      context.Context
		request  facade.Request
		provider facade.Provider
		path     string
	}
	w := new(wire)
	all := client(t, canonical(fixtures.Providers()...), w)
	cases := []nothing{
		{nil, t.Context(), facade.VaultRequest{}, "", "client"},
		{nil, none, nil, "", "client"},
		{all, t.Context(), nil, "", "request"},
		{all, none, nil, "", "request"},
		{all, t.Context(), struct{ facade.RebillyRequest }{}, "", "request"},
		{all, t.Context(), struct{ *facade.RebillyRequest }{}, "", "request"},
	}
	for i, p := range fixtures.Providers() {
		others := client(t, canonical(slices.Delete(fixtures.Providers(), i, i+1)...), w)
		pointer := reflect.Zero(reflect.TypeOf(fixtures.Of(p).Full())).Interface().(facade.Request)
		cases = append(cases, nothing{all, t.Context(), pointer, "", "request"}, nothing{all, none, fixtures.Start(p), p, "ctx"},
			nothing{others, t.Context(), fixtures.Start(p), p, "Config"}, nothing{new(facade.Client), t.Context(), fixtures.Start(p), p, "Config"})
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%T %s", c.request, c.path), func(t *testing.T) {
			res, err := c.client.Start(c.ctx, c.request)
			if e := refused(t, w, err, c.path); e.Provider != c.provider || res != nil {
				t.Errorf("provider %q, %v", e.Provider, res)
			}
			c.client.CloseIdleConnections() // as a caller may defer it before looking at New's error
		})
	}
}

var errShutdown, errLogin = errors.New("shutting down"), errors.New("login failed")

// endings are contexts that end before the call or during it, by a cancel or by a deadline. The
// error has the context's cause, except after the library's own deadline.
var endings = []struct {
	cancelled, deadline time.Duration // 0 is for none, a negative one is over before the call
	after               time.Duration // since the beginning of the call
	kind                facade.Kind
	is                  []error
}{
	{-1, 0, 0, facade.KindCanceled, []error{context.Canceled, errShutdown}},
	{-1, time.Hour, 0, facade.KindCanceled, []error{context.Canceled, errShutdown}},
	{0, -1, 0, facade.KindTimeout, []error{context.DeadlineExceeded, errShutdown}},
	{0, 0, 30 * time.Second, facade.KindTimeout, []error{context.DeadlineExceeded}},
	{0, time.Hour, time.Hour, facade.KindTimeout, []error{context.DeadlineExceeded, errShutdown}},
	{time.Second, 0, time.Second, facade.KindCanceled, []error{context.Canceled, errShutdown}},
}

// ending returns a context that ends in this way.
func ending(cancelled, deadline time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	switch {
	case cancelled < 0:
		cancel(errShutdown)
	case cancelled > 0:
		time.AfterFunc(cancelled, func() { cancel(errShutdown) })
	}
	stop := func() {}
	if deadline != 0 {
		ctx, stop = context.WithTimeoutCause(ctx, deadline, errShutdown)
	}
	return ctx, func() { stop(); cancel(nil) }
}

// TestEndedContext: if the context is over, nothing is sent and no token is asked for, whatever is
// wrong with the request. If the context ends while a token source is asked, the call ends,
// whatever the source returns.
func TestEndedContext(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, end := range endings {
			for what, late := range map[string]func(ctx context.Context) (string, error){
				"the context's error": func(ctx context.Context) (string, error) { return "", ctx.Err() },
				"the context's cause": func(ctx context.Context) (string, error) { return "", context.Cause(ctx) },
				"its own error":       func(context.Context) (string, error) { return "", errLogin },
				"a token, too late":   func(context.Context) (string, error) { return "token", nil },
			} {
				t.Run(fmt.Sprintf("%s %s after %s: %s", d.Provider, end.kind, end.after, what), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						w := &wire{answer: success(d.Provider)}
						config := canonical(d.Provider)
						asks := d.SetToken(&config, func(ctx context.Context) (string, error) {
							if end.after == 0 {
								t.Error("a token is asked for")
							}
							<-ctx.Done()
							return late(ctx)
						})
						if !asks && end.after > 0 {
							return // nothing to wait for before the request is sent
						}
						ctx, cancel := ending(end.cancelled, end.deadline)
						defer cancel()
						began := time.Now() // by the fake clock
						_, err := client(t, config, w).Start(ctx, d.Request)
						if e := unsent(t, w, err, end.kind, end.is...); e.Provider != d.Provider || time.Since(began) != end.after {
							t.Errorf("%v after %s, want %s", e, time.Since(began), end.after)
						}
					})
				})
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := new(wire)
	_, err := client(t, canonical(facade.XGateway), w).Start(ctx, facade.XGatewayRequest{ID: ".."})
	unsent(t, w, err, facade.KindCanceled)
}

// TestTokenSource: a source is asked once for each call, with the call's context, and its token is
// sent. Without a token that a header can hold, nothing is sent. Tests in package facade cover
// which kind an error of the source leads to.
func TestTokenSource(t *testing.T) {
	dead := fmt.Errorf("login with key-x: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	type key struct{}
	for _, d := range fixtures.Descriptors() {
		for _, c := range []struct {
			token string
			err   error
			kind  facade.Kind // empty for none
			says  string
		}{
			{"token-x", nil, "", ""},
			{"", errLogin, facade.KindUnauthenticated, ".Token returned an error"},
			{"token-x", errLogin, facade.KindUnauthenticated, ".Token returned an error"},
			{"", dead, facade.KindUnavailable, ".Token returned an error: connection refused"},
			{"", nil, facade.KindUnauthenticated, ".Token returned no usable token"},
			{"token-x\r\nX-Evil: 1", nil, facade.KindUnauthenticated, ".Token returned no usable token"},
		} {
			w := &wire{answer: success(d.Provider)}
			config := canonical(d.Provider)
			asked := 0
			if !d.SetToken(&config, func(ctx context.Context) (string, error) {
				if asked++; ctx.Value(key{}) != d.Provider {
					t.Errorf("%s: asked with another context", d.Provider)
				}
				return c.token, c.err
			}) {
				continue
			}
			kyc := client(t, config, w)
			for n := 1; n <= 2; n++ {
				_, err := kyc.Start(context.WithValue(t.Context(), key{}, d.Provider), d.Request)
				if asked != n {
					t.Errorf("%s: asked %d times in %d calls", d.Provider, asked, n)
				}
				if c.kind == "" {
					sent := w.sent[n-1].Header
					if err != nil || sent.Get("Authorization") != "Bearer "+c.token || d.Credential != "Authorization" && sent[d.Credential] != nil {
						t.Errorf("%s: %v, sent %v", d.Provider, err, sent)
					}
					continue
				}
				behind := slices.DeleteFunc([]error{c.err}, func(err error) bool { return err == nil })
				if unsent(t, w, err, c.kind, behind...); !strings.Contains(err.Error(), d.ConfigField+c.says) {
					t.Errorf("%v does not say %q", err, c.says)
				}
			}
		}
	}
}
