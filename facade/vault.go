package facade

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/gen/vault"
)

// VaultSandbox is the only server that Vault documents, for [VaultConfig].
const VaultSandbox = "https://api.vault.sandbox.testessential.net"

// VaultConfig configures Vault (vault.ist). The credential is the customer's
// own and belongs to the request.
type VaultConfig struct {
	// BaseURL is the server, such as [VaultSandbox]. There is no default.
	BaseURL string
}

func (c *VaultConfig) endpoint(e endpoint, in *input) *endpoint {
	e.provider = Vault
	e.prepared = in.request(vault.NewStartKYC3Request(in.baseURL(name("Vault.BaseURL"), c.BaseURL)))
	e.prepared.Header.Set("Accept", mediaJSON)
	e.prepared.Header.Set("Content-Type", mediaJSON) // of no body: the provider's sample has it
	e.spec = vaultSpec
	e.timeout = defaultTimeout
	return &e
}

var vaultSpec = documented{200: {mediaJSON}, 400: {mediaJSON}}

// VaultRequest starts KYC level 3 for the customer whose token it holds. By the
// provider's other documentation they must hold level 2 already, and a person
// reviews them.
type VaultRequest struct {
	// Token is the customer's own JWT, without "Bearer " in front: the customer is
	// its subject, and no other way of naming them exists.
	Token string
}

// Provider returns [Vault].
func (VaultRequest) Provider() Provider { return Vault }

func (r VaultRequest) start(ctx context.Context, c *Client) (*Result, *Error) {
	if c.vault == nil {
		return nil, unconfigured(Vault, "Vault")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	a, failed := c.vault.send(ctx, call{token: r.Token})
	if failed != nil {
		return nil, failed
	}
	if a.status == http.StatusOK {
		return r.toResult(a)
	}
	return nil, r.toError(a)
}

func (r VaultRequest) check() *Error {
	var in input
	in.credential(name("token"), r.Token)
	return in.err(Vault)
}

// vaultOK is the only result that Vault documents.
const vaultOK = "ok"

func (r VaultRequest) toResult(a *answer) (*Result, *Error) {
	body, ok := decode[vault.StartResult](a)
	if !ok || value(body.Result) != vaultOK {
		return nil, a.unexpected(StartedUnknown)
	}
	res := a.result(StatusStarted, NextStep{Kind: NextUnspecified})
	res.ProviderStatus = vaultOK
	res.CustomerID = subject(r.Token)
	res.payload = payloadOf[vault.StartResult]
	return res, nil
}

// vaultCommon is the code of a server fault that comes as a 400: the documented
// message for it says that the provider is at work on it.
const vaultCommon = "COMMON"

// vaultCodes are the codes of a 400. All but the first are from the provider's
// other public documentation, where throttling and lockout are 400 as well.
var vaultCodes = map[string]verdict{
	vaultCommon:                         {KindProviderError, StartedUnknown},
	"LOGIN_ATTEMPTS_EXCEEDED":           {KindRateLimited, StartedNo},
	"RATE_LIMIT_SIGNUP_ATTEMPT":         {KindRateLimited, StartedNo},
	"WAF_LOCK_NOT_IN_LIST":              {KindRateLimited, StartedNo},
	"SMS_CODE_DELAY_NOT_REACHED":        {KindRateLimited, StartedNo},
	"CUSTOMER_STATUS_INCORRECT":         {KindCustomerBlocked, StartedNo},
	"COUNTRY_BLOCKED_FOR_REGISTRATION":  {KindCustomerBlocked, StartedNo},
	"WRONG_LOGIN_OR_PASSWORD_EXCEPTION": {KindUnauthenticated, StartedNo},
}

func (r VaultRequest) toError(a *answer) *Error {
	e := a.error()
	body, _ := decode[struct {
		vault.Error
		ErrorID json.RawMessage `json:"errorId"` // as it came: what is no number would read as 0, which is a code
	}](a)
	e.Code = clean(value(body.Error.Error), maxCode)
	if e.Code == "" {
		e.Code = clean(scalar(body.ErrorID), maxCode)
	}
	e.Message = clean(value(body.Message), maxMessage)
	if a.documented {
		e.DisplayMessage = e.Message
	}
	field := value(body.Field)
	if field != "" {
		e.Fields = []FieldError{{clean(field, maxCode), e.Message}}
	}
	if a.status == http.StatusBadRequest && (field == "" || e.Code == vaultCommon) {
		e.rule(vaultCodes)
	}
	return e
}

// subject returns the sub claim of a JWT, unverified, and "" if there is none to
// be read.
func subject(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, signed := strings.Cut(rest, ".")
	claims, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(payload, "="))
	if err != nil || !signed {
		return ""
	}
	var c struct {
		Sub string `json:"sub"`
	}
	if json.Unmarshal(claims, &c) != nil {
		return ""
	}
	return clean(c.Sub, maxCode)
}
