package input_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestKindHTTPStatus: a service answers with this. What is the merchant's own fault
// must not look like the customer's.
func TestKindHTTPStatus(t *testing.T) {
	want := map[facade.Kind]int{
		facade.KindInvalidRequest:     400,
		facade.KindUnauthenticated:    502,
		facade.KindPermissionDenied:   502,
		facade.KindCustomerBlocked:    403,
		facade.KindNotFound:           404,
		facade.KindConflict:           409,
		facade.KindPreconditionFailed: 409,
		facade.KindRateLimited:        503,
		facade.KindUnavailable:        503,
		facade.KindTimeout:            504,
		facade.KindCanceled:           503,
		facade.KindProviderError:      502,
		facade.KindUnexpectedResponse: 502,
		"":                            502,
		"frozen":                      502,
	}
	for _, kind := range kinds {
		if want[kind] == 0 {
			t.Errorf("say which status %s is", kind)
		}
	}
	for kind, status := range want {
		if got := kind.HTTPStatus(); got != status {
			t.Errorf("%q is HTTP %d, want %d", kind, got, status)
		}
	}
}

// TestStartedOf: metrics count by it.
func TestStartedOf(t *testing.T) {
	for want, errs := range map[facade.Started][]error{
		facade.StartedYes:     {nil, &facade.Error{Started: facade.StartedYes}},
		facade.StartedNo:      {&facade.Error{Started: facade.StartedNo}, fmt.Errorf("start: %w", &facade.Error{Started: facade.StartedNo})},
		facade.StartedUnknown: {&facade.Error{}, (*facade.Error)(nil), errors.New("other"), context.Canceled},
	} {
		for _, err := range errs {
			if got := facade.StartedOf(err); got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
		}
	}
}
