package facade

import (
	"errors"
	"net/http"
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

// HTTPStatus returns the HTTP status with which a service of your own would answer its
// own client for an error of this kind. A credential of yours that a provider refuses
// is no fault of that client's, and is a bad gateway; so is a word that is no kind. It
// is about the kind alone: a start that may have happened is better answered with 202
// (Accepted) and settled behind the scenes.
func (k Kind) HTTPStatus() int {
	switch k {
	case KindInvalidRequest:
		return http.StatusBadRequest
	case KindCustomerBlocked:
		return http.StatusForbidden
	case KindNotFound:
		return http.StatusNotFound
	case KindConflict, KindPreconditionFailed:
		return http.StatusConflict
	case KindRateLimited, KindUnavailable, KindCanceled:
		return http.StatusServiceUnavailable
	case KindTimeout:
		return http.StatusGatewayTimeout
	default: // unauthenticated, permission_denied, provider_error, unexpected_response
		return http.StatusBadGateway
	}
}
