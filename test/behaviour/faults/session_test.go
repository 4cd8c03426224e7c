package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// resumable tells whether the library resumes sessions with this version of Go. It does not before
// crypto/tls checks all certificates of a session again.
var resumable = !strings.HasPrefix(runtime.Version(), "go1.25")

// sessionFaults are what happens to a TLS session between two calls. A session that can be resumed
// saves work. One that cannot costs a full handshake and nothing else.
var sessionFaults = []fault{
	meeting("a session", resumable, overSecured),
	meeting("a session by TLS 1.2", resumable, overSecured, byTLS12),
	meeting("the peer rejects its tickets", false, overSecured, rejecting),
	{name: "early answers by TLS 1.2", script: answerAtOnce,
		setup: steps(overSecured, byTLS12, sendLate, handshakes(false, resumable)), want: whole, more: 1, partly: true},
	{name: "early answers of a peer that rejects its tickets", script: answerAtOnce,
		setup: steps(overSecured, rejecting, sendLate, handshakes(false, false)), want: whole, more: 1, partly: true},
	meeting("another client of the same transport", false, secured(func(_, _ *tls.Config) {}), func(s *scene) { s.between = s.open }),
	// A resumed handshake would not call these functions.
	meeting("the caller verifies", false, secured(func(_, own *tls.Config) {
		own.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return nil }
	})),
	meeting("the caller chooses a certificate", false, secured(func(_, own *tls.Config) {
		own.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return new(tls.Certificate), nil }
	})),
	{name: "the root is removed", setup: func(s *scene) {
		secured(func(_, own *tls.Config) {
			own.RootCAs = trusted()
			s.between = func() { *own.RootCAs = *x509.NewCertPool() }
		})(s)
		handshakes(false)(s)
	}, want: whole, more: 1, then: neverLeft},
	{name: "a session that is too old, and a reply that is lost", setup: func(s *scene) {
		secured(func(_, own *tls.Config) {
			var days atomic.Int64
			own.Time = func() time.Time { return time.Now().AddDate(0, 0, int(days.Load())) }
			s.between = func() {
				days.Store(8)
				s.peer.script = func(c *call) { c.read(); c.hangUp() }
			}
		})(s)
		handshakes(false, false)(s)
	}, want: whole, more: 1, then: mayHaveLeft},
	// crypto/tls ends a connection that gets an empty ticket, unless the client wants no tickets.
	// That costs the answer of the first call, and of no other.
	{name: "a ticket that breaks the rules", setup: steps(overSecured, func(s *scene) {
		s.peer.secure.WrapSession = func(tls.ConnectionState, *tls.SessionState) ([]byte, error) { return nil, nil }
	}, handshakes(false, false, false)), want: func(s *scene) want {
		if resumable {
			return mayHaveLeft(s)
		}
		return s.whole
	}, more: 2, then: whole},
	// A transport of the caller's keeps sessions in the cache that the caller gave it, and in no
	// other.
	meeting("the caller's sessions", true, callers(tls.NewLRUClientSessionCache(0))),
	meeting("no sessions of the caller's", false, callers(nil)),
}

// meeting makes two calls. resumed tells whether the second one must resume the session of the
// first.
func meeting(name string, resumed bool, setup ...func(s *scene)) fault {
	return fault{name: name, setup: steps(append(setup, handshakes(false, resumed))...), want: whole, more: 1}
}

func byTLS12(s *scene) { s.peer.secure.MaxVersion = tls.VersionTLS12 }

// callers gives the call a transport of the caller's with this session cache.
func callers(cache tls.ClientSessionCache) func(s *scene) {
	return func(s *scene) {
		s.peer.secure = secure()
		s.use(&http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{ClientSessionCache: cache}})
	}
}

// rejecting makes the peer give up the handshake when a client resumes a session. (By TLS 1.2,
// crypto/tls would ask the function about every client.)
func rejecting(s *scene) {
	s.peer.secure.UnwrapSession = func([]byte, tls.ConnectionState) (*tls.SessionState, error) {
		return nil, errors.New("a session of somebody else's")
	}
}

// handshakes checks which connections to the peer resumed a session, in their order. Only
// connections that finished their handshake count. There may be fewer than told, and not more.
func handshakes(resumed ...bool) func(s *scene) {
	return func(s *scene) {
		s.Cleanup(func() {
			var got []bool
			for _, c := range s.peer.calls {
				got = append(got, c.Conn.(*tls.Conn).ConnectionState().DidResume)
			}
			if !slices.Equal(got, resumed[:min(len(got), len(resumed))]) {
				s.Errorf("connections resumed: %v, want %v", got, resumed)
			}
		})
	}
}
