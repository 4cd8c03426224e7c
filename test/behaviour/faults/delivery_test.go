package faults_test

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// The frames of HTTP/2 that matter here, by RFC 9113.
const (
	preface        = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	frameHeaders   = 1
	frameReset     = 3
	frameSettings  = 4
	protocolError  = 1
	frameHeadBytes = 9
)

// frame returns one frame of HTTP/2.
func frame(kind byte, stream uint32, payload ...byte) string {
	head := []byte{0, 0, byte(len(payload)), kind, 0}
	return string(append(binary.BigEndian.AppendUint32(head, stream), payload...))
}

// resetting speaks HTTP/2: it resets every stream for a protocol error, upon
// which net/http sends the request again, and counts the streams.
func resetting(streams *atomic.Int64) script {
	return func(c *call) {
		if c.Conn.(*tls.Conn).ConnectionState().NegotiatedProtocol != "h2" {
			c.read()
			c.say(frame(frameSettings, 0)) // what a server that knows nothing else would say
			c.hangUp()
			return
		}
		opening := make([]byte, len(preface))
		if _, err := io.ReadFull(c.in, opening); err != nil || string(opening) != preface {
			c.hangUp()
			return
		}
		c.say(frame(frameSettings, 0))
		head := make([]byte, frameHeadBytes)
		for streams.Load() < 3 {
			if _, err := io.ReadFull(c.in, head); err != nil {
				return
			}
			size := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
			_, _ = io.CopyN(io.Discard, c.in, size)
			if head[3] == frameHeaders {
				streams.Add(1)
				c.say(frame(frameReset, binary.BigEndian.Uint32(head[5:]), 0, 0, 0, protocolError))
			}
		}
		c.unlisten()
		c.hangUp()
	}
}

// TestHTTP2 has peers that would speak HTTP/2, to transports that would too.
func TestHTTP2(t *testing.T) {
	all := new(http.Protocols)
	all.SetHTTP1(true)
	all.SetHTTP2(true)
	all.SetUnencryptedHTTP2(true)
	for _, c := range []struct {
		row  string
		tune func(own *http.Transport)
	}{
		{"the library's own", nil},
		{"as net/http has it", func(*http.Transport) {}},
		{"forced", func(own *http.Transport) { own.ForceAttemptHTTP2 = true }},
		{"by its protocols", func(own *http.Transport) { own.Protocols = all }},
		{"by its TLS configuration", func(own *http.Transport) {
			own.ForceAttemptHTTP2 = true
			own.TLSClientConfig = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
		}},
	} {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				var streams atomic.Int64
				var mu sync.Mutex
				var offered []string
				config := secure()
				config.NextProtos = []string{"h2", "http/1.1"}
				config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					mu.Lock()
					defer mu.Unlock()
					offered = append(offered, hello.SupportedProtos...)
					return nil, nil
				}
				s, url := listen(t, config, resetting(&streams))
				var client *http.Client
				if c.tune != nil {
					own := &http.Transport{DisableKeepAlives: true}
					c.tune(own)
					client = &http.Client{Transport: own}
				}
				got := callPeer(t.Context(), t, url, p, client)
				check(t, p, got, notHTTP)
				if streams.Load() > 0 || slices.Contains(offered, "h2") {
					t.Errorf("offered %v, and sent %d requests", offered, streams.Load())
				}
				if whole, _ := s.requests(); len(whole) != 1 || whole[0].Proto != "HTTP/1.1" {
					t.Errorf("%d requests of HTTP/1.1", len(whole))
				}
			})
		})
	}
}

// TestUnencryptedHTTP2 has a transport that would speak HTTP/2 without TLS.
func TestUnencryptedHTTP2(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		s, url := listen(t, nil, saying(ok(p).text()))
		own := &http.Transport{Protocols: new(http.Protocols)}
		own.Protocols.SetUnencryptedHTTP2(true)
		got := callPeer(t.Context(), t, url, p, &http.Client{Transport: own})
		check(t, p, got, ok(p).whole)
		s.delivered(t, got)
	})
}

// TestOneConnectionACall makes two calls with one client, to a peer that keeps
// its connections open.
func TestOneConnectionACall(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		s, url := listen(t, nil, func(c *call) {
			for c.read() {
				c.say(ok(p).text())
			}
		})
		client, err := facade.New(fixtures.Config(url, p))
		if err != nil {
			t.Fatal(err)
		}
		defer client.CloseIdleConnections()
		for range 2 {
			res, err := client.Start(t.Context(), fixtures.Start(p))
			check(t, p, outcome{res, err}, ok(p).whole)
		}
		client.CloseIdleConnections()
		whole, _ := s.requests()
		if len(s.calls) != 2 || len(whole) != 2 {
			t.Errorf("%d connections for %d requests", len(s.calls), len(whole))
		}
		for _, r := range whole {
			if !r.Close {
				t.Error("the request does not say that its connection ends with it")
			}
		}
	})
}

// TestOwnConnection has a transport of the caller's that keeps connections. Where
// answers name no customer, each call has a connection of its own.
// Where they do, a connection is kept, and a refusal on it is no evidence: it may
// answer an earlier call.
func TestOwnConnection(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		refused := refusalOf(p)
		s, url := listen(t, nil, func(c *call) {
			for c.read() {
				c.say(refused.text())
			}
		})
		config := fixtures.Config(url, p)
		config.HTTPClient = &http.Client{Transport: &http.Transport{}}
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer client.CloseIdleConnections()
		second, connections := refused.whole, 2
		if fixtures.Of(p).KeepsConnections {
			second.started, connections = facade.StartedUnknown, 1
		}
		for _, w := range []want{refused.whole, second} {
			res, err := client.Start(t.Context(), fixtures.Start(p))
			check(t, p, outcome{res, err}, w)
		}
		client.CloseIdleConnections()
		if len(s.calls) != connections {
			t.Errorf("%d connections for 2 calls, want %d", len(s.calls), connections)
		}
	})
}

// TestReusedConnection has the peer go away on the second request of a kept
// connection, after it was read: what net/http then says of a dial is about a
// second attempt, if there is one.
func TestReusedConnection(t *testing.T) {
	keeping := func() *http.Transport { return &http.Transport{} }
	for _, c := range []struct {
		row       string
		transport func() http.RoundTripper
		cause     error
	}{
		{"the caller's transport", func() http.RoundTripper { return keeping() }, io.EOF},
		{"a transport that has net/http replay", func() http.RoundTripper { return replaying{keeping()} }, syscall.ECONNREFUSED},
	} {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				if !fixtures.Of(p).KeepsConnections {
					return // keep none, see TestOwnConnection
				}
				s, url := listen(t, nil, func(c *call) {
					c.read()
					c.say(ok(p).text())
					c.read()
					c.unlisten()
					c.hangUp()
				})
				config := fixtures.Config(url, p)
				config.HTTPClient = &http.Client{Transport: c.transport()}
				client, err := facade.New(config)
				if err != nil {
					t.Fatal(err)
				}
				defer client.CloseIdleConnections()
				res, err := client.Start(t.Context(), fixtures.Start(p))
				check(t, p, outcome{res, err}, ok(p).whole)

				res, err = client.Start(t.Context(), fixtures.Start(p))
				e := check(t, p, outcome{res, err}, mayHaveLeft)
				if !errors.Is(e, c.cause) {
					t.Errorf("%v is not about %v: the test tests nothing", e, c.cause)
				}
				if whole, begun := s.requests(); len(whole) != 2 || begun != 2 {
					t.Errorf("%d deliveries of two calls", len(whole))
				}
			})
		})
	}
}

// TestIdempotencyKey: the header that Qolo's key is sent in is none for which net/http
// sends a POST again.
func TestIdempotencyKey(t *testing.T) {
	s, url := listen(t, nil, func(c *call) {
		c.read()
		c.say(ok(facade.Qolo).text())
		c.read()
		c.hangUp()
	})
	config := fixtures.Config(url, facade.Qolo)
	config.HTTPClient = &http.Client{Transport: &http.Transport{}}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	request := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	request.IdempotencyKey = "start-7"
	if _, err := client.Start(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	_, err = client.Start(t.Context(), request)
	var e *facade.Error
	if !errors.As(err, &e) || e.Started != facade.StartedUnknown || e.SafeToRetry() {
		t.Errorf("%v, want an unknown start", err)
	}
	whole, begun := s.requests()
	if len(whole) != 2 || begun != 2 {
		t.Errorf("%d deliveries of two calls", len(whole))
	}
	for _, r := range whole {
		if r.Header.Get("IdempotencyKey") != "start-7" {
			t.Errorf("the key was not sent: %v", r.Header)
		}
	}
}

// replaying adds the header for which net/http sends a POST again.
type replaying struct{ *http.Transport }

func (t replaying) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Idempotency-Key", "1")
	return t.Transport.RoundTrip(r)
}
