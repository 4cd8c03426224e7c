package privacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/forte"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/gen/vault"
	"github.com/kycstart/kycstart/gen/xgateway"
	"github.com/kycstart/kycstart/test/contract"
)

// schema is the generated type of an answer's body.
type schema struct {
	name string // in the spec
	body func() any
	// variants put what an answer needs for an outcome of its own in place of
	// canaries, by path.
	variants []map[string]any
}

// schemas are all that the specs have for answers, and what Qolo's errors may
// look like, of which its spec says nothing. TestSchemas finds what is missing.
var schemas = map[facade.Provider][]schema{
	facade.Vault: {
		{"StartResult", func() any { return new(vault.StartResult) }, []map[string]any{{}, {"result": "ok"}}},
		{"Error", func() any { return new(vault.Error) }, []map[string]any{
			{}, {"field": nil}, {"field": nil, "error": "COMMON"}, {"field": nil, "error": "WAF_LOCK_NOT_IN_LIST"}, {"error": nil},
		}},
	},
	facade.XGateway: {
		{"AppSuccessResponse_string_", func() any { return new(xgateway.AppSuccessResponse) }, []map[string]any{{}, {"success": false}}},
		{"AppAuthenticationErrorResponse", func() any { return new(xgateway.AppAuthenticationErrorResponse) }, []map[string]any{{}}},
		{"AppErrorResponse", func() any { return new(xgateway.AppErrorResponse) }, []map[string]any{{}, {"errors.0.code": "conflict"}}},
	},
	facade.Forte: {
		{"kyc_workflow_started", func() any { return new(forte.KYCWorkflowStarted) }, []map[string]any{{}, {"data.error_code": nil}, {"data.error_code": nil, "data.widget_data": nil}}},
		{"kyc_workflow_start_customer_banned", func() any { return new(forte.KYCWorkflowStartCustomerBanned) }, []map[string]any{{}, {"data.error_code": "ERR01"}}},
		{"JsonErrorResponse", func() any { return new(forte.JSONErrorResponse) }, []map[string]any{{}, {"error.message": nil}, {"error.code": 5}}},
		{"ERR01", func() any { return new(forte.ERR01) }, []map[string]any{{}, {"error.code": "ERR01"}}},
	},
	facade.Qolo: {
		{"KYCDetails", func() any { return new(qolo.KYCDetails) }, []map[string]any{{}, {
			"person_guid": person, "verificationResults.0.person_guid": person,
		}, {
			"person_guid": person, "verificationResults.0.person_guid": person, "verificationResults.0.questions": nil,
		}}},
		{"", func() any { return new(struct{ Message, Error, Title, Detail string }) }, []map[string]any{{}, {"Message": ""}, {"Message": "", "Error": ""}, {"Message": "", "Error": "", "Title": ""}}},
	},
	facade.Rebilly: {
		{"KYCRequest", func() any { return new(rebilly.KYCRequest) }, []map[string]any{
			{}, {"customerId": customer},
			{"customerId": customer, "status": "gathering", "_links.0.rel": "gatherer"},
			{"customerId": customer, "status": "partial", "_links.0.rel": "kycGatherer", "_links.0.href": "not a URL"},
			{"customerId": customer, "status": "pending-review"}, {"customerId": customer, "status": "fulfilled"},
			{"customerId": customer, "status": "failed"}, {"customerId": customer, "status": "expired"},
		}},
		{"Problem", func() any { return new(rebilly.Problem) }, []map[string]any{{}, {"type": nil}, {"detail": nil}}},
		{"InvalidFieldsProblem", func() any { return new(rebilly.InvalidFieldsProblem) }, []map[string]any{{}, {"detail": nil}}},
		{"RateLimitProblem", func() any { return new(rebilly.RateLimitProblem) }, []map[string]any{{}}},
		{"", func() any {
			return new(struct {
				InvalidFields map[string][]rebilly.InvalidField `json:"invalidFields"`
			})
		}, []map[string]any{{}}},
	},
}

// Marks for what an answer must echo of the request.
const (
	person   = "{person}"
	customer = "{customer}"
)

// responseForms are what texts of answers must look like to be used.
var responseForms = map[string]string{
	"qolo KYCDetails.person_guid":                     aGUID,
	"qolo KYCDetails.verificationResults.person_guid": aGUID,
	"rebilly KYCRequest._links.href":                  "https://" + here + ".example/" + here + "?token=" + here,
	"rebilly KYCRequest.expirationTime":               "2026-11-21T12:00:00Z",
}

// statuses that every body is tried under.
var statuses = []int{200, 201, 204, 206, 307, 400, 401, 403, 409, 422, 500, 503}

// exchange is an answer full of canaries, to a call full of canaries.
type exchange struct {
	*planted
	status int
	header http.Header
	body   []byte
}

// exchanges calls visit with all answers to a provider's planted call. Their
// canaries are the call's and those of all answers.
func (all *planted) exchanges(visit func(*exchange)) {
	header := http.Header{"Content-Type": {"application/json"}}
	for _, name := range []string{
		"X-Request-Id", "Location", "Set-Cookie", "Retry-After", "X-Ratelimit-Retry-After", "Www-Authenticate", "Date", "Server", "Content-Language", "X-Debug",
	} {
		header.Set(name, all.canaries.plant(string(all.provider)+" header "+name))
	}
	var bodies [][]byte
	for _, s := range schemas[all.provider] {
		filled := s.body()
		fill(reflect.ValueOf(filled).Elem(), string(all.provider)+" "+s.name, &all.canaries, responseForms)
		for _, variant := range s.variants {
			bodies = append(bodies, all.body(filled, variant))
		}
	}
	page := []byte("<html>" + all.canaries.plant(string(all.provider)+" page") + "</html>")
	for _, status := range statuses {
		for _, body := range bodies {
			visit(&exchange{all, status, header, body})
		}
		visit(&exchange{all, status, header, bodies[0][:len(bodies[0])-1]}) // cut
		page := exchange{all, status, header.Clone(), page}
		page.header.Set("Content-Type", "text/html")
		visit(&page)
	}
}

// body returns a filled body as JSON, with a variant's values in their places.
func (all *planted) body(filled any, variant map[string]any) []byte {
	text := mustJSON(filled)
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		panic(err)
	}
	for place, v := range variant {
		switch v {
		case person:
			v = all.request.(*facade.QoloRequest).PersonGUID
		case customer:
			v = all.request.(*facade.RebillyRequest).CustomerID
		}
		steps := strings.Split(place, ".")
		parent := tree
		for _, step := range steps[:len(steps)-1] {
			if step == "0" {
				parent = parent.([]any)[0]
			} else {
				parent = parent.(map[string]any)[step]
			}
		}
		parent.(map[string]any)[steps[len(steps)-1]] = v
	}
	return mustJSON(tree)
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// RoundTrip answers without a network.
func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: e.status, Status: "200 " + e.header.Get("Server"), Header: e.header,
		Body: io.NopCloser(bytes.NewReader(e.body)), ContentLength: -1, Request: r,
	}, nil
}

// start makes the call.
func (e *exchange) start() (*facade.Result, error) { return e.startOver(e) }

// startOver makes the planted call over a transport.
func (all *planted) startOver(transport http.RoundTripper) (*facade.Result, error) {
	config := all.config
	config.HTTPClient = &http.Client{Transport: transport}
	client, err := facade.New(config)
	if err != nil {
		return nil, err
	}
	return client.Start(context.Background(), all.request)
}

// TestAnswers: nothing of what went to a provider or came from it shows itself
// when an outcome is printed or logged.
func TestAnswers(t *testing.T) {
	for _, p := range providers {
		for _, withToken := range []bool{false, true} {
			if withToken && p != facade.Rebilly {
				continue
			}
			t.Run(string(p), func(t *testing.T) {
				all := plant(p, withToken)
				all.exchanges(func(*exchange) {}) // plants
				j := newJudge(t, all.canaries)
				results, failures := 0, 0
				all.exchanges(func(e *exchange) {
					res, err := e.start()
					if err != nil {
						failures++
						j.prints("the error", err)
						var kycErr *facade.Error
						if !errors.As(err, &kycErr) || kycErr.HTTPStatus != e.status {
							t.Errorf("no answer: %v", err)
							return
						}
						j.nested("the error", reflect.ValueOf(*kycErr))
						return
					}
					results++
					j.prints("the result", res)
					j.nested("the result", reflect.ValueOf(*res))
				})
				if results == 0 || failures < len(statuses) {
					t.Errorf("%d results and %d errors: nothing was tested", results, failures)
				}
			})
		}
	}
}

// plain are types whose values are words for the merchant: they are asked for
// by name, and nothing prints them by itself.
var plain = []string{"FieldError", "Reason"}

// nested judges every value of the facade's types in v.
func (j *judge) nested(what string, v reflect.Value) {
	j.t.Helper()
	visit(v, func(v reflect.Value) { j.prints(what+", "+v.Type().Name(), v.Interface()) })
}

// visit calls see with every struct of the facade's in v, of whatever depth, that
// has anything in it.
func visit(v reflect.Value, see func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			visit(v.Elem(), see)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			visit(v.Index(i), see)
		}
	case reflect.Struct:
		if path.Base(v.Type().PkgPath()) != "facade" || slices.Contains(plain, v.Type().Name()) || v.IsZero() {
			return
		}
		see(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), see)
			}
		}
	default: // has nothing of the facade's in it
	}
}

// TestSchemas: no schema of an answer is without canaries.
func TestSchemas(t *testing.T) {
	for _, p := range providers {
		for route, item := range contract.Spec(string(p)).Paths.Map() {
			if item.Post == nil {
				continue // of a look-up
			}
			for status, response := range item.Post.Responses.Map() {
				for mediaType, content := range response.Value.Content {
					name := path.Base(content.Schema.Ref)
					if content.Schema.Ref != "" && !slices.ContainsFunc(schemas[p], func(s schema) bool { return s.name == name }) {
						t.Errorf("%s %s %s %s: schema %s has no canaries", p, route, status, mediaType, name)
					}
				}
			}
		}
	}
}
