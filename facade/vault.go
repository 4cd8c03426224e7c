package facade

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/kycstart/kycstart/gen/vault"
)

// VaultSandbox is the only server that Vault documents, for [VaultConfig].
const VaultSandbox = "https://api.vault.sandbox.testessential.net"

// VaultConfig configures Vault (vault.ist). The credential is the customer's
// own and belongs to the request.
type VaultConfig struct {
	// BaseURL is the server, such as [VaultSandbox]. There is no default.
	BaseURL string
	// Timeout is how long a call may take at most, whatever the deadline of its context;
	// 0 is for that of [Config.HTTPClient]. If that is 0 too, a context without a
	// deadline gets 30 seconds.
	Timeout time.Duration

	Private
}

func (c *VaultConfig) endpoint(e endpoint, in *input) *endpoint {
	e.provider = Vault
	e.limit(in, "Vault.Timeout", c.Timeout)
	e.server = in.baseURL("Vault.BaseURL", c.BaseURL)
	e.documented = responses{200: {mediaJSON}, 400: {mediaJSON}}
	e.elsewhere = responses{403: {mediaJSON}, 404: {mediaJSON}, 424: {mediaJSON}, 429: {mediaJSON}}
	return &e
}

// VaultRequest starts KYC level 3 for the customer whose token it holds. By the
// provider's other documentation they must hold level 2 already, and a person
// reviews them.
type VaultRequest struct {
	// Token is the customer's own JWT, without "Bearer " in front: the customer is
	// its subject, and no other way of naming them exists.
	Token string

	Private
}

// Provider returns [Vault].
func (VaultRequest) Provider() Provider { return Vault }

func (r VaultRequest) byValue() Request { return r }

func (VaultRequest) endpoint(c *Client) *endpoint { return c.vault }

func (r VaultRequest) check(in *input, _ *Client) {
	in.credential("token", r.Token)
}

func (r VaultRequest) build(ctx context.Context, c *Client) (outgoing, *Error) {
	req, err := vault.NewStartKYC3Request(c.vault.server)
	out, failed := c.vault.built(ctx, req, err)
	if failed != nil {
		return out, failed
	}
	setBearer(out.Header, r.Token)
	out.Header.Set("Content-Type", mediaJSON) // of no body: the provider's sample has it
	return out, nil
}

// vaultRequestJSON is a request as [MarshalRequest] writes it.
type vaultRequestJSON struct {
	Provider Provider `json:"provider"`
	Token    string   `json:"token"`
}

func (r VaultRequest) wire() (any, error) { return vaultRequestJSON{Vault, r.Token}, nil }

// UnmarshalJSON fails: [UnmarshalRequest] reads a request.
func (*VaultRequest) UnmarshalJSON([]byte) error { return errUnmarshalRequest }

func unmarshalVault(text []byte) (Request, error) {
	var in vaultRequestJSON
	if err := unmarshalWire(Vault, text, &in, &in.Provider); err != nil {
		return nil, err
	}
	r := VaultRequest{Token: in.Token}
	return r, nil
}

func (r VaultRequest) read(a *answer) (*Result, *Error) {
	if a.status == http.StatusOK {
		return r.toResult(a)
	}
	return nil, r.toError(a)
}

// vaultMembers decide what an answer means.
var vaultMembers = []member{
	{name: "result", is: isText},
	{name: "error", is: isText, denies: true},
	{name: "errorId", is: isNumber, denies: true},
	{name: "field", is: isText},
}

// vaultOK is the only result that Vault documents.
const vaultOK = "ok"

func (r VaultRequest) toResult(a *answer) (*Result, *Error) {
	body := decode[vault.StartResult](a, vaultMembers)
	if !a.found.confirms() || value(body.Result) != vaultOK {
		return nil, a.unexpected(said{})
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

// vaultCodes are the codes that are known. All but the first are from the
// provider's other public documentation, where throttling and lockout are 400 as
// well.
var vaultCodes = map[string]code{
	vaultCommon:                                {kind: KindProviderError, open: true},
	"LOGIN_ATTEMPTS_EXCEEDED":                  {kind: KindRateLimited},
	"RATE_LIMIT_SIGNUP_ATTEMPT":                {kind: KindRateLimited},
	"WAF_LOCK_NOT_IN_LIST":                     {kind: KindRateLimited},
	"SMS_CODE_DELAY_NOT_REACHED":               {kind: KindRateLimited},
	"CUSTOMER_EXCEEDED_NUMBER_OF_PIN_ATTEMPTS": {kind: KindRateLimited},
	"CUSTOMER_STATUS_INCORRECT":                {kind: KindCustomerBlocked},
	"COUNTRY_BLOCKED_FOR_REGISTRATION":         {kind: KindCustomerBlocked},
	"WRONG_LOGIN_OR_PASSWORD_EXCEPTION":        {kind: KindUnauthenticated},
	"invalid_token":                            {kind: KindUnauthenticated},
}

func (r VaultRequest) toError(a *answer) *Error {
	body := decode[struct {
		vault.Error
		vault.StartResult
		ErrorID json.RawMessage `json:"errorId"` // as it came: what is no number would read as 0, which is a code
		Data    skipped         `json:"data"`
	}](a, vaultMembers)
	word, number, field := value(body.Error.Error), scalar(body.ErrorID), value(body.Field)

	kind := kindOf(a.status)
	meaning, known := vaultCodes[word]
	switch {
	case word == vaultCommon && a.status/100 == 4, // whatever else it says
		known && a.status == http.StatusBadRequest && field == "":
		kind = meaning.kind
	}
	e := a.error(kind, said{
		refusal:     word != "" || number != "",
		contradicts: value(body.Result) == vaultOK,
		knownCode:   known,
		openCode:    meaning.open,
	})
	e.Code, e.codeDocumented = clean(cmp.Or(word, number), maxWord), known
	e.Message = clean(value(body.Message), maxMessage)
	if a.documented {
		e.DisplayMessage = e.Message
	}
	if field != "" {
		e.Fields = []FieldError{{clean(field, maxWord), e.Message}}
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
	return clean(c.Sub, maxWord)
}

// vaultReconciliation is how to find out at Vault whether a process exists.
var vaultReconciliation = Reconciliation{
	Method:    "GET",
	Path:      "/v2/customer/kyc/data",
	Otherwise: askSupport,
}
