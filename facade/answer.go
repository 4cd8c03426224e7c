package facade

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// answer is what a provider sent back, as far as it arrived.
type answer struct {
	provider   Provider
	status     int
	header     http.Header
	mediaType  string // in lower case, without parameters
	body       []byte
	cause      error // why the body is not whole, nil if it is
	documented bool
}

// documented lists, for each HTTP status that a spec has, the media types of
// its content: none if the status has no content, or none that is described.
type documented map[int][]string

func (d documented) has(status int, mediaType string) bool {
	mediaTypes, ok := d[status]
	return ok && (len(mediaTypes) == 0 || slices.Contains(mediaTypes, mediaType))
}

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// mediaTypeOf returns the media type in a header, in lower case and without
// parameters.
func mediaTypeOf(header http.Header) string {
	mediaType, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

// decode reads the body of a into the generated type T. It reports false unless
// the body is a JSON object, whole and alone, under a media type of JSON or
// none. A member of another type than documented is left out, and the others
// are kept.
func decode[T any](a *answer) (*T, bool) {
	t := new(T)
	if m := a.mediaType; m != "" && m != mediaJSON && !strings.HasSuffix(m, "+json") {
		return t, false
	}
	if a.cause != nil || !isObject(a.body) {
		return t, false
	}
	if err := json.Unmarshal(a.body, t); err != nil {
		var mistyped *json.UnmarshalTypeError
		if !errors.As(err, &mistyped) {
			return new(T), false
		}
	}
	return t, true
}

// isObject reports whether JSON text is, from its first character, an object.
func isObject(text []byte) bool {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\r', '\n':
		default:
			return c == '{'
		}
	}
	return false
}

// unread is a member that is passed over: decoding it would cost, and serve
// nobody.
type unread struct{}

// UnmarshalJSON implements [json.Unmarshaler].
func (*unread) UnmarshalJSON([]byte) error { return nil }

// value is what an optional member holds, or the zero value.
func value[T any](member *T) (v T) {
	if member != nil {
		v = *member
	}
	return v
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

// verdict is what a status or a code means.
type verdict struct {
	kind    Kind
	started Started
}

// verdicts by HTTP status, where the provider's own table says nothing else.
var verdicts = map[int]verdict{
	400: {KindInvalidRequest, StartedNo},
	401: {KindUnauthenticated, StartedNo},
	402: {KindPermissionDenied, StartedUnknown},
	403: {KindPermissionDenied, StartedNo},
	404: {KindNotFound, StartedNo},
	405: {KindInvalidRequest, StartedNo},
	406: {KindInvalidRequest, StartedNo},
	407: {KindUnauthenticated, StartedUnknown},
	408: {KindTimeout, StartedUnknown},
	409: {KindConflict, StartedUnknown},
	410: {KindNotFound, StartedUnknown},
	412: {KindPreconditionFailed, StartedUnknown},
	415: {KindInvalidRequest, StartedNo},
	422: {KindInvalidRequest, StartedNo},
	423: {KindConflict, StartedUnknown},
	424: {KindPreconditionFailed, StartedUnknown},
	428: {KindPreconditionFailed, StartedUnknown},
	429: {KindRateLimited, StartedNo},
	451: {KindPermissionDenied, StartedUnknown},
	502: {KindUnavailable, StartedUnknown},
	503: {KindUnavailable, StartedUnknown},
	504: {KindTimeout, StartedUnknown},
	511: {KindUnavailable, StartedUnknown},
}

func verdictOf(status int) verdict {
	if v, ok := verdicts[status]; ok {
		return v
	}
	switch status / 100 {
	case 4:
		return verdict{KindInvalidRequest, StartedUnknown}
	case 5:
		return verdict{KindProviderError, StartedUnknown}
	default:
		return verdict{KindUnexpectedResponse, StartedUnknown}
	}
}

// result begins the Result of an answer.
func (a *answer) result(status Status, next NextStep) *Result {
	return &Result{
		Provider:   a.provider,
		Status:     status,
		Next:       next,
		RequestID:  a.requestID(),
		HTTPStatus: a.status,
		Documented: a.documented,
		answer:     a,
	}
}

// error begins the Error of an answer, with what its status means.
func (a *answer) error() *Error { return a.errorOf(verdictOf(a.status)) }

// unexpected returns the Error of an answer that is not as documented.
func (a *answer) unexpected(started Started) *Error {
	return a.errorOf(verdict{KindUnexpectedResponse, started})
}

func (a *answer) errorOf(v verdict) *Error {
	return &Error{
		Provider:   a.provider,
		Kind:       v.kind,
		Started:    v.started,
		HTTPStatus: a.status,
		Documented: a.documented,
		RetryAfter: retryAfter(a.header),
		RequestID:  a.requestID(),
		cause:      a.cause,
		answer:     a,
	}
}

// rule applies the row of a provider's table for the error's code, if there is
// one. The row decides the kind. Nothing was started only if both the row and
// the status say so.
func (e *Error) rule(table map[string]verdict) {
	v, ok := table[e.Code]
	if !ok {
		return
	}
	e.codeDocumented = true
	e.Kind = v.kind
	if v.started != StartedNo {
		e.Started = v.started
	}
}

const (
	maxMessage   = 1000 // characters
	maxCode      = 200
	maxRequestID = 128
)

func (a *answer) requestID() string {
	return clean(a.header.Get("X-Request-Id"), maxRequestID)
}

// clean makes text from the network fit for a line of a log: valid UTF-8, at
// most max characters, a space for each one that does not print.
func clean(text string, max int) string {
	if len(text) <= max && printable(text) {
		return text // as nearly all are
	}
	text = text[:min(len(text), utf8.UTFMax*max)]
	text = strings.Map(func(r rune) rune {
		if unprintable(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	if len(text) > max && utf8.RuneCountInString(text) > max {
		text = string([]rune(text)[:max])
	}
	return text
}

// printable reports whether text is printable ASCII alone.
func printable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func (a *answer) rawBody() []byte {
	if a == nil {
		return nil
	}
	return a.body
}

func (a *answer) rawHeader() http.Header {
	if a == nil {
		return nil
	}
	return a.header
}
