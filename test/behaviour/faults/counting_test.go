package faults_test

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
)

// counting is a RoundTripper of the caller's own that counts what goes through
// it: the requests, and for each body of an answer how often it is closed.
type counting struct {
	next   http.RoundTripper
	trips  atomic.Int64
	opened atomic.Int64
	closed atomic.Int64
	again  atomic.Int64 // closed once more
}

func counted() *counting {
	return &counting{next: &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}}
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.trips.Add(1)
	resp, err := c.next.RoundTrip(r)
	if resp != nil && resp.Body != nil {
		c.opened.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, by: c}
	}
	return resp, err
}

type countedBody struct {
	io.ReadCloser
	by   *counting
	done atomic.Bool
}

func (b *countedBody) Close() error {
	if b.done.Swap(true) {
		b.by.again.Add(1)
	} else {
		b.by.closed.Add(1)
	}
	return b.ReadCloser.Close()
}

// check fails unless there was one trip, and every body was closed once.
func (c *counting) check(t *testing.T) {
	t.Helper()
	if c.trips.Load() != 1 {
		t.Errorf("%d trips of one call", c.trips.Load())
	}
	if c.opened.Load() != c.closed.Load() || c.again.Load() != 0 {
		t.Errorf("%d bodies, %d closed, %d closed again", c.opened.Load(), c.closed.Load(), c.again.Load())
	}
}

// traced is a transport that reports one connection a call, as net/http does.
func traced(next roundTripper) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GetConn(r.URL.Host)
		trace.GotConn(httptrace.GotConnInfo{})
		return next(r)
	}
}

// roundTripper is a transport that knows nothing of httptrace.
type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// bothWays runs test with the library's own transport, and with one that counts.
func bothWays(t *testing.T, test func(t *testing.T, client *http.Client)) {
	t.Helper()
	t.Run("own", func(t *testing.T) { test(t, nil) })
	t.Run("counted", func(t *testing.T) {
		c := counted()
		test(t, &http.Client{Transport: c})
		c.check(t)
	})
}
