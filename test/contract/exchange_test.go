package contract_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// A call is a request and one answer to it, as text that a case may change.
type call struct {
	provider  string
	operation string // empty for the start
	method    string
	url       string
	header    http.Header
	body      string

	status int
	answer http.Header
	text   string
}

const (
	jwt    = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwNTFhYTc3MiJ9.c2lnbmF0dXJl"
	person = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"
)

var (
	isJSON    = http.Header{"Content-Type": {"application/json"}}
	isProblem = http.Header{"Content-Type": {"application/problem+json"}}
)

func signed(header, value string, more http.Header) http.Header {
	h := http.Header{header: {value}}
	maps.Copy(h, more)
	return h
}

// startPath returns the path of a provider's canonical request, without that of the
// server.
func startPath(provider string) string {
	_, path, _, _, err := fixtures.Request(provider)
	return pathOnly(path, err)
}

func lookupPath(provider, operation string) string {
	_, path, _, _, err := fixtures.LookupRequest(provider, operation)
	return pathOnly(path, err)
}

func pathOnly(target string, err error) string {
	if err != nil {
		panic(err)
	}
	path, _, _ := strings.Cut(target, "?")
	return strings.TrimPrefix(path, "/api/v2")
}

// good holds, by provider, calls that keep to the document, beside those of the
// fixtures. The first of each is the one that the cases of the other tests change.
var good = map[string][]call{
	"vault": {
		{
			method: "POST", url: "https://api.vault.sandbox.testessential.net" + startPath("vault"),
			header: signed("Authorization", jwt, isJSON),
			status: 200, answer: isJSON, text: `{"result":"ok"}`,
		},
		{
			method: "POST", url: startPath("vault"),
			header: signed("Authorization", jwt, nil),
			status: 400, answer: http.Header{"Content-Type": {"Application/JSON; charset=UTF-8"}},
			text: ` {"error":"COMMON","errorId":0,"data":{"additionalProp1":{"any":["thing",null]}}}` + "\r\n",
		},
		{
			operation: "GetKYCData", method: "GET", url: lookupPath("vault", "GetKYCData"),
			header: signed("Authorization", jwt, nil),
			status: 200, answer: isJSON,
			text: `{"kycLevel":null,"kyc2ClientData":{"status":null},"kyc3ClientData":null,"remainingAmount":{"value":0.5}}`,
		},
	},
	"xgateway": {
		{
			method: "POST", url: "https://api.xgateway.tech/api/v2" + replaced(startPath("xgateway"), "customer-42", "c%2F1"),
			header: signed("X-Api-Key", "k-1", nil),
			status: 400, answer: isJSON,
			text: `{"success":false,"errors":[{"code":"db_violation","message":"Database violation"}]}`,
		},
		{
			method: "POST", url: "http://127.0.0.1:8080/xgateway" + startPath("xgateway"),
			header: signed("X-Api-Key", "k-1", nil),
			status: 204,
		},
		{
			method: "POST", url: startPath("xgateway"),
			header: signed("X-Api-Key", "k-1", nil),
			status: 204, answer: isJSON,
		},
		{
			method: "POST", url: startPath("xgateway"),
			header: signed("X-Api-Key", "k-1", nil),
			status: 500, answer: isJSON,
			text: `{"success":false,"errors":[{"code":"bad_gateway","message":""}]}`,
		},
		{
			operation: "GetKYCApplicationDetails", method: "GET", url: lookupPath("xgateway", "GetKYCApplicationDetails"),
			header: signed("X-Api-Key", "k-1", nil),
			status: 200, answer: isJSON,
			text: `{"success":true,"data":{"id":"` + person + `","status":null,"another":{"member":1}}}`,
		},
	},
	"forte": {
		{
			method: "POST", url: "https://sandbox-api.sandbox.lemmax.com" + startPath("forte"),
			header: signed("Authorization", jwt, isJSON),
			body: `{"action":{"level":1,"type":"OCC_RULES_ENGINE"},"customer":{"external_id":"customer_PK",` +
				`"wallet":{"address":"0xaac17f958d2ee523a2206206994597c13d831ec2","blockchain":"sepolia",` +
				`"siwe":{"message":"` + strings.Repeat("m", 100) + `","signature":"0x` + strings.Repeat("a", 130) + `"}}}}`,
			status: 201, answer: isJSON,
			text: `{"data":{"error_code":null,"flow":"KYC_OCC","widget_data":"eyJ0IjowfQ=="}}`,
		},
		{
			method: "POST", url: startPath("forte"),
			header: signed("Authorization", jwt, isJSON),
			body: `{"action":{"level":4,"type":"OCC_RULES_ENGINE_V2"},"customer":{"external_id":"",` +
				`"wallet":{"address":"","blockchain":"aleo"}}}`,
			status: 403, answer: isJSON,
			text: `{"error":{"code":"ERR01","status":403,"reason":"Forbidden","extra":1},"open":true}`,
		},
		{
			method: "POST", url: startPath("forte"),
			header: signed("Authorization", jwt, isJSON),
			body:   `{"action":{"level":4,"type":"OCC_RULES_ENGINE"},"customer":{"external_id":"","wallet":{"address":"","blockchain":"aleo"}}}`,
			status: 422, answer: isJSON,
			text: `{"error":{"code":12,"status":422,"reason":"Unprocessable Content"}}`,
		},
	},
	"qolo": {
		{
			method: "POST", url: "https://devapi.qolopay.com" + startPath("qolo"),
			header: signed("Authorization", jwt, isJSON),
			body: `{"perform_kyc":true,"notes":null,"identifications":null,"answers":[{"key":"k","answer":"a"}],` +
				`"client_verification":{"verification_datetime":"2019-08-24T14:15:22Z"},"program_guid":"` + person + `"}`,
			status: 200, answer: isJSON,
			text: `{"person_guid":"` + person + `","verificationResults":[{"verification_date":"2019-08-24T14:15:22.5+02:00",` +
				`"questions":[{"prompt":"p","key":"k","options":["o"]}],"documents":{"file_type":"BMP"}}]}`,
		},
		{
			method: "POST", url: startPath("qolo"),
			header: signed("Authorization", jwt, nil),
			status: 404, answer: http.Header{"Content-Type": {"text/html"}}, text: "<html>",
		},
		{
			method: "POST", url: startPath("qolo"),
			header: signed("Authorization", jwt, http.Header{"Idempotencykey": {"k-1"}}),
			status: 500,
		},
		{
			operation: "GetKYCResult", method: "GET", url: lookupPath("qolo", "GetKYCResult"),
			header: signed("Authorization", jwt, nil),
			status: 404, answer: isJSON, text: `{"title":"Not Found","status":404,"detail":null,"traceId":"1"}`,
		},
	},
	"rebilly": {
		{
			method: "POST", url: "https://api-sandbox.rebilly.com" + startPath("rebilly") + "?expand=documents",
			header: signed("Reb-Apikey", "sk_1", isJSON),
			body: `{"customerId":"c1","documents":[{"type":"identity-proof","subtypes":["passport"],"maxAttempts":0}],` +
				`"redirectUrl":"https://shop.example/kyc/done?a=%20","matchLevel":2,"expirationTime":"2030-01-01T00:00:00Z"}`,
			status: 201, answer: isJSON,
			text: `{"id":"kyc_req_1","customerId":"c1","documents":[{"type":"identity-proof"}],"status":"gathering",` +
				`"redirectUrl":null,"matchLevel":2,"revision":1,"createdTime":"2030-01-01T00:00:00Z",` +
				`"_links":[{"rel":"gatherer","href":"https://gather.example/t?token=x"}],` +
				`"_embedded":{"documents":[{"any":{"thing":1}}]}}`,
		},
		{
			method: "POST", url: startPath("rebilly"),
			header: signed("Authorization", jwt, isJSON),
			body:   `{"customerId":"c1","documents":[{"type":"funds-proof","subtypes":null}],"redirectUrl":null,"reason":null}`,
			status: 422, answer: isProblem,
			text: `{"type":"about:blank","instance":"/kyc-requests/1?a","invalidFields":[{"field":"a.b","message":"m"}]}`,
		},
		{
			method: "POST", url: startPath("rebilly"),
			header: signed("Authorization", jwt, isJSON),
			body:   `{"customerId":"c1","documents":[{"type":"funds-proof"}]}`,
			status: 429, answer: signed("X-Ratelimit-Retry-After", "1900000000", isProblem),
			text: `{"type":"about:blank","title":"Rate Limit Exceeded","status":429}`,
		},
		{
			operation: "GetKYCRequests", method: "GET",
			url:    lookupPath("rebilly", "GetKYCRequests") + "?limit=1000&offset=0&filter=customerId%3Ac1&sort=-createdTime,id",
			header: signed("Authorization", jwt, nil),
			status: 200, answer: signed("Pagination-Total", "1", isJSON),
			text: `[{"customerId":"c1","documents":[{"type":"funds-proof"}],"status":"expired"}]`,
		},
		{
			operation: "GetKYCRequest", method: "GET", url: replaced(lookupPath("rebilly", "GetKYCRequest"), "kyc_req_0YV7JMJ3DBCGRBR7K9D4HVGPP5", "kyc_req_1"),
			header: signed("Reb-Apikey", "sk_1", nil),
			status: 404, answer: isProblem, text: `{"title":"Not Found"}`,
		},
	},
}

// request returns the request of a call.
func request(t *testing.T, c call) *http.Request {
	t.Helper()
	r, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = c.header.Clone()
	return r
}

func (c call) judge(t *testing.T) []contract.Violation {
	t.Helper()
	found := contract.Request(c.provider, request(t, c), []byte(c.body))
	return append(found, contract.Response(c.provider, c.operation, c.status, c.answer.Clone(), []byte(c.text))...)
}

func TestGoodExchanges(t *testing.T) {
	for provider, calls := range good {
		for _, c := range calls {
			c.provider = provider
			for _, v := range c.judge(t) {
				t.Errorf("%s %d: %s", provider, c.status, v)
			}
		}
	}
}
