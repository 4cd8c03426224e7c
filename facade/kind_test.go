package facade

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// TestKindHTTPStatus: a service answers with this. What is the merchant's own fault must
// not look like the customer's.
func TestKindHTTPStatus(t *testing.T) {
	for kind, want := range map[Kind]int{
		KindInvalidRequest: 400, KindUnauthenticated: 502, KindPermissionDenied: 502, KindCustomerBlocked: 403, KindNotFound: 404,
		KindConflict: 409, KindPreconditionFailed: 409, KindRateLimited: 503, KindUnavailable: 503, KindTimeout: 504,
		KindCanceled: 503, KindProviderError: 502, KindUnexpectedResponse: 502, "": 502, "frozen": 502,
	} {
		if got := kind.HTTPStatus(); got != want {
			t.Errorf("%q is HTTP %d, want %d", kind, got, want)
		}
	}
}

// TestStartedOf: metrics count by it, and by the kind.
func TestStartedOf(t *testing.T) {
	for want, errs := range map[Started][]error{
		StartedYes:     {nil, &Error{Started: StartedYes}},
		StartedNo:      {&Error{Started: StartedNo}, fmt.Errorf("start: %w", &Error{Started: StartedNo})},
		StartedUnknown: {&Error{}, (*Error)(nil), errors.New("other"), context.Canceled},
	} {
		for _, err := range errs {
			if got := StartedOf(err); got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
		}
	}
	if kind := KindOf((*Error)(nil)); kind != "" {
		t.Errorf("a nil *Error has the kind %s", kind)
	}
	if timeout := (&Error{Kind: KindTimeout}); !errors.Is(timeout, KindTimeout) || errors.Is(timeout, KindCanceled) {
		t.Error("an error is of its kind, and of no other")
	}
}
