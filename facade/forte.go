package facade

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

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
	// Timeout is how long a call may take at most, whatever the deadline of its context;
	// 0 is for that of [Config.HTTPClient]. If that is 0 too, a context without a
	// deadline gets 30 seconds.
	Timeout time.Duration

	Private
}

func (c *ForteConfig) endpoint(e endpoint, in *input) *endpoint {
	in.must(c.Token != nil, "Forte.Token", sourceWanted)
	e.provider = Forte
	e.limit(in, "Forte.Timeout", c.Timeout)
	e.server = in.baseURL("Forte.BaseURL", c.BaseURL)
	e.token, e.tokenField = c.Token, "Forte.Token"
	e.documented = responses{
		200: {mediaJSON}, 201: {mediaJSON}, 401: {mediaJSON}, 403: {mediaJSON}, 406: {mediaJSON},
		415: {mediaJSON}, 422: {mediaJSON}, 429: {mediaJSON}, 500: {mediaJSON},
	}
	e.starts = http.StatusCreated
	return &e
}

// ForteRequest opens a KYC session for one action of a customer, which they
// continue in the provider's widget.
type ForteRequest struct {
	Action   ForteAction
	Customer ForteCustomer

	Private
}

// ForteAction is what the customer is verified for.
type ForteAction struct {
	// Type is the rules engine that decides, such as [ForteRulesEngine].
	Type ForteActionType
	// Level is the KYC level asked for, 1 to 4.
	Level int

	Private
}

// ForteCustomer is who is verified.
type ForteCustomer struct {
	// ExternalID is your own identifier of the customer, at most 1,000 characters.
	ExternalID string
	Wallet     ForteWallet

	Private
}

// ForteWallet is the wallet that is to receive the NFT.
type ForteWallet struct {
	// Blockchain is that of the wallet, such as [ForteEthereum].
	Blockchain ForteBlockchain
	// Address is at most 1,000 characters, in the notation of the blockchain.
	Address string
	// SIWE is needed if your application is set up to want wallet signatures.
	SIWE *ForteSIWE

	Private
}

// ForteSIWE is a Sign-In with Ethereum (EIP-4361).
type ForteSIWE struct {
	// Message is what was signed, 100 to 400 characters.
	Message string
	// Signature is 0x and 130 hexadecimal digits.
	Signature string

	Private
}

// Provider returns [Forte].
func (ForteRequest) Provider() Provider { return Forte }

func (r ForteRequest) byValue() Request { return r }

func (ForteRequest) endpoint(c *Client) *endpoint { return c.forte }

func (r ForteRequest) check(in *input, _ *Client) {
	oneOf(in, "action.type", string(r.Action.Type), forte.ActionTypeValues())
	in.between("action.level", r.Action.Level, forte.ActionLevelMinimum, forte.ActionLevelMaximum)
	in.text("customer.external_id", r.Customer.ExternalID, 1, forte.CustomerExternalIDMaxLength)
	wallet := r.Customer.Wallet
	oneOf(in, "customer.wallet.blockchain", string(wallet.Blockchain), forte.CustomerWalletBlockchainValues())
	in.text("customer.wallet.address", wallet.Address, 1, forte.CustomerWalletAddressMaxLength)
	if wallet.SIWE != nil {
		in.text("customer.wallet.siwe.message", wallet.SIWE.Message,
			forte.CustomerWalletSIWEMessageMinLength, forte.CustomerWalletSIWEMessageMaxLength)
		in.must(isSignature(wallet.SIWE.Signature), "customer.wallet.siwe.signature",
			"must be 0x and 130 hexadecimal digits")
	}
}

// isSignature reports what forte.CustomerWalletSIWESignaturePattern describes: 0x
// and 130 hexadecimal digits. A regular expression would bring a third of what
// this library adds to a program.
func isSignature(s string) bool {
	digits, prefixed := strings.CutPrefix(s, "0x")
	return prefixed && len(s) == forte.CustomerWalletSIWESignatureMaxLength && isHexadecimal(digits)
}

func (r ForteRequest) build(ctx context.Context, c *Client) (outgoing, *Error) {
	req, err := forte.NewStartKYCWorkflowRequest(c.forte.server, r.body())
	return c.forte.built(ctx, req, err)
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

// forteRequestJSON is a request as [MarshalRequest] writes it.
type forteRequestJSON struct {
	Provider Provider `json:"provider"`
	forte.StartKYCWorkflowRequest
}

func (r ForteRequest) wire() (any, error) { return forteRequestJSON{Forte, r.body()}, nil }

// UnmarshalJSON fails: [UnmarshalRequest] reads a request.
func (*ForteRequest) UnmarshalJSON([]byte) error { return errUnmarshalRequest }

func unmarshalForte(text []byte) (Request, error) {
	var in forteRequestJSON
	if err := unmarshalWire(Forte, text, &in, &in.Provider); err != nil {
		return nil, err
	}
	wallet := in.Customer.Wallet
	r := ForteRequest{
		Action: ForteAction{Type: ForteActionType(in.Action.Type), Level: in.Action.Level},
		Customer: ForteCustomer{ExternalID: in.Customer.ExternalID, Wallet: ForteWallet{
			Blockchain: ForteBlockchain(wallet.Blockchain), Address: wallet.Address,
		}},
	}
	if siwe := wallet.SIWE; siwe != nil {
		r.Customer.Wallet.SIWE = &ForteSIWE{Message: siwe.Message, Signature: siwe.Signature}
	}
	return r, nil
}

func (r ForteRequest) read(a *answer) (*Result, *Error) {
	switch a.status {
	case http.StatusOK, http.StatusCreated:
		return r.toResult(a)
	default:
		return nil, r.toError(a)
	}
}

// forteMembers decide what an answer means.
var forteMembers = []member{
	{name: "data", is: isObject, verbatim: true, of: []member{
		{name: "error_code", is: isText, denies: true},
		{name: "widget_data", is: isAny},
	}},
	{name: "error", is: isObject, denies: true, of: []member{
		{name: "code", is: isText | isNumber},
		{name: "message", is: isText},
	}},
	{name: "code", is: isAny, denies: true},
	{name: "error_code", is: isAny, denies: true},
}

// forteBanned is the code of a banned customer, under whatever status it comes.
const forteBanned = string(forte.BannedCodeERR01)

// toResult reads a 200 or a 201. Only a 201 starts anything: the 200 is how the
// provider says that the customer is banned.
func (r ForteRequest) toResult(a *answer) (*Result, *Error) {
	body := decode[struct {
		Data struct {
			forte.WorkflowStartedData
			ErrorCode *json.RawMessage `json:"error_code"` // documented as text; any other code is a code too
		} `json:"data"`
	}](a, forteMembers)
	widget := NextStep{Kind: NextWidget, Widget: NewSecret(a.found.verbatim)} // wants all of data, as it came

	raw := value(body.Data.ErrorCode)
	code, coded := scalar(raw), len(raw) > 0 && string(raw) != `""`
	switch {
	case code == forteBanned && !a.found.doubled:
		e := a.error(KindCustomerBlocked, said{refusal: true, refusalAs200: true, knownCode: true})
		e.Code, e.codeDocumented = code, true
		e.Next = widget // the widget tells the customer
		return nil, e
	case a.status == http.StatusOK, !a.found.confirms(), coded, value(body.Data.WidgetData) == "":
		e := a.unexpected(said{contradicts: coded})
		e.Code = clean(code, maxWord)
		return nil, e
	}
	res := a.result(StatusAwaitingCustomer, widget)
	res.CustomerID = r.Customer.ExternalID
	res.payload = payloadOf[forte.KYCWorkflowStarted]
	return res, nil
}

// forteCodes are the codes that are known. All but the first are from the
// provider's payments API: a country under sanctions and a flagged wallet. They
// decide the kind of a 403.
var forteCodes = map[string]code{
	forteBanned: {kind: KindCustomerBlocked},
	"ERR03":     {kind: KindCustomerBlocked},
	"ERR15":     {kind: KindCustomerBlocked},
}

func (r ForteRequest) toError(a *answer) *Error {
	body := decode[struct {
		forte.JSONErrorResponse                           // ERR01 has the same members
		Data                    forte.WorkflowStartedData `json:"data"`
	}](a, forteMembers)
	code, message := scalar(body.Error.Code), value(body.Error.Message)

	kind := kindOf(a.status)
	meaning, known := forteCodes[code]
	if known && a.status == http.StatusForbidden {
		kind = meaning.kind
	}
	e := a.error(kind, said{
		refusal:     code != "" || message != "",
		contradicts: value(body.Data.WidgetData) != "",
		knownCode:   known,
		openCode:    meaning.open,
	})
	e.Code, e.codeDocumented = clean(code, maxWord), known
	e.Message = clean(message, maxMessage)
	if a.documented && a.status != http.StatusForbidden {
		e.DisplayMessage = e.Message
	}
	if e.Message == "" {
		e.Message = clean(body.Error.Reason, maxMessage)
	}
	return e
}

// forteReconciliation is how to find out at Forte whether a process exists.
var forteReconciliation = Reconciliation{Otherwise: askSupport}
