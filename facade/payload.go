package facade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// How results, errors and next steps travel as JSON, by the schemas of
// specs/normalized.yaml. Reading is strict: an unknown member is an error, since it
// would be lost, and so is a missing one without which the rest means nothing.
// Unknown words of a status, a kind or a step are kept as they are.

// Types without the methods of their own: those keep them from being marshalled,
// or would go round in a circle.
type (
	plainResult   Result
	plainError    Error
	plainCheck    Check
	plainQuestion Question
)

// resultJSON writes and reads a result: a member of its own hides that of the
// same name.
type resultJSON struct {
	*plainResult
	Checks []plainCheck `json:"checks,omitempty"`
}

// MarshalJSON implements [json.Marshaler]; see [Result].
func (r *Result) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	out := resultJSON{plainResult: (*plainResult)(r)}
	for _, check := range r.Checks {
		out.Checks = append(out.Checks, plainCheck(check))
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler]: it reads what MarshalJSON writes.
func (r *Result) UnmarshalJSON(text []byte) error {
	in := resultJSON{plainResult: new(plainResult)}
	if null, err := unmarshalStrictly(text, &in, "result"); null || err != nil {
		return err
	}
	if in.Provider == "" || in.Status == "" || in.Next.Kind == "" || in.HTTPStatus == 0 {
		return errors.New("facade: result without provider, status, next or http_status")
	}
	for _, check := range in.Checks {
		in.plainResult.Checks = append(in.plainResult.Checks, Check(check))
	}
	*r = Result(*in.plainResult)
	return nil
}

// errorJSON is to an error what resultJSON is to a result.
type errorJSON struct {
	*plainError
	SafeToRetry bool    `json:"safe_to_retry"`
	RetryAfter  float64 `json:"retry_after,omitempty"` // seconds
}

// MarshalJSON implements [json.Marshaler]; see [Error].
func (e *Error) MarshalJSON() ([]byte, error) {
	if e == nil {
		return []byte("null"), nil
	}
	return json.Marshal(errorJSON{(*plainError)(e), e.SafeToRetry(), e.RetryAfter.Seconds()})
}

// UnmarshalJSON implements [json.Unmarshaler]: it reads what MarshalJSON writes.
func (e *Error) UnmarshalJSON(text []byte) error {
	in := errorJSON{plainError: new(plainError)}
	if null, err := unmarshalStrictly(text, &in, "error"); null || err != nil {
		return err
	}
	if in.Kind == "" {
		return errors.New("facade: error without kind")
	}
	read := (*Error)(in.plainError)
	read.RetryAfter = time.Duration(math.Round(in.RetryAfter * float64(time.Second)))
	// A look-up that was refused here is told by its fields: Started is unknown.
	read.local = read.HTTPStatus == 0 && (read.Started == StartedNo || len(read.Fields) > 0)
	if read.SafeToRetry() != in.SafeToRetry {
		return errors.New("facade: error whose safe_to_retry is not what kind and started say")
	}
	*e = *read
	return nil
}

type stepJSON struct {
	Kind      NextStepKind    `json:"kind"`
	URL       string          `json:"url,omitempty"`
	Widget    json.RawMessage `json:"widget,omitempty"`
	Questions []plainQuestion `json:"questions,omitempty"`
}

// MarshalJSON implements [json.Marshaler]; see [NextStep].
func (n NextStep) MarshalJSON() ([]byte, error) {
	widget := strings.ToValidUTF8(n.Widget.Reveal(), "\ufffd") // as encoding/json does to texts, but not to raw JSON
	out := stepJSON{Kind: n.Kind, URL: n.URL.Reveal(), Widget: json.RawMessage(widget)}
	for _, question := range n.Questions {
		out.Questions = append(out.Questions, plainQuestion(question))
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler]: it reads what MarshalJSON writes.
func (n *NextStep) UnmarshalJSON(text []byte) error {
	var in stepJSON
	if null, err := unmarshalStrictly(text, &in, "next step"); null || err != nil {
		return err
	}
	if in.Kind == "" {
		return errors.New("facade: next step without kind")
	}
	*n = NextStep{Kind: in.Kind, URL: secretOf(in.URL), Widget: secretOf(string(in.Widget))}
	for _, question := range in.Questions {
		n.Questions = append(n.Questions, Question(question))
	}
	return nil
}

// unmarshalStrictly reads text, JSON of one of this package's types, into target, or
// reports that it is null, which changes nothing. It fails on members that target
// has not.
func unmarshalStrictly(text []byte, target any, what string) (null bool, err error) {
	if string(bytes.TrimSpace(text)) == "null" {
		return true, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return false, fmt.Errorf("facade: %s: %w", what, err)
	}
	return false, nil
}
