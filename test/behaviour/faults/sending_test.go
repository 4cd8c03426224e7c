package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// sendings are the faults between the first byte of the request and the first
// byte of the answer, over sockets.
var sendings = []struct {
	row       string
	script    script
	client    *http.Client
	ctx       func(t *testing.T, s *peer) context.Context
	want      want
	delivered bool
}{
	{"write fails after 0 bytes", (*call).idle, failing(0), atLeisure, mayHaveLeft, false},
	{"write fails after 1 byte", (*call).idle, failing(1), atLeisure, mayHaveLeft, false},
	{"write fails after many bytes", (*call).idle, failing(100), atLeisure, mayHaveLeft, false},
	{"peer reads a part, then resets", func(c *call) { c.part(); c.reset() }, nil, atLeisure, mayHaveLeft, false},
	{"closes after reading all", func(c *call) { c.read(); c.hangUp() }, nil, atLeisure, mayHaveLeft, true},
	{"resets after reading all", func(c *call) { c.read(); c.reset() }, nil, atLeisure, mayHaveLeft, true},
	{"cancelled by the caller", (*call).silent, nil, cancelled(nil), mayHaveStop, true},
	{"cancelled by the caller with a cause", (*call).silent, nil, cancelled(errors.New("a cause")), mayHaveStop, true},
	{"early 401", func(c *call) { c.part(); c.say(reply{401, "{}"}.text()) }, nil, atLeisure,
		want{kind: facade.KindUnauthenticated, status: 401}, true},
	{"early 413", func(c *call) { c.part(); c.say(reply{413, "{}"}.text()) }, nil, atLeisure,
		want{kind: facade.KindInvalidRequest, status: 413}, true},
}

// TestSending is section 4 of the catalogue.
func TestSending(t *testing.T) {
	for _, c := range sendings {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				w := c.want
				w.documented = documents(t, p, w.status, mediaJSON)
				if w.status == 401 && p == facade.Qolo {
					w.started = facade.StartedNo // takes any JSON for its own error
				}
				s, url := listen(t, nil, c.script)
				got := callPeer(c.ctx(t, s), t, url, p, c.client)
				e := check(t, p, got, w)
				if w.kind == facade.KindCanceled && !errors.Is(e, context.Canceled) {
					t.Errorf("%v hides context.Canceled", e)
				}
				if s.delivered(t, got) != c.delivered {
					t.Errorf("delivered %v, want %v", !c.delivered, c.delivered)
				}
			})
		})
	}
}

// part reads the beginning of a request, and not a byte more.
func (c *call) part() {
	_, _ = io.ReadFull(io.TeeReader(c.Conn, &c.seen), make([]byte, 20))
}

// errWrite is what a failing connection says.
var errWrite = &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}

// failing is a client whose connections fail to write after n bytes.
func failing(n int) *http.Client {
	return dialThrough(func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &failingConn{conn, n}, nil
	})
}

type failingConn struct {
	net.Conn
	left int
}

func (c *failingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b[:min(c.left, len(b))])
	c.left -= n
	if err == nil && n < len(b) {
		err = errWrite
	}
	return n, err
}

func atLeisure(t *testing.T, _ *peer) context.Context { return t.Context() }

// cancelled is a context that is cancelled once the peer has read the request.
func cancelled(cause error) func(t *testing.T, s *peer) context.Context {
	return func(t *testing.T, s *peer) context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			select {
			case <-s.heard:
				cancel(cause)
			case <-t.Context().Done():
				cancel(nil)
			}
		}()
		return ctx
	}
}

// slow are the faults of time, over pipes and under a fake clock: what the
// peer does, how long the call takes, and what it comes to. The calls have no
// deadline of their own unless ctx gives one.
var slow = []struct {
	row    string
	script func(p facade.Provider) script
	ctx    func(ctx context.Context) (context.Context, context.CancelFunc)
	took   func(p facade.Provider) time.Duration
	want   func(p facade.Provider) want
}{
	{"never reads", same((*call).idle), nil, byDefault, always(mayHaveLate)},
	{"silent until the deadline", same((*call).silent), nil, byDefault, always(mayHaveLate)},
	{"silent until the deadline", same((*call).silent), shortly, inOneSecond, always(mayHaveLate)},
	{"silent until the deadline with a cause", same((*call).silent), shortlyWithCause, inOneSecond, always(mayHaveLate)},
	{"four silent minutes and then the answer", answerAfter(4 * time.Minute), nil,
		func(p facade.Provider) time.Duration { return min(4*time.Minute, byDefault(p)) },
		func(p facade.Provider) want {
			if byDefault(p) > 4*time.Minute {
				return ok(p).whole
			}
			return mayHaveLate
		}},
	{"early hints, and then silence", func(facade.Provider) script {
		return func(c *call) { c.read(); c.say("HTTP/1.1 103 Early Hints\r\n\r\n"); c.idle() }
	}, nil, byDefault, always(mayHaveLate)},
	{"status 101, and then silence", func(facade.Provider) script {
		return func(c *call) {
			c.read()
			c.say(reply{status: 101}.head("Connection: upgrade", "Upgrade: other"))
			c.idle()
		}
	}, nil, atOnce, always(unexpected(101))},
	{"stall in the middle of the body", stall, nil, inBody, whenCut},
	{"one byte a second until the deadline", drip, nil, inBody, whenCut},
}

// TestSlow is what sections 4 to 6 of the catalogue say of time.
func TestSlow(t *testing.T) {
	for _, c := range slow {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				synctest.Test(t, func(t *testing.T) {
					s := piped(t, c.script(p))
					ctx, cancel := t.Context(), context.CancelFunc(func() {})
					if c.ctx != nil {
						ctx, cancel = c.ctx(ctx)
					}
					defer cancel()
					began := time.Now()
					got := callPeer(ctx, t, "http://127.0.0.1:1", p, dialThrough(s.dial))
					if took := time.Since(began); took != c.took(p) {
						t.Errorf("took %v, want %v", took, c.took(p))
					}
					e := check(t, p, got, c.want(p))
					if e != nil && c.took(p) > 0 && !errors.Is(e, context.DeadlineExceeded) {
						t.Errorf("%v hides context.DeadlineExceeded", e)
					}
					s.delivered(t, got)
				})
			})
		})
	}
}

func same(s script) func(facade.Provider) script { return func(facade.Provider) script { return s } }

func always(w want) func(facade.Provider) want { return func(facade.Provider) want { return w } }

// silent takes the request, and says nothing until the client's call is over.
func (c *call) silent() {
	c.read()
	c.idle()
}

func answerAfter(wait time.Duration) func(facade.Provider) script {
	return func(p facade.Provider) script {
		return func(c *call) {
			c.read()
			select {
			case <-time.After(wait):
				c.say(ok(p).text())
			case <-c.over:
			}
		}
	}
}

func shortly(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

func shortlyWithCause(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, time.Second, errors.New("a cause"))
}

// byDefault is how long a provider is waited for if the context does not say.
func byDefault(p facade.Provider) time.Duration { return fixtures.Of(p).Timeout }

func inOneSecond(facade.Provider) time.Duration { return time.Second }

func atOnce(facade.Provider) time.Duration { return 0 }

// inBody is how long a call waits for the rest of a body: a 204 has none.
func inBody(p facade.Provider) time.Duration {
	if ok(p).status == http.StatusNoContent {
		return 0
	}
	return byDefault(p)
}

func whenCut(p facade.Provider) want { return ok(p).unusable }

func stall(p facade.Provider) script {
	return func(c *call) {
		c.read()
		body := ok(p).body
		c.say(ok(p).head(fmt.Sprint("Content-Length: ", len(body))) + body[:len(body)-1])
		c.idle()
	}
}

// drip sends the body, and then blanks behind it, a byte a second.
func drip(p facade.Provider) script {
	return func(c *call) {
		c.read()
		c.say(ok(p).head())
		body := ok(p).body + strings.Repeat(" ", 1000)
		for i := range len(body) {
			select {
			case <-time.After(time.Second):
				c.say(body[i : i+1])
			case <-c.over:
				return
			}
		}
	}
}

// TestDefaultDeadlineYields holds the library's own deadline to be no bound for
// a context that has a later one.
func TestDefaultDeadlineYields(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		synctest.Test(t, func(t *testing.T) {
			s := piped(t, answerAfter(20*time.Minute)(p))
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			got := callPeer(ctx, t, "http://127.0.0.1:1", p, dialThrough(s.dial))
			check(t, p, got, ok(p).whole)
			s.delivered(t, got)
		})
	})
}
