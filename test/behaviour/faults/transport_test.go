package faults_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// roundTripper is a transport of the caller's own. It knows nothing of httptrace.
type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// counting is a transport that counts what goes through it: the requests, and for each
// body of an answer how often it is closed.
type counting struct {
	next          http.RoundTripper
	trips, opened atomic.Int64
	closed, again atomic.Int64 // once, and once more
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.trips.Add(1)
	resp, err := c.next.RoundTrip(r)
	if resp != nil && resp.Body != nil {
		c.opened.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, by: c}
	}
	return resp, err
}

type countedBody struct {
	io.ReadCloser
	by   *counting
	done atomic.Bool
}

func (b *countedBody) Close() error {
	if b.done.Swap(true) {
		b.by.again.Add(1)
	} else {
		b.by.closed.Add(1)
	}
	return b.ReadCloser.Close()
}

// check fails unless there was one trip a call, and every body was closed once.
func (c *counting) check(t *testing.T, calls int) {
	t.Helper()
	if c.trips.Load() != int64(calls) {
		t.Errorf("%d trips of %d calls", c.trips.Load(), calls)
	}
	if c.opened.Load() != c.closed.Load() || c.again.Load() != 0 {
		t.Errorf("%d bodies, %d closed, %d closed again", c.opened.Load(), c.closed.Load(), c.again.Load())
	}
}

// through has the calls made through a transport of the caller's own, which is counted.
func through(trip func(s *scene, r *http.Request) (*http.Response, error)) func(s *scene) {
	return func(s *scene) {
		s.through = &counting{next: roundTripper(func(r *http.Request) (*http.Response, error) { return trip(s, r) })}
		s.use(s.through)
	}
}

// saysOnly is a transport that says the same whatever it is sent.
func saysOnly(resp func() *http.Response, err error) func(s *scene) {
	return through(func(*scene, *http.Request) (*http.Response, error) { return resp(), err })
}

func nothing() *http.Response { return nil }

// jar is a cookie jar that notes its use.
type jar struct{ used bool }

func (j *jar) SetCookies(*url.URL, []*http.Cookie) { j.used = true }

func (j *jar) Cookies(*url.URL) []*http.Cookie {
	j.used = true
	return nil
}

// errDial is what net says of a server that is not there. From a transport
// without a trace it proves nothing.
var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

// transportFaults are transports that the caller brings: section 4a of the catalogue.
var transportFaults = []fault{
	{name: "without httptrace, refused", setup: saysOnly(nothing, errDial), want: mayHaveLeft, is: syscall.ECONNREFUSED},
	{name: "without httptrace, EOF", setup: saysOnly(nothing, io.EOF), want: mayHaveLeft, is: io.EOF},
	{name: "without httptrace, its own timeout", setup: saysOnly(nothing, os.ErrDeadlineExceeded), want: mayHaveLate, is: os.ErrDeadlineExceeded},
	{name: "with half a trace", setup: through(func(_ *scene, r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
		return nil, errDial
	}), want: mayHaveLeft, is: syscall.ECONNREFUSED},
	{name: "two attempts, the second refused", setup: through(func(_ *scene, r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GetConn("")
		trace.GotConn(httptrace.GotConnInfo{})
		trace.GetConn("")
		return nil, errDial
	}), want: mayHaveLeft, is: syscall.ECONNREFUSED},
	{name: "neither answer nor error", setup: saysOnly(nothing, nil), want: mayHaveLeft},
	{name: "both answer and error", setup: saysOnly(reply{503, "{}"}.response, errDial),
		want: always(want{kind: facade.KindUnavailable, status: 503}), is: syscall.ECONNREFUSED},
	{name: "both answer and error, and no connection", setup: through(func(_ *scene, r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).GetConn("")
		return reply{429, `{"success":false,"title":"no","error":{"code":1}}`}.response(), errDial
	}), want: always(want{kind: facade.KindRateLimited, status: 429}), is: syscall.ECONNREFUSED},
	// The caller cancels while the source is asked, which gives a token all the same.
	{name: "token that comes too late", setup: func(s *scene) {
		ctx, cancel := context.WithCancel(s.ctx)
		s.ctx = ctx
		if !fixtures.Of(s.provider).SetToken(&s.config, func(context.Context) (string, error) { cancel(); return "token", nil }) {
			cancel() // the credential stands in the configuration, or in the request
		}
	}, want: neverLeftStop},

	// Peers that would speak HTTP/2, to transports that would too. Over it, net/http
	// sends a request again when its stream was reset.
	{name: "HTTP/2 by the library's own", setup: preferringHTTP2, want: whole},
	{name: "HTTP/2 as net/http has it", setup: both(preferringHTTP2, using(func(*http.Transport) {})), want: whole},
	{name: "HTTP/2 forced", setup: both(preferringHTTP2, using(func(own *http.Transport) { own.ForceAttemptHTTP2 = true })), want: whole},
	{name: "HTTP/2 by protocols", setup: both(preferringHTTP2, using(func(own *http.Transport) {
		own.Protocols = new(http.Protocols)
		own.Protocols.SetHTTP1(true)
		own.Protocols.SetHTTP2(true)
	})), want: whole},
	{name: "HTTP/2 by the TLS configuration", setup: both(preferringHTTP2, using(func(own *http.Transport) {
		own.ForceAttemptHTTP2 = true
		own.TLSClientConfig = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	})), want: whole},
	{name: "HTTP/2 without TLS", setup: using(func(own *http.Transport) {
		own.Protocols = new(http.Protocols)
		own.Protocols.SetUnencryptedHTTP2(true)
	}), want: whole},
}

// using is a transport of net/http's, which the caller has changed.
func using(change func(own *http.Transport)) func(s *scene) {
	return func(s *scene) {
		own := &http.Transport{}
		change(own)
		s.use(own)
	}
}

// preferringHTTP2 has a peer that agrees on HTTP/2 if it can, and speaks HTTP/1.1 alone.
func preferringHTTP2(s *scene) {
	s.peer.secure = secure()
	s.peer.secure.NextProtos = []string{"h2", "http/1.1"}
}

// severalCalls are those of one client, one after the other. Where answers name no
// customer, each call has a connection of its own, whatever the caller brings. Where
// they do, a connection may be kept, and a refusal on it is no evidence: it may answer
// an earlier call.
var severalCalls = func() (all []fault) {
	keeping := using(func(*http.Transport) {})
	refused := func(s *scene) want { return refusalOf(s.provider).whole }
	all = []fault{{name: "the library's own transport", script: (*call).keep, want: whole, then: repeated(1, whole), also: func(s *scene) {
		for _, r := range s.arrived(2) {
			if !r.Close || len(s.peer.calls) != 2 {
				s.Errorf("%d connections; the request says that its connection ends with it: %v", len(s.peer.calls), r.Close)
			}
		}
	}}}
	for _, d := range fixtures.Descriptors() {
		second, connections := expectation(refused), func(calls int) func(s *scene) { return onConnections(calls) }
		if d.KeepsConnections {
			second, connections = doubted(refused), func(int) func(s *scene) { return onConnections(1) }
		}
		all = append(all,
			fault{name: "a transport that keeps connections", at: d.Provider, script: func(c *call) {
				for c.read() != nil {
					c.say(refusalOf(c.provider).text())
				}
			}, setup: keeping, want: refused, then: repeated(1, second), also: connections(2)},
			fault{name: "a wrapper of one", at: d.Provider, script: (*call).keep, setup: wrapping(nil),
				want: whole, then: repeated(2, whole), also: connections(3)})
		if !d.KeepsConnections {
			// A success behind every refusal: no later call takes it for its own.
			all = append(all, fault{name: "stray answers", at: d.Provider, script: func(c *call) {
				c.upTo(1 << 30)
				c.say(refusalOf(c.provider).text() + c.text())
				c.heard <- struct{}{}
			}, setup: both(keeping, func(s *scene) { s.between = func() { <-s.peer.heard } }), want: refused, then: repeated(19, refused)})
			continue
		}
		// What net/http says of a dial is about a second attempt, if there is one.
		all = append(all,
			fault{name: "a kept connection ends when the request is read", at: d.Provider, script: answerOnce, setup: keeping,
				want: whole, then: repeated(1, mayHaveLeft), is: io.EOF},
			fault{name: "a kept connection ends, and net/http is told to send again", at: d.Provider, script: answerOnce,
				setup: wrapping(http.Header{"Idempotency-Key": {"1"}}), want: whole, then: repeated(1, mayHaveLeft), is: syscall.ECONNREFUSED})
	}
	// The header that Qolo's key is sent in is none for which net/http sends a POST again.
	return append(all, fault{name: "Qolo's idempotency key", at: facade.Qolo, script: answerOnce, setup: both(keeping, func(s *scene) {
		r := s.request.(facade.QoloRequest)
		r.IdempotencyKey = "start-7"
		s.request = r
	}), want: whole, then: repeated(1, mayHaveLeft), is: io.EOF, also: func(s *scene) {
		for _, r := range s.arrived(2) {
			if r.Header.Get("IdempotencyKey") != "start-7" {
				s.Errorf("the key was not sent: %v", r.Header)
			}
		}
	}})
}()

// doubted is a refusal that is no evidence.
func doubted(refused expectation) expectation {
	return func(s *scene) want {
		w := refused(s)
		w.started, w.safe = facade.StartedUnknown, false
		return w
	}
}

// arrived returns the requests, which must be so many.
func (s *scene) arrived(n int) []*request {
	s.Helper()
	got, _ := s.peer.requests()
	if len(got) != n {
		s.Fatalf("%d requests arrived, want %d", len(got), n)
	}
	return got
}

// answerOnce answers the first request, and goes away when the second one is read.
func answerOnce(c *call) {
	c.read()
	c.say(c.text())
	c.read()
	_ = c.listener.Close()
	c.hangUp()
}

// wrapper adds headers to the requests of a transport that keeps connections.
type wrapper struct {
	*http.Transport
	header http.Header
}

func (w wrapper) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name := range w.header {
		r.Header.Set(name, w.header.Get(name))
	}
	return w.Transport.RoundTrip(r)
}

func wrapping(header http.Header) func(s *scene) {
	return func(s *scene) { s.use(wrapper{&http.Transport{}, header}) }
}
