package input_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
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

// askFor has every provider that can do it ask source for its token, and
// returns how often it was asked.
func askFor(c *facade.Config, source facade.TokenSource) *int {
	asked := new(int)
	counted := func(ctx context.Context) (string, error) {
		*asked++
		return source(ctx)
	}
	for _, d := range fixtures.Descriptors() {
		if !reflect.ValueOf(c).Elem().FieldByName(d.ConfigField).IsNil() {
			d.SetToken(c, counted)
		}
	}
	return asked
}

// withTokens are the providers that take a token source.
var withTokens = slices.DeleteFunc(fixtures.Providers(), func(p facade.Provider) bool {
	c := fixtures.Config("https://provider.test", p)
	return fixtures.Of(p).Settings(&c).Token == nil
})

var errLogin = errors.New("login with key-x failed")

// TestTokenSource: without a token that can stand in a header, nothing is sent.
func TestTokenSource(t *testing.T) {
	for _, p := range withTokens {
		for _, c := range []struct {
			name   string
			token  string
			err    error
			quoted string
		}{
			{"fails", "", errLogin, "key-x"},
			{"fails with a token", "token-x", errLogin, "token-x"},
			{"gives nothing", "", nil, ""},
			{"gives a blank", " ", nil, ""},
			{"gives CR and LF", "token-x\r\nX-Evil: 1", nil, "token-x"},
			{"gives a line end", "token-x\n", nil, "token-x"},
			{"gives NUL", "token-x\x00", nil, "token-x"},
			{"gives DEL", "token-x\x7f", nil, "token-x"},
			{"gives blanks around", " token-x ", nil, "token-x"},
			{"gives its scheme too", "Bearer token-x", nil, "token-x"},
			{"gives a letter beyond ASCII", "tökén-x", nil, "tökén-x"},
			{"gives broken UTF-8", "token-x\xff", nil, "token-x"},
		} {
			t.Run(string(p)+" "+c.name, func(t *testing.T) {
				w := &wire{answer: starts[p]}
				config := fixtures.Config("https://provider.test", p)
				asked := askFor(&config, func(context.Context) (string, error) { return c.token, c.err })
				_, err := exactlyOne(t)(w.client(t, config).Start(context.Background(), fixtures.Start(p)))
				var behind []error
				if c.err != nil {
					behind = append(behind, c.err)
				}
				stopped(t, w, err, facade.KindUnauthenticated, behind...)
				if c.err != nil && !strings.Contains(err.Error(), "Token returned an error") {
					t.Errorf("does not tell who failed: %v", err)
				}
				quotesNothing(t, err, c.quoted)
				if *asked != 1 {
					t.Errorf("asked %d times", *asked)
				}
			})
		}
	}
}

// timeoutError is an error of a network that took too long.
type timeoutError struct{}

func (timeoutError) Error() string   { return "key-x took too long" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// TestTokenSourceCause: the kind of a token that was not had is that of its cause, as
// far as the cause tells: a network that fails may be there again in a minute, a
// wrong key will not be right.
func TestTokenSourceCause(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	cases := []struct {
		name string
		err  error
		kind facade.Kind
	}{
		{"a wrong key", errLogin, facade.KindUnauthenticated},
		{"a dial refused", refused, facade.KindUnavailable},
		{"a dial refused, by http", &url.Error{Op: "Post", URL: "https://auth.example/key-x", Err: refused}, facade.KindUnavailable},
		{"an answer cut, by http", &url.Error{Op: "Post", URL: "https://auth.example/key-x", Err: io.ErrUnexpectedEOF}, facade.KindUnavailable},
		{"a dial refused, in words of the source", fmt.Errorf("login with key-x: %w", refused), facade.KindUnavailable},
		{"a host unknown", &net.DNSError{Err: "no such host", Name: "key-x.example", IsNotFound: true}, facade.KindUnavailable},
		{"a name server too slow", &net.DNSError{Err: "timeout", Name: "key-x.example", IsTimeout: true}, facade.KindTimeout},
		{"a timeout", timeoutError{}, facade.KindTimeout},
		{"a timeout, by http", &url.Error{Op: "Post", URL: "https://auth.example/key-x", Err: timeoutError{}}, facade.KindTimeout},
		{"a deadline of its own", os.ErrDeadlineExceeded, facade.KindTimeout},
		{"an error of the library", &facade.Error{Provider: facade.Forte, Kind: facade.KindRateLimited, Started: yes}, facade.KindRateLimited},
	}
	for _, kind := range kinds {
		cases = append(cases, struct {
			name string
			err  error
			kind facade.Kind
		}{"a kind: " + string(kind), fmt.Errorf("login with key-x: %w", kind), kind})
	}
	for _, p := range withTokens {
		for _, c := range cases {
			t.Run(string(p)+" "+c.name, func(t *testing.T) {
				w := &wire{answer: starts[p]}
				config := fixtures.Config("https://provider.test", p)
				askFor(&config, func(context.Context) (string, error) { return "", c.err })
				_, err := exactlyOne(t)(w.client(t, config).Start(context.Background(), fixtures.Start(p)))
				e := stopped(t, w, err, c.kind, c.err)
				if e.Provider != p {
					t.Errorf("provider %q", e.Provider)
				}
				if text := err.Error(); !strings.Contains(strings.ToLower(text), "token") || !strings.Contains(text, "sent") {
					t.Errorf("%q does not tell that there was no token, and that nothing was sent", text)
				}
				quotesNothing(t, err, "key-x")
			})
		}
	}
}

// TestSubject: the customer of a Vault token is who it says, if that can be read.
func TestSubject(t *testing.T) {
	claims := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	padded := func(text string) string { return base64.URLEncoding.EncodeToString([]byte(text)) }
	for _, c := range []struct {
		name, token, want string
	}{
		{"of a JWT", "e30." + claims(`{"sub":"c-1","exp":1}`) + ".c2ln", "c-1"},
		{"of a padded JWT", "e30=." + padded(`{"sub":"c-12"}`) + ".c2ln", "c-12"},
		{"beyond ASCII", "e30." + claims(`{"sub":"çà??>>"}`) + ".c2ln", "çà??>>"},
		{"with escape sequences", "e30." + claims(`{"sub":"\u001b[31mc"}`) + ".c2ln", " [31mc"},
		{"too long", "e30." + claims(`{"sub":"`+strings.Repeat("é", 201)+`"}`) + ".c2ln", strings.Repeat("é", 200)},
		{"none", "e30." + claims(`{}`) + ".c2ln", ""},
		{"a number", "e30." + claims(`{"sub":1}`) + ".c2ln", ""},
		{"of claims that are no JSON", "e30." + claims(`{"sub":"c-1"`) + ".c2ln", ""},
		{"of claims that are no base64", "e30.{}.c2ln", ""},
		{"of claims and what is no base64", "e30." + claims(`{"sub":"c-1"}`) + "*.c2ln", ""},
		{"of a token without a signature", "e30." + claims(`{"sub":"c-1"}`), ""},
		{"of no JWT", "token", ""},
	} {
		w := &wire{answer: starts[facade.Vault]}
		res, err := w.start(t, vault(c.token))
		if err != nil {
			t.Fatal(err)
		}
		if res.CustomerID != c.want {
			t.Errorf("%s: %q, want %q", c.name, res.CustomerID, c.want)
		}
	}
}

// TestTokenSourceIsAsked: once for each call, with the call's context, and its
// token is what goes out.
func TestTokenSourceIsAsked(t *testing.T) {
	type key struct{}
	for _, p := range withTokens {
		w := &wire{answer: starts[p]}
		config := fixtures.Config("https://provider.test", p)
		calls := 0
		asked := askFor(&config, func(ctx context.Context) (string, error) {
			if ctx.Value(key{}) != p {
				t.Errorf("%s: asked with another context", p)
			}
			calls++
			return fmt.Sprint("token-", calls), nil
		})
		client := w.client(t, config)
		for n := 1; n <= 2; n++ {
			if _, err := client.Start(context.WithValue(context.Background(), key{}, p), fixtures.Start(p)); err != nil {
				t.Fatal(err)
			}
			if got, want := w.sent[n-1].Header.Get("Authorization"), fmt.Sprint("Bearer token-", n); got != want || *asked != n {
				t.Errorf("%s: sent %q after being asked %d times, want %q", p, got, *asked, want)
			}
		}
	}
}

// TestTokenSourceHangs: a source that waits for ever ends with the call's
// deadline, its own or the default one, or with the caller's patience.
func TestTokenSourceHangs(t *testing.T) {
	sources := map[string]func(ctx context.Context) error{
		"the context's error": func(ctx context.Context) error { return ctx.Err() },
		"the context's cause": context.Cause,
		"its own error":       func(context.Context) error { return errLogin },
	}
	ends := []struct {
		name  string
		limit func() (context.Context, context.CancelFunc)
		kind  facade.Kind
		is    []error
		after time.Duration
	}{
		{"at the default deadline", func() (context.Context, context.CancelFunc) {
			return context.Background(), func() {}
		}, facade.KindTimeout, []error{context.DeadlineExceeded}, 30 * time.Second},
		{"at a deadline", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Hour)
		}, facade.KindTimeout, []error{context.DeadlineExceeded}, time.Hour},
		{"at a deadline with a cause", func() (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(context.Background(), time.Minute, errShutdown)
		}, facade.KindTimeout, []error{context.DeadlineExceeded, errShutdown}, time.Minute},
		{"at a cancellation with a cause", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(context.Background())
			timer := time.AfterFunc(time.Second, func() { cancel(errShutdown) })
			return ctx, func() { timer.Stop() }
		}, facade.KindCanceled, []error{context.Canceled, errShutdown}, time.Second},
	}
	for _, p := range withTokens {
		for says, failure := range sources {
			for _, end := range ends {
				t.Run(fmt.Sprintf("%s %s with %s", p, end.name, says), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						w := &wire{answer: starts[p]}
						config := fixtures.Config("https://provider.test", p)
						askFor(&config, func(ctx context.Context) (string, error) {
							<-ctx.Done()
							return "", failure(ctx)
						})
						ctx, cancel := end.limit()
						defer cancel()
						began := time.Now() // by the bubble's clock, which nothing disturbs
						_, err := exactlyOne(t)(w.client(t, config).Start(ctx, fixtures.Start(p)))
						stopped(t, w, err, end.kind, end.is...)
						if after := time.Since(began); after != end.after {
							t.Errorf("ended after %s, want %s", after, end.after)
						}
					})
				})
			}
		}
	}
}

// TestCancelledWhileAsking: a token that comes too late is not used.
func TestCancelledWhileAsking(t *testing.T) {
	for _, p := range withTokens {
		ctx, cancel := context.WithCancelCause(context.Background())
		w := &wire{answer: starts[p]}
		config := fixtures.Config("https://provider.test", p)
		askFor(&config, func(context.Context) (string, error) {
			cancel(errShutdown)
			return "token", nil
		})
		_, err := exactlyOne(t)(w.client(t, config).Start(ctx, fixtures.Start(p)))
		stopped(t, w, err, facade.KindCanceled, context.Canceled, errShutdown)
	}
}
