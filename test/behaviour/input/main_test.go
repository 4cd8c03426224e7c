// Package input_test tests what the facade does with what its caller gives it: requests,
// configurations, contexts, token sources and images. Nothing here needs a network.
package input_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canonical is the canonical configuration of some providers.
func canonical(providers ...facade.Provider) facade.Config {
	return fixtures.Config("https://provider.test", providers...)
}

// teapot is an answer that is neither a start nor a refusal. The tests use it where only the
// request counts.
var teapot = replay.Answer{Status: http.StatusTeapot}

// transport is a RoundTripper that is a function.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// unsent demands an error of this kind, from before anything was sent. errors.Is must find the
// errors in is.
func unsent(t *testing.T, e replay.Exchange, kind facade.Kind, is ...error) *facade.Error {
	t.Helper()
	var failed *facade.Error
	if !errors.As(e.Err, &failed) || e.Result != nil || e.Sent != nil || e.Panic != nil {
		t.Fatalf("%v, %v, panic %v, sent %v: want an error and no request", e.Result, e.Err, e.Panic, e.Sent)
	}
	if failed.Kind != kind || failed.Started != facade.StartedNo ||
		failed.HTTPStatus != 0 || failed.Documented || failed.RawBody() != nil || failed.RawHeader() != nil {
		t.Errorf("%v, documented %t, want %s and no answer", failed, failed.Documented, kind)
	}
	for _, target := range append(is, kind) {
		if !errors.Is(failed, target) {
			t.Errorf("errors.Is does not find %v in %v", target, failed)
		}
	}
	if passes := kind == facade.KindTimeout || kind == facade.KindUnavailable; failed.SafeToRetry() != passes {
		t.Errorf("%v: safe to retry: %t", failed, failed.SafeToRetry())
	}
	return failed
}

// refused demands that the fields at these paths are refused before anything is sent.
func refused(t *testing.T, e replay.Exchange, paths ...string) *facade.Error {
	t.Helper()
	failed := unsent(t, e, facade.KindInvalidRequest)
	var got []string
	for _, field := range failed.Fields {
		got = append(got, field.Path)
		if !strings.HasPrefix(field.Message, "must ") && field.Message != "is required" {
			t.Errorf("%s: %q does not say what is allowed", field.Path, field.Message)
		}
		if !strings.Contains(failed.Error(), field.Path) {
			t.Errorf("%q does not name %s", failed, field.Path)
		}
	}
	if !slices.Equal(got, paths) {
		t.Errorf("at fault are %q, want %q", got, paths)
	}
	return failed
}
