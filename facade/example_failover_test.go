package facade_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/kycstart/kycstart/facade"
)

// startAtEither starts at the second provider only if the first certainly did not start:
// nothing was sent, or the first refused in its own documented words. Anything else could
// be two processes for one customer, who would then be asked for their papers twice. A
// customer whom the first blocks is not passed on either: that is a verdict.
func startAtEither(ctx context.Context, client *facade.Client, first, second facade.Request) (*facade.Result, error) {
	res, err := client.Start(ctx, first)
	if facade.StartedOf(err) != facade.StartedNo || errors.Is(err, facade.KindCustomerBlocked) || errors.Is(err, facade.KindCanceled) {
		return res, err
	}
	return client.Start(ctx, second)
}

func ExampleClient_Start_failOver() {
	for _, first := range []string{rebillyForbidden, rebillyDown, lostReply} {
		client, done := play(first, forteStarted)
		res, err := startAtEither(context.Background(), client, request, requestTo(facade.Forte))
		fmt.Println(res, err)
		done()
	}
	// Output:
	// forte: awaiting_customer, next widget (HTTP 201) <nil>
	// <nil> rebilly: unavailable (HTTP 503), started: unknown
	// <nil> rebilly: unavailable (no answer), started: unknown: connection closed
}
