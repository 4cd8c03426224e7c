package facade_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// provider plays Rebilly: it answers every request with this status and body.
func provider(status int, header http.Header, body string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
}

func newClient(baseURL string) *facade.Client {
	client, err := facade.New(facade.Config{
		Rebilly: &facade.RebillyConfig{BaseURL: baseURL, OrganizationID: "acme", APIKey: "sk_example"},
	})
	if err != nil {
		log.Fatal(err) // a missing credential or a bad URL is found here
	}
	return client
}

var request = facade.RebillyRequest{
	CustomerID:  "customer-42",
	Documents:   []facade.RebillyDocument{{Type: "identity-proof"}},
	RedirectURL: "https://shop.example/kyc/done",
}

// A started process says what is next. The link is a secret: it shows itself
// only to Reveal.
func Example() {
	server := provider(http.StatusCreated, nil, `{
		"id": "kyc_req_0YV7JMJ3DBCGRBR7K9D4HVGPP5", "customerId": "customer-42", "status": "gathering",
		"documents": [{"type": "identity-proof"}],
		"_links": [{"rel": "gatherer", "href": "https://gather.example/k/token"}]}`)
	defer server.Close()

	res, err := newClient(server.URL).Start(context.Background(), request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res)
	fmt.Println(res.Next.URL)
	fmt.Println(res.Next.URL.Reveal())
	// Output:
	// rebilly: awaiting_customer, next redirect (HTTP 201)
	// [redacted]
	// https://gather.example/k/token
}

// An error says whether the call may have started a process. Only if it certainly
// did not may the call be repeated.
func ExampleClient_Start() {
	server := provider(http.StatusServiceUnavailable, nil, `{"title": "Down for maintenance"}`)
	defer server.Close()

	_, err := newClient(server.URL).Start(context.Background(), request)
	var kycErr *facade.Error
	switch {
	case errors.As(err, &kycErr) && kycErr.SafeToRetry():
		fmt.Println("again, after", kycErr.RetryAfter)
	case errors.As(err, &kycErr) && kycErr.Started != facade.StartedNo:
		fmt.Printf("it may have started: %s\n", kycErr.Provider.Reconcile())
	}
	fmt.Println(err)
	// Output:
	// it may have started: ask GET /kyc-requests with filter = customerId:{CustomerID}, or wait for the KYC request webhooks, or ask the provider's support, with the request id if there is one
	// rebilly: unavailable (HTTP 503), started: unknown
}

// Input is checked before anything is sent, and the error names every field.
func ExampleError() {
	server := provider(http.StatusTeapot, nil, "")
	defer server.Close()

	_, err := newClient(server.URL).Start(context.Background(), facade.RebillyRequest{
		CustomerID:  "customer-42",
		Documents:   []facade.RebillyDocument{{Type: "selfie"}},
		RedirectURL: "/kyc/done",
	})
	fmt.Println(errors.Is(err, facade.KindInvalidRequest))
	var kycErr *facade.Error
	if errors.As(err, &kycErr) {
		show := func(field facade.FieldError) { fmt.Println(field.Path, field.Message) }
		for _, field := range kycErr.Fields {
			show(field)
		}
	}
	// Output:
	// true
	// documents[0].type must be one of identity-proof, address-proof, funds-proof, purchase-proof, credit-file-proof
	// redirectUrl must be an absolute http or https URL without user info, percent-encoded where it has to be
}

// A payload for your own services: the same shape for all providers.
func ExampleError_MarshalJSON() {
	server := provider(http.StatusTooManyRequests, http.Header{"Retry-After": {"30"}}, `{"title": "Rate Limit Exceeded"}`)
	defer server.Close()

	_, err := newClient(server.URL).Start(context.Background(), request)
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	_ = out.Encode(err)
	// Output:
	// {
	//   "provider": "rebilly",
	//   "kind": "rate_limited",
	//   "started": "no",
	//   "http_status": 429,
	//   "documented": true,
	//   "message": "Rate Limit Exceeded",
	//   "safe_to_retry": true,
	//   "retry_after": 30
	// }
}

// logged logs what happened to each exchange, and nothing of what is secret in
// it: neither the path, which names a customer, nor any header.
type logged struct{ next http.RoundTripper }

func (l logged) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		fmt.Println(r.Method, r.URL.Hostname(), "failed")
		return nil, err
	}
	fmt.Println(r.Method, r.URL.Hostname(), resp.StatusCode)
	return resp, nil
}

// A transport of one's own sees every exchange, for logs, traces or metrics. It
// must send each request at most once: wrap what the library itself would use.
func ExampleConfig_transport() {
	server := provider(http.StatusCreated, nil, `{"id": "kyc_req_1", "customerId": "customer-42", "status": "fulfilled"}`)
	defer server.Close()

	client, err := facade.New(facade.Config{
		HTTPClient: &http.Client{
			Transport: logged{facade.NewTransport()},
			Timeout:   20 * time.Second,
		},
		Rebilly: &facade.RebillyConfig{BaseURL: server.URL, OrganizationID: "acme", APIKey: "sk_example"},
	})
	if err != nil {
		log.Fatal(err)
	}
	res, err := client.Start(context.Background(), request)
	fmt.Println(res, err)
	// Output:
	// POST 127.0.0.1 201
	// rebilly: approved, next none (HTTP 201) <nil>
}
