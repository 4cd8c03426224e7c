package facade

import (
	"context"
	"net/http"
	"slices"
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
}

// xgatewayTimeout is this long because the provider says that an answer may
// take several minutes.
const xgatewayTimeout = 5 * time.Minute

func (c *XGatewayConfig) endpoint(e endpoint, in *input) *endpoint {
	in.credential(name("XGateway.APIKey"), c.APIKey)
	e.provider = XGateway
	e.prepared = in.request(xgateway.NewStartKYCVerificationRequest(in.baseURL(name("XGateway.BaseURL"), c.BaseURL), someone))
	e.prepared.Header.Set("Accept", mediaJSON)
	e.prepared.Header.Set("X-Api-Key", c.APIKey)
	// The provider documents a body for its 204. On a connection that is kept,
	// net/http would print it to the standard logger.
	e.prepared.Close = true
	e.spec = xgatewaySpec
	e.timeout = xgatewayTimeout
	return &e
}

var xgatewaySpec = documented{204: nil, 400: {mediaJSON}, 401: {mediaJSON}, 500: {mediaJSON}}

// XGatewayRequest starts the verification of what was uploaded for a customer.
// The provider demands before it: a user profile, a KYC applicant, all
// documents, the accepted agreements, and the KYC status KYC_PENDING,
// PENDING_KYC_DATA or SOFT_KYC_FAILED. None of this is checked here. The verdict
// comes by callback.
type XGatewayRequest struct {
	// ID is the merchant's own identifier of the customer.
	ID string
}

// Provider returns [XGateway].
func (XGatewayRequest) Provider() Provider { return XGateway }

func (r XGatewayRequest) start(ctx context.Context, c *Client) (*Result, *Error) {
	if c.xgateway == nil {
		return nil, unconfigured(XGateway, "XGateway")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	a, failed := c.xgateway.send(ctx, call{customer: r.ID})
	if failed != nil {
		return nil, failed
	}
	if a.status/100 == 2 {
		return r.toResult(a)
	}
	return nil, r.toError(a)
}

func (r XGatewayRequest) check() *Error {
	var in input
	in.segment(name("id"), r.ID)
	return in.err(XGateway)
}

func (r XGatewayRequest) toResult(a *answer) (*Result, *Error) {
	res := a.result(StatusStarted, NextStep{Kind: NextAwaitCallback})
	res.CustomerID = r.ID
	if a.status == http.StatusNoContent {
		return res, nil
	}
	// The body that the provider documents for the 204, under a status that may
	// have one. Its two members are both required.
	body, ok := decode[struct {
		Success bool `json:"success"`
		Data    any  `json:"data"`
	}](a)
	if _, isText := body.Data.(string); !ok || !body.Success || !isText {
		return nil, r.toError(a)
	}
	res.payload = payloadOf[xgateway.AppSuccessResponse]
	return res, nil
}

// xgatewayCodes are all codes that the provider documents.
var xgatewayCodes = map[string]verdict{
	string(xgateway.ClientErrorCodeUnauthorized):                {KindUnauthenticated, StartedNo},
	string(xgateway.ClientErrorCodeProxyAuthenticationRequired): {KindUnauthenticated, StartedNo},

	string(xgateway.ClientErrorCodePaymentRequired):            {KindPermissionDenied, StartedNo},
	string(xgateway.ClientErrorCodeForbidden):                  {KindPermissionDenied, StartedNo},
	string(xgateway.ClientErrorCodeUnavailableForLegalReasons): {KindPermissionDenied, StartedNo},

	string(xgateway.ClientErrorCodeNotFound): {KindNotFound, StartedNo},
	string(xgateway.ClientErrorCodeGone):     {KindNotFound, StartedNo},

	string(xgateway.ClientErrorCodeConflict):          {KindConflict, StartedUnknown},
	string(xgateway.ClientErrorCodeLocked):            {KindConflict, StartedUnknown},
	string(xgateway.ClientErrorCodeDBUniqueViolation): {KindConflict, StartedUnknown},

	string(xgateway.ClientErrorCodePreconditionFailed):   {KindPreconditionFailed, StartedNo},
	string(xgateway.ClientErrorCodePreconditionRequired): {KindPreconditionFailed, StartedNo},
	string(xgateway.ClientErrorCodeFailedDependency):     {KindPreconditionFailed, StartedNo},

	string(xgateway.ClientErrorCodeTooManyRequests): {KindRateLimited, StartedNo},

	string(xgateway.ClientErrorCodeRequestTimeout): {KindTimeout, StartedUnknown},
	string(xgateway.ServerErrorCodeGatewayTimeout): {KindTimeout, StartedUnknown},

	string(xgateway.ServerErrorCodeBadGateway):                    {KindUnavailable, StartedUnknown},
	string(xgateway.ServerErrorCodeServiceUnavailable):            {KindUnavailable, StartedUnknown},
	string(xgateway.ServerErrorCodeNetworkAuthenticationRequired): {KindUnavailable, StartedUnknown},

	string(xgateway.ServerErrorCodeInternalServerError):     {KindProviderError, StartedUnknown},
	string(xgateway.ServerErrorCodeNotImplemented):          {KindProviderError, StartedUnknown},
	string(xgateway.ServerErrorCodeHTTPVersionNotSupported): {KindProviderError, StartedUnknown},
	string(xgateway.ServerErrorCodeVariantAlsoNegotiates):   {KindProviderError, StartedUnknown},
	string(xgateway.ServerErrorCodeInsufficientStorage):     {KindProviderError, StartedUnknown},
	string(xgateway.ServerErrorCodeLoopDetected):            {KindProviderError, StartedUnknown},
	string(xgateway.ServerErrorCodeNotExtended):             {KindProviderError, StartedUnknown},

	string(xgateway.ClientErrorCodeBadRequest):                  {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeMethodNotAllowed):            {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeNotAcceptable):               {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeLengthRequired):              {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodePayloadTooLarge):             {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeURITooLong):                  {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeUnsupportedMediaType):        {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeRangeNotSatisfiable):         {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeExpectationFailed):           {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeMisdirectedRequest):          {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeUnprocessableContent):        {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeUpgradeRequired):             {KindInvalidRequest, StartedNo},
	string(xgateway.ClientErrorCodeRequestHeaderFieldsTooLarge): {KindInvalidRequest, StartedNo},

	// The server was at work in its database when these came up.
	string(xgateway.ClientErrorCodeDBViolation):        {KindInvalidRequest, StartedUnknown},
	string(xgateway.ClientErrorCodeDBNonNullViolation): {KindInvalidRequest, StartedUnknown},
}

func (r XGatewayRequest) toError(a *answer) *Error {
	e := a.error()
	body, _ := decode[xgateway.AppErrorResponse](a)
	e.Reasons = slices.Grow(e.Reasons, len(body.Errors))
	for _, one := range body.Errors {
		e.Reasons = append(e.Reasons, Reason{clean(one.Code, maxCode), clean(one.Message, maxMessage)})
	}
	if len(e.Reasons) > 0 {
		e.Code, e.Message = e.Reasons[0].Code, e.Reasons[0].Message
	}
	// A 401 is about the API key, though its default message is about permission.
	if a.status >= 400 && a.status != http.StatusUnauthorized {
		e.rule(xgatewayCodes)
	}
	return e
}
