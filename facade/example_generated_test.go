package facade_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/qolo"
)

// The generated client covers what the facade leaves out, such as Qolo's
// client_verification, which vouches for a person and can overrule a sanctions check. Its
// price: nobody says whether a call that failed was carried out; an answer that is no JSON
// loses its status; bodies are read without a bound; net/http may send a request twice,
// and follows redirects with the credential; nothing is checked before it is sent. So it
// gets a client of its own, with a timeout and without redirects, and what it returns is
// looked at by hand.
func Example_generatedClient() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"person_guid": "2ae6ba4b-f6c0-4817-a158-43e5a87168fd", "verification_level": "2"}`)
	}))
	defer server.Close()

	client, err := qolo.NewClientWithResponses(server.URL,
		qolo.WithHTTPClient(&http.Client{
			Transport:     facade.NewTransport(), // HTTP/1.1 and a connection a call: nothing is sent twice
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		qolo.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer from-a-vault")
			return nil
		}))
	if err != nil {
		log.Print(err)
		return
	}
	answer, err := client.PerformKYCWithResponse(context.Background(), facade.QoloV1, "2ae6ba4b-f6c0-4817-a158-43e5a87168fd", nil, qolo.PerformKYCRequest{
		ClientVerification: &qolo.ClientVerification{
			DocumentApproved:     facade.Ptr(true),
			VerificationProvider: facade.Ptr("in the branch"),
			VerificationLevel:    facade.Ptr("2"),
		},
	})
	switch {
	case err != nil:
		fmt.Println("it may have been carried out:", err)
	case answer.JSON200 == nil:
		fmt.Println("refused, or not: look at", answer.StatusCode())
	default:
		fmt.Println("level", *answer.JSON200.VerificationLevel)
	}
	// Output:
	// POST /api/v1/persons/2ae6ba4b-f6c0-4817-a158-43e5a87168fd/kyc
	// level 2
}
