package facade

import (
	"net/http"
	"time"
)

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
	// Started is unknown for every error of [Client.Find], which says nothing of the start.
	Started Started `json:"started"`
	// HTTPStatus is 0 if no status arrived.
	HTTPStatus int `json:"http_status,omitempty"`
	// Documented tells whether the provider documents this HTTP status with this
	// content type.
	Documented bool `json:"documented"`
	// ID is the process that was started (StartedYes), if the answer named it although
	// the rest cannot be used: Rebilly's Location header does. [Client.Find] asks for it.
	ID string `json:"id,omitempty"`
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
// of a second process, and may then succeed: Started is no, and the kind is
// [KindRateLimited], [KindUnavailable] or [KindTimeout]. Wait for RetryAfter or, if that
// is 0, as long as you choose. With Started no and another kind, such as a credential
// that has expired, the same start is no risk either, once its reason is mended.
//
// It is about starts: an error of [Client.Find] reports false, and Find may always be
// called again.
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
