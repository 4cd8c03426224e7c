package facade

import "context"

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

	// start sends the request, through its provider's part of the client.
	start(ctx context.Context, c *Client) (*Result, *Error)
}

// present reports whether req is one of the five requests: neither nil, nor a
// nil pointer, nor a type that embeds a request, behind which either may hide.
func present(req Request) bool {
	switch r := req.(type) {
	case VaultRequest, XGatewayRequest, ForteRequest, QoloRequest, RebillyRequest:
		return true
	case *VaultRequest:
		return r != nil
	case *XGatewayRequest:
		return r != nil
	case *ForteRequest:
		return r != nil
	case *QoloRequest:
		return r != nil
	case *RebillyRequest:
		return r != nil
	default:
		return false
	}
}
