package facade

import (
	"context"
)

// Provider names one of the five providers.
type Provider string

// The providers.
const (
	Vault    Provider = "vault"
	XGateway Provider = "xgateway"
	Forte    Provider = "forte"
	Qolo     Provider = "qolo"
	Rebilly  Provider = "rebilly"
)

// Request is one of [VaultRequest], [XGatewayRequest], [ForteRequest],
// [QoloRequest] and [RebillyRequest], as a value or a pointer. Each holds what
// its provider needs, under the provider's own names.
type Request interface {
	// Provider names the provider that the request is for.
	Provider() Provider

	// The steps of a start, in their order.

	// endpoint returns the provider's part of the client, nil if there is none.
	endpoint(c *Client) *endpoint
	// check notes what is wrong with the request.
	check(in *input, c *Client)
	// build returns the HTTP request, by the generated builder.
	build(ctx context.Context, c *Client) (outgoing, *Error)
	// read returns what the answer means.
	read(a *answer) (*Result, *Error)
}

// valueOf returns req as a value, so that the caller may change what a pointer
// points to. It reports false for what is none of the five requests: nil, a nil
// pointer, and a type that embeds a request, behind which either may hide.
func valueOf(req Request) (Request, bool) {
	switch r := req.(type) {
	case VaultRequest, XGatewayRequest, ForteRequest, QoloRequest, RebillyRequest:
		return r, true
	case *VaultRequest:
		return deref(r)
	case *XGatewayRequest:
		return deref(r)
	case *ForteRequest:
		return deref(r)
	case *QoloRequest:
		return deref(r)
	case *RebillyRequest:
		return deref(r)
	default:
		return nil, false
	}
}

func deref[R Request](r *R) (Request, bool) {
	if r == nil {
		return nil, false
	}
	return *r, true
}
