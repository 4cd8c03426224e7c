package facade

import (
	"encoding/json"
	"errors"
	"fmt"
)

// MarshalRequest returns req as JSON, for a queue or a store: the provider, and
// beside it the provider's own member names,
//
//	{"provider":"rebilly","customerId":"customer-42","documents":[{"type":"identity-proof"}]}
//
// of the body and of the path; a Vault request has its token as "token". An image
// from [QoloImageFile] is {"file": <its path>}, and the file must be there when the
// request is read; an image from memory is an error, since it is a source of bytes.
//
// What it returns holds personal data, and for Vault a credential: store it as
// carefully as those. It is not checked: [Client.Start] does that. The error is also
// for a request that is nil, or not one of this package's types.
func MarshalRequest(req Request) ([]byte, error) {
	if !present(req) {
		return nil, errors.New("facade: request is nil, or not one of this package's request types")
	}
	out, err := req.byValue().wire()
	if err != nil {
		return nil, fmt.Errorf("facade: %s request: %w", req.Provider(), err)
	}
	return json.Marshal(out)
}

// UnmarshalRequest returns the request that [MarshalRequest] wrote, as a value. It
// fails if the provider is missing or unknown, if there is a member that is not of the
// provider's request, or if an image's file is not there. It does not check the rest:
// [Client.Start] does that.
func UnmarshalRequest(text []byte) (Request, error) {
	var named struct {
		Provider Provider `json:"provider"`
	}
	if err := json.Unmarshal(text, &named); err != nil {
		return nil, fmt.Errorf("facade: request: %w", err)
	}
	switch named.Provider {
	case Vault:
		return unmarshalVault(text)
	case XGateway:
		return unmarshalXGateway(text)
	case Forte:
		return unmarshalForte(text)
	case Qolo:
		return unmarshalQolo(text)
	case Rebilly:
		return unmarshalRebilly(text)
	case "":
		return nil, errors.New("facade: request without a provider")
	default:
		return nil, fmt.Errorf("facade: request to an unknown provider %q", named.Provider)
	}
}

// errUnmarshalRequest keeps encoding/json from reading a part of a request by the names
// of the Go fields.
var errUnmarshalRequest = errors.New("facade: a request is written by MarshalRequest, and read by UnmarshalRequest")

// unmarshalWire reads the JSON of a request to p into wire, whose provider is at
// provider.
func unmarshalWire(p Provider, text []byte, wire any, provider *Provider) error {
	null, err := unmarshalStrictly(text, wire, string(p)+" request")
	if err == nil && (null || *provider != p) {
		err = errors.New("facade: not a request to " + string(p))
	}
	return err
}
