package transports

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/afex/hystrix-go/hystrix"
	"github.com/hashicorp/go-retryablehttp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/kycstart/kycstart/facade"
)

// ready are the transports, configured so that they have no reason to do more than send a request.
// Each uses its own underlying transport.
var ready = []struct {
	name string
	wrap func(t *testing.T, own *http.Transport) http.RoundTripper
	// refused is what Started says after a refusal in the provider's own words.
	refused facade.Started
}{
	{"go-retryablehttp, its RoundTripper", retryable, facade.StartedNo},
	{"go-retryablehttp, its standard client", retryableStandard, facade.StartedNo},
	{"otelhttp", func(_ *testing.T, own *http.Transport) http.RoundTripper {
		return otelhttp.NewTransport(own)
	}, facade.StartedNo},
	{"with an Idempotency-Key", func(_ *testing.T, own *http.Transport) http.RoundTripper {
		return withKey(own)
	}, facade.StartedNo},
	{"a hedge", func(_ *testing.T, own *http.Transport) http.RoundTripper {
		return hedge(own, time.Hour, time.Hour)
	}, facade.StartedNo},
	{"hystrix-go", func(_ *testing.T, own *http.Transport) http.RoundTripper {
		return breaker(time.Hour)(own)
	}, facade.StartedNo},
	{"without the context", func(_ *testing.T, own *http.Transport) http.RoundTripper {
		return withoutContext(own)
	}, facade.StartedUnknown}, // without a trace there is no evidence
}

// retryable is go-retryablehttp as a RoundTripper. It sends once more, and returns the last answer
// whatever it is.
func retryable(t *testing.T, own *http.Transport) http.RoundTripper {
	t.Helper()
	return &retryablehttp.RoundTripper{Client: retryableClient(own)}
}

// retryableStandard is the RoundTripper of the client that go-retryablehttp offers to replace one
// of net/http.
func retryableStandard(t *testing.T, own *http.Transport) http.RoundTripper {
	t.Helper()
	return retryableClient(own).StandardClient().Transport
}

func retryableClient(own *http.Transport) *retryablehttp.Client {
	client := retryablehttp.NewClient()
	client.HTTPClient.Transport = own
	client.Logger = nil
	client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = 1, 0, 0
	client.ErrorHandler = retryablehttp.PassthroughErrorHandler
	return client
}

// withKey adds the header that makes net/http repeat a POST.
func withKey(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Idempotency-Key", "1")
		return next.RoundTrip(r)
	})
}

// withoutContext drops the caller's context, and with it the trace.
func withoutContext(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		return next.RoundTrip(r.WithContext(context.Background()))
	})
}

// hedge sends a second request if the first one has no answer within the time after. It gives up if
// there is no answer within the time giveUp. It returns the first answer. The requests that it has
// sent continue, and nobody waits for them.
func hedge(next http.RoundTripper, after, giveUp time.Duration) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		answers := make(chan *http.Response, 2)
		for _, wait := range []time.Duration{after, giveUp} {
			attempt := r.Clone(r.Context())
			if r.GetBody != nil {
				var err error
				if attempt.Body, err = r.GetBody(); err != nil {
					return nil, err
				}
			}
			go func() {
				if resp, err := next.RoundTrip(attempt); err == nil {
					answers <- resp
				}
			}()
			select {
			case resp := <-answers:
				return resp, nil
			case <-time.After(wait):
			}
		}
		return nil, errors.New("gave up")
	})
}

// detached lets a request continue when its context is cancelled.
func detached(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		return next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
	})
}

// breaker makes hystrix-go wait at most this long for an answer.
func breaker(timeout time.Duration) func(next http.RoundTripper) http.RoundTripper {
	command := "start within " + timeout.String()
	hystrix.ConfigureCommand(command, hystrix.CommandConfig{
		Timeout:                int(timeout.Milliseconds()),
		RequestVolumeThreshold: 1 << 30, // the circuit stays closed
	})
	_, _, _ = hystrix.GetCircuit(command) // starts goroutines that never end, which a fake clock must not wait for
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			answer := make(chan *http.Response, 1)
			failed := hystrix.Go(command, func() error {
				resp, err := next.RoundTrip(r)
				if err == nil {
					answer <- resp
				}
				return err
			}, nil)
			select {
			case resp := <-answer:
				return resp, nil
			case err := <-failed:
				return nil, err
			}
		})
	}
}
