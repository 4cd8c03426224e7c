package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/kycstart/kycstart/test/contract"
)

// In staging, the judge wraps the transport in use. Here that transport talks to a provider that
// has begun to answer in a new way.
func ExampleTransport() {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"result":"ok","ticket":"T-1000"}`)
	}))
	defer provider.Close()

	client := &http.Client{
		Transport: contract.Transport(http.DefaultTransport, func(v contract.Violation) { fmt.Println(v) }),
	}
	response, err := client.Post(provider.URL+"/v2/customer/kyc3/start", "", nil) // without the token
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	// Output:
	// vault StartKYC3 request header:Authorization: expected Authorization with Bearer and a token, found none
	// vault StartKYC3 response /ticket: expected no such property, found a string of 6 characters
}
