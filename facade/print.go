package facade

import (
	"cmp"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// How results, errors and what is in them print and log.
//
// A logger that looks into JSON must find no more in a value than fmt does, and
// log/slog must find no panic in a nil pointer. Go gives a method of a value to
// nil pointers too, where it panics; fmt and encoding/json see to that, log/slog
// does not. So LogValue and MarshalJSON of Result and Error, which are handed out
// as pointers, are methods of the pointer, and MarshalText shows a value's text.
// NextStep and CustomerView are handed out as values and marshal as such: LogValue
// is theirs, and a nil pointer to one logs as the notice of log/slog.

// String returns what a Result prints as; see [Result].
func (r *Result) String() string {
	if r == nil {
		return nothing
	}
	return fmt.Sprintf("%s: %s, next %s (HTTP %d%s)", r.Provider, r.Status, r.Next.Kind, r.HTTPStatus, r.answer.idText(r.RequestID))
}

// Format implements [fmt.Formatter]; see [Result] for what is printed.
func (r Result) Format(f fmt.State, _ rune) { write(f, r.String()) }

// MarshalText implements [encoding.TextMarshaler] for values, as which an encoder
// shows what is printed. Pointers marshal as JSON; see [Result].
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// LogValue implements [slog.LogValuer]; see [Result] for what is logged.
func (r *Result) LogValue() slog.Value {
	if r == nil {
		return slog.Value{}
	}
	attrs := []slog.Attr{
		slog.String("provider", string(r.Provider)),
		slog.String("status", string(r.Status)),
		slog.String("next", string(r.Next.Kind)),
		slog.Int("http_status", r.HTTPStatus),
		slog.Bool("documented", r.Documented),
	}
	return slog.GroupValue(r.answer.appendID(attrs, r.RequestID)...)
}

// Format implements [fmt.Formatter]: every verb that asks it prints the error's
// text.
func (e Error) Format(f fmt.State, _ rune) { write(f, e.Error()) }

// MarshalText implements [encoding.TextMarshaler] for values, as which an encoder
// shows the error's text. Pointers marshal as JSON; see [Error].
func (e Error) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// LogValue implements [slog.LogValuer]; see [Error] for what is logged.
func (e *Error) LogValue() slog.Value {
	if e == nil {
		return slog.Value{}
	}
	attrs := []slog.Attr{
		slog.String("provider", string(e.Provider)),
		slog.String("kind", string(e.Kind)),
		slog.String("started", e.Started.String()),
		slog.Bool("safe_to_retry", e.SafeToRetry()),
	}
	if e.HTTPStatus != 0 {
		attrs = append(attrs, slog.Int("http_status", e.HTTPStatus), slog.Bool("documented", e.Documented))
	}
	if e.codeDocumented {
		attrs = append(attrs, slog.String("code", e.Code))
	}
	if e.local && len(e.Fields) > 0 {
		attrs = append(attrs, slog.String("fields", e.fieldText()))
	}
	if e.cause != nil {
		attrs = append(attrs, slog.String("cause", e.cause.Error()))
	}
	return slog.GroupValue(e.answer.appendID(attrs, e.RequestID)...)
}

// Error returns the text described at [Error].
func (e *Error) Error() string {
	if e == nil {
		return nothing
	}
	text := cmp.Or(string(e.Provider), "kycstart") + ": " + string(e.Kind)
	switch {
	case e.HTTPStatus != 0:
		text += " (HTTP " + strconv.Itoa(e.HTTPStatus)
		if e.codeDocumented {
			text += ", " + e.Code
		}
		text += e.answer.idText(e.RequestID) + ")"
	case e.local:
		text += " (not sent)"
	default:
		text += " (no answer)"
	}
	text += ", started: " + e.Started.String()
	if e.local && len(e.Fields) > 0 {
		text += ": " + e.fieldText()
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// nothing is what fmt prints for a nil pointer.
const nothing = "<nil>"

func (e *Error) fieldText() string {
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.Path + " " + f.Message
	}
	return strings.Join(texts, "; ")
}

// String returns the step's kind.
func (n NextStep) String() string { return string(n.Kind) }

// Format implements [fmt.Formatter]: a NextStep prints its kind.
func (n NextStep) Format(f fmt.State, _ rune) { write(f, string(n.Kind)) }

// LogValue implements [slog.LogValuer]: a NextStep logs its kind.
func (n NextStep) LogValue() slog.Value { return slog.StringValue(string(n.Kind)) }

// Format implements [fmt.Formatter].
func (Question) Format(f fmt.State, _ rune) { write(f, redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (Question) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format implements [fmt.Formatter].
func (Check) Format(f fmt.State, _ rune) { write(f, redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (Check) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// idText returns the request id for a text, and nothing for an id that does not
// print.
func (a *answer) idText(id string) string {
	if !a.prints(id) {
		return ""
	}
	return ", request id " + id
}

// appendID appends the request id to what is logged, unless it does not print.
func (a *answer) appendID(attrs []slog.Attr, id string) []slog.Attr {
	if !a.prints(id) {
		return attrs
	}
	return append(attrs, slog.String("request_id", id))
}

// prints reports whether a request id may be printed: it is a plain token, and
// all of what came. Support asks for it; anything else in that header may be data.
func (a *answer) prints(id string) bool {
	return id != "" && len(id) <= maxRequestID && strings.Trim(id, tokenCharacters) == "" &&
		(a == nil || a.header.Get(requestIDHeader) == id)
}

const tokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:"
