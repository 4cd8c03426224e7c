package contract_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// An exchange is a request of the fixtures and one answer to it. A case may change it.
type exchange struct {
	fixtures.Case
	method, url string
	sent        http.Header
	body        string
}

// exchangeOf returns the exchange whose answer is a fixture.
func exchangeOf(t *testing.T, fixture string) *exchange {
	t.Helper()
	c, err := fixtures.Find(fixture)
	if err != nil {
		t.Fatal(err)
	}
	method, path, header, body, err := fixtures.LookupRequest(c.Provider, c.Operation)
	if err != nil {
		t.Fatal(err)
	}
	if len(body) == 0 {
		header.Del("Content-Type") // Vault's fixture has one, but no body
	}
	return &exchange{c, method, "https://provider.example" + path, header, string(body)}
}

func (x *exchange) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequest(x.method, x.url, strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = x.sent
	return r
}

func (x *exchange) judge(t *testing.T) []contract.Violation {
	t.Helper()
	found := contract.Request(x.Provider, x.request(t), []byte(x.body))
	return append(found, contract.Response(x.Provider, x.Operation, x.Status, x.Header, x.Body)...)
}

// carried returns what the transport reports of the exchange when all of it was read. It demands
// that the transport sends the request that the caller gave, and leaves the caller's request as it
// is.
func (x *exchange) carried(t *testing.T) []contract.Violation {
	t.Helper()
	var found log
	r := x.request(t)
	before := *r
	response, err := contract.Transport(roundTripper(func(sent *http.Request) (*http.Response, error) {
		if text, err := io.ReadAll(sent.Body); string(text) != x.body || err != nil {
			t.Errorf("sent %s, %v", text, err)
		}
		plain, given := *sent, before
		plain.Body, plain.GetBody, given.GetBody = before.Body, nil, nil
		if !reflect.DeepEqual(plain, given) || r.Body != before.Body {
			t.Errorf("sent %+v, and given was %+v", plain, given)
		}
		return &http.Response{StatusCode: x.Status, Header: x.Header, Body: io.NopCloser(bytes.NewReader(x.Body)), ContentLength: -1, Request: sent}, sent.Body.Close()
	}), found.add).RoundTrip(r)
	if err != nil || response.Request != r {
		t.Fatalf("%v, the answer to %v", err, response.Request)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return found.list
}

// A change is made in one place. It panics if that place is not there, since a case that changes
// nothing proves nothing.
type change func(*exchange)

func replaced(s, old, new string) string {
	if !strings.Contains(s, old) {
		panic("nothing to change: " + old)
	}
	return strings.Replace(s, old, new, 1)
}

func to(old, new string) change { return func(x *exchange) { x.url = replaced(x.url, old, new) } }

func body(old, new string) change { return func(x *exchange) { x.body = replaced(x.body, old, new) } }

func with(header string, values ...string) change {
	return func(x *exchange) { x.sent = changed(x.sent, header, values) }
}

func status(n int) change { return func(x *exchange) { x.Status = n } }

func answered(header string, values ...string) change {
	return func(x *exchange) { x.Header = changed(x.Header, header, values) }
}

func came(old, new string) change {
	return func(x *exchange) { x.Body = []byte(replaced(string(x.Body), old, new)) }
}

func text(whole string) change { return func(x *exchange) { x.Body = []byte(whole) } }

func changed(h http.Header, name string, values []string) http.Header {
	h = maps.Clone(h)
	h.Del(name)
	for _, value := range values {
		h.Add(name, value)
	}
	return h
}

const (
	vaultPath   = "/v2/customer/kyc3/start"
	oneJSON     = "response: expected one JSON value in UTF-8, found "
	bearer      = "request header:Authorization: expected Authorization with Bearer and a token, found "
	rebillyKeys = ": expected REB-APIKEY with a key, or Authorization with Bearer and a token, found "
)

// TestExchanges changes one thing in an exchange that keeps to the document. It demands exactly the
// violations that the change makes, from the functions and from the transport. The tests in
// conformance check that the fixtures pass, and that the rejected ones do not.
func TestExchanges(t *testing.T) {
	for _, c := range []struct {
		fixture string
		change  change
		want    string
	}{
		// What is allowed.
		{"xgateway/204_started", to("customer-42", "c%2F1"), ""},
		{"xgateway/204_started", to("/api/v2", ":8080/a/proxy"), ""},
		{"rebilly/201_gathering", func(x *exchange) { with("REB-APIKEY")(x); with("Authorization", "bearer a.b")(x) }, ""},
		{"rebilly/201_gathering", with("Content-Type", "Application/JSON; charset=UTF-8"), ""},
		{"qolo/404_detail", text("<html>"), ""}, // no form is documented

		// Method, path and query.
		{"vault/200_ok", func(x *exchange) { x.method = "PUT" }, "request method: expected POST, found another method"},
		{"vault/200_ok", to(vaultPath, vaultPath+"/"), "request path: expected a path that ends in " + vaultPath + ", found another"},
		{"xgateway/204_started", to("customer-42", ""), "request path: expected a path that ends in /customer/{id}/bank-transfer/kyc/verification, found another"},
		{"xgateway/204_started", to("customer-42", "%2e%2E"), "request path:id: expected a segment of its own, found dots"},
		{"qolo/200_questions", to("2ae6ba4b", "me"), "request path:person_guid: expected format \"uuid\", found a string of 30 characters"},
		{"vault/200_ok", to(vaultPath, vaultPath+"?a@b.example=1"), "request query:*: expected no such parameter, found 1 value"},
		{"vault/200_ok", to(vaultPath, vaultPath+"?%zz"), "request query: expected a query that can be read, found another"},
		{"rebilly/find/200_unmarked", to("limit=100", "limit=1001"), "request query:limit: expected maximum 1000, found a number"},
		{"rebilly/find/200_unmarked", to("limit=100", "limit=1&limit=2"), "request query:limit: expected one value, found 2 values"},

		// Credential and content type.
		{"vault/200_ok", with("Authorization"), bearer + "none"},
		{"vault/200_ok", with("Authorization", "Basic dTpw"), bearer + "a string of 10 characters, not of that form"},
		{"xgateway/204_started", with("X-Api-Key", "a b"), "request header:x-api-key: expected x-api-key with a key, found a string of 3 characters, not of that form"},
		{"rebilly/201_gathering", func(x *exchange) { with("REB-APIKEY")(x); with("Authorization", "Basic x")(x) }, "request header:Authorization" + rebillyKeys + "a string of 7 characters, not of that form"},
		{"qolo/200_questions", with("IdempotencyKey", "a", "b"), "request header:IdempotencyKey: expected one value, found 2 values"},
		{"forte/201_started", with("Content-Type", "text/html; x=application/json"), "request header:Content-Type: expected application/json, found another type"},
		{"forte/201_started", with("Content-Type", "application/json; charset=latin1"), "request header:Content-Type: expected application/json in UTF-8, found another charset"},
		{"forte/201_started", with("Content-Encoding", "gzip"), "request header:Content-Encoding: not checked: expected a body as it is, found a coded body"},

		// The body of the request.
		{"forte/201_started", func(x *exchange) { x.body = "" }, "request: expected a body, found none"},
		{"vault/200_ok", func(x *exchange) { x.body = "{}" }, "request: expected no body, found one"},
		{"forte/201_started", body(`{"action"`, `{"`+strings.Repeat("n", 40)+`":1.5,"action"`), "request /" + strings.Repeat("n", 40) + ": expected no such property, found a number"},
		{"forte/201_started", body(`{"action"`, `{"`+strings.Repeat("n", 41)+`":{"a":1},"action"`), "request /*: expected no such property, found an object of 1 member"},
		{"qolo/200_questions", body("true", "null"), "request /perform_kyc: expected not null, found null"},
		{"rebilly/201_gathering", body(`"customerId":"customer-42",`, ``), "request /customerId: expected a property, found nothing"},
		{"rebilly/201_gathering", body("customer-42", strings.Repeat("é", 51)), "request /customerId: expected maxLength 50, found a string of 51 characters"},

		// Status and headers of the answer.
		{"vault/200_ok", status(302), "response status: expected one of 200, 400, found 302"},
		{"vault/200_ok", answered("Content-Type"), "response header:Content-Type: expected application/json, found none"},
		{"rebilly/find/200_unmarked", answered("Pagination-Total", "many"), `response header:Pagination-Total: expected pattern "^[0-9]+$", found a string of 4 characters`},

		// The body of the answer.
		{"xgateway/204_started", text("{}"), "response: expected no body, found 2 bytes"},
		{"vault/200_ok", text(""), oneJSON + "no body"},
		{"vault/200_ok", text("{}\n;{}"), oneJSON + "6 bytes that are not"},
		{"vault/200_ok", came("ok", "o\xff"), oneJSON + "bytes that are not UTF-8"},
		{"rebilly/201_embedded", came(`"doc_1"`, `{"a":1,"a":2}`), "response /_embedded/documents/0/*/*: expected each property once, found a property that is repeated"},
		{"vault/400_field", came("{", `{"data":{"x":1},`), `response /data/*: expected type "object", found a number`},
		{"qolo/200_questions", came(`"provider_name"`, `"ProviderName"`), "response /verificationResults/0/ProviderName: expected no such property, found a string of 7 characters"},
		{"rebilly/find/200_unmarked", came("gathering", "pending"), `response /0/status: expected enum ["gathering","attempted","partial","pending-review","fulfilled","failed","abandoned","expired"], found a string of 7 characters`},
		{"forte/403_banned", came("ERR01", "ERR03"), `response /error/code: expected oneOf [{"format":"int32","type":"integer"},{"$ref":"#/components/schemas/banned_code"}], found a string of 5 characters`},
	} {
		t.Run(c.fixture+" "+c.want, func(t *testing.T) {
			x := exchangeOf(t, c.fixture)
			c.change(x)
			var found []string
			judged := x.judge(t)
			if contract.OperationOf(x.Provider, x.request(t)) != "" && !slices.Equal(judged, x.carried(t)) {
				t.Errorf("the transport says %v", x.carried(t))
			}
			for _, v := range judged {
				found = append(found, strings.TrimPrefix(v.String(), v.Provider+" "+v.Operation+" "))
				if v.Provider != x.Provider || v.Operation == "" {
					t.Errorf("it is not said whose document it is: %#v", v)
				}
			}
			if got := strings.Join(found, "\n"); got != c.want {
				t.Errorf("found %s\nwant  %s", got, c.want)
			}
		})
	}
}

// TestLimits: a list in which every item is wrong is reported only at its beginning. Where nothing
// can be judged, a violation says so.
func TestLimits(t *testing.T) {
	for _, many := range []string{"[" + strings.Repeat("1,", 1000) + "1]", `[{"id":"a"` + strings.Repeat(`,"id":"a"`, 1000) + "}]"} {
		x := exchangeOf(t, "rebilly/find/200_unmarked")
		x.Body = []byte(many)
		if n := len(x.judge(t)); n != 100 {
			t.Errorf("%d violations, want 100", n)
		}
	}
	for name, found := range map[string][]contract.Violation{
		"unknown provider of a request":  contract.Request("nobody", nil, nil),
		"unknown provider of a response": contract.Response("nobody", "", 200, nil, nil),
		"unknown operation":              contract.Response("vault", "GetKYC", 200, nil, nil),
		"nil request":                    contract.Request("vault", nil, nil),
	} {
		if len(found) != 1 || !found[0].Unchecked {
			t.Errorf("%s: %v", name, found)
		}
	}
	if len(contract.Request("qolo", &http.Request{}, nil)) == 0 {
		t.Error("an empty request passes")
	}
}
