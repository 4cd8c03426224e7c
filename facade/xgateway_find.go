package facade

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/kycstart/kycstart/gen/xgateway"
)

func (r XGatewayRequest) checkFind(in *input, attempt Attempt) {
	in.segment("id", r.ID)
	in.noID(attempt)
	in.sameCustomer(attempt.Before, r.ID)
}

// The statuses that X Gateway documents, on its page about the status and on that about
// the callback.
const (
	xgatewayCreated     = "CREATED"
	xgatewayPendingData = "PENDING_KYC_DATA"
	xgatewayPending     = "KYC_PENDING"
	xgatewaySoftFailed  = "SOFT_KYC_FAILED"
	xgatewayHardFailed  = "HARD_KYC_FAILED"
	xgatewayFullUser    = "FULL_USER"
	xgatewayOtherFull   = "KYC_FULL_USER" // on the page about token sharing
	xgatewayNeeded      = "KYC_NEEDED"
)

const (
	basisEnded      = "A verification has ended, which may be an earlier one."
	basisEndedSince = "A verification has ended since the status was read before the start."
)

// xgatewayIdle are the statuses from which a start is allowed, and with which no
// verification runs. KYC_PENDING is allowed too, but may be an earlier one that runs.
var xgatewayIdle = []string{xgatewayPendingData, xgatewaySoftFailed}

// xgatewayStandings are all documented statuses; "" is for null. Another one is
// undetermined.
var xgatewayStandings = map[string]standing{
	"": {exists: AnswerNo, thisAttempt: AnswerNo,
		basis: "The customer has no profile, so no verification was started."},
	xgatewayCreated: {exists: AnswerNo, thisAttempt: AnswerNo,
		basis: "The customer has no KYC applicant, so no verification was started."},
	xgatewayPendingData: {
		basis: "PENDING_KYC_DATA is also the status while a start is not visible yet."},
	xgatewayPending: {status: StatusStarted,
		basis: "KYC_PENDING is a running verification, or one that still waits for data.",
		since: xgatewayIdle, sinceBasis: "The status has become KYC_PENDING since it was read before the start."},
	xgatewaySoftFailed: {exists: AnswerYes, status: StatusAwaitingCustomer, next: NextUnspecified,
		basis: basisEnded,
		since: []string{xgatewayPendingData}, sinceBasis: basisEndedSince},
	xgatewayHardFailed: {exists: AnswerYes, status: StatusDeclined, next: NextNone,
		basis: basisEnded, since: xgatewayIdle, sinceBasis: basisEndedSince},
	xgatewayFullUser: {exists: AnswerYes, status: StatusApproved, next: NextNone,
		basis: basisEnded, since: xgatewayIdle, sinceBasis: basisEndedSince},
	xgatewayOtherFull: {exists: AnswerYes, status: StatusUndetermined, next: NextUnspecified,
		basis: basisEnded, since: xgatewayIdle, sinceBasis: basisEndedSince},
	xgatewayNeeded: {basis: "KYC_NEEDED does not tell whether a verification was started."},
}

// xgatewayVisible is when a start is taken to be visible in the status. The provider
// speaks of minutes.
const xgatewayVisible = time.Hour

var (
	xgatewayOutlasted = standing{exists: AnswerNo, thisAttempt: AnswerNo,
		basis: "PENDING_KYC_DATA has outlasted the time that a start takes to become visible."}
	xgatewayStepRuns = standing{basis: "A step is in progress, by a word that X Gateway documents without a place."}
	xgatewayUnknown  = standing{status: StatusUndetermined, basis: "The status is none that X Gateway documents."}
)

// xgatewayStep ends the documented words for the step that now runs. The member that
// holds them is not documented.
const xgatewayStep = `_IN_PROGRESS"`

// xgatewayFindMembers decide what the answer to a look-up means.
var xgatewayFindMembers = []member{
	{name: "success", is: isBool},
	{name: "data", is: isObject, of: []member{
		{name: "status", is: isText},
	}},
	{name: "errors", is: isAny, denies: true},
}

func (r XGatewayRequest) find(ctx context.Context, _ *Client, e *endpoint, attempt Attempt) (*Finding, *Error) {
	e.documented = responses{200: {mediaJSON}, 400: {mediaJSON}, 401: {mediaJSON}, 500: {mediaJSON}}
	req, err := xgateway.NewGetKYCApplicationDetailsRequest(e.server, r.ID)
	a, failed := e.ask(ctx, req, err, nil)
	if failed != nil {
		return nil, failed
	}
	if a.status != http.StatusOK {
		err := r.toError(a.answer)
		return a.denied(err, err.Code == string(xgateway.ClientErrorCodeNotFound), r.ID, AnswerNo, "X Gateway knows no such customer.")
	}
	body := decode[struct {
		Success bool            `json:"success"`
		Data    json.RawMessage `json:"data"`
	}](a.answer, xgatewayFindMembers)
	var data struct {
		Status json.RawMessage `json:"status"` // null and absent are not the same
	}
	if !a.found.confirms() || a.found.mistyped || !body.Success || json.Unmarshal(body.Data, &data) != nil || data.Status == nil {
		return nil, a.unexpected(said{})
	}
	word := scalar(data.Status)
	f := a.finding(r.ID)
	f.ProviderStatus = clean(word, maxWord)
	f.payload = payloadOf[xgateway.KYCApplicationDetailsResponse]

	stands, known := xgatewayStandings[word]
	switch {
	case !known || word == "" && data.Status[0] == '"':
		stands = xgatewayUnknown
	case word == xgatewayPendingData && !attempt.At.IsZero() && a.answered.Sub(attempt.At) > xgatewayVisible:
		stands = xgatewayOutlasted
	}
	if stands.exists == AnswerNo && bytes.Contains(body.Data, []byte(xgatewayStep)) {
		stands = xgatewayStepRuns
	}
	return f.stands(stands, attempt.Before), nil
}
