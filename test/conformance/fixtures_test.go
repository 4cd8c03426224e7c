package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// exchange is a RoundTripper that answers every request with one fixture, and
// keeps what was sent.
type exchange struct {
	fixtures.Case
	sent []*http.Request
	body []byte
}

func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	e.sent = append(e.sent, r)
	if r.Body != nil {
		e.body, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	return &http.Response{
		StatusCode:    e.Status,
		Header:        e.Header.Clone(),
		Body:          io.NopCloser(bytes.NewReader(e.Body)),
		ContentLength: int64(len(e.Body)),
		Request:       r,
	}, nil
}

// start starts KYC with the canonical request, and the fixture as its answer.
func (e *exchange) start(t *testing.T) (*facade.Result, error) {
	t.Helper()
	provider := facade.Provider(e.Provider)
	config := fixtures.Config("https://provider.test", provider)
	config.HTTPClient = &http.Client{Transport: e}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client.Start(context.Background(), fixtures.Start(provider))
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
			res, err := (&exchange{Case: c}).start(t)
			if (res == nil) == (err == nil) {
				t.Fatalf("not exactly one of Result and Error: %v, %v", res, err)
			}
			if diff := cmp.Diff(decoded(t, c.Want), decoded(t, encoded(t, outcome{res, err}))); diff != "" {
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
		t.Error("the spec accepts an answer that it must reject")
	case !c.Rejected && len(violations) > 0:
		t.Errorf("the spec rejects the answer: %v", violations)
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
				r, err := http.NewRequest(method, "https://provider.test"+target, bytes.NewReader(body))
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
			e := exchange{Case: fixtures.Case{Provider: string(p), Status: http.StatusTeapot}}
			if _, err := e.start(t); err == nil {
				t.Fatal("a teapot started KYC")
			}
			if len(e.sent) != 1 {
				t.Fatalf("%d requests were sent", len(e.sent))
			}
			sent := e.sent[0]
			if v := contract.Request(string(p), sent, e.body); len(v) > 0 {
				t.Errorf("the spec rejects the request: %v", v)
			}

			method, path, header, body, err := fixtures.Request(string(p))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sent.Method+" "+sent.URL.RequestURI(), method+" "+path; got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			if diff := cmp.Diff(header, sent.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(string(body), string(e.body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}

			for name := range header {
				without := sent.Clone(context.Background())
				without.Header.Del(name)
				if name != "Accept" && name != "Content-Type" && len(contract.Request(string(p), without, e.body)) == 0 {
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
