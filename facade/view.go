package facade

import (
	"fmt"
	"log/slog"
)

// What becomes of an outcome where not all of it may be seen: a record to store, and a
// view for the customer.

// Redacted returns a copy that is fit to be stored and to be logged as JSON: without
// the values of the next step and without the checks, and without the raw body and
// header. Ids, the provider's own status and the level stay.
func (r *Result) Redacted() *Result {
	if r == nil {
		return nil
	}
	kept := *r
	kept.Checks, kept.Next = nil, NextStep{Kind: r.Next.Kind}
	kept.answer, kept.payload = nil, nil
	return &kept
}

// Redacted returns a copy that is fit to be stored and to be logged as JSON: without
// the provider's messages, the values of the next step, the cause, and the raw body
// and header. Codes and the paths of fields stay, and so do the messages of fields for
// input that was refused before anything was sent: they are this package's own.
func (e *Error) Redacted() *Error {
	if e == nil {
		return nil
	}
	kept := *e
	kept.Message, kept.DisplayMessage, kept.Next = "", "", NextStep{Kind: e.Next.Kind}
	kept.Fields, kept.Reasons = nil, nil
	for _, field := range e.Fields {
		if !e.local {
			field.Message = ""
		}
		kept.Fields = append(kept.Fields, field)
	}
	for _, reason := range e.Reasons {
		kept.Reasons = append(kept.Reasons, Reason{Code: reason.Code})
	}
	kept.cause, kept.answer = nil, nil
	return &kept
}

// CustomerView is what a customer may be shown of an outcome, and nothing else: a hit
// on a sanctions list, for one, is not theirs to know. As JSON it has the schema
// CustomerView of specs/normalized.yaml. It carries what the next step needs, tokens
// included: it is for this customer alone, and logs as its status and next step.
type CustomerView struct {
	// Status is empty for an error.
	Status Status `json:"status,omitempty"`
	// Next has an empty kind for an error. Forte's banned customer is the exception: the
	// provider wants its widget to be opened with the answer, error code included.
	Next NextStep `json:"next,omitzero"`
	// DisplayMessage is set where the provider documents that it may be shown.
	DisplayMessage string `json:"display_message,omitempty"`
}

// CustomerView returns what the customer may be shown.
func (r *Result) CustomerView() CustomerView {
	if r == nil {
		return CustomerView{}
	}
	return CustomerView{Status: r.Status, Next: r.Next}
}

// CustomerView returns what the customer may be shown.
func (e *Error) CustomerView() CustomerView {
	if e == nil {
		return CustomerView{}
	}
	return CustomerView{Next: e.Next, DisplayMessage: e.DisplayMessage}
}

// Format implements [fmt.Formatter]: a CustomerView prints its status and next step.
func (v CustomerView) Format(f fmt.State, _ rune) { write(f, v.String()) }

// String returns the status and the next step.
func (v CustomerView) String() string {
	return fmt.Sprintf("status %q, next %q", string(v.Status), string(v.Next.Kind))
}

// LogValue implements [slog.LogValuer]: a CustomerView logs as it prints.
func (v CustomerView) LogValue() slog.Value { return slog.StringValue(v.String()) }

// UnmarshalJSON implements [json.Unmarshaler]. It fails on unknown members.
func (v *CustomerView) UnmarshalJSON(text []byte) error {
	type plain CustomerView
	var in plain
	if null, err := unmarshalStrictly(text, &in, "customer view"); null || err != nil {
		return err
	}
	*v = CustomerView(in)
	return nil
}
