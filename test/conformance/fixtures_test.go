package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// start starts KYC with the canonical request, and the fixture as its answer.
func start(c fixtures.Case) replay.Exchange {
	return replay.Start(fixtures.Start(facade.Provider(c.Provider)), replay.Answer{Status: c.Status, Header: c.Header, Body: c.Body})
}

// outcome is what a want.json holds.
type outcome struct {
	Result *facade.Result `json:"result,omitempty"`
	Error  error          `json:"error,omitempty"`
}

// TestFixtures holds every fixture to its spec, and the facade to the outcome
// that the fixture demands.
func TestFixtures(t *testing.T) {
	for _, c := range allFixtures(t) {
		t.Run(c.Name, func(t *testing.T) {
			judge(t, c)
			e := start(c)
			if (e.Result == nil) == (e.Err == nil) {
				t.Fatalf("not exactly one of Result and Error: %v, %v", e.Result, e.Err)
			}
			if diff := cmp.Diff(decoded(t, c.Want), decoded(t, encoded(t, outcome{e.Result, e.Err}))); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLookups holds every answer to a look-up to its spec.
func TestLookups(t *testing.T) {
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.Lookups(string(p))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) { judge(t, c) })
		}
	}
}

// judge holds a fixture to its spec: accepted, or rejected.
func judge(t *testing.T, c fixtures.Case) {
	t.Helper()
	violations := contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)
	switch {
	case c.Rejected && len(violations) == 0:
		t.Errorf("test/fixtures/%s.http: specs/%s.yaml accepts it: move it out of rejected, if the document is right", c.Name, c.Provider)
	case !c.Rejected && len(violations) > 0:
		t.Errorf("test/fixtures/%s.http: specs/%s.yaml does not accept it: change it, or move it to rejected, if the document is right: %v",
			c.Name, c.Provider, violations)
	}
}

// TestLookupRequests holds the request of each look-up to the spec, which must
// want its credential.
func TestLookupRequests(t *testing.T) {
	for _, p := range fixtures.Providers() {
		for _, operation := range contract.Operations(string(p))[1:] {
			t.Run(operation, func(t *testing.T) {
				method, target, header, body, err := fixtures.LookupRequest(string(p), operation)
				if err != nil {
					t.Fatal(err)
				}
				r, err := http.NewRequest(method, "https://provider.test"+target, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				r.Header = header
				if got := contract.OperationOf(string(p), r); got != operation {
					t.Errorf("it is a request for %q", got)
				}
				if v := contract.Request(string(p), r, body); len(v) > 0 {
					t.Errorf("the spec rejects the request: %v", v)
				}
				r.Header = http.Header{"Accept": header["Accept"]}
				if len(contract.Request(string(p), r, body)) == 0 {
					t.Error("the spec accepts the request without a credential")
				}
			})
		}
	}
}

// TestRequests holds what the facade sends for the canonical request of each
// provider to the spec, credential included, and to the provider's request.http.
func TestRequests(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			e := start(fixtures.Case{Provider: string(p), Status: http.StatusTeapot})
			if e.Err == nil || e.Sent == nil {
				t.Fatalf("a teapot started KYC, or nothing was sent: %v", e.Err)
			}
			sent := e.Sent
			if v := contract.Request(string(p), sent, e.Body); len(v) > 0 {
				t.Errorf("the spec rejects the request: %v", v)
			}

			method, path, header, body, err := fixtures.Request(string(p))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sent.Method+" "+sent.URL.RequestURI(), method+" "+path; got != want {
				t.Errorf("by specs/%s.yaml the facade sends %s, and test/fixtures/%s/request.http has %s: change the one that is wrong", p, got, p, want)
			}
			sent.Header.Del("User-Agent") // the library's version
			if diff := cmp.Diff(header, sent.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(string(body), string(e.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}

			for name := range header {
				without := sent.Clone(context.Background())
				without.Header.Del(name)
				if name != "Accept" && name != "Content-Type" && len(contract.Request(string(p), without, e.Body)) == 0 {
					t.Errorf("the spec accepts the request without %s", name)
				}
			}
		})
	}
}

func allFixtures(t *testing.T) []fixtures.Case {
	t.Helper()
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
