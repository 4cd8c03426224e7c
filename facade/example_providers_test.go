package facade_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// play starts a server that plays the providers, and returns a client for it. It gives
// these answers, one a request and the last again and again: a status and a body, or
// nothing, for which it closes the connection. In a test of your own, the package
// test/sandbox does this for all that the providers are known to answer.
func play(answers ...string) (*facade.Client, func()) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[min(int(calls.Add(1)), len(answers))-1]
		if answer == "" {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		status, body, _ := strings.Cut(answer, " ")
		code, _ := strconv.Atoi(status)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	token := facade.StaticToken("token")
	client, err := facade.New(facade.Config{
		Vault:    &facade.VaultConfig{BaseURL: server.URL},
		XGateway: &facade.XGatewayConfig{BaseURL: server.URL, APIKey: "key"},
		Forte:    &facade.ForteConfig{BaseURL: server.URL, Token: token},
		Qolo:     &facade.QoloConfig{BaseURL: server.URL, Token: token},
		Rebilly:  &facade.RebillyConfig{BaseURL: server.URL, OrganizationID: "acme", APIKey: "key"},
	})
	if err != nil {
		log.Fatal(err)
	}
	return client, server.Close
}

// Answers of the providers.
const (
	vaultOK          = `200 {"result":"ok"}`
	xgatewayStarted  = `204`
	xgatewayRefused  = `400 {"success":false,"errors":[{"code":"bad_request","message":"Phone number is not valid"}]}`
	forteStarted     = `201 {"data":{"error_code":null,"flow":"KYC_OCC","widget_data":"d2lkZ2V0"}}`
	qoloAsks         = `200 {"person_guid":"2ae6ba4b-f6c0-4817-a158-43e5a87168fd","verificationResults":[{"questions":[{"key":"q1","prompt":"Which street?","options":["Elm","Oak"]}]}]}`
	qoloTells        = `200 {"person_guid":"2ae6ba4b-f6c0-4817-a158-43e5a87168fd","verification_level":"2","verificationResults":[{"verification_method":"EKYC"}]}`
	rebillyGathering = `201 {"id":"kyc_req_1","customerId":"customer-42","status":"gathering","_links":[{"rel":"gatherer","href":"https://gather.example/k/token"}]}`
	rebillyFailed    = `201 {"id":"kyc_req_1","customerId":"customer-42","status":"failed"}`
	rebillyForbidden = `403 {"status":403,"title":"Forbidden"}`
	rebillyBusy      = `429 {"status":429,"title":"Too Many Requests"}`
	rebillyDown      = `503 `
	lostReply        = ``
)

// A base URL has no default, so that nobody starts a real KYC by accident: choose it by
// the place where your program runs.
func ExampleConfig() {
	config := func(production bool, forteToken, qoloToken facade.TokenSource) facade.Config {
		c := facade.Config{
			UserAgent:        "shop/1.2",
			MaxResponseBytes: facade.DefaultMaxResponseBytes,
			Vault:            &facade.VaultConfig{BaseURL: facade.VaultSandbox},
			XGateway:         &facade.XGatewayConfig{BaseURL: facade.XGatewayDemo, APIKey: "from-a-vault", Timeout: 7 * time.Minute},
			Forte:            &facade.ForteConfig{BaseURL: facade.ForteSandbox, Token: forteToken},
			Qolo: &facade.QoloConfig{
				BaseURL: facade.QoloDevelopment, Version: facade.QoloV1, Token: qoloToken, MaxImageBytes: facade.DefaultMaxImageBytes,
			},
			Rebilly: &facade.RebillyConfig{BaseURL: facade.RebillySandbox, OrganizationID: "acme", APIKey: "from-a-vault"},
		}
		if production {
			c.XGateway.BaseURL, c.Forte.BaseURL, c.Rebilly.BaseURL = facade.XGatewayProduction, facade.ForteProduction, facade.RebillyProduction
		}
		return c
	}
	token := facade.StaticToken("from-a-vault") // in a service: CachedToken
	_, err := facade.New(config(false, token, token))
	fmt.Println(err)
	_, err = facade.New(config(false, nil, token))
	fmt.Println(err)
	// Output:
	// <nil>
	// kycstart: invalid_request (not sent), started: no: Forte.Token must be set (StaticToken returns nil for a token that is empty, or has spaces or "Bearer " in it)
}

// Every provider has a request of its own, under the provider's own names.
func ExampleRequest() {
	client, done := play(vaultOK, xgatewayStarted, forteStarted, qoloAsks, rebillyGathering)
	defer done()
	const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjdXN0b21lci00MiJ9.c2ln"
	for _, request := range []facade.Request{
		facade.VaultRequest{Token: jwt}, // the customer's own
		facade.XGatewayRequest{ID: "customer-42"},
		facade.ForteRequest{
			Action: facade.ForteAction{Type: facade.ForteRulesEngine, Level: 1},
			Customer: facade.ForteCustomer{ExternalID: "customer-42", Wallet: facade.ForteWallet{
				Blockchain: facade.ForteSepolia,
				Address:    "0xaac17f958d2ee523a2206206994597c13d831ec2",
				SIWE: &facade.ForteSIWE{
					Message:   strings.Repeat("shop.example wants you to sign in. ", 4),
					Signature: "0x" + strings.Repeat("a5", 65),
				},
			}},
		},
		facade.QoloRequest{
			PersonGUID:      "2ae6ba4b-f6c0-4817-a158-43e5a87168fd",
			Identifications: []facade.QoloIdentification{{GovtIDType: facade.QoloGovtIDPassport, GovtIDNumber: "123456789"}},
		},
		facade.RebillyRequest{
			CustomerID: "customer-42",
			Documents: []facade.RebillyDocument{{
				Type:        facade.RebillyIdentityProof,
				Subtypes:    []facade.RebillyDocumentSubtype{facade.RebillyPassport, facade.RebillyIDCard},
				MaxAttempts: facade.Ptr(0), // without limit
			}},
			MatchLevel: facade.RebillyMatchLevel2,
		},
	} {
		res, err := client.Start(context.Background(), request)
		fmt.Println(res, err)
	}
	// Output:
	// vault: started, next unspecified (HTTP 200) <nil>
	// xgateway: started, next await_callback (HTTP 204) <nil>
	// forte: awaiting_customer, next widget (HTTP 201) <nil>
	// qolo: awaiting_customer, next answer_questions (HTTP 200) <nil>
	// rebilly: awaiting_customer, next redirect (HTTP 201) <nil>
}

// Images are read while they are sent, from a file or from memory.
func ExampleQoloImage() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "front.bmp")
	if err := os.WriteFile(file, []byte("BM front"), 0o600); err != nil {
		log.Print(err)
		return
	}

	var front, face facade.QoloImage
	face = facade.QoloImageBytes([]byte("BM face"))
	if front, err = facade.QoloImageFile(file); err != nil {
		log.Print(err)
		return
	}
	client, done := play(qoloTells)
	defer done()
	res, err := client.Start(context.Background(), facade.QoloRequest{
		PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd",
		Document: &facade.QoloDocument{
			DocumentType: facade.QoloPassport, FileType: facade.QoloBMP, IssuingCountry: "CA",
			Front: front, FaceImage: face, LivenessDetected: facade.Ptr(true),
		},
	})
	fmt.Println(res, err)
	// Output:
	// qolo: undetermined, next unspecified (HTTP 200) <nil>
}

// Qolo may ask questions: the answers go back through the same call.
func ExampleQuestion() {
	client, done := play(qoloAsks, qoloTells)
	defer done()
	request := facade.QoloRequest{PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"}
	res, err := client.Start(context.Background(), request)
	if err != nil {
		log.Print(err)
		return
	}
	ask := func(q facade.Question) facade.QoloAnswer { // the customer chooses
		return facade.QoloAnswer{Key: q.Key, Answer: q.Options[0]}
	}
	for _, question := range res.Next.Questions {
		request.Answers = append(request.Answers, ask(question))
	}
	res, err = client.Start(context.Background(), request)
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(res)
	show := func(check facade.Check) { fmt.Println(check.Method, check) } // the provider's own words, of which none is documented
	for _, check := range res.Checks {
		show(check)
	}
	// Output:
	// qolo: undetermined, next unspecified (HTTP 200)
	// EKYC [redacted]
}
