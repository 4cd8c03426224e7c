package facade

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// maxResponseHeader is the largest header accepted in an answer, in bytes.
const maxResponseHeader = 64 << 10

// NewTransport returns a transport of the kind that a client uses if
// [Config.HTTPClient] brings none, to be wrapped for logs, traces or tests:
// HTTP/1.1 only, one connection a call, TLS 1.2 or later, at most 64 KiB of
// response header, no proxy, ten seconds each to connect and to agree on TLS.
func NewTransport() *http.Transport {
	return tame(&http.Transport{
		DialContext:         dial,
		TLSHandshakeTimeout: 10 * time.Second,
		// A kept connection may be closed by the provider just as a request goes
		// out on it, and then nobody knows whether it arrived.
		DisableKeepAlives: true,
	})
}

// transport returns the transport that calls go through: the library's own, or
// the caller's, tamed if it is one of net/http.
//
// It is used without an http.Client around it. What that would add is what must
// not happen to a start: following redirects, which takes the credential to
// another host or sends the body again, and cookies, which mix customers.
func (in *input) transport(client *http.Client) http.RoundTripper {
	if client == nil || client.Transport == nil {
		return NewTransport()
	}
	own, ok := client.Transport.(*http.Transport)
	switch {
	case !ok:
		return client.Transport
	case own == nil:
		in.must(false, name("HTTPClient.Transport"), "must not be a nil *http.Transport")
		return nil
	default:
		return tame(own.Clone())
	}
}

// dial connects to a provider, or to nobody within ten seconds.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &listening{Conn: conn}, nil
}

// listening is a connection that drops what it cannot send, and leaves it to the
// reader to find out why. A provider that refuses an upload half-way answers and
// hangs up: net/http would take the write that fails upon it for the outcome,
// whenever it came first, and the answer would be lost.
type listening struct {
	net.Conn
	broken, closed atomic.Bool
}

// Write implements [net.Conn].
func (c *listening) Write(b []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	if !c.broken.Load() {
		n, err := c.Conn.Write(b)
		if err == nil {
			return n, nil
		}
		c.broken.Store(true)
	}
	return len(b), nil
}

// Close implements [net.Conn].
func (c *listening) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// tame keeps t to HTTP/1.1, since net/http repeats a POST over HTTP/2 when the
// server resets the stream, and bounds what it accepts.
func tame(t *http.Transport) *http.Transport {
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.HTTP2 = nil
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{}
	}
	// The slice of a cloned configuration is the caller's still.
	t.TLSClientConfig.NextProtos = slices.DeleteFunc(slices.Clone(t.TLSClientConfig.NextProtos), func(p string) bool { return p == "h2" })
	t.TLSClientConfig.MinVersion = max(t.TLSClientConfig.MinVersion, tls.VersionTLS12)
	t.MaxResponseHeaderBytes = cmp.Or(t.MaxResponseHeaderBytes, maxResponseHeader)
	return t
}
