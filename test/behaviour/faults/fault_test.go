package faults_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// fault is one thing that goes wrong, or is merely odd, and what a start comes to.
type fault struct {
	name string
	// only tells at which providers it happens, nil for all. Each tells that it goes
	// with all answers of a provider, and not only with a start that went well.
	only func(p facade.Provider) bool
	each bool

	// script is what the peer does, nil for the answer in good order.
	script script
	// setup changes the call: nil is for one without a deadline, over plain TCP, with
	// the library's own transport.
	setup func(s *scene)
	// lasts is how long the call takes by a fake clock; 0 is for real sockets.
	lasts time.Duration

	// want is what the call comes to, and then what further calls of the same client
	// come to. The peer gets each request that may have left; with partly, it may miss
	// some or a part of one.
	want   expectation
	then   []expectation
	partly bool
	// connections are how many something comes on, 0 for any number.
	connections int
	// cause is what errors.Is finds in the error.
	cause error
	// also checks the rest.
	also func(s *scene)
}

// Calls by a fake clock that do not wait, and that wait as long as the library does by
// itself.
const (
	atOnce    time.Duration = -1
	byDefault time.Duration = -2
)

// faults are all, in the order of the catalogue.
var faults = slices.Concat(connectionFaults, sendingFaults, timeFaults, headFaults, bodyFaults,
	redirectFaults, transportFaults, severalCalls, sessionFaults, uploadFaults, intermediaryFaults)

// TestFault plays every fault to every provider.
func TestFault(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for _, p := range fixtures.Providers() {
				for i, x := range exchanges()[p] {
					if (f.only == nil || f.only(p)) && (f.each || i == 0) {
						t.Run(x.name, func(t *testing.T) { f.play(t, x) })
					}
				}
			}
		})
	}
}

// play plays the fault at a provider that has this answer.
func (f fault) play(t *testing.T, x exchange) {
	if f.lasts == 0 {
		f.meet(newScene(t, x, f.script))
		return
	}
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, x, f.script)
		s.piped = true
		dialing(s.peer.dial)(s)
		began := time.Now()
		f.meet(s)
		want := max(f.lasts, 0)
		if f.lasts == byDefault {
			want = fixtures.Of(x.provider).Timeout
		}
		if took := s.ended.Sub(began); took != want {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}

// meet makes the calls, and holds what comes of them to what is wanted.
func (f fault) meet(s *scene) {
	if f.setup != nil {
		f.setup(s)
	}
	s.open()
	wants, left := append([]expectation{f.want}, f.then...), 0
	for i, w := range wants {
		if i > 0 && s.between != nil {
			s.between()
		}
		s.start()
		if s.check(w(s)); s.panicked == nil && !s.neverLeft() {
			left++
		}
	}
	s.client.CloseIdleConnections()
	if f.cause != nil && !errors.Is(s.err, f.cause) {
		s.Errorf("%v is no %v", s.err, f.cause)
	}
	if c := s.carried; c != nil {
		left = 0
		if c.trips != len(wants) || slices.ContainsFunc(c.bodies, func(b *countedBody) bool { return b.closed != 1 }) {
			s.Errorf("%d trips of %d calls, or a body that was not closed once", c.trips, len(wants))
		}
	}
	if whole, begun := s.peer.requests(); begun > left || len(whole) < left && !f.partly {
		s.Errorf("%d requests arrived, %d of them whole, of %d that may have left", begun, len(whole), left)
	}
	if f.connections > 0 && len(s.peer.calls) != f.connections {
		s.Errorf("%d connections, want %d", len(s.peer.calls), f.connections)
	}
	if f.also != nil {
		f.also(s)
	}
}

// scene is where calls are made, and how, and what came of the last one.
type scene struct {
	*testing.T
	exchange
	peer    *peer
	piped   bool   // the peer is reached through pipes
	url     string // where the calls go to, if not to the peer
	ctx     context.Context
	config  facade.Config
	client  *facade.Client
	request facade.Request
	between func()   // happens before each call but the first
	carried *carried // of a transport that answers from memory
	// shown is the request id of an answer in good order, "" for any.
	shown string

	file string // of an image
	outcome
	panicked any
	ended    time.Time
}

// outcome is what a call came to.
type outcome struct {
	res *facade.Result
	err error
}

func newScene(t *testing.T, x exchange, sc script) *scene {
	t.Helper()
	return &scene{
		T: t, exchange: x, peer: newPeer(t, x, sc), ctx: t.Context(), shown: requestID,
		config: fixtures.Config("https://provider.test", x.provider), request: fixtures.Start(x.provider),
	}
}

// open has the peer begin, and makes the client.
func (s *scene) open() {
	s.Helper()
	if s.client != nil {
		s.client.CloseIdleConnections() // there is one already
	} else {
		peer := "http://127.0.0.1:1"
		if !s.piped {
			peer = s.peer.open()
		}
		provider := fixtures.Of(s.provider)
		*provider.Settings(&s.config).BaseURL = cmp.Or(s.url, peer) + provider.BasePath
	}
	client, err := facade.New(s.config)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(client.CloseIdleConnections)
	s.client = client
}

func (s *scene) start() {
	defer func() { s.panicked = recover() }()
	res, err := s.client.Start(s.ctx, s.request)
	s.outcome, s.ended = outcome{res, err}, time.Now()
}

// panicOnce panics, unless it did so on the call before.
func (s *scene) panicOnce() {
	if s.panicked == nil {
		panic(theirs)
	}
}

// use has the calls made with this transport.
func (s *scene) use(transport http.RoundTripper) {
	s.config.HTTPClient = &http.Client{Transport: transport}
}

// want is what a call must come to. No kind is for a Result.
type want struct {
	kind    facade.Kind
	started facade.Started
	status  int
	safe    bool // to retry
}

// anyKind is for any error, and panics for what the caller's part panics with.
const (
	anyKind = "any"
	panics  = "panics"
	theirs  = "their panic"
)

// expectation is what a call in this scene must come to.
type expectation func(s *scene) want

func always(w want) expectation { return func(*scene) want { return w } }

// Calls without an answer.
var (
	neverLeft     = always(want{kind: facade.KindUnavailable, started: facade.StartedNo, safe: true})
	neverLeftLate = always(want{kind: facade.KindTimeout, started: facade.StartedNo, safe: true})
	neverLeftStop = always(want{kind: facade.KindCanceled, started: facade.StartedNo})
	mayHaveLeft   = always(want{kind: facade.KindUnavailable})
	mayHaveLate   = always(want{kind: facade.KindTimeout})
	mayHaveStop   = always(want{kind: facade.KindCanceled})
	notHTTP       = always(want{kind: facade.KindUnexpectedResponse})
)

// Calls with one: its body came, or it came and is of no use.
var (
	whole    expectation = func(s *scene) want { return s.whole }
	unusable expectation = func(s *scene) want { return s.unusable }
)

// unexpected is the answer of a status that nobody documents.
func unexpected(status int) expectation {
	return always(want{kind: facade.KindUnexpectedResponse, status: status})
}

// check holds the outcome to what is wanted, and to what every outcome must be.
func (s *scene) check(w want) {
	s.Helper()
	if s.panicked != nil || w.kind == panics {
		if s.panicked != theirs || w.kind != panics {
			s.Errorf("panicked with %v, want %+v", s.panicked, w)
		}
		return
	}
	if err := sound(s.provider, s.outcome); err != nil {
		s.Fatal(err)
	}
	status, id, raw := s.received()
	have := want{status: status}
	if e, failed := s.err.(*facade.Error); failed {
		have.kind, have.started, have.safe = e.Kind, e.Started, e.SafeToRetry()
		if w.kind == anyKind {
			have.kind, w.safe = anyKind, have.safe
		}
	}
	if have != w {
		s.Fatalf("got %v %v (%+v), want %+v", s.res, s.err, have, w)
	}
	if status != 0 && s.shown != "" && id != s.shown {
		s.Errorf("request id %q, want %q: the header is lost", id, s.shown)
	}
	if limit := cmp.Or(s.config.MaxResponseBytes, facade.DefaultMaxResponseBytes); int64(len(raw)) > limit {
		s.Errorf("a body of %d bytes, with a limit of %d", len(raw), limit)
	}
	if status == http.StatusNoContent && len(raw) > 0 {
		s.Errorf("a 204 with a body: %q", raw)
	}
	for err := s.err; err != nil; err = errors.Unwrap(err) {
		if text := fmt.Sprintf("%s %v %+v %#v %q", err, err, err, err, err); strings.Contains(text, marker) {
			s.Errorf("the error quotes what the peer said: %s", text)
		}
	}
}

// marker stands in whatever a peer sends that is no answer: no error may quote it.
const marker = "k9zx"

// neverLeft reports whether it was said that nothing was sent.
func (o outcome) neverLeft() bool {
	e, failed := o.err.(*facade.Error)
	return failed && e.Started == facade.StartedNo && e.HTTPStatus == 0
}

// received returns what is kept of an answer, and nothing if none came.
func (o outcome) received() (status int, id string, body []byte) {
	if e, failed := o.err.(*facade.Error); failed {
		return e.HTTPStatus, e.RequestID, e.RawBody()
	}
	return o.res.HTTPStatus, o.res.RequestID, o.res.RawBody()
}

// sound returns what is wrong with an outcome whatever caused it: it is exactly
// one of Result and Error, the error has a kind and a provider, and an answer
// has its status and header.
func sound(p facade.Provider, got outcome) error {
	e, failed := got.err.(*facade.Error)
	switch {
	case (got.res == nil) == (got.err == nil),
		got.res != nil && (got.res.Provider != p || got.res.Status == "" || got.res.HTTPStatus/100 != 2 || got.res.RawHeader() == nil),
		got.err != nil && !failed,
		failed && (e.Provider != p || e.Kind == "" || (e.HTTPStatus == 0) != (e.RawHeader() == nil)),
		failed && e.HTTPStatus == 0 && (e.RawBody() != nil || e.Documented):
		return fmt.Errorf("half an outcome: result %v, error %v", got.res, got.err)
	}
	return nil
}

// repeated are n further calls that come to the same.
func repeated(n int, w expectation) []expectation { return slices.Repeat([]expectation{w}, n) }
