package facade

import (
	"encoding/json"
	"errors"
	"strings"
)

var errTooManyElements = errors.New("answer has too many elements")

// decode reads the body of a into the generated type T, and notes what it found
// of members. T is empty unless the body is a JSON object, whole and alone, under
// a JSON media type or none. A member of another type than documented is left
// out, and the others are kept.
func decode[T any](a *answer, members []member) *T {
	t := new(T)
	if !a.decode(members, t) {
		return new(T)
	}
	return t
}

// decode is the part of decode that is the same for all types. It reports false if
// the body is of no use: t may be half filled then.
func (a *answer) decode(members []member, t any) bool {
	a.found = found{}
	if a.cause != nil || a.mediaType != "" && !isJSONType(a.mediaType) || firstByte(a.body) != '{' {
		return false
	}
	look, ok := lookFor(members, a.body)
	if !ok {
		a.cause = errTooManyElements
		return false
	}
	if err := json.Unmarshal(a.body, t); err != nil {
		var mistyped *json.UnmarshalTypeError
		if !errors.As(err, &mistyped) {
			return false
		}
	}
	look.whole = true
	a.found = look
	return true
}

// firstByte returns the first byte of text that is not white space, 0 for none.
func firstByte(text []byte) byte {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// confirms reports whether the body may confirm a start: it is whole, and says
// one thing alone.
func (f found) confirms() bool { return f.whole && !f.doubled && !f.denies }

// holdsJSON reports whether the body is JSON, whole: an object, a list or a text,
// which show where they end.
func (a *answer) holdsJSON() bool {
	return a.cause == nil && strings.IndexByte(`{["`, firstByte(a.body)) >= 0 && json.Valid(a.body)
}

// skipped is a member that is not decoded: that would cost, and nobody asks for
// it.
type skipped struct{}

// UnmarshalJSON implements [json.Unmarshaler].
func (*skipped) UnmarshalJSON([]byte) error { return nil }

// value is what an optional member holds, or the zero value.
func value[T any](member *T) (v T) {
	if member != nil {
		v = *member
	}
	return v
}

// optional returns what the generated code wants of an optional text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// scalar returns a JSON number or text as text, and nothing for anything else. A
// number that is read into the generated type becomes 0 if it is no number.
func scalar(raw json.RawMessage) (text string) {
	switch {
	case len(raw) == 0:
	case raw[0] == '"':
		_ = json.Unmarshal(raw, &text)
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		text = string(raw)
	}
	return text
}
