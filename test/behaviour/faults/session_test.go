package faults_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
)

// resumable tells whether sessions are resumed with this version of Go: not
// before crypto/tls checks all of their certificates again.
var resumable = !strings.HasPrefix(runtime.Version(), "go1.25")

// sessionFaults are what happens to a TLS session between two calls: one that can be
// resumed saves work, and one that cannot costs a full handshake and nothing else.
var sessionFaults = func() (all []fault) {
	for name, version := range map[string]uint16{" by TLS 1.2": tls.VersionTLS12, " by TLS 1.3": tls.VersionTLS13} {
		// The own transport's part is nil for the library's transport as it is.
		meeting := func(what string, resumed bool, then expectation, change func(s *scene, own *tls.Config)) fault {
			return fault{name: what + name, setup: secured(func(s *scene, own *tls.Config) {
				s.peer.secure.MaxVersion = version
				change(s, own)
			}), want: whole, then: repeated(1, then), also: handshakes(false, resumed && resumable)}
		}
		early := func(what string, resumed bool, change func(s *scene, own *tls.Config)) fault {
			f := meeting(what, resumed, whole, change)
			f.script, f.setup, f.partly = answerAtOnce, both(f.setup, sendLate), true
			return f
		}
		all = append(all,
			meeting("nothing happens", true, whole, func(*scene, *tls.Config) {}),
			meeting("the peer remembers another secret", false, whole, misremember),
			meeting("the root is removed", false, neverLeft, func(s *scene, own *tls.Config) {
				own.RootCAs = trusted()
				s.between = func() { *own.RootCAs = *x509.NewCertPool() }
			}),
			early("early answers", true, func(*scene, *tls.Config) {}),
			early("early answers, and the peer remembers another secret", false, misremember),
			// A resumed handshake would not ask them.
			meeting("the caller verifies", false, whole, func(_ *scene, own *tls.Config) {
				own.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return nil } //nolint:gosec // that is what the test is about
			}),
			meeting("the caller chooses a certificate", false, whole, func(_ *scene, own *tls.Config) {
				own.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return new(tls.Certificate), nil }
			}),
		)
	}
	var theirs tls.ClientSessionCache
	first := mayHaveLeft
	if !resumable {
		first = whole
	}
	return append(all,
		fault{name: "no early data", setup: both(overSecured, func(s *scene) {
			s.peer.secure.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				if slices.Contains(hello.Extensions, 42) { // by RFC 8446
					s.Error("early data was offered")
				}
				return nil, nil
			}
		}), want: whole, then: repeated(1, whole), also: handshakes(false, resumable)},
		// crypto/tls ends a connection over an empty ticket, unless no tickets are
		// wanted. It costs one answer, and no second one.
		fault{name: "a ticket that breaks the rules", setup: both(overSecured, func(s *scene) {
			s.peer.secure.WrapSession = func(tls.ConnectionState, *tls.SessionState) ([]byte, error) { return nil, nil }
		}), want: first, then: repeated(2, whole), also: handshakes(false, false, false)},
		// A caller's transport has the sessions that the caller gave it, and no others.
		fault{name: "the caller's sessions", setup: func(s *scene) {
			theirs = tls.NewLRUClientSessionCache(0)
			callers(theirs)(s)
		}, want: whole, then: repeated(1, whole), also: func(s *scene) {
			handshakes(false, true)(s)
			if kept, _ := theirs.Get("127.0.0.1"); kept == nil {
				s.Error("the caller's cache was not used")
			}
		}},
		fault{name: "no sessions of the caller's", setup: callers(nil), want: whole, then: repeated(1, whole), also: handshakes(false, false)},
		fault{name: "sessions of another client", setup: secured(func(s *scene, _ *tls.Config) { s.between = s.open }),
			want: whole, then: repeated(1, whole), also: handshakes(false, false)},
		// The early answer comes together with the last message of the handshake, which
		// in TLS 1.2 is the peer's.
		fault{name: "an early answer behind the handshake", script: func(c *call) {
			config := secure()
			config.MaxVersion = tls.VersionTLS12
			secured := tls.Server(&lazyConn{Conn: c.Conn}, config)
			if secured.Handshake() == nil {
				c.heard <- struct{}{}
				_, _ = io.WriteString(secured, c.text())
				_, _ = http.ReadRequest(bufio.NewReader(secured))
			}
		}, setup: both(overTLS, sendLate), want: whole, partly: true},
	)
}()

// callers has a transport of the caller's with these sessions.
func callers(cache tls.ClientSessionCache) func(s *scene) {
	return func(s *scene) {
		s.peer.secure = secure()
		s.use(&http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{ClientSessionCache: cache}})
	}
}

// misremember restores a session with another secret than it was made with: the
// handshake that resumes it fails.
func misremember(s *scene, _ *tls.Config) {
	config := s.peer.secure
	config.UnwrapSession = func(ticket []byte, state tls.ConnectionState) (*tls.SessionState, error) {
		session, err := config.DecryptTicket(ticket, state)
		if err != nil || session == nil {
			return session, err
		}
		text, err := session.Bytes()
		if err != nil {
			return nil, err
		}
		text[len("vvtsscccccccc")+1] ^= 1 // behind version, type, suite, time and a length
		return tls.ParseSessionState(text)
	}
}

// handshakes fails unless those that led to a request resumed as told, as far as there
// were any.
func handshakes(resumed ...bool) func(s *scene) {
	return func(s *scene) {
		var got []bool
		for _, c := range s.peer.calls {
			got = append(got, c.Conn.(*tls.Conn).ConnectionState().DidResume)
		}
		if !slices.Equal(got, resumed[:min(len(got), len(resumed))]) {
			s.Errorf("connections resumed: %v, want %v", got, resumed)
		}
	}
}

// lazyConn sends what is written to it when it is read next.
type lazyConn struct {
	net.Conn
	held []byte
}

func (c *lazyConn) Write(b []byte) (int, error) {
	c.held = append(c.held, b...)
	return len(b), nil
}

func (c *lazyConn) Read(b []byte) (int, error) {
	_, _ = c.Conn.Write(c.held)
	c.held = nil
	return c.Conn.Read(b)
}
