package facade

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// How findings print, log and travel: as results do.

// String returns what a Finding prints as; see [Finding].
func (f *Finding) String() string {
	if f == nil {
		return nothing
	}
	text := fmt.Sprintf("%s: exists %s, this attempt %s", f.Provider, f.Exists, f.ThisAttempt)
	if f.Status != "" {
		text += ", " + string(f.Status)
	}
	return fmt.Sprintf("%s (HTTP %d%s): %s", text, f.HTTPStatus, f.answer.idText(f.RequestID), f.Basis)
}

// Format implements [fmt.Formatter]; see [Finding] for what is printed.
func (f Finding) Format(s fmt.State, _ rune) { write(s, f.String()) }

// MarshalText implements [encoding.TextMarshaler] for values, as which an encoder
// shows what is printed. Pointers marshal as JSON; see [Finding].
func (f Finding) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// LogValue implements [slog.LogValuer]; see [Finding] for what is logged.
func (f *Finding) LogValue() slog.Value {
	if f == nil {
		return slog.Value{}
	}
	attrs := []slog.Attr{
		slog.String("provider", string(f.Provider)),
		slog.String("exists", f.Exists.String()),
		slog.String("this_attempt", f.ThisAttempt.String()),
		slog.String("basis", f.Basis),
		slog.String("status", string(f.Status)),
		slog.Int("http_status", f.HTTPStatus),
		slog.Bool("documented", f.Documented),
	}
	return slog.GroupValue(f.answer.appendID(attrs, f.RequestID)...)
}

// Redacted returns a copy that is fit to be stored and to be logged as JSON, and to be
// [Attempt.Before]: without the values of the next step and without the checks, and
// without the raw body and header. Ids, the provider's own status and the level stay.
func (f *Finding) Redacted() *Finding {
	if f == nil {
		return nil
	}
	kept := *f
	kept.Checks, kept.Next = nil, NextStep{Kind: f.Next.Kind}
	kept.answer, kept.payload = nil, nil
	return &kept
}

type plainFinding Finding

// findingJSON is to a finding what resultJSON is to a result.
type findingJSON struct {
	*plainFinding
	Checks []plainCheck `json:"checks,omitempty"`
}

// MarshalJSON implements [json.Marshaler]; see [Finding].
func (f *Finding) MarshalJSON() ([]byte, error) {
	if f == nil {
		return []byte("null"), nil
	}
	out := findingJSON{plainFinding: (*plainFinding)(f)}
	for _, check := range f.Checks {
		out.Checks = append(out.Checks, plainCheck(check))
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler]: it reads what MarshalJSON writes.
func (f *Finding) UnmarshalJSON(text []byte) error {
	in := findingJSON{plainFinding: new(plainFinding)}
	if null, err := unmarshalStrictly(text, &in, "finding"); null || err != nil {
		return err
	}
	if in.Provider == "" || in.Basis == "" || in.HTTPStatus == 0 {
		return errors.New("facade: finding without provider, basis or http_status")
	}
	for _, check := range in.Checks {
		in.plainFinding.Checks = append(in.plainFinding.Checks, Check(check))
	}
	*f = Finding(*in.plainFinding)
	return nil
}

// String returns when the attempt was, which is all that an Attempt prints and logs.
func (a Attempt) String() string { return "attempt at " + a.At.UTC().Format(time.RFC3339) }

// Format implements [fmt.Formatter]; see [Attempt.String].
func (a Attempt) Format(s fmt.State, _ rune) { write(s, a.String()) }

// LogValue implements [slog.LogValuer]; see [Attempt.String].
func (a Attempt) LogValue() slog.Value { return slog.StringValue(a.String()) }

// UnmarshalJSON implements [json.Unmarshaler]. It fails on unknown members.
func (a *Attempt) UnmarshalJSON(text []byte) error {
	type plain Attempt
	var in plain
	if null, err := unmarshalStrictly(text, &in, "attempt"); null || err != nil {
		return err
	}
	*a = Attempt(in)
	return nil
}
