package facade_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/kycstart/kycstart/facade"
)

// startAndRetry repeats a start only while that cannot start a second process. It waits
// as long as the provider asks, and if the provider does not say, for the time given.
func startAndRetry(ctx context.Context, client *facade.Client, req facade.Request, wait time.Duration) (*facade.Result, error) {
	return backoff.Retry(ctx, func() (*facade.Result, error) {
		res, err := client.Start(ctx, req)
		var kycErr *facade.Error
		switch {
		case err == nil:
			return res, nil
		case !errors.As(err, &kycErr) || !kycErr.SafeToRetry():
			return nil, backoff.Permanent(err)
		case kycErr.RetryAfter > 0:
			return nil, &backoff.RetryAfterError{Duration: kycErr.RetryAfter}
		default:
			return nil, err
		}
	}, backoff.WithMaxTries(3), backoff.WithBackOff(backoff.NewConstantBackOff(wait)))
}

// Retries belong to the application, which knows whether the customer waits.
func ExampleError_SafeToRetry() {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if calls++; calls == 1 {
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"title": "Too Many Requests"}`) // refused in Rebilly's own words: nothing was started
			return
		}
		w.WriteHeader(http.StatusGatewayTimeout) // nobody knows
	}))
	defer server.Close()

	const wait = time.Millisecond // seconds at least, outside an example
	_, err := startAndRetry(context.Background(), newClient(server.URL), request, wait)
	fmt.Println(err)
	fmt.Println(calls, "calls")
	// Output:
	// rebilly: timeout (HTTP 504), started: unknown
	// 2 calls
}
