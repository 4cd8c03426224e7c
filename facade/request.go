package facade

import "context"

// Provider names a provider.
type Provider string

// The providers.
const (
	Vault    Provider = "vault"
	XGateway Provider = "xgateway"
	Forte    Provider = "forte"
	Qolo     Provider = "qolo"
	Rebilly  Provider = "rebilly"
)

// Request is one of these, as a value or a pointer:
// [VaultRequest], [XGatewayRequest], [ForteRequest], [QoloRequest], [RebillyRequest].
// Each holds what its provider needs, under the provider's own names. By itself
// it marshals as "[redacted]": [MarshalRequest] writes it.
type Request interface {
	// Provider names the provider that the request is for.
	Provider() Provider

	// The steps of a start, in their order.

	// byValue returns a copy, so that the caller may change what a pointer points to.
	byValue() Request
	// endpoint returns the provider's part of the client, nil if there is none.
	endpoint(c *Client) *endpoint
	// check notes what is wrong with the request.
	check(in *input, c *Client)
	// build returns the HTTP request, by the generated builder.
	build(ctx context.Context, c *Client) (outgoing, *Error)
	// read returns what the answer means.
	read(a *answer) (*Result, *Error)

	// wire returns what [MarshalRequest] marshals. It fails if something in the
	// request cannot travel.
	wire() (any, error)
}

// present reports whether req is one of the requests above: neither nil, nor a
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

// reconciliations tell how to find out whether a process exists, see [Provider.Reconcile].
var reconciliations = map[Provider]Reconciliation{
	Vault:    vaultReconciliation,
	XGateway: xgatewayReconciliation,
	Forte:    forteReconciliation,
	Qolo:     qoloReconciliation,
	Rebilly:  rebillyReconciliation,
}
