package facade

import (
	"net/http"
	"slices"
	"strings"
)

// answer is what a provider sent back, as far as it arrived.
type answer struct {
	provider  Provider
	status    int
	header    http.Header
	mediaType string // in lower case, without parameters
	body      []byte
	cause     error // why the body is not whole or not usable, nil if it is

	documented bool     // the spec has this status with this media type
	evidence   evidence // what is known before the body is read
	found      found    // what decode found in the body
}

// responses lists, for each HTTP status that a provider documents, the media
// types of its content: none if the status has no content, or none that is
// described.
type responses map[int][]string

func (r responses) has(status int, mediaType string) bool {
	mediaTypes, ok := r[status]
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

func isJSONType(mediaType string) bool {
	return mediaType == mediaJSON || strings.HasSuffix(mediaType, "+json")
}

// kinds by HTTP status. What a provider's own codes say more exactly, its file
// says.
var kinds = map[int]Kind{
	401: KindUnauthenticated,
	402: KindPermissionDenied,
	403: KindPermissionDenied,
	404: KindNotFound,
	407: KindUnauthenticated,
	408: KindTimeout,
	409: KindConflict,
	410: KindNotFound,
	412: KindPreconditionFailed,
	423: KindConflict,
	424: KindPreconditionFailed,
	428: KindPreconditionFailed,
	429: KindRateLimited,
	451: KindPermissionDenied,
	502: KindUnavailable,
	503: KindUnavailable,
	504: KindTimeout,
	511: KindUnavailable,
}

func kindOf(status int) Kind {
	if kind, ok := kinds[status]; ok {
		return kind
	}
	switch status / 100 {
	case 4:
		return KindInvalidRequest
	case 5:
		return KindProviderError
	default:
		return KindUnexpectedResponse
	}
}

// code is what a provider's code means.
type code struct {
	kind Kind
	// open tells that the code leaves open whether something was started.
	open bool
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

// error begins the Error of an answer.
func (a *answer) error(kind Kind, said said) *Error {
	facts := a.evidence
	facts.found, facts.said = a.found, said
	if a.found.doubled {
		kind = KindUnexpectedResponse // it says two things, of which one was read
	}
	return &Error{
		Provider:   a.provider,
		Kind:       kind,
		Started:    facts.started(),
		HTTPStatus: a.status,
		Documented: a.documented,
		RetryAfter: retryAfter(a.header),
		RequestID:  a.requestID(),
		cause:      a.cause,
		answer:     a,
	}
}

// unexpected returns the Error of an answer that is not as documented.
func (a *answer) unexpected(said said) *Error { return a.error(KindUnexpectedResponse, said) }

const requestIDHeader = "X-Request-Id"

func (a *answer) requestID() string { return clean(a.header.Get(requestIDHeader), maxRequestID) }

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
