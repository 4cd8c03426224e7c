package facade

import (
	"errors"
	"net/http"
	"time"
)

// Kind tells what went wrong. It is an error itself, so that
//
//	errors.Is(err, facade.KindRateLimited)
//
// asks for the kind of any error that Start or New returned. The zero Kind is
// no kind at all, and is never returned.
type Kind string

// The kinds of error.
const (
	// KindInvalidRequest is a request at fault: mend the fields that are named.
	KindInvalidRequest Kind = "invalid_request"
	// KindUnauthenticated is a credential that is missing, wrong or expired, or a
	// token source that failed.
	KindUnauthenticated Kind = "unauthenticated"
	// KindPermissionDenied is a merchant who may not do this.
	KindPermissionDenied Kind = "permission_denied"
	// KindCustomerBlocked is a customer for whom the provider starts no KYC.
	KindCustomerBlocked Kind = "customer_blocked"
	// KindNotFound is a customer, or an address, that the provider does not know.
	KindNotFound Kind = "not_found"
	// KindConflict is a start that collides with what is already there.
	KindConflict Kind = "conflict"
	// KindPreconditionFailed is a step that must come before the start.
	KindPreconditionFailed Kind = "precondition_failed"
	// KindRateLimited is one call too many: wait, at least for [Error.RetryAfter].
	KindRateLimited Kind = "rate_limited"
	// KindUnavailable is a provider that cannot be reached, or cannot work now.
	KindUnavailable Kind = "unavailable"
	// KindTimeout is a deadline that passed, here or at the provider.
	KindTimeout Kind = "timeout"
	// KindCanceled is a context that the caller cancelled.
	KindCanceled Kind = "canceled"
	// KindProviderError is a fault that the provider admits.
	KindProviderError Kind = "provider_error"
	// KindUnexpectedResponse is an answer that is not as the provider documents it.
	KindUnexpectedResponse Kind = "unexpected_response"
)

// Error returns the kind as text.
func (k Kind) Error() string { return string(k) }

// KindOf returns the kind of err, and the zero Kind if err is nil or is none of
// this package's.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e.Kind
	}
	return ""
}

// Started tells whether this call started a KYC process, although it returned an
// error. It says nothing of earlier calls for the same customer.
type Started int

// The answers to "did this call start a KYC process?".
const (
	// StartedUnknown is the zero value: assume that it may have.
	StartedUnknown Started = iota
	// StartedNo is said for two reasons only: nothing was sent, or the provider
	// refused in its own documented words.
	StartedNo
	// StartedYes is said where the status alone means that a process was started,
	// and the rest of the answer cannot be used.
	StartedYes
)

// String returns "unknown", "no" or "yes".
func (s Started) String() string {
	switch s {
	case StartedNo:
		return "no"
	case StartedYes:
		return "yes"
	default:
		return "unknown"
	}
}

// MarshalText implements [encoding.TextMarshaler].
func (s Started) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It takes what String returns,
// and fails on anything else.
func (s *Started) UnmarshalText(text []byte) error {
	for _, known := range []Started{StartedUnknown, StartedNo, StartedYes} {
		if string(text) == known.String() {
			*s = known
			return nil
		}
	}
	return errors.New(`facade: started must be "unknown", "no" or "yes"`)
}

// FieldError is one field at fault.
type FieldError struct {
	// Path is the field's path as the provider spells it, such as
	// "documents[0].type"; for a Config, the path of the Go field.
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Reason is one error of an answer that lists several.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error says that no KYC process was confirmed, why, and whether this call may
// have started one.
//
// Its text, and what it prints and logs, has the provider, the kind, the HTTP
// status, the code if the provider documents it, the request id if it is a plain
// token (letters, digits and -_.: alone, at most 128), and Started; for input that
// was refused before anything was sent also the fields and what is allowed. It
// holds no other word of the provider's, no personal data and no credential.
//
// A pointer to it marshals as JSON, by the schema Error of specs/normalized.yaml,
// and is read back: a payload for your own services. The cause, the raw body and
// the raw header do not travel, and neither does the knowledge that the code is a
// documented one: the text of what was read back has no code. What may be stored
// or logged as JSON is [Error.Redacted], and what a customer may see
// [Error.CustomerView].
type Error struct {
	// Provider is empty only where there is none to name: for a nil request or
	// client, and for a Config, where the paths of the fields name it.
	Provider Provider `json:"provider,omitempty"`
	Kind     Kind     `json:"kind"`
	Started  Started  `json:"started"`
	// HTTPStatus is 0 if no status arrived.
	HTTPStatus int `json:"http_status,omitempty"`
	// Documented tells whether the provider documents this HTTP status with this
	// content type.
	Documented bool `json:"documented"`
	// Code is the provider's own code, if it gave one.
	Code string `json:"code,omitempty"`
	// Message is the provider's own text, for the merchant: bounded to 1,000
	// characters and without control characters.
	Message string `json:"message,omitempty"`
	// DisplayMessage is the same text where the provider documents that it may be
	// shown to the customer (Vault, and Forte except for a banned customer).
	DisplayMessage string `json:"display_message,omitempty"`
	// Fields are the fields at fault, in order; a field may come twice.
	Fields []FieldError `json:"fields,omitempty"`
	// Reasons are all errors of an X Gateway answer, the first of which gave Code
	// and Message.
	Reasons []Reason `json:"reasons,omitempty"`
	// RetryAfter is how long the provider asks to wait, 0 if it does not say. As
	// JSON it is in seconds.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	// Next is what to do despite the error: Forte wants the answer for a banned
	// customer handed to its widget. Its kind is empty in every other case.
	Next NextStep `json:"next,omitzero"`
	// RequestID is the answer's x-request-id header, if it had one.
	RequestID string `json:"request_id,omitempty"`

	codeDocumented bool // Code is a word of the provider's documentation: safe to print
	local          bool // refused here: Fields are our own words, safe to print
	cause          error
	answer         *answer
}

// SafeToRetry reports whether the same call may be made again without the risk
// of a second process: nothing was started, and the reason may pass.
func (e *Error) SafeToRetry() bool {
	if e == nil || e.Started != StartedNo {
		return false
	}
	return e.Kind == KindUnavailable || e.Kind == KindTimeout || e.Kind == KindRateLimited
}

// Is reports whether target is the error's [Kind].
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && e != nil && kind == e.Kind
}

// Unwrap returns the cause, if there is one. Its text has no data in it;
// [errors.Is] and [errors.As] reach what it stands for, such as
// [context.DeadlineExceeded] or a *net.OpError.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// RawBody returns the body of the answer as it came, up to the configured
// limit, and nil if no answer came. It may hold tokens and personal data.
func (e *Error) RawBody() []byte {
	if e == nil {
		return nil
	}
	return e.answer.rawBody()
}

// RawHeader returns the header of the answer, and nil if no answer came. It may
// hold tokens.
func (e *Error) RawHeader() http.Header {
	if e == nil {
		return nil
	}
	return e.answer.rawHeader()
}
