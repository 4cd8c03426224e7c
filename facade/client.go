package facade

import (
	"cmp"
	"context"
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
	// An *http.Transport in it is cloned and kept to HTTP/1.1. To Qolo and Rebilly,
	// whose answers name the customer, it may reuse connections, at a price: on a
	// reused one a refusal leaves the outcome unknown, and so does a connection that
	// the provider has just closed; bytes that follow an answer come up in the
	// standard logger. To Vault, X Gateway and Forte each call has a connection of its
	// own. An answer that the provider gives before a large upload is through may be
	// lost, unless the transport is from [NewTransport] and still has its DialContext.
	//
	// Any other RoundTripper is used as it is, and asked to close the connection
	// behind a call to those three. What it repeats is sent again, and then the outcome
	// is never StartedNo. One that does not report to httptrace, such as a mock that
	// answers from memory, gives no evidence: each failure and each refusal over it
	// leaves the outcome unknown. Where it sends a request without the context that it
	// was given, StartedNo may be wrong.
	//
	// Its Timeout is used for the providers whose configuration has none. A call ends
	// after the timeout or at the deadline of its context, whichever comes first.
	HTTPClient *http.Client

	// UserAgent names your application to the providers, such as "shop/1.2"; optional.
	// The library's own, kycstart/ and its version, stands behind it.
	UserAgent string

	// MaxResponseBytes is the largest body accepted in an answer, after
	// decompression; 0 is for 1 MiB. Whatever its size, an answer with more than
	// 10,000 elements in the lists that are read is not used.
	MaxResponseBytes int64

	Private
}

// DefaultMaxResponseBytes is the largest body accepted in an answer if
// [Config.MaxResponseBytes] is 0.
const DefaultMaxResponseBytes = 1 << 20

// Client starts KYC at the configured providers, and looks it up. It is safe for
// concurrent use.
type Client struct {
	transports transports

	vault    *endpoint
	xgateway *endpoint
	forte    *endpoint
	qolo     *qoloEndpoint
	rebilly  *endpoint

	Private
}

// New returns a client for the providers that config names. The error, an
// *Error of KindInvalidRequest, names each field at fault: a missing or
// malformed credential, a base URL that is not https (plain http is for
// loopback hosts), a nil *http.Transport, no provider at all.
func New(config Config) (*Client, error) {
	var in input
	c := &Client{transports: in.transports(config.HTTPClient)}
	base := endpoint{
		transport: c.transports.kept,
		timeout:   defaultTimeout,
		maxBody:   cmp.Or(config.MaxResponseBytes, DefaultMaxResponseBytes),
		header:    http.Header{"Accept": {mediaJSON}, "User-Agent": {userAgent(config.UserAgent)}},
	}
	if config.HTTPClient != nil {
		base.callerTimeout = config.HTTPClient.Timeout
	}
	// The answers of three providers do not say which customer they are about.
	fresh := base
	fresh.transport, fresh.freshConnection = c.transports.fresh, true

	in.must(base.maxBody > 0, "MaxResponseBytes", "must not be negative")
	in.must(isPrintableASCII(config.UserAgent), "UserAgent", "must be printable ASCII")
	in.must(config.Vault != nil || config.XGateway != nil || config.Forte != nil || config.Qolo != nil || config.Rebilly != nil,
		"Config", "must hold at least one provider")
	if config.Vault != nil {
		c.vault = config.Vault.endpoint(fresh, &in)
	}
	if config.XGateway != nil {
		c.xgateway = config.XGateway.endpoint(fresh, &in)
	}
	if config.Forte != nil {
		c.forte = config.Forte.endpoint(fresh, &in)
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
// whether this call started one ([Error.Started]) and whether it may be repeated
// ([Error.SafeToRetry]). Bad input is KindInvalidRequest, with the fields at
// fault, and nothing is sent.
//
// A context without a deadline gets 30 seconds, and five minutes at X Gateway,
// whose answer can take that long. The Timeout of a provider's configuration, or of
// [Config.HTTPClient], sets another time; a deadline of the context holds besides. The
// time covers the whole call. A cancelled start may have arrived: see [Error.Started].
//
// The request may be changed or reused as soon as Start has returned.
func (c *Client) Start(ctx context.Context, req Request) (*Result, error) {
	if err := c.usable(ctx, req); err != nil {
		return nil, err
	}
	res, err := c.start(ctx, req.byValue())
	if err != nil {
		return nil, err // not (*Error)(nil) in an error
	}
	return res, nil
}

// usable returns the refusal of a call that cannot begin.
func (c *Client) usable(ctx context.Context, req Request) *Error {
	switch {
	case c == nil:
		return refuse("", "client", "must not be nil; use New")
	case !present(req):
		return refuse("", "request", "must not be nil, and must be one of this package's request types")
	case ctx == nil:
		return refuse(req.Provider(), "ctx", "must not be nil")
	}
	if err := ctx.Err(); err != nil {
		return notSent(ctx, req.Provider(), KindCanceled, newCause(ctx, err))
	}
	return nil
}

// notConfigured returns the refusal of a provider that the client has no settings for.
func notConfigured(p Provider) *Error {
	return refuse(p, "Config", "must have settings for "+string(p))
}

// start goes through the steps of a start.
func (c *Client) start(ctx context.Context, request Request) (*Result, *Error) {
	e := request.endpoint(c)
	if e == nil {
		return nil, notConfigured(request.Provider())
	}
	var in input
	request.check(&in, c)
	if err := in.err(e.provider); err != nil {
		return nil, err
	}
	out, failed := request.build(ctx, c)
	if failed != nil {
		return nil, failed
	}
	defer out.upload.finish()
	a, failed := e.send(ctx, out)
	if failed != nil {
		return nil, out.upload.explain(failed)
	}
	return request.read(a)
}

// built returns what a generated builder gave. It fails on nothing that was
// checked before.
func (e *endpoint) built(ctx context.Context, req *http.Request, err error) (outgoing, *Error) {
	if err != nil {
		return outgoing{}, notSent(ctx, e.provider, KindInvalidRequest, newCause(ctx, err))
	}
	return outgoing{Request: req}, nil
}

// CloseIdleConnections closes connections that are kept open between calls, and
// ends attempts to connect that no call waits for any more. Connections are kept
// only by a transport that [Config.HTTPClient] brought. A nil Client has none.
func (c *Client) CloseIdleConnections() {
	if c == nil {
		return
	}
	for _, transport := range []http.RoundTripper{c.transports.kept, c.transports.fresh} {
		if closer, ok := transport.(interface{ CloseIdleConnections() }); ok {
			closer.CloseIdleConnections()
		}
	}
}
