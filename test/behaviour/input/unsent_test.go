package input_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestNothing: nil in any place is an error and never a panic. A struct that embeds a request is
// not accepted as a request, because the embedded request may be nil. A request to a provider that
// the client has no settings for is refused.
func TestNothing(t *testing.T) {
	all, err := facade.New(canonical(fixtures.Providers()...))
	if err != nil {
		t.Fatal(err)
	}
	type nothing struct {
		client   *facade.Client
		ctx      context.Context
		request  facade.Request
		provider facade.Provider
		path     string
	}
	var none context.Context
	cases := []nothing{
		{nil, none, nil, "", "client"},
		{nil, t.Context(), facade.VaultRequest{}, "", "client"},
		{all, none, nil, "", "request"},
		{all, t.Context(), struct{ facade.RebillyRequest }{}, "", "request"},
		{all, t.Context(), struct{ *facade.RebillyRequest }{}, "", "request"},
	}
	for _, d := range fixtures.Descriptors() {
		pointer := reflect.Zero(reflect.TypeOf(d.Full())).Interface().(facade.Request)
		cases = append(cases, nothing{all, t.Context(), pointer, "", "request"}, nothing{all, none, d.Request, d.Provider, "ctx"},
			nothing{new(facade.Client), t.Context(), d.Request, d.Provider, "Config"})
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%T %s", c.request, c.path), func(t *testing.T) {
			res, err := c.client.Start(c.ctx, c.request)
			if e := refused(t, replay.Exchange{Result: res, Err: err}, c.path); e.Provider != c.provider {
				t.Errorf("provider %q, want %q", e.Provider, c.provider)
			}
			f, err := c.client.Find(c.ctx, c.request, facade.Attempt{})
			if f != nil || facade.KindOf(err) != facade.KindInvalidRequest || facade.StartedOf(err) != facade.StartedUnknown {
				t.Errorf("Find returns %v, %v", f, err)
			}
			c.client.CloseIdleConnections() // as a caller may defer it before looking at New's error
		})
	}
}

var errShutdown, errLogin = errors.New("shutting down"), errors.New("login failed")

// ending returns a context that ends after a time, by its deadline or by a cancel.
func ending(byDeadline bool, after time.Duration) (context.Context, func()) {
	if byDeadline {
		return context.WithTimeoutCause(context.Background(), after, errShutdown)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(after, func() { cancel(errShutdown) })
	return ctx, func() { cancel(nil) }
}

// TestEndedContext: if the context ends while a token source is asked, the call ends, whatever the
// source returns. If the context is over before, no token is asked for either, whatever is wrong
// with the request. The error has the context's cause.
func TestEndedContext(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for kind, is := range map[facade.Kind]error{
			facade.KindCanceled: context.Canceled, facade.KindTimeout: context.DeadlineExceeded,
		} {
			for _, late := range []error{nil, errLogin} { // what the source returns in the end
				synctest.Test(t, func(t *testing.T) {
					began := time.Now() // by the fake clock
					ctx, stop := ending(kind == facade.KindTimeout, time.Second)
					defer stop()
					config := canonical(d.Provider)
					if d.SetToken(&config, func(asked context.Context) (string, error) {
						if ctx.Err() != nil {
							t.Error("a token is asked for")
						}
						<-asked.Done()
						return "token", late
					}) {
						unsent(t, replay.StartWith(ctx, config, d.Request, teapot), kind, is, errShutdown)
						if took := time.Since(began); took != time.Second {
							t.Errorf("%s: %s after %s, want one second", d.Provider, kind, took)
						}
					}
					<-ctx.Done()
					unsent(t, replay.StartWith(ctx, config, d.Request, teapot), kind, is, errShutdown)
					unsent(t, replay.StartWith(ctx, canonical(facade.XGateway), facade.XGatewayRequest{ID: ".."}, teapot), kind, is, errShutdown)
				})
			}
		}
	}
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
			{"token-x", errLogin, facade.KindUnauthenticated, ".Token returned an error"},
			{"", dead, facade.KindUnavailable, ".Token returned an error: connection refused"},
			{"", nil, facade.KindUnauthenticated, ".Token returned no usable token"},
			{"token-x\r\nX-Evil: 1", nil, facade.KindUnauthenticated, ".Token returned no usable token"},
		} {
			config, asked := canonical(d.Provider), 0
			if !d.SetToken(&config, func(ctx context.Context) (string, error) {
				if asked++; ctx.Value(key{}) != d.Provider {
					t.Errorf("%s: asked with another context", d.Provider)
				}
				return c.token, c.err
			}) {
				continue
			}
			e := replay.StartWith(context.WithValue(t.Context(), key{}, d.Provider), config, d.Request, teapot)
			if asked != 1 {
				t.Errorf("%s: asked %d times", d.Provider, asked)
			}
			if c.kind == "" {
				sent := e.Sent.Header
				if sent.Get("Authorization") != "Bearer "+c.token || d.Credential != "Authorization" && sent[d.Credential] != nil {
					t.Errorf("%s: sent %v", d.Provider, sent)
				}
				continue
			}
			unsent(t, e, c.kind)
			if !strings.Contains(e.Err.Error(), d.ConfigField+c.says) || !errors.Is(e.Err, c.err) && c.err != nil {
				t.Errorf("%v does not say %q, or does not wrap %v", e.Err, c.says, c.err)
			}
		}
	}
}
