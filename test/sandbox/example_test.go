package sandbox_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/test/sandbox"
)

// A program starts a sandbox for itself. (A test calls New, which closes itself
// and fails the test.)
func Example() {
	s, err := sandbox.Start(func(err error) { fmt.Println(err) })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	client, err := facade.New(s.Config(facade.Rebilly))
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := client.Start(context.Background(), facade.RebillyRequest{
		CustomerID: "customer-7",
		Documents:  []facade.RebillyDocument{{Type: "identity-proof"}},
	})
	fmt.Println(res, err)

	var sent rebilly.KYCRequestInput
	if err := s.Received(facade.Rebilly)[0].As(&sent); err != nil {
		fmt.Println(err)
	}
	fmt.Println(sent.Documents[0].Type)
	// Output:
	// rebilly: awaiting_customer, next redirect (HTTP 201) <nil>
	// identity-proof
}

// Scenarios in sequence: a provider that refuses the connection, then is busy,
// then answers.
func ExampleSandbox_Use() {
	s, err := sandbox.Start(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	s.Use(facade.XGateway, sandbox.FaultConnectionRefused, "xgateway/400_too_many_requests", "xgateway/204_started")
	client, err := facade.New(s.Config(facade.XGateway))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		res, err := client.Start(context.Background(), facade.XGatewayRequest{ID: "customer-7"})
		var failed *facade.Error
		if errors.As(err, &failed) {
			fmt.Println(failed, failed.SafeToRetry())
			continue
		}
		fmt.Println(res)
	}
	// Output:
	// xgateway: unavailable (no answer), started: no: connection refused true
	// xgateway: rate_limited (HTTP 400, too_many_requests), started: no true
	// xgateway: started, next await_callback (HTTP 204)
}
