package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/forte"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestReceivedPrintsNothing puts a secret into a request and prints the request in every way. The
// body fits only the type of its own provider.
func TestReceivedPrintsNothing(t *testing.T) {
	const secret = "planted-secret"
	s := sandbox.New(t)
	config := s.Config(facade.Rebilly)
	config.Rebilly.APIKey, config.Rebilly.OrganizationID = secret, secret
	if got := start(t.Context(), t, config, fixtures.Of(facade.Rebilly).Customer.Request(secret)); got != "ok" {
		t.Fatal(got)
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
	out.WriteString(sandbox.Masked("reb-apikey", secret))
	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
		t.Errorf("the secret was printed:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "rebilly: answered with rebilly/201_gathering") {
		t.Errorf("nothing of use was printed:\n%s", out.String())
	}
	if err := received[0].As(new(forte.StartKYCWorkflowRequest)); err == nil {
		t.Error("it fits the request of another provider")
	}
}
