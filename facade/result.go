package facade

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Status tells how a KYC process stands.
type Status string

// The statuses of a process. Started tells that it runs at the provider and
// nothing is known for the customer to do. Expired has ended without a
// decision. Undetermined exists, but how it stands was told in no documented
// word: it is neither pending nor decided.
const (
	StatusStarted          Status = "started"
	StatusAwaitingCustomer Status = "awaiting_customer"
	StatusInReview         Status = "in_review"
	StatusApproved         Status = "approved"
	StatusDeclined         Status = "declined"
	StatusExpired          Status = "expired"
	StatusUndetermined     Status = "undetermined"
)

// NextStepKind tells what is to be done next.
type NextStepKind string

// The next steps. None is for a process that is decided or over; unspecified is
// for a provider that documents no next step.
const (
	NextRedirect        NextStepKind = "redirect"
	NextWidget          NextStepKind = "widget"
	NextAnswerQuestions NextStepKind = "answer_questions"
	NextAwaitCallback   NextStepKind = "await_callback"
	NextNone            NextStepKind = "none"
	NextUnspecified     NextStepKind = "unspecified"
)

// NextStep is what is to be done next, and with what. It prints its kind alone.
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
// goes back under the key.
type Question struct {
	Key     string   `json:"key"`
	Prompt  string   `json:"prompt"`
	Options []string `json:"options"`
}

// Check is one check of a person by the provider, in the provider's own words,
// none of which are documented. Only Qolo tells of checks.
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
// It prints and logs as provider, status, next step and HTTP status.
// [encoding/json.Marshal] gives a payload for your own services, by the schema
// Result of specs/normalized.yaml: it holds the values of the next step, and
// not the raw body.
type Result struct {
	Provider Provider
	Status   Status
	// ProviderStatus is the provider's own word for the status, if it gave one.
	ProviderStatus string
	// ID is the provider's identifier of the process. Only Rebilly gives one.
	ID string
	// CustomerID is the customer as this provider knows them. For Vault it is the
	// subject of the token, which was not verified.
	CustomerID string
	// Level is the verification level in the provider's own words (Qolo), or the
	// match level (Rebilly), if it gave one.
	Level string
	// Checks are what the provider tells of its checks (Qolo).
	Checks []Check
	Next   NextStep
	// ExpiresAt is when the process or its link ends; zero if not told.
	ExpiresAt time.Time
	// RequestID is the answer's x-request-id header, if it had one.
	RequestID  string
	HTTPStatus int
	// Documented tells whether the provider documents this HTTP status with this
	// content type.
	Documented bool

	answer  *answer
	payload func(a *answer, target any) bool
}

// As stores the answer in target, if target points to the generated type that
// the provider documents for it, and reports whether it did. The types are
// vault.StartResult, xgateway.AppSuccessResponse (not for a 204, which has no
// body), forte.KYCWorkflowStarted, qolo.KYCDetails and rebilly.KYCRequest.
func (r *Result) As(target any) bool {
	return r.payload != nil && r.payload(r.answer, target)
}

// payloadOf is what [Result.As] does for an answer of type T. It reads the answer
// anew, since most callers never ask for it.
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
func (r *Result) RawBody() []byte { return r.answer.rawBody() }

// RawHeader returns the header of the answer. It may hold tokens.
func (r *Result) RawHeader() http.Header { return r.answer.rawHeader() }

// Format implements [fmt.Formatter]; see [Result] for what is printed.
func (r Result) Format(f fmt.State, _ rune) {
	write(f, fmt.Sprintf("%s: %s, next %s (HTTP %d)", r.Provider, r.Status, r.Next.Kind, r.HTTPStatus))
}

// LogValue implements [slog.LogValuer]; see [Result] for what is logged.
func (r Result) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("provider", string(r.Provider)),
		slog.String("status", string(r.Status)),
		slog.String("next", string(r.Next.Kind)),
		slog.Int("http_status", r.HTTPStatus),
		slog.Bool("documented", r.Documented),
	)
}

// MarshalJSON implements [json.Marshaler]; see [Result].
func (r Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Provider       Provider `json:"provider"`
		Status         Status   `json:"status"`
		ProviderStatus string   `json:"provider_status,omitempty"`
		ID             string   `json:"id,omitempty"`
		CustomerID     string   `json:"customer_id,omitempty"`
		Level          string   `json:"level,omitempty"`
		Checks         []Check  `json:"checks,omitempty"`
		Next           stepJSON `json:"next"`
		ExpiresAt      string   `json:"expires_at,omitempty"`
		RequestID      string   `json:"request_id,omitempty"`
		HTTPStatus     int      `json:"http_status"`
		Documented     bool     `json:"documented"`
	}{
		r.Provider, r.Status, r.ProviderStatus, r.ID, r.CustomerID, r.Level, r.Checks,
		r.Next.json(), timestamp(r.ExpiresAt), r.RequestID, r.HTTPStatus, r.Documented,
	})
}

// Format implements [fmt.Formatter]: a NextStep prints its kind.
func (n NextStep) Format(f fmt.State, _ rune) { write(f, string(n.Kind)) }

// LogValue implements [slog.LogValuer]: a NextStep logs its kind.
func (n NextStep) LogValue() slog.Value { return slog.StringValue(string(n.Kind)) }

// MarshalJSON implements [json.Marshaler] by the schema NextStep of
// specs/normalized.yaml, with the values that the step's kind has.
func (n NextStep) MarshalJSON() ([]byte, error) { return json.Marshal(n.json()) }

type stepJSON struct {
	Kind      NextStepKind    `json:"kind"`
	URL       string          `json:"url,omitempty"`
	Widget    json.RawMessage `json:"widget,omitempty"`
	Questions []Question      `json:"questions,omitempty"`
}

func (n NextStep) json() stepJSON {
	widget := strings.ToValidUTF8(n.Widget.Reveal(), "\ufffd") // as encoding/json does to texts, but not to raw JSON
	return stepJSON{n.Kind, n.URL.Reveal(), json.RawMessage(widget), n.Questions}
}

// timestamp is t as RFC 3339, and nothing for the zero time.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
