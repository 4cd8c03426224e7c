package facade_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/rebilly"
)

// What a service does with a result: the status says how the process stands, and the
// next step what to do.
func ExampleResult() {
	answer := func(res *facade.Result) string {
		steps := map[facade.NextStepKind]string{
			facade.NextRedirect:        "send the customer to " + res.Next.URL.Reveal(),
			facade.NextWidget:          "open the provider's widget", // with res.Next.Widget.Reveal()
			facade.NextAnswerQuestions: "ask the customer the questions",
			facade.NextAwaitCallback:   "wait for the provider's callback",
			facade.NextNone:            "",
			facade.NextUnspecified:     "",
		}
		if step := steps[res.Next.Kind]; step != "" {
			return step
		}
		switch res.Status {
		case facade.StatusApproved:
			return "let the customer in"
		case facade.StatusDeclined:
			return "do not: this is a result, and no error"
		case facade.StatusExpired:
			return "start again, if the customer still wants to"
		case facade.StatusStarted, facade.StatusInReview, facade.StatusAwaitingCustomer:
			return "look the process up later"
		case facade.StatusUndetermined: // in no documented word: do not guess
		}
		return "let a person look at it"
	}
	client, done := play(rebillyGathering, rebillyFailed, xgatewayStarted, vaultOK, qoloTells)
	defer done()
	for _, p := range []facade.Provider{facade.Rebilly, facade.Rebilly, facade.XGateway, facade.Vault, facade.Qolo} {
		res, err := client.Start(context.Background(), requestTo(p))
		if err != nil {
			log.Print(err)
			return
		}
		fmt.Printf("%s: %s\n", res.Status, answer(res))
	}
	// Output:
	// awaiting_customer: send the customer to https://gather.example/k/token
	// declined: do not: this is a result, and no error
	// started: wait for the provider's callback
	// started: look the process up later
	// undetermined: let a person look at it
}

// requestTo is any request to a provider.
func requestTo(p facade.Provider) facade.Request {
	switch p {
	case facade.Vault:
		return facade.VaultRequest{Token: strings.Join([]string{"e30", "e30", "c2ln"}, ".")}
	case facade.XGateway:
		return facade.XGatewayRequest{ID: "customer-42"}
	case facade.Forte:
		return facade.ForteRequest{
			Action: facade.ForteAction{Type: facade.ForteRulesEngine, Level: 1},
			Customer: facade.ForteCustomer{ExternalID: "customer-42", Wallet: facade.ForteWallet{
				Blockchain: facade.ForteSepolia, Address: "0xaac17f958d2ee523a2206206994597c13d831ec2",
			}},
		}
	case facade.Qolo:
		return facade.QoloRequest{PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"}
	default:
		return request
	}
}

// The browser of a customer gets a CustomerView, and a database a record: neither holds
// what the provider says to the merchant.
func ExampleResult_CustomerView() {
	client, done := play(rebillyGathering)
	defer done()
	res, err := client.Start(context.Background(), request)
	if err != nil {
		log.Print(err)
		return
	}
	out := json.NewEncoder(os.Stdout)
	toBrowser := func(view facade.CustomerView) { _ = out.Encode(view) }
	toDatabase := func(record *facade.Result) {
		_ = out.Encode(map[string]any{"status": record.Status, "next": record.Next, "id": record.ID})
	}
	toBrowser(res.CustomerView())
	toDatabase(res.Redacted())
	// Output:
	// {"status":"awaiting_customer","next":{"kind":"redirect","url":"https://gather.example/k/token"}}
	// {"id":"kyc_req_1","next":{"kind":"redirect"},"status":"awaiting_customer"}
}

// A refusal has the provider's own words: they are for the merchant, and stay out of
// records and of what the customer sees.
func ExampleError_Redacted() {
	client, done := play(xgatewayRefused)
	defer done()
	_, err := client.Start(context.Background(), facade.XGatewayRequest{ID: "customer-42"})
	var kycErr *facade.Error
	if !errors.As(err, &kycErr) {
		log.Print(err)
		return
	}
	show := func(reason facade.Reason) { fmt.Printf("%s: %q\n", reason.Code, reason.Message) }
	show(kycErr.Reasons[0])
	show(kycErr.Redacted().Reasons[0])
	fmt.Printf("the customer sees %q\n", kycErr.CustomerView().DisplayMessage)
	// Output:
	// bad_request: "Phone number is not valid"
	// bad_request: ""
	// the customer sees ""
}

// The answer itself is there for what the facade does not tell. It holds tokens and
// personal data.
func ExampleResult_As() {
	client, done := play(rebillyGathering)
	defer done()
	defer client.CloseIdleConnections()
	res, err := client.Start(context.Background(), request)
	if err != nil {
		log.Print(err)
		return
	}
	var payload rebilly.KYCRequest
	fmt.Println(res.As(&payload), payload.CustomerID)
	fmt.Println(json.Valid(res.RawBody()), res.RawHeader().Get("Content-Type"))
	// Output:
	// true customer-42
	// true application/json
}

// A secret shows itself to Reveal alone.
func ExampleSecret() {
	show := func(link facade.Secret) {
		fmt.Println(link, link.IsZero(), link.Equal(facade.NewSecret("")))
		fmt.Println(link.Reveal())
	}
	show(facade.NewSecret("https://gather.example/k/token"))
	// Output:
	// [redacted] false false
	// https://gather.example/k/token
}

// Each kind has the HTTP status with which a service of your own would answer.
func ExampleKind() {
	for _, kind := range []facade.Kind{
		facade.KindInvalidRequest, facade.KindUnauthenticated, facade.KindPermissionDenied, facade.KindCustomerBlocked,
		facade.KindNotFound, facade.KindConflict, facade.KindPreconditionFailed, facade.KindRateLimited, facade.KindUnavailable,
		facade.KindTimeout, facade.KindCanceled, facade.KindProviderError, facade.KindUnexpectedResponse,
	} {
		fmt.Println(kind.HTTPStatus(), kind)
	}
	// Output:
	// 400 invalid_request
	// 502 unauthenticated
	// 502 permission_denied
	// 403 customer_blocked
	// 404 not_found
	// 409 conflict
	// 409 precondition_failed
	// 503 rate_limited
	// 503 unavailable
	// 504 timeout
	// 503 canceled
	// 502 provider_error
	// 502 unexpected_response
}

// Metrics count by provider, kind and whether it started.
func ExampleStartedOf() {
	counts := map[string]int{}
	client, done := play(rebillyGathering, rebillyBusy, lostReply)
	defer done()
	for range 3 {
		_, err := client.Start(context.Background(), request)
		counts[fmt.Sprintf("%s kind=%s started=%s", request.Provider(), facade.KindOf(err), facade.StartedOf(err))]++
		switch facade.StartedOf(err) {
		case facade.StartedYes: // a process is there
		case facade.StartedNo: // by the provider's word, or since nothing was sent
		case facade.StartedUnknown: // look it up
		}
	}
	fmt.Println(counts)
	// Output:
	// map[rebilly kind= started=yes:1 rebilly kind=rate_limited started=no:1 rebilly kind=unavailable started=unknown:1]
}

// A request goes into a queue, and comes out as it was.
func ExampleMarshalRequest() {
	text, err := facade.MarshalRequest(request)
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(string(text))
	again, err := facade.UnmarshalRequest(text)
	fmt.Println(again.Provider(), err)
	_, err = facade.UnmarshalRequest([]byte(`{"provider":"rebilly","customer":"customer-42"}`))
	fmt.Println(err)
	// Output:
	// {"provider":"rebilly","customerId":"customer-42","documents":[{"type":"identity-proof"}],"redirectUrl":"https://shop.example/kyc/done"}
	// rebilly <nil>
	// facade: rebilly request: json: unknown field "customer"
}

// What tells after an unknown start, as data.
func ExampleProvider_Reconcile() {
	show := func(p facade.Parameter) { fmt.Printf("%s %s is %s\n", p.In, p.Name, p.Value) }
	tell := func(ways facade.Reconciliation) {
		fmt.Println(ways.Method, ways.Path)
		for _, parameter := range ways.Parameters {
			show(parameter)
		}
		fmt.Println(ways)
	}
	tell(facade.XGateway.Reconcile())
	// Output:
	// GET /customer/{id}/bank-transfer/kyc
	// path id is {ID}
	// ask GET /customer/{id}/bank-transfer/kyc with id = {ID}, or wait for the KYC callback, or ask the provider's support, with the request id if there is one
}

// An HTTP handler starts with a context that outlives the browser's request: a start that
// is cancelled on its way is unknown. The handler of test/modules/consumer goes on from
// here, with a store and a queue.
func ExampleClient_Start_handler() {
	client, done := play(rebillyGathering)
	defer done()
	handler := func(w http.ResponseWriter, r *http.Request) {
		res, err := client.Start(context.WithoutCancel(r.Context()), request) // the library's own timeout holds
		switch {
		case facade.StartedOf(err) == facade.StartedNo:
			w.WriteHeader(facade.KindOf(err).HTTPStatus())
		case err != nil: // it may have started: to be looked up, and not to be tried again by the customer
			w.WriteHeader(http.StatusAccepted)
		case res.Next.Kind == facade.NextRedirect:
			http.Redirect(w, r, res.Next.URL.Reveal(), http.StatusSeeOther)
		default:
			_ = json.NewEncoder(w).Encode(res.CustomerView())
		}
	}
	browser, leave := context.WithCancel(context.Background())
	leave() // the tab is closed
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequestWithContext(browser, http.MethodPost, "/kyc", http.NoBody))
	fmt.Println(w.Code)
	// Output:
	// 303
}
