// Package origin is the server behind a proxy or a transport: it reads each
// request to its end, counts it, and then answers or fails.
package origin

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// Reply is what an origin does after it has read a complete request. It reports whether the
// connection stays open.
type Reply func(conn *net.TCPConn) bool

// Say answers with text, which is a literal HTTP response.
func Say(text string) Reply {
	return func(conn *net.TCPConn) bool {
		_, err := io.WriteString(conn, text)
		return err == nil
	}
}

// Fixture answers with a case of test/fixtures, such as "forte/401_example".
func Fixture(t *testing.T, name string) Reply {
	t.Helper()
	c, err := fixtures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	resp := http.Response{
		StatusCode:    c.Status,
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        c.Header,
		ContentLength: int64(len(c.Body)),
		Body:          io.NopCloser(bytes.NewReader(c.Body)),
	}
	var text strings.Builder
	if err := resp.Write(&text); err != nil {
		t.Fatal(err)
	}
	return Say(text.String())
}

// Close closes the connection without an answer.
func Close(*net.TCPConn) bool { return false }

// Reset resets the connection without an answer.
func Reset(conn *net.TCPConn) bool {
	_ = conn.SetLinger(0)
	return false
}

// Hang never answers, and waits until the other side has closed the connection.
func Hang(*net.TCPConn) bool { return true }

// Origin is a server on loopback.
type Origin struct {
	listener *net.TCPListener
	replies  []Reply
	handlers sync.WaitGroup
	settled  sync.Once

	deliveries  atomic.Int64
	connections atomic.Int64
}

// Listen opens an origin. The first request that it has read, on any connection, gets the first
// reply, and so on. Requests after the last reply get the last one again.
func Listen(t *testing.T, replies ...Reply) *Origin {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	o := &Origin{listener: listener, replies: replies}
	o.handlers.Go(func() {
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			o.handlers.Go(func() { o.serve(conn) })
		}
	})
	t.Cleanup(func() { o.Settle(t) })
	return o
}

// Address returns host and port.
func (o *Origin) Address() string { return o.listener.Addr().String() }

// URL returns the address as a base URL.
func (o *Origin) URL() string { return "http://" + o.Address() }

func (o *Origin) serve(conn *net.TCPConn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for first := true; ; first = false {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		if first {
			o.connections.Add(1)
		}
		turn := int(o.deliveries.Add(1))
		if !o.replies[min(turn, len(o.replies))-1](conn) {
			return
		}
	}
}

// Deliveries returns how many requests were read to their end so far.
func (o *Origin) Deliveries() int { return int(o.deliveries.Load()) }

// Connections returns how many connections have carried these requests.
func (o *Origin) Connections() int { return int(o.connections.Load()) }

// Settle closes the origin and returns the final number of requests that were read to their end. It
// waits until everything that was sent is read, and so until every client has closed its
// connections. Close connections that are kept open before you call it.
func (o *Origin) Settle(t *testing.T) int {
	t.Helper()
	o.settled.Do(func() {
		// A connection may still wait to be accepted, with a complete request in it. Connections
		// are accepted in the order in which they came. Once this last one is served, all are.
		last, err := net.DialTCP("tcp", nil, o.listener.Addr().(*net.TCPAddr))
		if err != nil {
			t.Error(err)
		} else {
			_ = last.CloseWrite()
			_, _ = io.Copy(io.Discard, last)
			_ = last.Close()
		}
		_ = o.listener.Close()
		o.handlers.Wait()
	})
	return o.Deliveries()
}
