package facade

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/gen/forte"
)

// The servers of Forte, for [ForteConfig]. The production server is from the
// provider's other public documentation.
const (
	ForteSandbox    = "https://sandbox-api.sandbox.lemmax.com"
	ForteProduction = "https://api.prod.lemmax.com"
)

// ForteConfig configures Forte (forte.io, which is not CSG Forte).
type ForteConfig struct {
	// BaseURL is the server, such as [ForteSandbox]. There is no default.
	BaseURL string
	// Token gives the access token of the provider's auth API, which is good for
	// one hour by its other public documentation.
	Token TokenSource
}

func (c *ForteConfig) endpoint(e endpoint, in *input) *endpoint {
	in.must(c.Token != nil, name("Forte.Token"), sourceWanted)
	e.provider = Forte
	e.prepared = in.request(forte.NewStartKYCWorkflowRequestWithBody(in.baseURL(name("Forte.BaseURL"), c.BaseURL), mediaJSON, nil))
	e.prepared.Header.Set("Accept", mediaJSON)
	e.token = c.Token
	e.spec = forteSpec
	e.timeout = defaultTimeout
	return &e
}

var forteSpec = documented{
	200: {mediaJSON}, 201: {mediaJSON}, 401: {mediaJSON}, 403: {mediaJSON}, 406: {mediaJSON},
	415: {mediaJSON}, 422: {mediaJSON}, 429: {mediaJSON}, 500: {mediaJSON},
}

// ForteRequest opens a KYC session for one action of a customer, which they
// continue in the provider's widget.
type ForteRequest struct {
	Action   ForteAction
	Customer ForteCustomer
}

// ForteAction is what the customer is verified for.
type ForteAction struct {
	// Type is OCC_RULES_ENGINE or OCC_RULES_ENGINE_V2.
	Type string
	// Level is the KYC level asked for, 1 to 4.
	Level int
}

// ForteCustomer is who is verified.
type ForteCustomer struct {
	// ExternalID is your own identifier of the customer, at most 1,000 characters.
	ExternalID string
	Wallet     ForteWallet
}

// ForteWallet is the wallet that is to receive the NFT.
type ForteWallet struct {
	// Blockchain is one of the 22 values of forte.Blockchain, such as "sepolia".
	Blockchain string
	// Address is at most 1,000 characters, in the notation of the blockchain.
	Address string
	// SIWE is needed if your application is set up to want wallet signatures.
	SIWE *ForteSIWE
}

// ForteSIWE is a Sign-In with Ethereum (EIP-4361).
type ForteSIWE struct {
	// Message is what was signed, 100 to 400 characters.
	Message string
	// Signature is 0x and 130 hexadecimal digits.
	Signature string
}

// Provider returns [Forte].
func (ForteRequest) Provider() Provider { return Forte }

func (r ForteRequest) start(ctx context.Context, c *Client) (*Result, *Error) {
	if c.forte == nil {
		return nil, unconfigured(Forte, "Forte")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	a, failed := c.forte.send(ctx, call{body: r.body()})
	if failed != nil {
		return nil, failed
	}
	switch a.status {
	case http.StatusOK, http.StatusCreated:
		return r.toResult(a)
	default:
		return nil, r.toError(a)
	}
}

func (r ForteRequest) check() *Error {
	var in input
	oneOf(&in, name("action.type"), r.Action.Type, forte.ActionTypeValues())
	in.between(name("action.level"), r.Action.Level, forte.ActionLevelMinimum, forte.ActionLevelMaximum)
	in.text(name("customer.external_id"), r.Customer.ExternalID, 1, forte.CustomerExternalIDMaxLength)
	wallet := r.Customer.Wallet
	oneOf(&in, name("customer.wallet.blockchain"), wallet.Blockchain, forte.CustomerWalletBlockchainValues())
	in.text(name("customer.wallet.address"), wallet.Address, 1, forte.CustomerWalletAddressMaxLength)
	if wallet.SIWE != nil {
		in.text(name("customer.wallet.siwe.message"), wallet.SIWE.Message,
			forte.CustomerWalletSIWEMessageMinLength, forte.CustomerWalletSIWEMessageMaxLength)
		in.must(isSignature(wallet.SIWE.Signature), name("customer.wallet.siwe.signature"),
			"must be 0x and 130 hexadecimal digits")
	}
	return in.err(Forte)
}

// isSignature reports what forte.CustomerWalletSIWESignaturePattern describes: 0x
// and 130 hexadecimal digits. A regular expression would bring a third of what
// this library adds to a program.
func isSignature(s string) bool {
	digits, prefixed := strings.CutPrefix(s, "0x")
	return prefixed && len(s) == forte.CustomerWalletSIWESignatureMaxLength && isHexadecimal(digits)
}

func (r ForteRequest) body() forte.StartKYCWorkflowRequest {
	body := forte.StartKYCWorkflowRequest{
		Action: forte.KYCAction{Type: forte.KYCActionType(r.Action.Type), Level: r.Action.Level},
		Customer: forte.KYCCustomer{
			ExternalID: r.Customer.ExternalID,
			Wallet: forte.Wallet{
				Blockchain: forte.Blockchain(r.Customer.Wallet.Blockchain),
				Address:    r.Customer.Wallet.Address,
			},
		},
	}
	if siwe := r.Customer.Wallet.SIWE; siwe != nil {
		body.Customer.Wallet.SIWE = &forte.SIWE{Message: siwe.Message, Signature: siwe.Signature}
	}
	return body
}

// forteBanned is the code of a banned customer, under whatever status it comes.
const forteBanned = string(forte.BannedCodeERR01)

// forteData is what is read of an answer's data, and its text: the widget wants
// all of it, as it came.
type forteData struct {
	forte.WorkflowStartedData
	ErrorCode *json.RawMessage `json:"error_code"` // documented as text; any other code is a code too
	text      string
}

// UnmarshalJSON implements [json.Unmarshaler].
func (d *forteData) UnmarshalJSON(text []byte) error {
	type members forteData // without this method
	*d = forteData{text: string(text)}
	return json.Unmarshal(text, (*members)(d))
}

// toResult reads a 200 or a 201. Only a 201 starts anything: the 200 is how the
// provider says that the customer is banned.
func (r ForteRequest) toResult(a *answer) (*Result, *Error) {
	body, _ := decode[struct { // what cannot be read is as good as absent
		Data forteData `json:"data"`
	}](a)
	data := &body.Data
	widget := NextStep{Kind: NextWidget, Widget: Secret{&data.text}}

	raw := value(data.ErrorCode)
	code, coded := scalar(raw), len(raw) > 0 && string(raw) != `""`
	switch {
	case code == forteBanned:
		e := a.errorOf(verdict{KindCustomerBlocked, StartedNo})
		e.Code, e.codeDocumented = code, true
		e.Next = widget // the widget tells the customer
		return nil, e
	case coded:
		e := a.unexpected(StartedUnknown)
		if a.status == http.StatusOK && code != "" {
			e.Started = StartedNo
		}
		e.Code = clean(code, maxCode)
		return nil, e
	case a.status == http.StatusOK:
		return nil, a.unexpected(StartedUnknown)
	case value(data.WidgetData) == "":
		return nil, a.unexpected(StartedYes)
	}
	res := a.result(StatusAwaitingCustomer, widget)
	res.CustomerID = r.Customer.ExternalID
	res.payload = payloadOf[forte.KYCWorkflowStarted]
	return res, nil
}

// forteCodes are the codes of a 403. All but the first are from the provider's
// payments API: a country under sanctions and a flagged wallet.
var forteCodes = map[string]verdict{
	forteBanned: {KindCustomerBlocked, StartedNo},
	"ERR03":     {KindCustomerBlocked, StartedNo},
	"ERR15":     {KindCustomerBlocked, StartedNo},
}

func (r ForteRequest) toError(a *answer) *Error {
	e := a.error()
	body, _ := decode[forte.JSONErrorResponse](a) // ERR01 has the same members
	e.Code = clean(scalar(body.Error.Code), maxCode)
	e.Message = clean(value(body.Error.Message), maxMessage)
	if a.documented && a.status != http.StatusForbidden {
		e.DisplayMessage = e.Message
	}
	if e.Message == "" {
		e.Message = clean(body.Error.Reason, maxMessage)
	}
	if a.status == http.StatusForbidden {
		e.rule(forteCodes)
	}
	return e
}
