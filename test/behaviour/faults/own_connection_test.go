package faults_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestForeignTransportIsAskedToClose has a RoundTripper of the caller's own around a
// transport that keeps connections: where an answer names no customer, it is asked
// for a connection that ends with the call.
func TestForeignTransportIsAskedToClose(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		s, url := listen(t, nil, func(c *call) {
			for c.read() {
				c.say(ok(p).text())
			}
		})
		keeping := &http.Transport{}
		defer keeping.CloseIdleConnections()
		config := fixtures.Config(url, p)
		config.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if !fixtures.Of(p).KeepsConnections && !r.Close {
				t.Error("the request may be sent over a connection that is kept")
			}
			return keeping.RoundTrip(r)
		})}
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			res, err := client.Start(t.Context(), fixtures.Start(p))
			check(t, p, outcome{res, err}, ok(p).whole)
		}
		keeping.CloseIdleConnections()
		whole, _ := s.requests()
		if want := map[bool]int{true: 1, false: 3}[fixtures.Of(p).KeepsConnections]; len(s.calls) != want || len(whole) != 3 {
			t.Errorf("%d connections for %d requests, want %d", len(s.calls), len(whole), want)
		}
	})
}

// TestStrayAnswers has a peer that says a success behind every refusal, on a
// connection that a transport of the caller's would keep: no later call takes it for
// its own, where answers name no customer.
func TestStrayAnswers(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		if fixtures.Of(p).KeepsConnections {
			return // a stray answer is about another customer, and shows it
		}
		refused := refusalOf(p)
		var strayed sync.WaitGroup
		s, url := listen(t, nil, func(c *call) {
			for c.read() {
				c.say(refused.text() + ok(p).text())
				strayed.Done()
			}
		})
		config := fixtures.Config(url, p)
		config.HTTPClient = &http.Client{Transport: &http.Transport{}}
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			strayed.Add(1)
			res, err := client.Start(t.Context(), fixtures.Start(p))
			check(t, p, outcome{res, err}, refused.whole)
			strayed.Wait()
		}
		client.CloseIdleConnections()
		if whole, _ := s.requests(); len(whole) != 20 {
			t.Errorf("%d requests of 20 calls", len(whole))
		}
	})
}

// TestHTTP2OfCallersDial has a caller whose own dial agrees with the peer on HTTP/2,
// which the library does not speak: nothing is sent, and nobody waits for an answer.
func TestHTTP2OfCallersDial(t *testing.T) {
	for _, c := range []struct {
		row  string
		dial func(ctx context.Context, address string, config *tls.Config) (net.Conn, error)
	}{
		{"after its handshake", func(ctx context.Context, address string, config *tls.Config) (net.Conn, error) {
			return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
		}},
		{"before its handshake", func(ctx context.Context, address string, config *tls.Config) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil {
				return nil, err
			}
			return tls.Client(conn, config), nil
		}},
	} {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				theirs := secure()
				theirs.NextProtos = []string{"h2", "http/1.1"}
				s, url := listen(t, theirs, func(call *call) {
					_, _ = io.ReadFull(call.in, make([]byte, 1)) // something came, and it was not HTTP/2
					call.hangUp()
				})
				own := &http.Transport{DialTLSContext: func(ctx context.Context, _, address string) (net.Conn, error) {
					return c.dial(ctx, address, &tls.Config{RootCAs: trusted().pool(), ServerName: "127.0.0.1", NextProtos: []string{"h2"}})
				}}
				got := callPeer(t.Context(), t, url, p, &http.Client{Transport: own})
				check(t, p, got, neverLeft)
				if s.delivered(t, got) {
					t.Error("a request arrived")
				}
			})
		})
	}
}
