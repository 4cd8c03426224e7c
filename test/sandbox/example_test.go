package sandbox_test

import (
	"context"
	"fmt"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/test/sandbox"
)

// A program starts a sandbox for itself. (A test calls New, which closes the sandbox at the end and
// fails the test if needed.) The provider first refuses the connection, then is busy, then answers.
func Example() {
	s, err := sandbox.Start(func(err error) { fmt.Println(err) })
	if err != nil {
		panic(err)
	}
	defer s.Close()
	s.Use(facade.Rebilly, sandbox.FaultConnectionRefused, "rebilly/429_json", "rebilly/201_gathering")
	client, err := facade.New(s.Config(facade.Rebilly))
	if err != nil {
		panic(err)
	}
	for range 3 {
		res, err := client.Start(context.Background(), facade.RebillyRequest{
			CustomerID: "customer-7", Documents: []facade.RebillyDocument{{Type: "identity-proof"}},
		})
		fmt.Println(res, err)
	}
	var sent rebilly.KYCRequestInput
	err = s.Received(facade.Rebilly)[1].As(&sent)
	fmt.Println(sent.Documents[0].Type, err)
	// Output:
	// <nil> rebilly: unavailable (no answer), started: no: connection refused
	// <nil> rebilly: rate_limited (HTTP 429), started: no
	// rebilly: awaiting_customer, next redirect (HTTP 201) <nil>
	// identity-proof <nil>
}
