package faults_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/deadport"
)

// site is where a call is made to, and how.
type site struct {
	url    string
	ctx    context.Context
	client *http.Client
	peer   *peer // nil if nothing is there that could take a request
}

// connections are the faults before a request can be sent.
var connections = []struct {
	row  string
	site func(t *testing.T) site
	want want
	is   error // that errors.Is finds
}{
	{"refused", refused("http"), neverLeft, nil},
	{"refused", refused("https"), neverLeft, nil},
	{"unknown host", resolving(nameServer(3), forever), neverLeft, nil},
	{"DNS failure", resolving(nameServer(2), forever), neverLeft, nil},
	{"DNS timeout", resolving(blocked, late), neverLeftLate, context.DeadlineExceeded},
	{"dial blocked until the deadline", dialing(blocked, late), neverLeftLate, context.DeadlineExceeded},
	{"dial blocked until the cancel", dialing(blocked, stopped), neverLeftStop, context.Canceled},
	{"dial fails by its own timeout", dialing(timedOut, forever), neverLeftLate, nil},
	{"reset right after accept", secured((*call).reset), neverLeft, nil},
	{"proxy refused", proxied(nil), neverLeft, nil},
	{"proxy 407", proxied(proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")), neverLeft, nil},
	{"proxy 502", proxied(proxy("HTTP/1.1 502 Bad Gateway\r\n\r\n")), neverLeft, nil},
	{"unknown CA", presenting(func() *tls.Config {
		return presented(newAuthority("unknown").issue("127.0.0.1", time.Now().Add(time.Hour)))
	}), neverLeft, nil},
	{"certificate of another host", presenting(func() *tls.Config {
		return presented(trusted().issue("other.example", time.Now().Add(time.Hour)))
	}), neverLeft, nil},
	{"certificate expired", presenting(func() *tls.Config {
		return presented(trusted().issue("127.0.0.1", time.Now().Add(-time.Minute)))
	}), neverLeft, nil},
	{"TLS version mismatch", presenting(func() *tls.Config {
		config := secure()
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		return config
	}), neverLeft, nil},
	{"closed during the handshake", secured((*call).hangUp), neverLeft, nil},
	{"silent during the handshake", silentHandshake, neverLeftLate, context.DeadlineExceeded},
	{"plain HTTP during the handshake", secured(func(c *call) {
		_, _ = c.in.Peek(1)
		c.say("HTTP/1.1 200 OK\r\n\r\n")
		c.hangUp()
	}), neverLeft, nil},
	{"client certificate demanded", demanding(tls.VersionTLS13), mayHaveLeft, nil},
	{"client certificate demanded", demanding(tls.VersionTLS12), neverLeft, nil},
}

// TestConnection is section 3 of the catalogue.
func TestConnection(t *testing.T) {
	for _, c := range connections {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				s := c.site(t)
				got := callPeer(s.ctx, t, s.url, p, s.client)
				e := check(t, p, got, c.want)
				if c.is != nil && !errors.Is(e, c.is) {
					t.Errorf("%v is no %v", e, c.is)
				}
				if s.peer != nil && s.peer.delivered(t, got) {
					t.Error("a request arrived")
				}
			})
		})
	}
}

// TestResetAfterAccept tells by a trace of its own what the library had to say:
// over plain TCP the reset comes before or after the connection was had.
func TestResetAfterAccept(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		s, url := listen(t, nil, (*call).reset)
		var connected atomic.Bool
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
		})
		got := callPeer(ctx, t, url, p, nil)
		if connected.Load() {
			check(t, p, got, mayHaveLeft)
		} else {
			check(t, p, got, neverLeft)
		}
		s.delivered(t, got)
	})
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

func refused(scheme string) func(t *testing.T) site {
	return func(t *testing.T) site {
		return site{url: scheme + "://" + deadPort(t), ctx: t.Context()}
	}
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// blocked is a dial, or a resolver's, that comes to nothing by itself.
func blocked(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// timedOut is a dial that has given up.
func timedOut(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{IsTimeout: true}}
}

// nameServer answers every query with this code of RFC 1035.
func nameServer(code byte) dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		client, own := net.Pipe()
		go func() { // over a stream, a message has two bytes of length before it
			defer own.Close()
			message := make([]byte, 1024)
			n, err := own.Read(message)
			if err != nil || n < 5 {
				return
			}
			message[4] |= 0x80 // an answer
			message[5] = message[5]&0xf0 | code
			_, _ = own.Write(message[:n])
		}()
		return client, nil
	}
}

// resolving calls a host whose name is looked up through dial.
func resolving(dial dialer, ctx func(t *testing.T) context.Context) func(t *testing.T) site {
	return func(t *testing.T) site {
		resolver := &net.Resolver{PreferGo: true, Dial: dial}
		return site{
			url:    "https://kyc.invalid",
			ctx:    ctx(t),
			client: dialThrough((&net.Dialer{Resolver: resolver}).DialContext),
		}
	}
}

func dialing(dial dialer, ctx func(t *testing.T) context.Context) func(t *testing.T) site {
	return func(t *testing.T) site {
		return site{url: "https://127.0.0.1:1", ctx: ctx(t), client: dialThrough(dial)}
	}
}

func dialThrough(dial dialer) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

// late is a context that is soon over, where only a real clock serves: the fault
// is the deadline, or something below it that no fake clock reaches.
func late(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// stopped is a context that is cancelled as soon as a connection is asked for.
func stopped(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) { cancel() }})
}

func forever(t *testing.T) context.Context { return t.Context() }

// secured calls a peer by https that runs s in place of a handshake.
func secured(s script) func(t *testing.T) site {
	return func(t *testing.T) site {
		_, address := listen(t, nil, s)
		return site{url: "https" + address[len("http"):], ctx: t.Context()}
	}
}

func silentHandshake(t *testing.T) site {
	s := secured((*call).idle)(t)
	s.ctx = late(t)
	return s
}

// presenting calls a peer with this TLS configuration.
func presenting(config func() *tls.Config) func(t *testing.T) site {
	return func(t *testing.T) site {
		p, address := listen(t, config(), func(c *call) { c.read() })
		return site{url: address, ctx: t.Context(), peer: p}
	}
}

// demanding calls a peer that demands a client certificate, at this version of
// TLS: by 1.3 the client is through with the handshake before it is refused.
func demanding(version uint16) func(t *testing.T) site {
	return presenting(func() *tls.Config {
		config := secure()
		config.ClientAuth, config.MaxVersion = tls.RequireAnyClientCert, version
		return config
	})
}

// proxied calls a peer through a proxy that runs s, or that is not there.
func proxied(s script) func(t *testing.T) site {
	return func(t *testing.T) site {
		p, address := listen(t, secure(), func(c *call) { c.read() })
		through := "http://" + deadPort(t)
		if s != nil {
			_, through = listen(t, nil, s)
		}
		proxyURL, err := url.Parse(through)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxyURL), DisableKeepAlives: true}}
		return site{url: address, ctx: t.Context(), client: client, peer: p}
	}
}

// proxy answers a CONNECT.
func proxy(answer string) script {
	return func(c *call) {
		c.read()
		c.say(answer)
		c.hangUp()
	}
}
