package faults_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// resumable tells whether sessions are resumed with this version of Go: not
// before crypto/tls checks all of their certificates again.
var resumable = !strings.HasPrefix(runtime.Version(), "go1.25")

// Extensions of a ClientHello, by RFC 8446.
const (
	preSharedKey = 41
	earlyData    = 42
)

// acquaintance is a client and a peer that meet again.
type acquaintance struct {
	peer   atomic.Pointer[tls.Config] // what the peer presents from now on
	now    atomic.Int64               // the client's clock, in seconds from the real one
	roots  *x509.CertPool             // what the client trusts
	hellos atomic.Pointer[[]uint16]   // extensions of the last ClientHello
}

// change has the peer present something else from now on.
func (a *acquaintance) change(how func(config *tls.Config)) {
	next := a.peer.Load().Clone()
	how(next)
	a.peer.Store(next)
}

// config is that of the peer's listener.
func (a *acquaintance) config() *tls.Config {
	return &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		a.hellos.Store(&hello.Extensions)
		return a.peer.Load(), nil
	}}
}

// transport is the client's.
func (a *acquaintance) transport() *http.Transport {
	own := facade.NewTransport()
	own.TLSClientConfig.RootCAs = a.roots
	own.TLSClientConfig.Time = func() time.Time { return time.Now().Add(time.Duration(a.now.Load()) * time.Second) }
	return own
}

// reunions are what happens between two calls, and what becomes of the second:
// whether it resumes, and its outcome if it is not the peer's ordinary answer.
var reunions = []struct {
	row     string
	before  func(config *tls.Config)
	between func(a *acquaintance)
	resumed bool
	want    want
}{
	{"nothing", nil, func(*acquaintance) {}, true, want{}},
	{"the peer forgets its tickets", nil, func(a *acquaintance) { a.change(forget) }, false, want{}},
	{"the peer gives none", func(config *tls.Config) { config.SessionTicketsDisabled = true }, func(*acquaintance) {}, false, want{}},
	{"the peer's tickets are garbage", func(config *tls.Config) {
		config.WrapSession = func(tls.ConnectionState, *tls.SessionState) ([]byte, error) { return []byte("garbage"), nil }
	}, func(*acquaintance) {}, false, want{}},
	{"the peer remembers another secret", func(config *tls.Config) { config.UnwrapSession = misremember(config) },
		func(*acquaintance) {}, false, want{}},
	{"the peer changes its certificate", nil, func(a *acquaintance) {
		a.change(func(config *tls.Config) {
			forget(config)
			config.Certificates = []tls.Certificate{trusted().issue("127.0.0.1", time.Now().Add(time.Hour))}
		})
	}, false, want{}},
	{"the peer changes to the certificate of another host", nil, func(a *acquaintance) {
		a.change(func(config *tls.Config) {
			forget(config)
			config.Certificates = []tls.Certificate{trusted().issue("other.example", time.Now().Add(time.Hour))}
		})
	}, false, neverLeft},
	{"the certificate expires", nil, func(a *acquaintance) { a.now.Store(3 * 3600) }, false, neverLeft},
	{"the authority expires before the certificate", func(config *tls.Config) {
		config.Certificates = []tls.Certificate{trusted().issue("127.0.0.1", time.Now().Add(24*time.Hour))}
	}, func(a *acquaintance) { a.now.Store(3 * 3600) }, false, neverLeft},
	{"the root is removed", nil, func(a *acquaintance) { *a.roots = *x509.NewCertPool() }, false, neverLeft},
}

func forget(config *tls.Config) { config.SetSessionTicketKeys([][32]byte{{2}}) }

// misremember restores a session with another secret than it was made with: the
// handshake that resumes it fails.
func misremember(config *tls.Config) func([]byte, tls.ConnectionState) (*tls.SessionState, error) {
	return func(ticket []byte, state tls.ConnectionState) (*tls.SessionState, error) {
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

var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

// TestReunion has a client call a peer twice: a session that can be resumed saves
// work, and one that cannot costs a full handshake and nothing else.
func TestReunion(t *testing.T) {
	for _, c := range reunions {
		for name, version := range versions {
			t.Run(c.row+"/"+name, func(t *testing.T) {
				each(t, func(t *testing.T, p facade.Provider) {
					a := &acquaintance{roots: trusted().pool()}
					first := secure()
					first.MaxVersion = version
					first.SetSessionTicketKeys([][32]byte{{1}})
					if c.before != nil {
						c.before(first)
					}
					a.peer.Store(first)
					s, url := listen(t, a.config(), saying(ok(p).text()))
					config := fixtures.Config(url, p)
					config.HTTPClient = &http.Client{Transport: a.transport()}
					client, err := facade.New(config)
					if err != nil {
						t.Fatal(err)
					}
					res, err := client.Start(t.Context(), fixtures.Start(p))
					check(t, p, outcome{res, err}, ok(p).whole)

					c.between(a)
					second := c.want
					if second.kind == "" {
						second = ok(p).whole
					}
					res, err = client.Start(t.Context(), fixtures.Start(p))
					check(t, p, outcome{res, err}, second)
					s.handshakes(t, false, c.resumed && resumable)
					if second.kind == "" && len(s.calls) != 2 {
						t.Errorf("%d requests of two calls", len(s.calls))
					}
				})
			})
		}
	}
}

// handshakes fails unless the handshakes that led to a request resumed as told,
// as far as there were any.
func (p *peer) handshakes(t *testing.T, resumed ...bool) {
	t.Helper()
	p.requests()
	for i, c := range p.calls {
		if got := c.Conn.(*tls.Conn).ConnectionState().DidResume; got != resumed[i] {
			t.Errorf("connection %d resumed: %v, want %v", i+1, got, resumed[i])
		}
	}
}

// twice makes two calls with one client, which has its own transport if client
// is nil.
func twice(ctx context.Context, t *testing.T, p facade.Provider, url string, client *http.Client, wants ...want) {
	t.Helper()
	config := fixtures.Config(url, p)
	config.HTTPClient = client
	c, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	for _, w := range wants {
		res, err := c.Start(ctx, fixtures.Start(p))
		check(t, p, outcome{res, err}, w)
	}
}

// TestNoEarlyData looks at what the library's own transport offers when it comes
// back: its session, and nothing of the request.
func TestNoEarlyData(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				var a acquaintance
				config := secure()
				config.MaxVersion = version
				a.peer.Store(config)
				s, url := listen(t, a.config(), saying(ok(p).text()))
				twice(t.Context(), t, p, url, nil, ok(p).whole, ok(p).whole)
				s.handshakes(t, false, resumable)
				offered := *a.hellos.Load()
				if slices.Contains(offered, earlyData) {
					t.Error("early data was offered")
				}
				if version == tls.VersionTLS13 && slices.Contains(offered, preSharedKey) != resumable {
					t.Errorf("a session was offered: %v", !resumable)
				}
			})
		})
	}
}

// unhurried gives net/http time to read on before it sends the request.
func unhurried(t *testing.T) context.Context {
	return httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		for range 1000 {
			runtime.Gosched()
		}
	}})
}

// TestEarlyAnswerOnResumedSession has a peer that answers before it is asked, on
// each connection, also on one that was made anew since resuming failed.
func TestEarlyAnswerOnResumedSession(t *testing.T) {
	for name, version := range versions {
		for _, fails := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", resuming fails: ", fails), func(t *testing.T) {
				each(t, func(t *testing.T, p facade.Provider) {
					config := secure()
					config.MaxVersion = version
					if fails {
						config.UnwrapSession = misremember(config)
					}
					s, url := listen(t, config, func(c *call) { c.say(ok(p).text()); c.read() })
					twice(unhurried(t), t, p, url, nil, ok(p).whole, ok(p).whole)
					s.handshakes(t, false, resumable && !fails)
				})
			})
		}
	}
}

// TestTicketThatBreaksTheRules: crypto/tls ends a connection over an empty ticket,
// unless no tickets are wanted. It costs one answer, and no second one.
func TestTicketThatBreaksTheRules(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		config := secure()
		config.WrapSession = func(tls.ConnectionState, *tls.SessionState) ([]byte, error) { return nil, nil }
		s, url := listen(t, config, saying(ok(p).text()))
		first := mayHaveLeft
		if !resumable {
			first = ok(p).whole
		}
		twice(t.Context(), t, p, url, nil, first, ok(p).whole, ok(p).whole)
		s.handshakes(t, false, false, false)
	})
}

// theirSessions is a cache of the caller's.
type theirSessions struct {
	tls.ClientSessionCache
	kept atomic.Int64
}

func (s *theirSessions) Put(host string, session *tls.ClientSessionState) {
	s.kept.Add(1)
	s.ClientSessionCache.Put(host, session)
}

// TestCallersSessions: a caller's transport has the sessions that the caller gave
// it, and no others.
func TestCallersSessions(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		theirs := &theirSessions{ClientSessionCache: tls.NewLRUClientSessionCache(0)}
		for _, cache := range []tls.ClientSessionCache{theirs, nil} {
			s, url := listen(t, secure(), saying(ok(p).text()))
			own := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{ClientSessionCache: cache}}
			twice(t.Context(), t, p, url, &http.Client{Transport: own}, ok(p).whole, ok(p).whole)
			s.handshakes(t, false, cache != nil)
		}
		if theirs.kept.Load() == 0 {
			t.Error("the caller's cache was not used")
		}
	})
}

// TestSessionsAreNotShared has two clients of one transport, which got other roots
// and another certificate between them.
func TestSessionsAreNotShared(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		config := secure()
		config.ClientAuth = tls.RequestClientCert
		s, url := listen(t, config, saying(ok(p).text()))
		own := facade.NewTransport()
		mine, other := trusted().issue("mine", time.Now().Add(time.Hour)), trusted().issue("other", time.Now().Add(time.Hour))
		own.TLSClientConfig.Certificates = []tls.Certificate{mine}
		twice(t.Context(), t, p, url, &http.Client{Transport: own}, ok(p).whole, ok(p).whole)
		own.TLSClientConfig.Certificates = []tls.Certificate{other}
		twice(t.Context(), t, p, url, &http.Client{Transport: own}, ok(p).whole)
		own.TLSClientConfig.RootCAs = x509.NewCertPool()
		twice(t.Context(), t, p, url, &http.Client{Transport: own}, neverLeft, neverLeft)
		s.handshakes(t, false, resumable, false)
		if shown := s.calls[2].Conn.(*tls.Conn).ConnectionState().PeerCertificates; len(shown) != 1 || !slices.Equal(shown[0].Raw, other.Certificate[0]) {
			t.Error("the second client was taken for the first")
		}
	})
}

// TestSessionsAreBounded remembers the first eight hosts, and another one once one of
// them is dropped.
func TestSessionsAreBounded(t *testing.T) {
	cache := facade.NewTransport().TLSClientConfig.ClientSessionCache
	if !resumable && cache == nil {
		return
	}
	kept := func(host int) bool {
		_, ok := cache.Get(fmt.Sprint(host))
		return ok
	}
	for host := range 100 {
		cache.Put(fmt.Sprint(host), new(tls.ClientSessionState))
		if kept(host) != (host < 8) {
			t.Errorf("host %d is kept: %v", host, kept(host))
		}
	}
	newer := new(tls.ClientSessionState)
	cache.Put("0", newer)
	if got, _ := cache.Get("0"); got != newer {
		t.Error("a newer session of a host that is kept was not kept")
	}
	cache.Put("0", nil)
	cache.Put("99", newer)
	if kept(0) || !kept(99) {
		t.Error("a host that was dropped has left no room for another")
	}
}

// TestCallbacksOfFullHandshakes: what a resumed handshake would not ask is asked on
// each call.
func TestCallbacksOfFullHandshakes(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		var asked atomic.Int64
		for _, set := range []func(config *tls.Config){
			func(config *tls.Config) {
				config.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { asked.Add(1); return nil } //nolint:gosec // that is what the test is about
			},
			func(config *tls.Config) {
				config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
					asked.Add(1)
					return new(tls.Certificate), nil
				}
			},
		} {
			config := secure()
			config.ClientAuth = tls.RequestClientCert
			s, url := listen(t, config, saying(ok(p).text()))
			own := facade.NewTransport()
			set(own.TLSClientConfig)
			asked.Store(0)
			twice(t.Context(), t, p, url, &http.Client{Transport: own}, ok(p).whole, ok(p).whole)
			s.handshakes(t, false, false)
			if asked.Load() != 2 {
				t.Errorf("asked %d times on 2 calls", asked.Load())
			}
		}
	})
}

// TestEarlyAnswerBehindHandshake has a peer whose early answer comes together with
// the last message of its handshake, which in TLS 1.2 is the peer's.
func TestEarlyAnswerBehindHandshake(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		config := secure()
		config.MaxVersion = tls.VersionTLS12
		_, url := listen(t, nil, func(c *call) {
			secured := tls.Server(&joiningConn{Conn: c.Conn, kept: 2}, config)
			if secured.Handshake() != nil {
				return
			}
			_, _ = io.WriteString(secured, ok(p).text())
			_, _ = http.ReadRequest(bufio.NewReader(secured))
		})
		check(t, p, callPeer(unhurried(t), t, "https"+strings.TrimPrefix(url, "http"), p, nil), ok(p).whole)
	})
}

// joiningConn keeps one write back, and sends it together with the next one.
type joiningConn struct {
	net.Conn
	kept int // counts down to the write that is kept back
	back []byte
}

func (c *joiningConn) Write(b []byte) (int, error) {
	c.kept--
	if c.kept == 0 {
		c.back = slices.Clone(b)
		return len(b), nil
	}
	if _, err := c.Conn.Write(append(c.back, b...)); err != nil {
		return 0, err
	}
	c.back = nil
	return len(b), nil
}
