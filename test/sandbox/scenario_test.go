package sandbox_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// request returns the canonical request to a provider, for another customer.
func request(p facade.Provider, customer string) facade.Request {
	return fixtures.Of(p).Customer.Request(customer)
}

func client(t *testing.T, c facade.Config) *facade.Client {
	t.Helper()
	client, err := facade.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// outcome is what a want.json holds, without the customer, who is another one.
func outcome(t *testing.T, res *facade.Result, err error) any {
	t.Helper()
	text, failed := json.Marshal(struct {
		Result *facade.Result `json:"result,omitempty"`
		Error  error          `json:"error,omitempty"`
	}{res, err})
	if failed != nil {
		t.Fatal(failed)
	}
	return anonymous(t, text)
}

func anonymous(t *testing.T, text []byte) any {
	t.Helper()
	var v map[string]map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	delete(v["result"], "customer_id")
	return v
}

// TestFixtures asks for every fixture, by customer, and demands the outcome that
// the fixture demands of the facade, whoever the customer is.
func TestFixtures(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config())
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range cases {
		t.Run(one.Name, func(t *testing.T) {
			p := facade.Provider(one.Provider)
			res, err := c.Start(context.Background(), request(p, s.Customer(p, one.Name)))
			if diff := cmp.Diff(anonymous(t, one.Want), outcome(t, res, err)); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDefaults demands a start of every provider for any customer, and of the
// default for whom it is the answer's own.
func TestDefaults(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config())
	for _, d := range fixtures.Descriptors() {
		p, customer := d.Provider, "somebody"
		if d.Customer.Form == fixtures.GUID {
			customer = "9C0E4D4A-3b5f-4b9e-8a51-0d3a3c1f7a10"
		}
		res, err := c.Start(context.Background(), request(p, d.Customer.Form.Write(customer)))
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		if res.CustomerID != customer {
			t.Errorf("%s: the answer is for another customer than the request", p)
		}
		got := s.Received(p)
		if len(got) != 1 || got[0].Scenario != sandbox.Default(p) {
			t.Errorf("%s: received %v, want one answered with %s", p, got, sandbox.Default(p))
		}
	}
}

// TestCustomersAreDistinct demands one customer a scenario, and one that each
// provider's document allows.
func TestCustomersAreDistinct(t *testing.T) {
	s := sandbox.New(t)
	for _, p := range sandbox.Providers() {
		seen := make(map[string]string)
		for _, name := range sandbox.Scenarios(p) {
			if name == sandbox.FaultConnectionRefused {
				continue
			}
			id := s.Customer(p, name)
			if other, ok := seen[id]; ok || id == "" {
				t.Errorf("%s: %q and %q have the same customer %q", p, name, other, id)
			}
			if strings.Contains(id, "/") {
				t.Errorf("%s: customer %q is no segment of a path", p, id)
			}
			seen[id] = name
		}
	}
}

// TestDefaultsCanBeUsed demands default answers that an application which checks
// them can go on with.
func TestDefaultsCanBeUsed(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config())
	for _, p := range sandbox.Providers() {
		res, err := c.Start(context.Background(), fixtures.Start(p))
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		if !res.ExpiresAt.IsZero() && res.ExpiresAt.Before(time.Now()) {
			t.Errorf("%s: the default answer has expired", p)
		}
		for _, q := range res.Next.Questions {
			if len(q.Options) < 2 || !strings.HasSuffix(q.Prompt, "?") {
				t.Errorf("%s: the default answer asks %q, with %d options", p, q.Key, len(q.Options))
			}
		}
	}
}
