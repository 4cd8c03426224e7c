package faults_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/deadport"
)

// connectionFaults happen before a request can be sent.
var connectionFaults = []fault{
	{name: "refused", setup: func(s *scene) { s.url = nobody }, want: neverLeft, cause: syscall.ECONNREFUSED},
	{name: "unknown host", setup: dialing(failed(net.DNSError{IsNotFound: true})), want: neverLeft},
	{name: "dial fails by its own timeout", setup: dialing(failed(net.DNSError{IsTimeout: true})), want: neverLeftLate},
	{name: "dial blocked until the deadline", setup: dialing(blocked), lasts: byDefault,
		want: neverLeftLate, cause: context.DeadlineExceeded},
	{name: "dial blocked until the cancel", setup: func(s *scene) {
		dialing(func(ctx context.Context, network, address string) (net.Conn, error) {
			s.peer.cancel(nil)
			return blocked(ctx, network, address)
		})(s)
	}, want: neverLeftStop, cause: context.Canceled},
	{name: "proxy 407", setup: func(s *scene) {
		proxy := newPeer(s.T, s.exchange, saying("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
		proxy.open()
		s.peer.secure = secure()
		s.use(&http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy.address()})})
	}, want: neverLeft},
	{name: "reset during the handshake", script: (*call).reset, setup: overTLS, want: neverLeft},
	{name: "closed during the handshake", script: (*call).hangUp, setup: overTLS, want: neverLeft},
	{name: "silent during the handshake", script: (*call).idle, setup: func(s *scene) {
		s.url = "https://" + s.peer.address()
		own := facade.NewTransport()
		own.DialContext = s.peer.dial
		s.use(own)
	}, lasts: 10 * time.Second, want: neverLeftLate},
	{name: "plain HTTP during the handshake", script: func(c *call) {
		c.part()
		c.say("HTTP/1.1 200 OK\r\n\r\n")
		c.hangUp()
	}, setup: overTLS, want: neverLeft},
	{name: "unknown CA", setup: secured(func(_, own *tls.Config) { own.RootCAs = x509.NewCertPool() }), want: neverLeft},
	{name: "certificate of another host", setup: secured(func(_, own *tls.Config) { own.ServerName = "other.example" }), want: neverLeft},
	{name: "certificate expired", setup: secured(func(_, own *tls.Config) { own.Time = func() time.Time { return time.Now().AddDate(100, 0, 0) } }), want: neverLeft},
	{name: "the caller would accept old TLS", setup: secured(func(peer, own *tls.Config) {
		peer.MinVersion, peer.MaxVersion, own.MinVersion = tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS10
	}), want: neverLeft},
	{name: "the caller wants more than the library", setup: secured(func(peer, own *tls.Config) {
		peer.MaxVersion, own.MinVersion = tls.VersionTLS12, tls.VersionTLS13
	}), want: neverLeft},
	// With TLS 1.3 the client has finished its handshake before the peer refuses it.
	{name: "client certificate demanded", setup: secured(func(peer, _ *tls.Config) {
		peer.ClientAuth = tls.RequireAnyClientCert
	}), want: mayHaveLeft, partly: true},
	// The caller's dial lets the peer agree on HTTP/2. The library does not speak it: it must send
	// nothing, and must not wait for an answer.
	{name: "HTTP/2 by the caller's dial", script: func(c *call) { c.part(); c.hangUp() }, setup: func(s *scene) {
		preferringHTTP2(s)
		s.use(&http.Transport{DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return tls.Client(conn, &tls.Config{RootCAs: trusted(), ServerName: "127.0.0.1", NextProtos: []string{"h2"}}), nil
		}})
	}, want: neverLeft},
}

// steps runs setups one after the other.
func steps(all ...func(s *scene)) func(s *scene) {
	return func(s *scene) {
		for _, step := range all {
			step(s)
		}
	}
}

// nobody is a base URL at which connections are refused for as long as the tests run.
var nobody = "http://" + dead.String()

var dead, _ = deadport.New()

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// dialing gives the transport a dial function of the caller's.
func dialing(dial dialer) func(s *scene) {
	return func(s *scene) { s.use(&http.Transport{DialContext: dial, DisableKeepAlives: true}) }
}

// blocked is a dial that ends only with its context.
func blocked(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// failed is a dial that fails at once.
func failed(why net.DNSError) dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &why}
	}
}

// overSecured makes the peer speak TLS.
func overSecured(s *scene) { s.peer.secure = secure() }

// overTLS calls the peer by https. The peer runs its script in place of a handshake.
func overTLS(s *scene) {
	s.peer.open()
	s.url = "https://" + s.peer.address()
}

// secured makes the peer speak TLS, and the call use a transport of facade.NewTransport. change may
// adjust the TLS configuration of either side.
func secured(change func(peer, own *tls.Config)) func(s *scene) {
	return func(s *scene) {
		own := facade.NewTransport()
		s.peer.secure = secure()
		change(s.peer.secure, own.TLSClientConfig)
		s.use(own)
	}
}

// sendingFaults happen after the first byte of the request and before the first byte of the answer.
var sendingFaults = []fault{
	{name: "reset in the middle of the request", script: func(c *call) { c.part(); c.reset() }, want: mayHaveLeft, partly: true},
	{name: "closed after the request", script: func(c *call) { c.read(); c.hangUp() }, want: mayHaveLeft},
	{name: "reset after the request", script: func(c *call) { c.read(); c.reset() }, want: mayHaveLeft},
	{name: "cancelled", script: func(c *call) { c.read(); c.cancel(nil) }, want: mayHaveStop, cause: context.Canceled},
	{name: "cancelled with a cause", script: func(c *call) { c.read(); c.cancel(errors.New("a cause")) },
		want: mayHaveStop, cause: context.Canceled},
	// The peer answers before the request is sent, and no answer may be lost. TestMain checks that
	// net/http printed none of them either. Once the client has its answer, it may hang up before
	// the whole request is out.
	{name: "answered at once", each: true, script: answerAtOnce, setup: sendLate, want: whole, more: 19, partly: true},
	{name: "answered at once with TLS", each: true, script: answerAtOnce, setup: steps(overSecured, sendLate), want: whole, more: 4, partly: true},
	// The answer comes while an image is being sent. The call must return that answer. Some need
	// more calls, to win a race.
	answeredEarly("a peer that reads on", steps(), func(*call) {}, 1),
	answeredEarly("a peer that reads on, with TLS", overSecured, func(*call) {}, 1),
	answeredEarly("a peer that reads no more", steps(), func(c *call) { c.idle(); c.reset() }, 0),
	answeredEarly("a peer that reads no more, with TLS", overSecured, func(c *call) { c.idle(); c.reset() }, 0),
	answeredEarly("a peer that hangs up", steps(), (*call).hangUp, 9),
	answeredEarly("a peer that hangs up, with TLS", overSecured, (*call).hangUp, 9),
}

func answeredEarly(by string, setup func(s *scene), then script, more int) fault {
	tooLarge := always(want{kind: facade.KindInvalidRequest, status: 413})
	return fault{name: "answered early by " + by, only: atQolo, script: func(c *call) {
		c.part()
		// The long header gives the peer time for its next step before the client has read the
		// answer.
		c.say(reply{status: 413}.framed(0, "X-Long: "+strings.Repeat("x", 60<<10)))
		then(c)
	}, setup: steps(setup, sending(huge)), want: tooLarge, more: more, partly: true}
}

// huge is the size of an image that is more than what sockets buffer.
const huge = 3 << 20

// sending is a start at Qolo with an image of n bytes in a file. The library must close the file.
func sending(n int) func(s *scene) {
	return func(s *scene) {
		file := filepath.Join(s.TempDir(), "image")
		err := os.WriteFile(file, make([]byte, n), 0o600)
		image, err2 := facade.QoloImageFile(file)
		if err := errors.Join(err, err2); err != nil {
			s.Fatal(err)
		}
		others := goleak.IgnoreCurrent()
		s.Cleanup(func() {
			_ = goleak.Find(others) // waits for a transport that reads on after its answer: it has the file open until then
			for _, descriptor := range openDescriptors() {
				if target, _ := os.Readlink(descriptor); target == file {
					s.Error("the file of the image is left open")
				}
			}
		})
		r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
		r.Document = &facade.QoloDocument{DocumentType: "PASSPORT", Front: image}
		s.request = r
	}
}

// timeFaults are faults of time. The calls have no deadline of their own unless setup gives them
// one. (TestTimeouts of behaviour/input tests which deadline applies.)
var timeFaults = []fault{
	{name: "never reads", script: (*call).idle, lasts: byDefault, want: mayHaveLate, cause: context.DeadlineExceeded, partly: true},
	{name: "silent", script: func(c *call) { c.read() }, lasts: byDefault, want: mayHaveLate, cause: context.DeadlineExceeded},
	{name: "four silent minutes and then the answer", only: atXGateway, script: func(c *call) {
		c.read()
		<-time.After(4 * time.Minute)
		c.say(c.text())
	}, lasts: 4 * time.Minute, want: whole},
	{name: "early hints, and then silence", script: stalls(func(reply) string { return "HTTP/1.1 103 Early Hints\r\n\r\n" }),
		lasts: byDefault, want: mayHaveLate, cause: context.DeadlineExceeded},
	{name: "status 101, and then silence", script: stalls(func(reply) string {
		return reply{status: 101}.head("Connection: upgrade", "Upgrade: other")
	}), want: unexpected(101)},
	{name: "stall in the middle of the body", script: stalls(func(r reply) string {
		return r.framed(len(r.body)) + r.body[:len(r.body)-1]
	}), only: but(atXGateway), lasts: byDefault, want: unusable},
	{name: "one byte a second", script: func(c *call) {
		c.read()
		c.say(c.head())
		for _, b := range c.body + strings.Repeat(" ", 1000) {
			<-time.After(time.Second)
			c.say(string(b))
		}
	}, only: but(atXGateway), lasts: byDefault, want: unusable},
}

// answerAtOnce answers as soon as there is a connection.
func answerAtOnce(c *call) {
	c.say(c.text())
	c.said <- struct{}{}
	c.read()
}

// sendLate delays the request until the peer has sent something and the client has had time to read
// it.
func sendLate(s *scene) {
	s.ctx = httptrace.WithClientTrace(s.ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		<-s.peer.said
		yield(100)
	}})
}
