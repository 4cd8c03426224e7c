package facade

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"
)

// maxResponseHeader is the largest header accepted in an answer, in bytes.
const maxResponseHeader = 64 << 10

// NewTransport returns a transport of the kind that a client uses if
// [Config.HTTPClient] brings none, to be wrapped for logs, traces or tests:
// HTTP/1.1 only, one connection a call, TLS 1.2 or later, at most 64 KiB of
// response header, no proxy, ten seconds each to connect and to agree on TLS.
//
// Built with Go 1.26 or later, it resumes TLS sessions: a handshake goes without the
// certificates on each call to a host but the first, and with TLS 1.2 it saves a round
// trip. Certificates are checked as ever. A resumed handshake does not ask
// VerifyPeerCertificate or GetClientCertificate of the TLSClientConfig, so a
// [Client] whose transport has one of them resumes none.
//
// Inside a RoundTripper of your own, the transport is not the client's to look
// after: take the ClientSessionCache out of its TLSClientConfig if you set one of
// those two, if a clone of it gets other roots or certificates, or if a server
// fails over sessions.
func NewTransport() *http.Transport {
	t := restrictToHTTP1(&http.Transport{
		DialContext:         dial,
		TLSHandshakeTimeout: 10 * time.Second,
		// A kept connection may be closed by the provider just as a request goes
		// out on it, and then nobody knows whether it arrived.
		DisableKeepAlives: true,
	})
	if resumable {
		t.TLSClientConfig.ClientSessionCache = newSessions()
	}
	return t
}

// transports are what calls go through.
//
// They are used without an http.Client around them. What that would add is what
// must not happen to a start: following redirects, which takes the credential to
// another host or sends the body again, and cookies, which mix customers.
type transports struct {
	kept  http.RoundTripper // may keep connections
	fresh http.RoundTripper // has a new connection for each call, as far as it is ours
}

// transports returns the library's own transport, or the caller's: restricted if
// it is one of net/http, and as it is otherwise.
func (in *input) transports(client *http.Client) transports {
	if client == nil || client.Transport == nil {
		own := resume(NewTransport())
		return transports{own, own}
	}
	callers, ok := client.Transport.(*http.Transport)
	switch {
	case !ok:
		return transports{client.Transport, client.Transport}
	case callers == nil:
		in.must(false, "HTTPClient.Transport", "must not be a nil *http.Transport")
		return transports{}
	default:
		kept, fresh := restrictToHTTP1(callers.Clone()), restrictToHTTP1(callers.Clone())
		fresh.DisableKeepAlives = true
		return transports{resume(kept), resume(fresh)}
	}
}

// restrictToHTTP1 keeps t to HTTP/1.1, since net/http repeats a POST over HTTP/2
// when the server resets the stream, and bounds what it accepts.
func restrictToHTTP1(t *http.Transport) *http.Transport {
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
	if dialTLS := t.DialTLSContext; dialTLS != nil {
		t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialTLS(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return refuseHTTP2(ctx, conn)
		}
	}
	return t
}

var errHTTP2 = errors.New("connection speaks HTTP/2")

// refuseHTTP2 closes a connection of the caller's own dialing on which HTTP/2 was
// agreed upon: HTTP/1.1 on it would wait for an answer until the deadline.
func refuseHTTP2(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if tlsConn, ok := conn.(*tls.Conn); ok {
		if err := tlsConn.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
	}
	agreed, ok := conn.(interface{ ConnectionState() tls.ConnectionState })
	if ok && agreed.ConnectionState().NegotiatedProtocol == "h2" {
		_ = conn.Close()
		return nil, errHTTP2
	}
	return conn, nil
}
