package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/forte"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

func TestReceived(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config())
	for _, d := range fixtures.Descriptors() {
		p := d.Provider
		if _, err := c.Start(context.Background(), fixtures.Start(p)); err != nil {
			t.Fatal(err)
		}
		method, path, header, body, err := fixtures.Request(string(p))
		if err != nil {
			t.Fatal(err)
		}
		got := s.Received(p)
		if len(got) != 1 {
			t.Fatalf("%s: received %d requests, want 1", p, len(got))
		}
		r := got[0]
		if r.Provider != p || r.Method() != method || r.Path() != path || !bytes.Equal(r.Body(), body) {
			t.Errorf("%s: received %s %s %s, want %s %s %s", p, r.Method(), r.Path(), r.Body(), method, path, body)
		}
		if r.Customer() != d.Customer.ID {
			t.Errorf("%s: customer %q, want %q", p, r.Customer(), d.Customer.ID)
		}
		for name := range header {
			if r.Header().Get(name) != header.Get(name) {
				t.Errorf("%s: received another %s than was sent", p, name)
			}
		}
	}

	var sent forte.StartKYCWorkflowRequest
	if err := s.Received(facade.Forte)[0].As(&sent); err != nil || sent.Customer.Wallet.Blockchain != forte.BlockchainSepolia {
		t.Errorf("typed body: %v, %v", sent, err)
	}
	var other rebilly.KYCRequestInput
	if err := s.Received(facade.Forte)[0].As(&other); err == nil {
		t.Error("the body of another provider's request fits")
	}
}

// TestReceivedPrintsNothing plants a secret, and prints the request in every way.
func TestReceivedPrintsNothing(t *testing.T) {
	const secret = "planted-secret"
	s := sandbox.New(t)
	config := s.Config(facade.Rebilly)
	config.Rebilly.APIKey, config.Rebilly.OrganizationID = secret, secret
	r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	r.CustomerID, r.Reason = secret, secret
	if _, err := client(t, config).Start(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	received := s.Received(facade.Rebilly)

	var out bytes.Buffer
	hidden := struct{ received []sandbox.Received }{received}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{received[0], &received[0], received, hidden} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "received", received[0], "all", received)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "received", received[0], "all", received)
	if err := json.NewEncoder(&out).Encode(received); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
		t.Errorf("the secret was printed:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "rebilly: answered with rebilly/201_gathering") {
		t.Errorf("nothing of use was printed:\n%s", out.String())
	}
}
