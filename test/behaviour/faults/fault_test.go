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

// fault is one thing that goes wrong, or is merely odd, and what a start must come to then.
type fault struct {
	name string
	// only tells at which providers the fault happens, nil for all. each tells that it is combined
	// with every answer of a provider, and not only with a start that goes well.
	only func(p facade.Provider) bool
	each bool

	// script is what the peer does, nil for a peer that answers as usual.
	script script
	// setup changes the call. Without it, the call has no deadline, and goes over plain TCP with
	// the library's own transport.
	setup func(s *scene)
	// lasts is how long the call takes by a fake clock. 0 means real sockets and no fake clock.
	lasts time.Duration

	// want is what the call must come to. more is how many further calls the same client makes, and
	// then is what those must come to, if it is something else. The peer must get each request that
	// may have left. With partly, it may miss some requests, or a part of one.
	want   expectation
	more   int
	then   expectation
	partly bool
	// cause is what errors.Is must find in the error.
	cause error
}

// byDefault is a value of lasts: as long as the library waits by default.
const byDefault time.Duration = -1

// faults are all faults of this package.
var faults = slices.Concat(connectionFaults, sendingFaults, timeFaults, headFaults, bodyFaults,
	redirectFaults, transportFaults, severalCalls, sessionFaults, intermediaryFaults)

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

// play makes the calls with the fault, at a provider that answers with x.
func (f fault) play(t *testing.T, x exchange) {
	if f.lasts == 0 {
		f.meet(newScene(t, x, f.script))
		return
	}
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, x, f.script)
		s.url = "http://" + s.peer.address()
		dialing(s.peer.dial)(s)
		f.meet(s)
		want := f.lasts
		if f.lasts == byDefault {
			want = fixtures.Of(x.provider).Timeout
		}
		if s.took != want {
			t.Errorf("took %v, want %v", s.took, want)
		}
	})
}

// meet makes the calls, and checks their outcomes and what the peer got.
func (f fault) meet(s *scene) {
	if f.setup != nil {
		f.setup(s)
	}
	s.open()
	left, expect := 0, f.want
	for i := range 1 + f.more {
		if i > 0 && s.between != nil {
			s.between()
		}
		if i > 0 && f.then != nil {
			expect = f.then
		}
		s.start()
		w := expect(s)
		s.check(w)
		if w.started != facade.StartedNo || w.status != 0 {
			left++
		}
	}
	s.client.CloseIdleConnections()
	if f.cause != nil && !errors.Is(s.err, f.cause) {
		s.Errorf("%v does not wrap %v", s.err, f.cause)
	}
	if whole, begun := s.peer.requests(); begun > left || whole < left && !f.partly {
		s.Errorf("%d requests arrived, %d of them whole, of %d that may have left", begun, whole, left)
	}
}

// scene is the setting of the calls, and the outcome of the last one.
type scene struct {
	*testing.T
	exchange
	peer    *peer
	url     string // the base URL of the calls; open opens the peer if it is empty
	ctx     context.Context
	config  facade.Config
	client  *facade.Client
	request facade.Request
	between func() // called before each call but the first

	res  *facade.Result
	err  error
	took time.Duration
}

func newScene(t *testing.T, x exchange, sc script) *scene {
	t.Helper()
	s := &scene{
		T: t, exchange: x, peer: newPeer(t, x, sc),
		config: fixtures.Config("https://provider.test", x.provider), request: fixtures.Start(x.provider),
	}
	s.ctx, s.peer.cancel = context.WithCancelCause(t.Context())
	return s
}

// open starts the peer, and makes the client.
func (s *scene) open() {
	s.Helper()
	if s.client != nil {
		s.client.CloseIdleConnections() // the client of the calls before
	}
	if s.url == "" {
		s.url = s.peer.open()
	}
	provider := fixtures.Of(s.provider)
	*provider.Settings(&s.config).BaseURL = s.url + provider.BasePath
	client, err := facade.New(s.config)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(client.CloseIdleConnections)
	s.client = client
}

func (s *scene) start() {
	began := time.Now()
	s.res, s.err = s.client.Start(s.ctx, s.request)
	s.took = time.Since(began)
}

// use makes the calls go through this transport.
func (s *scene) use(transport http.RoundTripper) {
	s.config.HTTPClient = &http.Client{Transport: transport}
}

// want is what a call must come to. An empty kind means a Result.
type want struct {
	kind    facade.Kind
	started facade.Started
	status  int
}

// anyKind means an error of any kind.
const anyKind = "any"

// expectation is what a call in this scene must come to.
type expectation func(s *scene) want

func always(w want) expectation { return func(*scene) want { return w } }

// Calls without an answer. Late is for a timeout, and Stop for a cancel.
var (
	neverLeft     = always(want{kind: facade.KindUnavailable, started: facade.StartedNo})
	neverLeftLate = always(want{kind: facade.KindTimeout, started: facade.StartedNo})
	neverLeftStop = always(want{kind: facade.KindCanceled, started: facade.StartedNo})
	mayHaveLeft   = always(want{kind: facade.KindUnavailable})
	mayHaveLate   = always(want{kind: facade.KindTimeout})
	mayHaveStop   = always(want{kind: facade.KindCanceled})
	notHTTP       = always(want{kind: facade.KindUnexpectedResponse})
)

// Calls with an answer: its whole body came, or its body is of no use.
var (
	whole    expectation = func(s *scene) want { return s.whole }
	unusable expectation = func(s *scene) want { return s.unusable }
)

// unexpected is the outcome of an answer whose status nobody documents.
func unexpected(status int) expectation {
	return always(want{kind: facade.KindUnexpectedResponse, status: status})
}

// check compares the outcome with what is wanted, and with what every outcome must be: exactly one
// of Result and Error, with its provider, with all that came of an answer, and without its words in
// the error's text.
func (s *scene) check(w want) {
	s.Helper()
	e, failed := s.err.(*facade.Error)
	if (s.res == nil) == (s.err == nil) || failed != (s.err != nil) {
		s.Fatalf("not exactly one of a Result and an Error: %v, %v", s.res, s.err)
	}
	status, header, raw := s.received()
	have, provider := want{status: status}, s.provider
	if failed {
		have.kind, have.started, provider = e.Kind, e.Started, e.Provider
		if w.kind == anyKind {
			have.kind = anyKind
		}
	}
	if have != w || provider != s.provider {
		s.Fatalf("got %v %v (%+v), want %+v", s.res, s.err, have, w)
	}
	if id := header.Get("X-Request-Id"); status != 0 && id != requestID && w.kind != anyKind {
		s.Errorf("request id %q, want %q: the header is lost", id, requestID)
	}
	if limit := cmp.Or(s.config.MaxResponseBytes, facade.DefaultMaxResponseBytes); int64(len(raw)) > limit {
		s.Errorf("a body of %d bytes, with a limit of %d", len(raw), limit)
	}
	if len(raw) > 0 && (status == 0 || status == http.StatusNoContent) {
		s.Errorf("a body where there is none: %q", raw)
	}
	for err := s.err; err != nil; err = errors.Unwrap(err) {
		if text := fmt.Sprintf("%s %v %+v %#v %q", err, err, err, err, err); strings.Contains(text, marker) {
			s.Errorf("the error quotes what the peer said: %s", text)
		}
	}
}

// marker is in whatever a peer sends that is not a proper answer. No error may quote it.
const marker = "k9zx"

// received returns what the outcome keeps of an answer, and nothing if no answer came.
func (s *scene) received() (status int, header http.Header, body []byte) {
	if e, failed := s.err.(*facade.Error); failed {
		return e.HTTPStatus, e.RawHeader(), e.RawBody()
	}
	return s.res.HTTPStatus, s.res.RawHeader(), s.res.RawBody()
}
