package faults_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// roundTripper is a transport of the caller's own. By itself it reports nothing to httptrace.
type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// carried is what went through a transport of the caller's.
type carried struct {
	trips  int
	bodies []*countedBody
}

type countedBody struct {
	io.ReadCloser
	closed int
}

func (b *countedBody) Close() error {
	b.closed++
	return b.ReadCloser.Close()
}

// carrying is a transport of the caller's that answers from memory. A nil answer means none. asked
// and had are how many connections it tells httptrace that it asked for and got.
func carrying(asked, had int, answer func(s *scene, r *http.Request) *http.Response, err error) func(s *scene) {
	return func(s *scene) {
		s.carried = new(carried)
		s.use(roundTripper(func(r *http.Request) (resp *http.Response, _ error) {
			s.carried.trips++
			trace := httptrace.ContextClientTrace(r.Context())
			for range asked {
				trace.GetConn(r.URL.Host)
			}
			for range had {
				trace.GotConn(httptrace.GotConnInfo{})
			}
			if answer != nil {
				resp = answer(s, r)
			}
			if resp != nil && resp.Body != nil {
				body := &countedBody{ReadCloser: resp.Body}
				s.carried.bodies, resp.Body = append(s.carried.bodies, body), body
			}
			return resp, err
		}))
	}
}

// says returns the reply, as carrying wants it.
func (r reply) says(*scene, *http.Request) *http.Response { return r.response() }

// errDial is the error of package net for a server that is not there. From a transport that reports
// nothing to httptrace, it proves nothing.
var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

// transportFaults are faults of transports that the caller brings.
var transportFaults = []fault{
	{name: "without httptrace, refused", setup: carrying(0, 0, nil, errDial), want: mayHaveLeft, cause: syscall.ECONNREFUSED},
	{name: "without httptrace, EOF", setup: carrying(0, 0, nil, io.EOF), want: mayHaveLeft, cause: io.EOF},
	{name: "without httptrace, its own timeout", setup: carrying(0, 0, nil, os.ErrDeadlineExceeded), want: mayHaveLate, cause: os.ErrDeadlineExceeded},
	{name: "with half a trace", setup: carrying(0, 1, nil, errDial), want: mayHaveLeft, cause: syscall.ECONNREFUSED},
	{name: "two attempts, the second refused", setup: carrying(2, 1, nil, errDial), want: mayHaveLeft, cause: syscall.ECONNREFUSED},
	{name: "neither answer nor error", setup: carrying(0, 0, nil, nil), want: mayHaveLeft},
	{name: "both answer and error", setup: carrying(0, 0, reply{503, "{}"}.says, errDial),
		want: always(want{kind: facade.KindUnavailable, status: 503}), cause: syscall.ECONNREFUSED},
	{name: "both answer and error, and no connection", setup: carrying(1, 0, reply{429, `{"success":false,"title":"no","error":{"code":1}}`}.says, errDial),
		want: always(want{kind: facade.KindRateLimited, status: 429}), cause: syscall.ECONNREFUSED},
	{name: "refused over a second connection", setup: carrying(2, 2, func(s *scene, _ *http.Request) *http.Response {
		return refusalOf(s.provider).response()
	}, nil), want: doubted(refused)},
	// The caller cancels while the token source is asked. The source returns a token all the same.
	{name: "token that comes too late", setup: func(s *scene) {
		ctx, cancel := context.WithCancel(s.ctx)
		s.ctx = ctx
		if !fixtures.Of(s.provider).SetToken(&s.config, func(context.Context) (string, error) { cancel(); return "token", nil }) {
			cancel() // the credential is in the configuration, or in the request
		}
	}, want: neverLeftStop},

	// A panic in the caller's code passes through to the caller, and the client still works after
	// it.
	{name: "panic in the transport", setup: carrying(1, 1, func(s *scene, _ *http.Request) *http.Response {
		s.panicOnce()
		return s.response()
	}, nil), want: always(want{kind: panics}), then: repeated(1, whole)},
	{name: "panic in the token source of an upload", only: atQolo, setup: func(s *scene) { // an upload takes a lock
		sending(large)(s)
		s.config.Qolo.Token = func(context.Context) (string, error) { s.panicOnce(); return "token", nil }
	}, want: always(want{kind: panics}), then: repeated(1, whole)},

	// These peers and transports would both speak HTTP/2. Over HTTP/2, net/http sends a request
	// again if its stream was reset.
	{name: "HTTP/2 by the library's own", setup: preferringHTTP2, want: whole},
	{name: "HTTP/2 as net/http has it", setup: steps(preferringHTTP2, using(func(*http.Transport) {})), want: whole},
	{name: "HTTP/2 forced", setup: steps(preferringHTTP2, using(func(own *http.Transport) { own.ForceAttemptHTTP2 = true })), want: whole},
	{name: "HTTP/2 by protocols", setup: steps(preferringHTTP2, using(func(own *http.Transport) {
		own.Protocols = new(http.Protocols)
		own.Protocols.SetHTTP1(true)
		own.Protocols.SetHTTP2(true)
	})), want: whole},
	{name: "HTTP/2 by a TLS configuration, and settings of the caller's", setup: steps(preferringHTTP2, using(func(own *http.Transport) {
		own.ForceAttemptHTTP2, own.MaxIdleConns = true, 7
		own.TLSClientConfig = &tls.Config{NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS10} //nolint:gosec // that is the point
	})), want: whole},
	{name: "a transport that the caller changes later", script: (*call).keep, setup: func(s *scene) {
		own := &http.Transport{}
		s.use(own)
		s.between = func() { own.DialContext, s.config.HTTPClient.Transport = blocked, nil }
	}, want: whole, then: repeated(1, whole)},
	{name: "HTTP/2 without TLS", setup: using(func(own *http.Transport) {
		own.Protocols = new(http.Protocols)
		own.Protocols.SetUnencryptedHTTP2(true)
	}), want: whole},
}

// using gives the call an http.Transport of the caller's, with a change. The library must not write
// to it.
func using(change func(own *http.Transport)) func(s *scene) {
	return func(s *scene) {
		own, like := &http.Transport{}, &http.Transport{}
		change(own)
		change(like)
		like.Clone() // Clone makes net/http set up HTTP/2
		s.use(own)
		s.Cleanup(func() {
			functions := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().Type().Kind() == reflect.Func }, cmp.Ignore())
			if diff := cmp.Diff(like, own, functions, cmp.AllowUnexported(http.Protocols{}),
				cmpopts.IgnoreUnexported(http.Transport{}, tls.Config{})); diff != "" {
				s.Errorf("the caller's transport was written to:\n%s", diff)
			}
		})
	}
}

// preferringHTTP2 uses a peer that agrees on HTTP/2 if it can, but speaks only HTTP/1.1.
func preferringHTTP2(s *scene) {
	s.peer.secure = secure()
	s.peer.secure.NextProtos = []string{"h2", "http/1.1"}
}

// keeps reports whether answers of p name the customer. Only then may a connection be kept.
func keeps(p facade.Provider) bool      { return fixtures.Of(p).Customer.Echoed }
func atQolo(p facade.Provider) bool     { return p == facade.Qolo }
func atXGateway(p facade.Provider) bool { return p == facade.XGateway }

func but(which func(facade.Provider) bool) func(facade.Provider) bool {
	return func(p facade.Provider) bool { return !which(p) }
}

// severalCalls are calls of one client, one after the other. If answers do not name the customer,
// each call has a connection of its own, whatever transport the caller brings. If they do, a
// connection may be kept. A refusal on a kept connection proves nothing: it may answer an earlier
// call.
var severalCalls = []fault{
	{name: "the library's own transport", script: (*call).keep, want: whole, then: repeated(1, whole), connections: 2},
	{name: "refused on connections of their own", only: but(keeps), script: (*call).keep, setup: steps(keeping, refusing), want: refused, then: repeated(1, refused), connections: 2},
	{name: "refused on a kept connection", only: keeps, script: (*call).keep, setup: steps(keeping, refusing), want: refused, then: repeated(1, doubted(refused)), connections: 1},
	{name: "a wrapper", setup: carrying(1, 1, func(s *scene, r *http.Request) *http.Response {
		if r.Close == keeps(s.provider) {
			s.Errorf("Request.Close is %v: it must be true exactly where answers name no customer", r.Close)
		}
		return s.response()
	}, nil), want: whole},
	// The peer sends a success after every refusal. No later call may take it for its own.
	{name: "stray answers", only: but(keeps), script: func(c *call) {
		c.upTo(1 << 30)
		c.say(refusalOf(c.provider).text() + c.text())
		c.heard <- struct{}{}
	}, setup: steps(keeping, func(s *scene) { s.between = func() { <-s.peer.heard } }), want: refused, then: repeated(19, refused)},
	// The first attempt was read by the peer, so Started must stay unknown. If net/http dialled for
	// a second attempt, the peer would refuse that dial. Its error would be about the second
	// attempt, and say nothing of the first.
	{name: "a kept connection ends when the request is read", only: keeps, script: answerOnce, setup: keeping,
		want: whole, then: repeated(1, mayHaveLeft), cause: io.EOF},
	// Qolo's key is in the header IdempotencyKey. net/http does not know that name, so it does not
	// send the POST again.
	{name: "a kept connection ends, and the request has Qolo's idempotency key", only: atQolo, script: answerOnce, setup: steps(keeping, func(s *scene) {
		r := s.request.(facade.QoloRequest)
		r.IdempotencyKey = "start-7"
		s.request = r
	}), want: whole, then: repeated(1, mayHaveLeft), cause: io.EOF},
}

// keeping is a transport of the caller's that keeps connections.
var keeping = using(func(*http.Transport) {})

func refused(s *scene) want { return refusalOf(s.provider).whole }

// refusing makes the peer refuse.
func refusing(s *scene) { s.peer.exchange = refusalOf(s.provider) }

// doubted is a refusal that proves nothing.
func doubted(refused expectation) expectation {
	return func(s *scene) want {
		w := refused(s)
		w.started, w.safe = facade.StartedUnknown, false
		return w
	}
}

// answerOnce answers the first request, and goes away when it has read the second one.
func answerOnce(c *call) {
	c.read()
	c.say(c.text())
	c.read()
	_ = c.listener.Close()
	c.hangUp()
}

// TestEveryAnswerReachesItsCaller lets 200 goroutines share one client for all providers. Two of
// them make each start at the same time. Both must be sent, as is documented.
func TestEveryAnswerReachesItsCaller(t *testing.T) {
	var deliveries atomic.Int64
	peer := newPeer(t, exchange{}, func(c *call) {
		r := c.read()
		if r == nil {
			return
		}
		deliveries.Add(1)
		d := fixtures.Of(facade.Provider(strings.Split(r.URL.Path, "/")[1]))
		body, _ := io.ReadAll(r.Body)
		x, about := ok(d.Provider), d.Customer.Read(r, body)
		if d.Customer.Echoed {
			x.body = strings.ReplaceAll(x.body, strconv.Quote(d.Customer.ID), strconv.Quote(about))
		}
		c.say(strings.Replace(x.text(), requestID, about, 1))
	})
	var config facade.Config
	url := peer.open()
	for _, d := range fixtures.Descriptors() {
		d.Configure(&config, url+"/"+string(d.Provider)+d.BasePath)
	}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	var callers sync.WaitGroup
	for i := range 200 {
		callers.Go(func() {
			for _, d := range fixtures.Descriptors() {
				about := fmt.Sprintf("2ae6ba4b-f6c0-4817-a158-%012d", i/2)
				res, err := client.Start(t.Context(), d.Customer.Request(d.Customer.Form.Write(about)))
				if err != nil {
					t.Errorf("%s: %v", about, err)
				} else if res.Provider != d.Provider || res.CustomerID != about || res.RequestID != about {
					t.Errorf("%s: got the answer of %s, %s", about, res.CustomerID, res.RequestID)
				}
			}
		})
	}
	callers.Wait()
	if want := int64(200 * len(fixtures.Descriptors())); deliveries.Load() != want {
		t.Errorf("%d requests arrived, want one for each of %d calls", deliveries.Load(), want)
	}
}
