package facade

import (
	"context"
	"errors"
	"net/http"
)

// Config is what [New] needs. It is copied: later changes have no effect.
type Config struct {
	// One for each provider that is used; nil for the others.
	Vault    *VaultConfig
	XGateway *XGatewayConfig
	Forte    *ForteConfig
	Qolo     *QoloConfig
	Rebilly  *RebillyConfig

	// HTTPClient brings a transport and a timeout of your own; nil is for
	// [NewTransport]. It is never written to. Redirects are not followed, and its
	// cookie jar is not used.
	//
	// An *http.Transport in it is cloned and kept to HTTP/1.1. It may reuse
	// connections, at a price: one that the provider has just closed leaves the
	// outcome unknown, and bytes that follow an answer come up in the standard
	// logger. (To X Gateway, which documents a body where HTTP allows none, each
	// call has a connection of its own all the same.) An answer that the provider
	// gives before a large upload is through may be lost, unless the transport is
	// from [NewTransport] and still has its DialContext.
	//
	// Any other RoundTripper is used as it is: what it repeats is sent again. Unless
	// it honours httptrace, every failure in it leaves the outcome unknown; where it
	// sends a request without the context that it was given, StartedNo may be wrong.
	//
	// A Timeout holds beside the context's deadline, and in place of the library's
	// own.
	HTTPClient *http.Client

	// MaxResponseBytes is the largest body accepted in an answer, after
	// decompression; 0 is for 1 MiB.
	MaxResponseBytes int64
}

// DefaultMaxResponseBytes is the largest body accepted in an answer if
// [Config.MaxResponseBytes] is 0.
const DefaultMaxResponseBytes = 1 << 20

// Client starts KYC at the configured providers. It is safe for concurrent use.
type Client struct {
	transport http.RoundTripper

	vault    *endpoint
	xgateway *endpoint
	forte    *endpoint
	qolo     *qoloEndpoint
	rebilly  *endpoint
}

// New returns a client for the providers that config names. The error, an
// *Error of KindInvalidRequest, names each field at fault: a missing or
// malformed credential, a base URL that is not https (plain http is for
// loopback hosts), a nil *http.Transport, no provider at all.
func New(config Config) (*Client, error) {
	var in input
	c := &Client{transport: in.transport(config.HTTPClient)}
	base := endpoint{transport: c.transport, limit: config.MaxResponseBytes}
	if base.limit == 0 {
		base.limit = DefaultMaxResponseBytes
	}
	if config.HTTPClient != nil {
		base.patience = config.HTTPClient.Timeout
	}
	in.must(base.limit > 0, name("MaxResponseBytes"), "must not be negative")
	in.must(config.Vault != nil || config.XGateway != nil || config.Forte != nil || config.Qolo != nil || config.Rebilly != nil,
		name("Config"), "must hold at least one provider")

	if config.Vault != nil {
		c.vault = config.Vault.endpoint(base, &in)
	}
	if config.XGateway != nil {
		c.xgateway = config.XGateway.endpoint(base, &in)
	}
	if config.Forte != nil {
		c.forte = config.Forte.endpoint(base, &in)
	}
	if config.Qolo != nil {
		c.qolo = config.Qolo.endpoint(base, &in)
	}
	if config.Rebilly != nil {
		c.rebilly = config.Rebilly.endpoint(base, &in)
	}
	if err := in.err(""); err != nil {
		return nil, err
	}
	return c, nil
}

// Start starts KYC at the request's provider: it sends one POST, at most once,
// and waits for the answer. It never retries; two calls with the same request
// are two starts.
//
// The error is nil if and only if the provider confirmed that a KYC process
// exists. Otherwise the Result is nil and the error is an *Error, which says
// whether a process may exist all the same ([Error.Started]) and whether the
// call may be repeated ([Error.SafeToRetry]). Bad input is KindInvalidRequest,
// with the fields at fault, and nothing is sent.
//
// A context without a deadline gets 30 seconds, and five minutes at X Gateway,
// whose answer can take that long. The deadline covers the whole call. A
// cancelled start may have arrived: see [Error.Started].
//
// The request may be changed or reused as soon as Start has returned.
func (c *Client) Start(ctx context.Context, req Request) (*Result, error) {
	switch {
	case c == nil:
		return nil, refuse("", name("client"), "must not be nil; use New")
	case !present(req):
		return nil, refuse("", name("request"), "must be one of the five requests, and not nil")
	case ctx == nil:
		return nil, refuse(req.Provider(), name("ctx"), "must not be nil")
	}
	if err := ctx.Err(); err != nil {
		return nil, unsent(ctx, req.Provider(), KindCanceled, err)
	}
	res, err := req.start(ctx, c)
	if err != nil {
		return nil, err // not (*Error)(nil) in an error
	}
	return res, nil
}

// CloseIdleConnections closes connections that are kept open between calls.
// There are none unless [Config.HTTPClient] brought a transport that keeps them,
// and none of a nil Client.
func (c *Client) CloseIdleConnections() {
	if c == nil {
		return
	}
	if closer, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// TokenSource returns a bearer token that is valid now. It is asked once for
// each call, with the call's context, which it must obey; it may be called by
// several goroutines at once. Its error makes the call KindUnauthenticated.
type TokenSource func(ctx context.Context) (string, error)

// StaticToken returns a source of one fixed token, without "Bearer " in front.
// For a token that cannot stand in a header, such as an empty one, it returns
// nil, which New refuses where a token is needed.
func StaticToken(token string) TokenSource {
	if !presentable(token) {
		return nil
	}
	return func(context.Context) (string, error) { return token, nil }
}

var (
	errTokenSource = errors.New("token source failed")
	errToken       = errors.New("no usable token") // though the source says that it is one
)
