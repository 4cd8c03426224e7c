package facade

import (
	"crypto/tls"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// maxSessions is for how many hosts a client remembers a TLS session: one for
// each provider, and some to spare. Further hosts are not remembered.
const maxSessions = 8

// sessions are the TLS sessions that the transport of one client may resume. A
// resumed handshake goes without the certificates. crypto/tls checks on each use of a
// session that its certificates are still in date, for this host and under the
// client's roots, and makes a full handshake otherwise. Over TCP it sends no early
// data, which could be sent again.
type sessions struct {
	mu     sync.Mutex
	byHost map[string]*tls.ClientSessionState
	drops  int // how often one was dropped: it was too old, or its handshake failed
}

func newSessions() *sessions { return &sessions{byHost: map[string]*tls.ClientSessionState{}} }

// Get implements [tls.ClientSessionCache].
func (s *sessions) Get(host string) (*tls.ClientSessionState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.byHost[host]
	return session, ok
}

// Put implements [tls.ClientSessionCache]: nil is for a session to be dropped.
func (s *sessions) Put(host string, session *tls.ClientSessionState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if session == nil {
		delete(s.byHost, host)
		s.drops++
	} else if len(s.byHost) < maxSessions || s.byHost[host] != nil {
		s.byHost[host] = session
	}
}

func (s *sessions) dropped() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drops
}

// resume returns t with TLS sessions of its own if it came from [NewTransport].
// Clients that share a transport share none: a session stands for the roots and
// the certificate that it was made with.
func resume(t *http.Transport) http.RoundTripper {
	config := t.TLSClientConfig
	if _, ours := config.ClientSessionCache.(*sessions); !ours {
		return t // any other cache is the caller's
	}
	config.ClientSessionCache = nil
	if config.VerifyPeerCertificate != nil || config.GetClientCertificate != nil {
		return t // a resumed handshake would not call them
	}
	full, own := t.Clone(), newSessions()
	config.ClientSessionCache = own
	return &resumingTransport{Transport: t, sessions: own, full: full}
}

// resumingTransport resumes TLS sessions, and does without where a peer cannot. No
// call fails because of them, but for one to a peer whose tickets break the rules
// of TLS.
type resumingTransport struct {
	*http.Transport
	sessions *sessions
	full     *http.Transport // makes full handshakes
	// misused tells that a peer sent tickets that break the rules of TLS.
	misused atomic.Bool
}

// RoundTrip implements [http.RoundTripper].
func (t *resumingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.misused.Load() {
		return t.full.RoundTrip(r)
	}
	drops := t.sessions.dropped()
	resp, err := t.Transport.RoundTrip(r)
	if err == nil {
		return resp, nil
	}
	if strings.Contains(err.Error(), "session ticket") {
		// crypto/tls ends a connection upon such a ticket, but only for those who
		// want tickets. This call has lost its answer, and no other will.
		t.misused.Store(true)
	}
	if t.sessions.dropped() == drops || r.Context().Err() != nil || !witnessIn(r.Context()).startOver() {
		return nil, err
	}
	// The handshake failed, perhaps over the session: nothing was sent so far.
	again := r.WithContext(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.full.RoundTrip(again)
}

// CloseIdleConnections closes those of both transports.
func (t *resumingTransport) CloseIdleConnections() {
	t.Transport.CloseIdleConnections()
	t.full.CloseIdleConnections()
}
