package contract_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
)

// An exchange is a request of the fixtures and one answer to it, as they stand in the files.
type exchange struct {
	provider string
	text     [2]string
}

// The two texts of an exchange.
const sent, came = 0, 1

// exchangeOf returns the exchange whose answer is a fixture.
func exchangeOf(t *testing.T, fixture string) exchange {
	t.Helper()
	request, err := os.ReadFile("../fixtures/" + path.Dir(fixture) + "/request.http")
	answer, failed := os.ReadFile("../fixtures/" + fixture + ".http")
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	provider, _, _ := strings.Cut(fixture, "/")
	return exchange{provider, [2]string{string(request), string(answer)}}
}

// with returns the exchange with another text at a place.
func (x exchange) with(half int, at []int, text string) exchange {
	x.text[half] = x.text[half][:at[0]] + text + x.text[half][at[1]:]
	return x
}

func (x exchange) body(half int) string {
	_, body, _ := strings.Cut(x.text[half], "\n\n")
	return body
}

// read returns the request and the answer of an exchange. It fails if they are not HTTP.
func (x exchange) read() (*http.Request, *http.Response, error) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(x.text[sent])))
	answer, failed := http.ReadResponse(bufio.NewReader(strings.NewReader(x.text[came])), nil)
	if err := errors.Join(err, failed); err != nil {
		return nil, nil, err
	}
	r, r.Body = r.WithContext(context.Background()), http.NoBody
	if body := x.body(sent); body != "" {
		r.Body = io.NopCloser(strings.NewReader(body))
	}
	answer.Body, answer.Request = io.NopCloser(strings.NewReader(x.body(came))), r
	return r, answer, nil
}

// judge returns the violations in an exchange. It fails if that is not HTTP.
func (x exchange) judge() ([]contract.Violation, error) {
	r, answer, err := x.read()
	if err != nil {
		return nil, err
	}
	found := contract.Request(x.provider, r, []byte(x.body(sent)))
	operation := contract.OperationOf(x.provider, r)
	return append(found, contract.Response(x.provider, operation, answer.StatusCode, answer.Header, []byte(x.body(came)))...), nil
}

// carried returns what the transport reports of the exchange when all of it was read. It demands
// that the transport sends the request that the caller gave, and leaves the caller's request as it
// is. The headers, which belong to the caller, are emptied before the bodies are read.
func (x exchange) carried(t *testing.T) (found []contract.Violation) {
	t.Helper()
	r, answer, err := x.read()
	if err != nil {
		t.Fatal(err)
	}
	before := *r
	before.Header = r.Header.Clone()
	response, err := contract.Transport(roundTripper(func(now *http.Request) (*http.Response, error) {
		given := *now
		given.Body = before.Body
		noBody := now.Body == http.NoBody // else net/http would send the header of one
		if !reflect.DeepEqual(given, before) || r.Body != before.Body || noBody != (x.body(sent) == "") {
			t.Errorf("sent %+v, and given was %+v", given, before)
		}
		clear(r.Header)
		if text, err := io.ReadAll(now.Body); string(text) != x.body(sent) || err != nil {
			t.Errorf("sent %s, %v", text, err)
		}
		answer.Request = now
		return answer, now.Body.Close()
	}), func(v contract.Violation) { found = append(found, v) }).RoundTrip(r)
	if err != nil || response.Request != r {
		t.Fatalf("%v, the answer to %v", err, response.Request)
	}
	clear(response.Header)
	_, _ = io.Copy(io.Discard, response.Body)
	return found
}

const (
	xgPath    = "request path: expected a path that ends in /customer/{id}/bank-transfer/kyc/verification, found another"
	oneJSON   = "response: expected one JSON value in UTF-8, found "
	alternate = "request header:Authorization: expected REB-APIKEY with a key, or Authorization with Bearer and a token, found "
)

// TestExchanges changes one thing in an exchange that keeps to the document. It demands exactly the
// violations that the change makes, from the functions and from the transport. The tests in
// conformance check that the fixtures pass, and that the rejected ones do not.
func TestExchanges(t *testing.T) {
	for _, c := range []struct {
		fixture  string
		half     int
		old, new string // old is a regular expression, and its first match is changed
		want     string
	}{
		// What is allowed.
		{"rebilly/201_gathering", sent, `REB-APIKEY: .*`, "Authorization: bearer a.b", ""},
		{"rebilly/201_gathering", sent, `application/json\n`, "Application/JSON; charset=UTF-8\n", ""},

		// Method, path and query.
		{"vault/200_ok", sent, `POST`, "PUT", "request method: expected POST, found another method"},
		{"xgateway/204_started", sent, `customer-42`, "", xgPath},
		{"rebilly/201_gathering", sent, `POST \S+`, "GET /none", "request path: expected a path that ends in /kyc-requests/{id}, found another\nrequest: expected no body, found one"},
		{"qolo/200_questions", sent, `2ae6ba4b`, "me", `request path:person_guid: expected format "uuid", found a string of 30 characters`},
		{"vault/200_ok", sent, `start`, "start?a@b.example=1", "request query:*: expected no such parameter, found 1 value"},
		{"vault/200_ok", sent, `start`, "start?%zz", "request query: expected a query that can be read, found another"},
		{"rebilly/find/200_unmarked", sent, `limit=100`, "limit=1001", "request query:limit: expected maximum 1000, found a number"},

		// Credential and content type.
		{"xgateway/204_started", sent, `xgw-test-key`, "a b", "request header:x-api-key: expected x-api-key with a key, found a string of 3 characters, not of that form"},
		{"rebilly/201_gathering", sent, `REB-APIKEY: .*`, "Authorization: Basic x", alternate + "a string of 7 characters, not of that form"},
		{"qolo/200_questions", sent, `Host: .*\n`, "Host: a\nIdempotencyKey: a\nIdempotencyKey: b\n", "request header:IdempotencyKey: expected one value, found 2 values"},
		{"forte/201_started", sent, `application/json\n\n`, "text/html; x=application/json\n\n", "request header:Content-Type: expected application/json, found another type"},
		{"forte/201_started", sent, `application/json\n\n`, "application/json; charset=latin1\n\n", "request header:Content-Type: expected application/json in UTF-8, found another charset"},
		{"forte/201_started", sent, `Accept: .*`, "Content-Encoding: gzip", "request header:Content-Encoding: not checked: expected a body as it is, found a coded body"},

		// The body of the request.
		{"forte/201_started", sent, `\{.*`, "", "request: expected a body, found none"},
		{"vault/200_ok", sent, `\n\n`, "\n\n{}", "request: expected no body, found one"},
		{"forte/201_started", sent, `\{`, `{"` + strings.Repeat("n", 40) + `":1.5,`, "request /" + strings.Repeat("n", 40) + ": expected no such property, found a number"},
		{"forte/201_started", sent, `\{`, `{"` + strings.Repeat("n", 41) + `":{"a":1},`, "request /*: expected no such property, found an object of 1 member"},
		{"qolo/200_questions", sent, `true`, "null", "request /perform_kyc: expected not null, found null"},
		{"rebilly/201_gathering", sent, `"customerId":"customer-42",`, "", "request /customerId: expected a property, found nothing"},
		{"rebilly/201_gathering", sent, `customer-42`, strings.Repeat("é", 51), "request /customerId: expected maxLength 50, found a string of 51 characters"},

		// Status and headers of the answer.
		{"vault/200_ok", came, `200`, "302", "response status: expected one of 200, 400, found 302"},
		{"vault/200_ok", came, `Content-Type: .*\n`, "", "response header:Content-Type: expected application/json, found none"},
		{"rebilly/find/200_unmarked", came, `Total: 1`, "Total: many", `response header:Pagination-Total: expected pattern "^[0-9]+$", found a string of 4 characters`},

		// The body of the answer.
		{"xgateway/204_started", came, `\n\n`, "\n\n{}", "response: expected no body, found 2 bytes"},
		{"vault/200_ok", came, `(?s)\{.*`, "", oneJSON + "no body"},
		{"vault/200_ok", came, `"ok"`, "\"o\xff\"", oneJSON + "bytes that are not UTF-8"},
		{"rebilly/201_embedded", came, `"doc_1"`, `{"a":1,"a":2}`, "response /_embedded/documents/0/*/*: expected each property once, found a property that is repeated"},
		{"vault/400_field", came, `\{`, `{"data":{"x":1},`, `response /data/*: expected type "object", found a number`},
		{"rebilly/find/200_unmarked", came, `"gathering"`, `"pending"`, `response /0/status: expected enum ["gathering","attempted","partial","pending-review","fulfilled","failed","abandoned","expired"], found a string of 7 characters`},
		{"forte/403_banned", came, `"ERR01"`, `"ERR03"`, `response /error/code: expected oneOf [{"format":"int32","type":"integer"},{"$ref":"#/components/schemas/banned_code"}], found a string of 5 characters`},
	} {
		t.Run(c.fixture+" "+c.want, func(t *testing.T) {
			x := exchangeOf(t, c.fixture)
			at := regexp.MustCompile(c.old).FindStringIndex(x.text[c.half])
			if at == nil {
				t.Fatalf("nothing to change: %s", c.old)
			}
			x = x.with(c.half, at, c.new)
			judged, err := x.judge()
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, v := range judged {
				found = append(found, strings.TrimPrefix(v.String(), v.Provider+" "+v.Operation+" "))
				if v.Provider != x.provider || v.Operation == "" {
					t.Errorf("it is not said whose document it is: %#v", v)
				}
			}
			if got := strings.Join(found, "\n"); got != c.want {
				t.Errorf("found %s\nwant  %s", got, c.want)
			}
			carried := x.carried(t)
			r, _, _ := x.read()
			// A request that is none of the provider's goes elsewhere, for the transport, or to another provider.
			if contract.OperationOf(x.provider, r) != "" && !slices.Equal(judged, carried) {
				t.Errorf("the transport says %v", carried)
			}
		})
	}
}

// TestNoValueInViolations replaces every word, list and object of an exchange by canaries, and looks
// for them in the violations. They do not look like plain names, since a plain name may be shown.
func TestNoValueInViolations(t *testing.T) {
	const canary, quoted, number = "c4nary-Jane@doe.example", `"c4nary-Jane@doe.example"`, "730133700173"
	words, groups := regexp.MustCompile(`"[^"]*"|[^\s"/:;,?&={}\[\]]+`), regexp.MustCompile(`\[[^\[\]]*\]|\{[^{}]*\}`)
	found := 0
	for _, fixture := range []string{"vault/400_field", "forte/403_banned", "qolo/200_sample", "rebilly/201_embedded", "rebilly/find/200_unmarked"} {
		x := exchangeOf(t, fixture)
		for half, text := range x.text {
			for _, at := range slices.Concat(words.FindAllStringIndex(text, -1), groups.FindAllStringIndex(text, -1)) {
				for _, with := range []string{canary, quoted, number + ".5", "{" + quoted + ":1," + quoted + ":" + quoted + "}"} {
					all, _ := x.with(half, at, with).judge() // none if it is not HTTP any more
					for _, v := range all {
						found++
						text := strings.ToLower(fmt.Sprintf("%s %#v", v, v))
						for _, secret := range []string{"c4nary", "jane", number, "7.30133"} {
							if strings.Contains(text, secret) {
								t.Fatalf("%s is in %s", secret, v)
							}
						}
						if v.In == "" || v.Expected == "" || v.Found == "" || strings.ContainsAny(v.String(), "\r\n") {
							t.Errorf("not one whole line: %q", v)
						}
					}
				}
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d violations were looked at", found)
	}
}

// TestLimits: a list in which every item is wrong is reported only at its beginning. Where nothing
// can be judged, a violation says so.
func TestLimits(t *testing.T) {
	for _, many := range []string{"[" + strings.Repeat("1,", 1000) + "1]", `[{"id":"a"` + strings.Repeat(`,"id":"a"`, 1000) + "}]"} {
		if all := contract.Response("rebilly", "GetKYCRequests", http.StatusOK, isJSON, []byte(many)); len(all) != 100 {
			t.Errorf("%d violations, want 100", len(all))
		}
	}
	for name, found := range map[string][]contract.Violation{
		"unknown provider of a request":  contract.Request("nobody", &http.Request{URL: &url.URL{}}, nil),
		"unknown provider of a response": contract.Response("nobody", "", 200, nil, nil),
		"unknown operation":              contract.Response("vault", "GetKYC", 200, nil, nil),
		"nil request":                    contract.Request("vault", nil, nil),
		"empty request":                  contract.Request("qolo", &http.Request{}, nil),
	} {
		if len(found) != 1 || !found[0].Unchecked || !strings.Contains(found[0].Expected, "vault StartKYC3") {
			t.Errorf("%s: %v", name, found)
		}
	}
}
