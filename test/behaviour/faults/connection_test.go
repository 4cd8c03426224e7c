package faults_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/deadport"
)

// connectionFaults are those before a request can be sent: section 3 of the catalogue.
var connectionFaults = []fault{
	{name: "refused", setup: func(s *scene) { s.url = "http://" + deadPort(s.T) }, want: neverLeft},
	{name: "refused with TLS", setup: func(s *scene) { s.url = "https://" + deadPort(s.T) }, want: neverLeft},
	{name: "unknown host", setup: dialing(failed(net.DNSError{IsNotFound: true})), want: neverLeft},
	{name: "dial blocked until the deadline", setup: both(dialing(blocked), within(time.Second)), lasts: exactly(time.Second), want: neverLeftLate, is: context.DeadlineExceeded},
	{name: "dial blocked until the cancel", setup: both(dialing(blocked), func(s *scene) {
		ctx, cancel := context.WithCancel(s.ctx)
		s.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) { cancel() }})
	}), want: neverLeftStop, is: context.Canceled},
	{name: "dial fails by its own timeout", setup: dialing(failed(net.DNSError{IsTimeout: true})), want: neverLeftLate},
	{name: "proxy refused", setup: proxied(""), want: neverLeft},
	{name: "proxy 407", setup: proxied("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), want: neverLeft},
	{name: "proxy 502", setup: proxied("HTTP/1.1 502 Bad Gateway\r\n\r\n"), want: neverLeft},
	// Over plain TCP the reset comes before or after the connection was had, as a trace
	// beside the library's own tells.
	{name: "reset right after accept", script: (*call).reset, setup: func(s *scene) {
		s.ctx = httptrace.WithClientTrace(s.ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
		})
	}, want: func(s *scene) want {
		if s.connected.Load() {
			return mayHaveLeft(s)
		}
		return neverLeft(s)
	}, partly: true},

	{name: "reset during the handshake", script: (*call).reset, setup: overTLS, want: neverLeft},
	{name: "closed during the handshake", script: (*call).hangUp, setup: overTLS, want: neverLeft},
	{name: "silent during the handshake", script: (*call).idle, setup: overTLS, lasts: exactly(10 * time.Second), want: neverLeftLate},
	{name: "silent during the handshake until the deadline", script: (*call).idle, setup: both(overTLS, within(time.Second)),
		lasts: exactly(time.Second), want: neverLeftLate, is: context.DeadlineExceeded},
	{name: "plain HTTP during the handshake", script: func(c *call) {
		c.part()
		c.say("HTTP/1.1 200 OK\r\n\r\n")
		c.hangUp()
	}, setup: overTLS, want: neverLeft},
	{name: "unknown CA", setup: secured(func(s *scene, own *tls.Config) { own.RootCAs = x509.NewCertPool() }), want: neverLeft},
	{name: "certificate of another host", setup: secured(func(s *scene, own *tls.Config) { own.ServerName = "other.example" }), want: neverLeft},
	{name: "certificate expired", setup: secured(func(s *scene, own *tls.Config) { own.Time = func() time.Time { return time.Now().AddDate(100, 0, 0) } }), want: neverLeft},
	{name: "the caller would take old TLS", setup: secured(func(s *scene, own *tls.Config) {
		s.peer.secure.MinVersion, s.peer.secure.MaxVersion, own.MinVersion = tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS10
	}), want: neverLeft},
	{name: "the caller wants more than the library", setup: secured(func(s *scene, own *tls.Config) {
		s.peer.secure.MaxVersion, own.MinVersion = tls.VersionTLS12, tls.VersionTLS13
	}), want: neverLeft},
	// By TLS 1.3 the client is through with the handshake before it is refused.
	{name: "client certificate demanded by TLS 1.3", setup: secured(func(s *scene, own *tls.Config) {
		s.peer.secure.ClientAuth = tls.RequireAnyClientCert
	}), want: mayHaveLeft, partly: true},
	{name: "client certificate demanded by TLS 1.2", setup: secured(func(s *scene, own *tls.Config) {
		s.peer.secure.ClientAuth, s.peer.secure.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
	}), want: neverLeft},
	{name: "HTTP/2 agreed upon by the caller's dial", setup: dialingHTTP2(func(conn *tls.Conn) error { return conn.Handshake() }), want: neverLeft},
	{name: "HTTP/2 to be agreed upon by the caller's dial", setup: dialingHTTP2(func(*tls.Conn) error { return nil }), want: neverLeft},
}

func both(one, other func(s *scene)) func(s *scene) {
	return func(s *scene) { one(s); other(s) }
}

// within gives the call a deadline.
func within(d time.Duration) func(s *scene) {
	return func(s *scene) {
		ctx, cancel := context.WithTimeout(s.ctx, d)
		s.Cleanup(cancel)
		s.ctx = ctx
	}
}

func exactly(d time.Duration) func(facade.Provider) time.Duration {
	return func(facade.Provider) time.Duration { return d }
}

// deadPort is an address at which connections are refused until the test is over.
func deadPort(t *testing.T) string {
	t.Helper()
	n, err := deadport.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n.String()
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

func dialThrough(dial dialer) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

func dialing(dial dialer) func(s *scene) {
	return func(s *scene) { s.config.HTTPClient = dialThrough(dial) }
}

// blocked is a dial, or a resolver's, that comes to nothing by itself.
func blocked(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// failed is a dial that has given up.
func failed(why net.DNSError) dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &why}
	}
}

// overSecured has the peer speak TLS.
func overSecured(s *scene) { s.peer.secure = secure() }

// overTLS calls the peer by https, which runs its script in place of a handshake.
func overTLS(s *scene) {
	s.url = "https://" + s.peer.address()
	if s.piped {
		own := facade.NewTransport()
		own.DialContext = s.peer.dial
		s.use(own)
	}
}

// secured has the peer speak TLS, with the library's kind of transport. It changes
// what either side wants.
func secured(change func(s *scene, own *tls.Config)) func(s *scene) {
	return func(s *scene) {
		own := facade.NewTransport()
		s.peer.secure = secure()
		change(s, own.TLSClientConfig)
		s.use(own)
	}
}

// proxied calls the peer through a proxy that answers a CONNECT, or is not there.
func proxied(answer string) func(s *scene) {
	return func(s *scene) {
		s.peer.secure = secure()
		through := "http://" + deadPort(s.T)
		if answer != "" {
			through = newPeer(s.T, s.exchange, saying(answer)).open()
		}
		proxyURL, err := url.Parse(through)
		if err != nil {
			s.Fatal(err)
		}
		s.use(&http.Transport{Proxy: http.ProxyURL(proxyURL)})
	}
}

// dialingHTTP2 has a caller whose own dial agrees with the peer on HTTP/2, which the
// library does not speak: nothing is sent, and nobody waits for an answer.
func dialingHTTP2(then func(conn *tls.Conn) error) func(s *scene) {
	return func(s *scene) {
		s.peer.secure = secure()
		s.peer.secure.NextProtos = []string{"h2", "http/1.1"}
		s.peer.script = func(c *call) { c.part(); c.hangUp() }
		s.use(&http.Transport{DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			secured := tls.Client(conn, &tls.Config{RootCAs: trusted(), ServerName: "127.0.0.1", NextProtos: []string{"h2"}})
			return secured, then(secured)
		}})
	}
}
