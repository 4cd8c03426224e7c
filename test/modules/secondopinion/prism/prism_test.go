package prism

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
)

// bases are the paths of the documents' servers.
var bases = map[facade.Provider]string{
	facade.XGateway: "/api/v2",
	facade.Rebilly:  "/organizations/acme",
}

// outcomes are what the facade must make of the answer that Prism writes for
// each documented status.
var outcomes = map[facade.Provider]map[int]string{
	facade.Vault: {
		200: "started, next unspecified",
		400: "provider_error, started unknown", // the example is COMMON
	},
	facade.XGateway: {
		204: "started, next await_callback",
		400: "invalid_request, started no", // bad_request is the first code of the list
		401: "unauthenticated, started no",
		500: "invalid_request, started unknown", // the same code, under another status
	},
	facade.Forte: {
		200: "customer_blocked, started no",
		201: "awaiting_customer, next widget",
		401: "unauthenticated, started no",
		403: "permission_denied, started no", // the code is a number
		406: "invalid_request, started no",
		415: "invalid_request, started no",
		422: "invalid_request, started no",
		429: "rate_limited, started no",
		500: "provider_error, started unknown",
	},
	facade.Qolo: {
		200: "awaiting_customer, next answer_questions",
		400: "invalid_request, started no",
		401: "unauthenticated, started no",
		404: "not_found, started no",
		500: "provider_error, started unknown",
	},
	facade.Rebilly: {
		201: "awaiting_customer, next unspecified", // the one link is the first of the list, self
		401: "unauthenticated, started no",
		403: "permission_denied, started no",
		422: "invalid_request, started no",
		429: "rate_limited, started no",
	},
}

// wrong is a canonical request after one change, which Prism must complain of.
type wrong struct {
	name  string
	spoil func(*http.Request)
	// accepted is why Prism does not complain, although this project's own judge
	// does: a known disagreement.
	accepted string
}

func without(header string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(header) }
}

func with(header, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(header, value) }
}

func written(old, new string) func(*http.Request) {
	return func(r *http.Request) {
		text, _ := io.ReadAll(r.Body) // of a text
		changed := strings.Replace(string(text), old, new, 1)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(changed)), int64(len(changed))
	}
}

var wrongs = map[facade.Provider][]wrong{
	facade.Vault: {
		{name: "no token", spoil: without("Authorization")},
		{name: "basic credential", spoil: with("Authorization", "Basic dTpw")},
		{name: "body", spoil: func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
		}},
	},
	facade.XGateway: {
		{name: "no key", spoil: without("X-Api-Key")},
		{name: "undocumented query", spoil: func(r *http.Request) { r.URL.RawQuery = url.Values{"force": {"1"}}.Encode() },
			accepted: "OpenAPI does not say that other parameters are wrong"},
	},
	facade.Forte: {
		{name: "no token", spoil: without("Authorization")},
		{name: "property renamed", spoil: written(`"external_id"`, `"externalId"`)},
		{name: "level out of range", spoil: written(`"level":1`, `"level":5`)},
		{name: "unknown blockchain", spoil: written("sepolia", "dogecoin")},
		{name: "wrong content type", spoil: with("Content-Type", "text/plain")},
	},
	facade.Qolo: {
		{name: "no token", spoil: without("Authorization")},
		{name: "malformed program", spoil: written("3fa0d2ea-", "3fa0d2e-")},
		{name: "malformed person", spoil: func(r *http.Request) { r.URL.Path = "/api/v1/persons/42/kyc" }},
		{name: "undocumented property", spoil: written(`"perform_kyc"`, `"performKyc"`),
			accepted: "without additionalProperties: false any property may be there"},
	},
	facade.Rebilly: {
		{name: "no key", spoil: without("Reb-Apikey")},
		{name: "unknown document", spoil: written("identity-proof", "passport")},
		{name: "relative return URL", spoil: written("https://shop.example", "")},
		{name: "unescaped return URL", spoil: written("/kyc/done", "/kyc/{done}")},
	},
}

// request is the canonical one, for the customer of Prism's answers: Prism
// repeats no id, and writes "string" for a text without an example.
func request(p facade.Provider) facade.Request {
	r, ok := fixtures.Start(p).(facade.RebillyRequest)
	if !ok {
		return fixtures.Start(p)
	}
	r.CustomerID = "string"
	return r
}

func start(t *testing.T, p facade.Provider, f *forcing) (*facade.Result, error) {
	t.Helper()
	config := fixtures.Config("https://provider.test", p)
	config.HTTPClient = &http.Client{Transport: f}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Start(context.Background(), request(p))
	if (res == nil) == (err == nil) {
		t.Fatalf("not exactly one of Result and Error: %v, %v", res, err)
	}
	return res, err
}

// facts are what an outcome says to programs, and the answer that it is of.
func facts(res *facade.Result, err error) (facts string, status int, documented bool) {
	var e *facade.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("%s, started %s", e.Kind, e.Started), e.HTTPStatus, e.Documented
	}
	return fmt.Sprintf("%s, next %s", res.Status, res.Next.Kind), res.HTTPStatus, res.Documented
}

// documented returns the statuses of the operations of a document, by their ids
// and empty for the start, read without the project's own code.
func documented(t *testing.T, p facade.Provider) map[string][]int {
	t.Helper()
	text, err := specs.Files.ReadFile(string(p) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]int)
	for item := range model.Model.Paths.PathItems.ValuesFromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			id := operation.OperationId
			if method == "post" {
				id = ""
			}
			for code := range operation.Responses.Codes.KeysFromOldest() {
				status, err := strconv.Atoi(code)
				if err != nil {
					t.Fatal(err)
				}
				all[id] = append(all[id], status)
			}
		}
	}
	return all
}

// TestLookups lets Prism answer the request of each look-up, of which it must not
// complain, unless the credential is missing.
func TestLookups(t *testing.T) {
	for _, p := range fixtures.Providers() {
		all := documented(t, p)
		delete(all, "")
		if len(all) == 0 {
			continue
		}
		address := mock(t, string(p))
		for operation, statuses := range all {
			method, target, header, _, err := fixtures.LookupRequest(string(p), operation)
			if err != nil {
				t.Fatal(err)
			}
			send := func(f *forcing, header http.Header) {
				r, err := http.NewRequest(method, "https://provider.test"+target, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header = header
				answer, err := f.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
			}
			for _, want := range statuses {
				f := &forcing{address: address, base: bases[p], prefer: fmt.Sprintf("code=%d", want)}
				send(f, header.Clone())
				// Prism makes up headers, and then finds them wrong.
				complains := strings.Contains(f.violations, `"location":["request"`)
				if complains || f.status != want {
					t.Errorf("%s %s: HTTP status %d, want %d; prism complains of the request: %s", p, operation, f.status, want, f.violations)
				}
			}
			f := &forcing{address: address, base: bases[p], prefer: "code=200"}
			send(f, http.Header{"Accept": header["Accept"]})
			if f.violations == "" && f.status/100 == 2 {
				t.Errorf("%s %s: prism accepts the request without a credential", p, operation)
			}
		}
	}
}

// TestPrism lets Prism play each provider. It must accept the facade's request
// and complain of wrong ones, and the facade must make the right thing of every
// documented answer: of the one that Prism writes from the examples, and of one
// that it makes up.
func TestPrism(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			address := mock(t, string(p))
			statuses := documented(t, p)[""]
			if len(statuses) != len(outcomes[p]) {
				t.Errorf("the document has the statuses %v, and %d outcomes are listed", statuses, len(outcomes[p]))
			}
			for _, want := range statuses {
				for _, prefer := range []string{"code=%d", "code=%d, dynamic=true"} {
					f := &forcing{address: address, base: bases[p], prefer: fmt.Sprintf(prefer, want)}
					facts, status, documented := facts(start(t, p, f))
					if f.violations != "" {
						t.Errorf("%s: prism complains of the request: %s", f.prefer, f.violations)
					}
					if status != want || !documented {
						t.Errorf("%s: HTTP status %d, documented: %t", f.prefer, status, documented)
					}
					if made := strings.HasSuffix(prefer, "true"); !made && facts != outcomes[p][want] {
						t.Errorf("%s: %s, want %s", f.prefer, facts, outcomes[p][want])
					}
				}
			}
			for _, w := range wrongs[p] {
				f := &forcing{address: address, base: bases[p], prefer: fmt.Sprintf("code=%d", statuses[0]), spoil: w.spoil}
				_, _ = start(t, p, f)
				switch accepted := f.violations == "" && f.status/100 == 2; {
				case accepted && w.accepted == "":
					t.Errorf("%s: prism accepts the request", w.name)
				case !accepted && w.accepted != "":
					t.Errorf("%s: prism complains now (%d %s): take it off the list", w.name, f.status, f.violations)
				}
			}
		})
	}
}
