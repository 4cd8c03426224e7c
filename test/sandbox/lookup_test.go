package sandbox_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// look sends the canonical request of a look-up, for a customer, and returns the
// status and the body of the answer.
func look(t *testing.T, s *sandbox.Sandbox, p facade.Provider, operation, customer string) (status int, body []byte) {
	t.Helper()
	method, target, header, _, err := fixtures.LookupRequest(string(p), operation)
	if err != nil {
		t.Fatal(err)
	}
	switch p {
	case facade.Vault:
		header.Set("Authorization", "Bearer "+customer)
	case facade.Qolo:
		target = strings.Replace(target, fixtures.Start(p).(facade.QoloRequest).PersonGUID, customer, 1)
	case facade.Rebilly:
		target = strings.Replace(strings.Replace(target, "customer-42", customer, 1), kycRequest, customer, 1)
	default:
		target = strings.Replace(target, "customer-42", customer, 1)
	}
	r, err := http.NewRequest(method, strings.TrimSuffix(s.URL(p), "/api/v2")+target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	answer, err := s.HTTPClient().Transport.RoundTrip(r) // follows no redirect
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, body
}

// kycRequest is the KYC request of the fixtures.
const kycRequest = "kyc_req_0YV7JMJ3DBCGRBR7K9D4HVGPP5"

// TestLookups asks for every answer to a look-up, by customer, and demands it
// with the customer's id in the place of the fixture's own.
func TestLookups(t *testing.T) {
	s := sandbox.New(t)
	for _, p := range sandbox.Providers() {
		cases, err := fixtures.Lookups(string(p))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			customer := s.Customer(p, c.Name)
			status, body := look(t, s, p, c.Operation, customer)
			own := map[string]string{"GetKYCResult": fixtures.Start(facade.Qolo).(facade.QoloRequest).PersonGUID,
				"GetKYCRequests": "customer-42", "GetKYCRequest": kycRequest}[c.Operation]
			want := c.Body
			if own != "" {
				want = bytes.ReplaceAll(want, []byte(`"`+own+`"`), []byte(`"`+customer+`"`))
				want = bytes.ReplaceAll(want, []byte(`"`+strings.ToUpper(own)+`"`), []byte(`"`+strings.ToUpper(customer)+`"`))
			}
			if status != c.Status || !bytes.Equal(body, want) {
				t.Errorf("%s: answered %d %s", c.Name, status, body)
			}
		}
	}
}

// TestLookupDefaults demands an answer to every look-up for which nothing was
// chosen, also for a customer who chooses among the answers to a start.
func TestLookupDefaults(t *testing.T) {
	s := sandbox.New(t)
	for _, p := range sandbox.Providers() {
		for _, operation := range contract.Operations(string(p))[1:] {
			if status, _ := look(t, s, p, operation, s.Customer(p, sandbox.Default(p))); status != http.StatusOK {
				t.Errorf("%s %s: answered %d", p, operation, status)
			}
		}
	}
}

// TestLookupInSequence plays a start whose reply is lost, and its look-up.
func TestLookupInSequence(t *testing.T) {
	s := sandbox.New(t)
	s.Use(facade.Rebilly, sandbox.FaultLostReply, "rebilly/find/200_older")
	_, err := client(t, s.Config(facade.Rebilly)).Start(context.Background(), fixtures.Start(facade.Rebilly))
	wantError(t, err, facade.KindUnavailable, facade.StartedUnknown, 0)
	for range 2 { // the last one stays
		if _, body := look(t, s, facade.Rebilly, "GetKYCRequests", "customer-42"); !strings.Contains(string(body), `"expired"`) {
			t.Errorf("answered %s", body)
		}
	}
	if _, err := client(t, s.Config(facade.Rebilly)).Start(context.Background(), fixtures.Start(facade.Rebilly)); err != nil {
		t.Errorf("a start after the sequence: %v, want the default", err)
	}
}

// TestLookupOutOfTurn demands a failure of a request that the next scenario does
// not answer, and no answer that would pass for what was meant.
func TestLookupOutOfTurn(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	s.Use(facade.Vault, "vault/find/200_denied")
	_, err := client(t, s.Config(facade.Vault)).Start(context.Background(), fixtures.Start(facade.Vault))
	wantError(t, err, facade.KindUnavailable, facade.StartedUnknown, 0)
	wantFailures(t, r.end(), "vault/find/200_denied for its next scenario, which does not answer POST StartKYC3")
}
