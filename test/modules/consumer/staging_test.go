//go:build staging

package shop_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
)

// TestStaging starts one KYC at the provider's own sandbox, through contract.Transport. It fails
// for every point in which the exchange breaks the provider's document. It runs with -tags staging.
func TestStaging(t *testing.T) {
	client, err := facade.New(facade.Config{
		HTTPClient: &http.Client{Transport: contract.Transport(facade.NewTransport(), func(v contract.Violation) { t.Error(v) })},
		Rebilly: &facade.RebillyConfig{
			BaseURL:        os.Getenv("REBILLY_BASE_URL"),
			OrganizationID: os.Getenv("REBILLY_ORGANIZATION"),
			APIKey:         os.Getenv("REBILLY_API_KEY"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Start(context.Background(), request("staging"))
	t.Log(res, err) // a refusal is an answer, too
	if facade.StartedOf(err) == facade.StartedUnknown {
		t.Error(err)
	}
}
