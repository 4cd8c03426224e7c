package faults_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// roundTripper is a transport of the caller's own. By itself it reports nothing to httptrace.
type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// failing is a transport of the caller's that has no answer, and reports nothing to httptrace.
func failing(err error) func(s *scene) {
	return func(s *scene) {
		s.use(roundTripper(func(*http.Request) (*http.Response, error) { return nil, err }))
	}
}

// wrapping is a transport of the caller's around one of the library's. change sees each request and
// its answer. Each body must be closed once, and fails when it is.
func wrapping(change func(s *scene, r *http.Request, resp *http.Response)) func(s *scene) {
	return func(s *scene) {
		next := facade.NewTransport()
		s.use(roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			body := &countedBody{ReadCloser: resp.Body}
			resp.Body = body
			s.Cleanup(func() {
				if body.closed != 1 {
					s.Errorf("a body was closed %d times", body.closed)
				}
			})
			change(s, r, resp)
			return resp, nil
		}))
	}
}

type countedBody struct {
	io.ReadCloser
	closed int
}

func (b *countedBody) Close() error {
	b.closed++
	return errors.Join(b.ReadCloser.Close(), errors.New("not closed"))
}

// transportFaults are faults of transports that the caller brings. (FuzzResponse of
// behaviour/fuzz has a second connection.)
var transportFaults = []fault{
	// The error of package net for a server that is not there. Without a report to httptrace, it proves nothing.
	{name: "without httptrace, refused", setup: failing(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}),
		want: mayHaveLeft, partly: true, cause: syscall.ECONNREFUSED},
	{name: "without httptrace, its own timeout", setup: failing(os.ErrDeadlineExceeded), want: mayHaveLate, partly: true},
	{name: "neither answer nor error", setup: failing(nil), want: mayHaveLeft, partly: true},
	{name: "both answer and error", each: true, setup: func(s *scene) {
		s.use(roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := facade.NewTransport().RoundTrip(r)
			return resp, errors.Join(err, errors.New("an error all the same"))
		}))
	}, want: unusable},
	// The peer and the transport would both speak HTTP/2. Over HTTP/2, net/http sends a request
	// again if its stream was reset.
	{name: "HTTP/2 by all means", setup: steps(preferringHTTP2, using(func(own *http.Transport) {
		own.ForceAttemptHTTP2, own.Protocols = true, new(http.Protocols)
		own.Protocols.SetHTTP1(true)
		own.Protocols.SetHTTP2(true)
		own.TLSClientConfig = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	})), want: whole},
}

// using gives the call an http.Transport of the caller's, with a change. The library must not write
// to it.
func using(change func(own *http.Transport)) func(s *scene) {
	return func(s *scene) {
		own := new(http.Transport)
		change(own)
		own.Clone() // makes net/http set up HTTP/2
		state := func() string { return fmt.Sprintf("%+v %+v %+v", own, own.TLSClientConfig, own.Protocols) }
		before := state()
		s.use(own)
		s.Cleanup(func() {
			if after := state(); after != before {
				s.Errorf("the caller's transport was written to: it was\n%s and is\n%s", before, after)
			}
		})
	}
}

// keeping is a transport of the caller's that keeps connections.
var keeping = using(func(*http.Transport) {})

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
	{name: "the library's own transport", script: (*call).keep, setup: refusal, want: refused, more: 1},
	{name: "refused on a kept connection", only: keeps, script: (*call).keep, setup: steps(keeping, refusal),
		want: refused, more: 1, then: func(s *scene) want {
			w := refused(s)
			w.started = facade.StartedUnknown
			return w
		}},
	{name: "a wrapper", each: true, setup: wrapping(func(s *scene, r *http.Request, _ *http.Response) {
		if r.Close == keeps(s.provider) {
			s.Errorf("Request.Close is %v: it must be true exactly where answers name no customer", r.Close)
		}
	}), want: whole},
	// The peer sends a success after every refusal. No later call may take it for its own.
	{name: "stray answers", only: but(keeps), script: func(c *call) {
		c.read()
		c.say(refusalOf(c.provider).text() + c.text())
		c.said <- struct{}{}
	}, setup: steps(keeping, func(s *scene) { s.between = func() { <-s.peer.said } }), want: refused, more: 19},
	// The first attempt was read by the peer, so Started must stay unknown. If net/http dialled for
	// a second attempt, the peer would refuse that dial. Its error would be about the second
	// attempt, and say nothing of the first. net/http would make one for the header
	// Idempotency-Key, and does not know the name of Qolo's.
	{name: "a kept connection ends when the request is read", only: keeps, script: func(c *call) {
		c.read()
		c.say(c.text())
		c.read()
		_ = c.listener.Close()
		c.hangUp()
	}, setup: steps(keeping, func(s *scene) {
		if r, ok := s.request.(facade.QoloRequest); ok {
			r.IdempotencyKey = "start-7"
			s.request = r
		}
	}), want: whole, more: 1, then: mayHaveLeft, cause: io.EOF},
}

func refused(s *scene) want { return refusalOf(s.provider).whole }

// refusal makes the peer refuse.
func refusal(s *scene) { s.peer.exchange = refusalOf(s.provider) }

// TestPanic: a panic in the caller's code passes through to the caller, and the client still works
// after it. (An upload takes a lock.)
func TestPanic(t *testing.T) {
	for _, p := range fixtures.Providers() {
		s := newScene(t, ok(p), nil)
		if p == facade.Qolo {
			sending(huge)(s)
		}
		theirs := any("a panic of the caller's")
		wrapping(func(_ *scene, _ *http.Request, resp *http.Response) {
			if theirs != nil {
				resp.Body.Close()
				panic(theirs)
			}
		})(s)
		s.open()
		func() {
			defer func() {
				if got := recover(); got != theirs {
					t.Errorf("%s: panicked with %v", p, got)
				}
				theirs = nil
			}()
			s.start()
		}()
		s.start()
		s.check(s.whole)
	}
}

// TestEveryAnswerReachesItsCaller lets 200 goroutines share one client for all providers. Two of
// them make each start at the same time. Both must be sent, as is documented.
func TestEveryAnswerReachesItsCaller(t *testing.T) {
	peer := newPeer(t, exchange{}, func(c *call) {
		r := c.read()
		if r == nil {
			return
		}
		d := fixtures.Of(facade.Provider(strings.Split(r.URL.Path, "/")[1]))
		body, _ := io.ReadAll(r.Body)
		answer, about := ok(d.Provider), d.Customer.Read(r, body)
		answer.body = strings.ReplaceAll(answer.body, strconv.Quote(d.Customer.ID), strconv.Quote(about))
		c.say(strings.Replace(answer.text(), requestID, about, 1))
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
	var callers sync.WaitGroup
	for i := range 200 {
		callers.Go(func() {
			for _, d := range fixtures.Descriptors() {
				about := fmt.Sprintf("2ae6ba4b-f6c0-4817-a158-%012d", i/2)
				res, err := client.Start(t.Context(), d.Customer.Request(d.Customer.Form.Write(about)))
				if err != nil || res.Provider != d.Provider || res.CustomerID != about || res.RequestID != about {
					t.Errorf("%s at %s: %+v, %v", about, d.Provider, res, err)
				}
			}
		})
	}
	callers.Wait()
	if whole, begun := peer.requests(); whole != 200*len(fixtures.Descriptors()) || begun != whole {
		t.Errorf("%d requests arrived, %d of them whole, want one for each of 200 calls at each provider", begun, whole)
	}
}
