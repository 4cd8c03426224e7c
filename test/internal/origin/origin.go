// Package origin is the server behind a proxy or a transport: it reads each
// request to its end, counts it, and then answers or fails.
package origin

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// Reply is what an origin does after it has read a complete request.
type Reply = http.HandlerFunc

// Say answers with a status and an empty body.
func Say(status int) Reply {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// Fixture answers with a case of test/fixtures, such as "forte/401_example".
func Fixture(t *testing.T, name string) Reply {
	t.Helper()
	c, err := fixtures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), c.Header)
		w.WriteHeader(c.Status)
		_, _ = w.Write(c.Body)
	}
}

// Close closes the connection without an answer.
func Close(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// Reset resets the connection without an answer.
func Reset(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

// Hang never answers, and waits until the other side has closed the connection.
func Hang(w http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	Close(w, r)
}

// Origin is a server on loopback.
type Origin struct {
	*httptest.Server
	deliveries atomic.Int64
	open       sync.WaitGroup // the connections, and the listener
	settled    sync.Once
}

// Listen opens an origin. The first request that it has read, on any connection, gets the first
// reply, and so on. Requests after the last reply get the last one again.
func Listen(t *testing.T, replies ...Reply) *Origin {
	t.Helper()
	o := &Origin{}
	o.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			Close(w, r)
		}
		turn := int(o.deliveries.Add(1))
		replies[min(turn, len(replies))-1](w, r)
	}))
	o.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			o.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			o.open.Done()
		}
	}
	o.open.Add(1)
	o.Start()
	t.Cleanup(func() { o.Settle(t) })
	return o
}

// Deliveries returns how many requests were read to their end so far.
func (o *Origin) Deliveries() int { return int(o.deliveries.Load()) }

// Settle closes the origin and returns the final number of requests that were read to their end. It
// waits until everything that was sent is read, and so until every client has closed its
// connections. Close connections that are kept open before you call it.
func (o *Origin) Settle(t *testing.T) int {
	t.Helper()
	o.settled.Do(func() {
		// A connection may still wait to be accepted, with a complete request in it. Connections
		// are accepted in the order in which they came. Once this last one is served, all are.
		last, err := net.Dial("tcp", o.Listener.Addr().String())
		if err != nil {
			t.Error(err)
		} else {
			_ = last.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, last)
			_ = last.Close()
		}
		o.open.Done()
		o.open.Wait()
		o.Close()
	})
	return o.Deliveries()
}
