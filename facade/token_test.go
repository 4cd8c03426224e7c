package facade

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestTokenErrors: the kind of a token that was not had is that of its cause, as far as
// the cause tells: a network that fails may be there again in a minute, a wrong key will
// not be right.
func TestTokenErrors(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	byHTTP := func(err error) error { return &url.Error{Op: "Post", URL: "https://auth.example", Err: err} }
	for _, c := range []struct {
		err  error
		kind Kind
		wait time.Duration
	}{
		{errors.New("a wrong key"), KindUnauthenticated, 0},
		{refused, KindUnavailable, 0},
		{fmt.Errorf("login: %w", byHTTP(refused)), KindUnavailable, 0},
		{byHTTP(io.ErrUnexpectedEOF), KindUnavailable, 0},
		{&net.DNSError{Err: "no such host", IsNotFound: true}, KindUnavailable, 0},
		{&net.DNSError{Err: "timeout", IsTimeout: true}, KindTimeout, 0},
		{byHTTP(os.ErrDeadlineExceeded), KindTimeout, 0},
		{os.ErrDeadlineExceeded, KindTimeout, 0},
		{fmt.Errorf("login: %w", KindRateLimited), KindRateLimited, 0},
		{fmt.Errorf("login: %w", KindPermissionDenied), KindPermissionDenied, 0},
		{&Error{Provider: Forte, Kind: KindRateLimited, Started: StartedYes, RetryAfter: time.Minute}, KindRateLimited, time.Minute},
	} {
		e := endpoint{token: func(context.Context) (string, error) { return "", c.err }}
		got := e.authorize(t.Context(), http.Header{})
		if got.Kind != c.kind || got.RetryAfter != c.wait || got.Started != StartedNo || !errors.Is(got, c.err) {
			t.Errorf("%v: %v, wait %s, want %s", c.err, got, got.RetryAfter, c.kind)
		}
	}
}
