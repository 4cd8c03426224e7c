package facade

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/kycstart/kycstart/gen/xgateway"
)

// The servers of X Gateway, for [XGatewayConfig]. The demo server is from the
// provider's other public documentation.
const (
	XGatewayProduction = "https://api.xgateway.tech/api/v2"
	XGatewayDemo       = "https://api.demo.xgateway.tech/api/v2"
)

// XGatewayConfig configures X Gateway.
type XGatewayConfig struct {
	// BaseURL is the server, such as [XGatewayDemo]. There is no default.
	BaseURL string
	// APIKey is sent as x-api-key.
	APIKey string
	// Timeout is how long a call may take at most, whatever the deadline of its context;
	// 0 is for that of [Config.HTTPClient]. If that is 0 too, a context without a
	// deadline gets five minutes, since the provider says that an answer may take several.
	Timeout time.Duration

	Private
}

// xgatewayTimeout is this long because the provider says that an answer may
// take several minutes.
const xgatewayTimeout = 5 * time.Minute

func (c *XGatewayConfig) endpoint(e endpoint, in *input) *endpoint {
	in.credential("XGateway.APIKey", c.APIKey)
	e.provider = XGateway
	e.limit(in, "XGateway.Timeout", c.Timeout)
	e.server = in.baseURL("XGateway.BaseURL", c.BaseURL)
	e.always("X-Api-Key", c.APIKey)
	e.documented = responses{204: nil, 400: {mediaJSON}, 401: {mediaJSON}, 500: {mediaJSON}}
	e.starts = http.StatusNoContent
	e.timeout = xgatewayTimeout
	return &e
}

// XGatewayRequest starts the verification of what was uploaded for a customer.
// The provider demands before it: a user profile, a KYC applicant, all
// documents, the accepted agreements, and the KYC status KYC_PENDING,
// PENDING_KYC_DATA or SOFT_KYC_FAILED. None of this is checked here. The verdict
// comes by callback.
type XGatewayRequest struct {
	// ID is the merchant's own identifier of the customer.
	ID string

	Private
}

// Provider returns [XGateway].
func (XGatewayRequest) Provider() Provider { return XGateway }

func (r XGatewayRequest) byValue() Request { return r }

func (XGatewayRequest) endpoint(c *Client) *endpoint { return c.xgateway }

func (r XGatewayRequest) check(in *input, _ *Client) {
	in.segment("id", r.ID)
}

func (r XGatewayRequest) build(ctx context.Context, c *Client) (outgoing, *Error) {
	req, err := xgateway.NewStartKYCVerificationRequest(c.xgateway.server, r.ID)
	return c.xgateway.built(ctx, req, err)
}

// xgatewayRequestJSON is a request as [MarshalRequest] writes it.
type xgatewayRequestJSON struct {
	Provider Provider `json:"provider"`
	ID       string   `json:"id"`
}

func (r XGatewayRequest) wire() (any, error) { return xgatewayRequestJSON{XGateway, r.ID}, nil }

// UnmarshalJSON fails: [UnmarshalRequest] reads a request.
func (*XGatewayRequest) UnmarshalJSON([]byte) error { return errUnmarshalRequest }

func unmarshalXGateway(text []byte) (Request, error) {
	var in xgatewayRequestJSON
	if err := unmarshalWire(XGateway, text, &in, &in.Provider); err != nil {
		return nil, err
	}
	r := XGatewayRequest{ID: in.ID}
	return r, nil
}

func (r XGatewayRequest) read(a *answer) (*Result, *Error) {
	switch a.status {
	case http.StatusNoContent, http.StatusOK, http.StatusCreated:
		return r.toResult(a)
	default:
		return nil, r.toError(a)
	}
}

// xgatewayMembers decide what an answer means.
var xgatewayMembers = []member{
	{name: "success", is: isBool},
	{name: "data", is: isText},
	{name: "errors", is: isList, denies: true, of: []member{
		{name: "code", is: isText},
	}},
}

func (r XGatewayRequest) toResult(a *answer) (*Result, *Error) {
	if a.status != http.StatusNoContent && !r.isSuccess(a) {
		return nil, r.toError(a)
	}
	res := a.result(StatusStarted, NextStep{Kind: NextAwaitCallback})
	res.CustomerID = r.ID
	if a.status != http.StatusNoContent {
		res.payload = payloadOf[xgateway.AppSuccessResponse]
	}
	return res, nil
}

// isSuccess reports whether a holds the object that the provider documents for the
// 204, under a status that may have a body: both members, and no other one.
func (XGatewayRequest) isSuccess(a *answer) bool {
	decode[xgateway.AppSuccessResponse](a, xgatewayMembers)
	var body struct {
		Success bool    `json:"success"`
		Data    *string `json:"data"`
	}
	closed := json.NewDecoder(bytes.NewReader(a.body))
	closed.DisallowUnknownFields()
	return a.found.confirms() && closed.Decode(&body) == nil && body.Success && body.Data != nil
}

// xgatewayCodes are all codes that the provider documents.
var xgatewayCodes = map[string]code{
	string(xgateway.ClientErrorCodeUnauthorized):                {kind: KindUnauthenticated},
	string(xgateway.ClientErrorCodeProxyAuthenticationRequired): {kind: KindUnauthenticated},

	string(xgateway.ClientErrorCodePaymentRequired):            {kind: KindPermissionDenied},
	string(xgateway.ClientErrorCodeForbidden):                  {kind: KindPermissionDenied},
	string(xgateway.ClientErrorCodeUnavailableForLegalReasons): {kind: KindPermissionDenied},

	string(xgateway.ClientErrorCodeNotFound): {kind: KindNotFound},
	string(xgateway.ClientErrorCodeGone):     {kind: KindNotFound},

	string(xgateway.ClientErrorCodeConflict):          {kind: KindConflict, open: true},
	string(xgateway.ClientErrorCodeLocked):            {kind: KindConflict, open: true},
	string(xgateway.ClientErrorCodeDBUniqueViolation): {kind: KindConflict, open: true},

	string(xgateway.ClientErrorCodePreconditionFailed):   {kind: KindPreconditionFailed},
	string(xgateway.ClientErrorCodePreconditionRequired): {kind: KindPreconditionFailed},
	string(xgateway.ClientErrorCodeFailedDependency):     {kind: KindPreconditionFailed},

	string(xgateway.ClientErrorCodeTooManyRequests): {kind: KindRateLimited},

	string(xgateway.ClientErrorCodeRequestTimeout): {kind: KindTimeout, open: true},
	string(xgateway.ServerErrorCodeGatewayTimeout): {kind: KindTimeout, open: true},

	string(xgateway.ServerErrorCodeBadGateway):                    {kind: KindUnavailable, open: true},
	string(xgateway.ServerErrorCodeServiceUnavailable):            {kind: KindUnavailable, open: true},
	string(xgateway.ServerErrorCodeNetworkAuthenticationRequired): {kind: KindUnavailable, open: true},

	string(xgateway.ServerErrorCodeInternalServerError):     {kind: KindProviderError, open: true},
	string(xgateway.ServerErrorCodeNotImplemented):          {kind: KindProviderError, open: true},
	string(xgateway.ServerErrorCodeHTTPVersionNotSupported): {kind: KindProviderError, open: true},
	string(xgateway.ServerErrorCodeVariantAlsoNegotiates):   {kind: KindProviderError, open: true},
	string(xgateway.ServerErrorCodeInsufficientStorage):     {kind: KindProviderError, open: true},
	string(xgateway.ServerErrorCodeLoopDetected):            {kind: KindProviderError, open: true},
	string(xgateway.ServerErrorCodeNotExtended):             {kind: KindProviderError, open: true},

	string(xgateway.ClientErrorCodeBadRequest):                  {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeMethodNotAllowed):            {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeNotAcceptable):               {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeLengthRequired):              {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodePayloadTooLarge):             {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeURITooLong):                  {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeUnsupportedMediaType):        {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeRangeNotSatisfiable):         {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeExpectationFailed):           {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeMisdirectedRequest):          {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeUnprocessableContent):        {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeUpgradeRequired):             {kind: KindInvalidRequest},
	string(xgateway.ClientErrorCodeRequestHeaderFieldsTooLarge): {kind: KindInvalidRequest},

	// The server was at work in its database when these came up.
	string(xgateway.ClientErrorCodeDBViolation):        {kind: KindInvalidRequest, open: true},
	string(xgateway.ClientErrorCodeDBNonNullViolation): {kind: KindInvalidRequest, open: true},
}

func (r XGatewayRequest) toError(a *answer) *Error {
	body := decode[struct {
		xgateway.AppErrorResponse
		Success *bool `json:"success"`
	}](a, xgatewayMembers)

	// A 401 is about the API key, though its default message is about permission.
	// Its errors may be missing; any other status needs codes.
	unauthorized := a.status == http.StatusUnauthorized
	said := said{
		refusal:     unauthorized && (len(body.Errors) > 0 || body.Success != nil && !*body.Success),
		contradicts: value(body.Success),
		knownCode:   len(body.Errors) > 0,
	}
	kind := kindOf(a.status)
	reasons := make([]Reason, len(body.Errors))
	for i, one := range body.Errors {
		meaning, known := xgatewayCodes[one.Code]
		if one.Code != "" {
			said.refusal = true
		}
		said.knownCode = said.knownCode && known
		said.openCode = said.openCode || meaning.open || !known && (one.Code != "" || !unauthorized)
		if i == 0 && known && a.status >= 400 && !unauthorized {
			kind = meaning.kind
		}
		reasons[i] = Reason{clean(one.Code, maxWord), clean(one.Message, maxMessage)}
	}
	e := a.error(kind, said)
	if len(reasons) > 0 {
		e.Reasons, e.Code, e.Message = reasons, reasons[0].Code, reasons[0].Message
		_, e.codeDocumented = xgatewayCodes[body.Errors[0].Code]
	}
	return e
}

// xgatewayReconciliation is how to find out at X Gateway whether a process exists.
var xgatewayReconciliation = Reconciliation{
	Method:     "GET",
	Path:       "/customer/{id}/bank-transfer/kyc",
	Parameters: []Parameter{{"path", "id", "{ID}"}},
	Push:       "the KYC callback",
	Otherwise:  askSupport,
}
