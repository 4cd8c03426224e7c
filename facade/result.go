package facade

import (
	"net/http"
	"time"
)

// Status tells how a KYC process stands.
type Status string

// The statuses of a process.
const (
	// StatusStarted runs at the provider, and nothing is known for the customer to do.
	StatusStarted Status = "started"
	// StatusAwaitingCustomer waits for the customer to take the next step.
	StatusAwaitingCustomer Status = "awaiting_customer"
	// StatusInReview is with the provider, which has all that it asked for.
	StatusInReview Status = "in_review"
	// StatusApproved ended well.
	StatusApproved Status = "approved"
	// StatusDeclined ended badly. It is a result, and no error.
	StatusDeclined Status = "declined"
	// StatusExpired ended without a decision.
	StatusExpired Status = "expired"
	// StatusUndetermined exists, and the provider told in no documented word how it
	// stands: take it for neither pending nor decided.
	StatusUndetermined Status = "undetermined"
)

// NextStepKind tells what is to be done next.
type NextStepKind string

// The next steps.
const (
	// NextRedirect sends the customer to [NextStep.URL].
	NextRedirect NextStepKind = "redirect"
	// NextWidget opens the provider's web widget with [NextStep.Widget].
	NextWidget NextStepKind = "widget"
	// NextAnswerQuestions asks the customer [NextStep.Questions].
	NextAnswerQuestions NextStepKind = "answer_questions"
	// NextAwaitCallback waits for the provider's callback.
	NextAwaitCallback NextStepKind = "await_callback"
	// NextNone is for a process that is decided or over.
	NextNone NextStepKind = "none"
	// NextUnspecified is for a provider that documents no next step.
	NextUnspecified NextStepKind = "unspecified"
)

// NextStep is what is to be done next, and with what. It prints and logs its kind
// alone, and marshals as JSON with the values that its kind has, by the schema
// NextStep of specs/normalized.yaml: it is meant to be handed on.
type NextStep struct {
	Kind NextStepKind
	// URL is where to send the customer (NextRedirect). It carries a token.
	URL Secret
	// Widget is the JSON object that the provider's web widget is to be opened
	// with (NextWidget), as it came. It carries a token.
	Widget Secret
	// Questions are for the customer to answer (NextAnswerQuestions).
	Questions []Question
}

// Question is an out-of-wallet question: the answer is one of the options and
// goes back under the key. It prints nothing of them, and is part of the JSON of
// its NextStep.
type Question struct {
	Key     string   `json:"key"`
	Prompt  string   `json:"prompt"`
	Options []string `json:"options"`
}

// Check is one check of a person by the provider, in the provider's own words,
// none of which are documented. Only Qolo tells of checks. It prints nothing of
// them, and is part of the JSON of its Result.
type Check struct {
	Method            string `json:"method,omitempty"`
	Date              string `json:"date,omitempty"`
	DocumentType      string `json:"document_type,omitempty"`
	ResponseCode      string `json:"response_code,omitempty"`
	Result            string `json:"result,omitempty"`
	ReasonCode        string `json:"reason_code,omitempty"`
	ProviderName      string `json:"provider_name,omitempty"`
	ProviderReference string `json:"provider_reference,omitempty"`
}

// Result says that the provider confirmed, in a documented way, that a KYC
// process exists for the customer, whatever its state: StatusDeclined is a
// Result too.
//
// It prints and logs as provider, status, next step, HTTP status and request id.
// A pointer to it marshals as JSON, by the schema Result of specs/normalized.yaml,
// and is read back: a payload for your own services, which holds the values of the
// next step. The raw body, the raw header and what As gives do not travel. What
// may be stored or logged as JSON is [Result.Redacted], and what a customer may
// see [Result.CustomerView].
type Result struct {
	Provider Provider `json:"provider"`
	Status   Status   `json:"status"`
	// ProviderStatus is the provider's own word for the status, if it gave one.
	ProviderStatus string `json:"provider_status,omitempty"`
	// ID is the provider's identifier of the process. Only Rebilly gives one.
	ID string `json:"id,omitempty"`
	// CustomerID is the customer as this provider knows them. For Vault it is the
	// subject of the token, which was not verified.
	CustomerID string `json:"customer_id,omitempty"`
	// Level is the verification level in the provider's own words (Qolo), or the
	// match level (Rebilly), if it gave one.
	Level string `json:"level,omitempty"`
	// Checks are what the provider tells of its checks (Qolo).
	Checks []Check  `json:"checks,omitempty"`
	Next   NextStep `json:"next"`
	// ExpiresAt is when the process or its link ends; zero if not told.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// RequestID is the answer's x-request-id header, if it had one.
	RequestID  string `json:"request_id,omitempty"`
	HTTPStatus int    `json:"http_status"`
	// Documented tells whether the provider documents this HTTP status with this
	// content type.
	Documented bool `json:"documented"`

	answer  *answer
	payload func(a *answer, target any) bool
}

// As stores the answer in target, if target points to the generated type that
// the provider documents for it, and reports whether it did. The types are
// vault.StartResult, xgateway.AppSuccessResponse (not for a 204, which has no
// body), forte.KYCWorkflowStarted, qolo.KYCDetails and rebilly.KYCRequest.
func (r *Result) As(target any) bool {
	return r != nil && r.payload != nil && r.payload(r.answer, target)
}

// payloadOf is what [Result.As] does for an answer of type T. It reads the answer
// again, since most callers never ask for it.
func payloadOf[T any](a *answer, target any) bool {
	t, ok := target.(*T)
	if !ok || t == nil {
		return false
	}
	again := *a // As may be called by several goroutines
	body := decode[T](&again, nil)
	if again.found.whole {
		*t = *body
	}
	return again.found.whole
}

// RawBody returns the body of the answer as it came, up to the configured
// limit. It may hold tokens and personal data.
func (r *Result) RawBody() []byte {
	if r == nil {
		return nil
	}
	return r.answer.rawBody()
}

// RawHeader returns the header of the answer. It may hold tokens.
func (r *Result) RawHeader() http.Header {
	if r == nil {
		return nil
	}
	return r.answer.rawHeader()
}
