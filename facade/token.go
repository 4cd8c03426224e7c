package facade

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// TokenSource returns a bearer token that is valid now. It is asked once for
// each call, with the call's context, which it must obey; it may be called by
// several goroutines at once.
//
// Its error ends the call before anything is sent. A network error makes the call
// KindUnavailable or KindTimeout, which is safe to retry, and an error that is or
// wraps a [Kind] or an *[Error] gives its kind; any other makes it
// KindUnauthenticated. [CachedToken] keeps a token until its end.
type TokenSource func(ctx context.Context) (string, error)

// StaticToken returns a source of one fixed token, without "Bearer " in front.
// For a token that cannot stand in a header, such as an empty one, it returns
// nil, which New refuses where a token is needed.
func StaticToken(token string) TokenSource {
	if !isCredential(token) {
		return nil
	}
	return func(context.Context) (string, error) { return token, nil }
}

// authorize puts a token, if the provider wants one, into the header of a request.
func (e *endpoint) authorize(ctx context.Context, header http.Header) *Error {
	if e.token == nil {
		return nil
	}
	token, err := e.token(ctx)
	if err != nil {
		failed := notSent(ctx, e.provider, kindOfTokenError(err), newStepCause(ctx, e.tokenField+" returned an error", err))
		var cause *Error
		if errors.As(err, &cause) {
			failed.RetryAfter = cause.RetryAfter
		}
		return failed
	}
	if !isCredential(token) {
		return notSent(ctx, e.provider, KindUnauthenticated, newStepCause(ctx, e.tokenField+" returned no usable token", nil))
	}
	setBearer(header, token)
	return nil
}

func setBearer(header http.Header, token string) { header.Set("Authorization", "Bearer "+token) }

// kindOfTokenError returns the kind of a call whose token source failed.
func kindOfTokenError(err error) Kind {
	var kind Kind
	var network net.Error
	switch {
	case KindOf(err) != "":
		return KindOf(err)
	case errors.As(err, &kind) && kind != "":
		return kind
	case errors.As(err, &network) && network.Timeout():
		return KindTimeout
	case errors.As(err, &network):
		return KindUnavailable
	default:
		return KindUnauthenticated
	}
}
