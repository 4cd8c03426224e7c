package contract_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// A breach changes one thing of a provider's first good exchange, and names
// what must then be reported, and nothing beside it.
type breach struct {
	name     string
	provider string
	change   func(*call)
	in       string
	pointer  string
	expected string
	found    string
}

func sent(old, new string) func(*call) {
	return func(c *call) { c.body = replaced(c.body, old, new) }
}

func came(old, new string) func(*call) {
	return func(c *call) { c.text = replaced(c.text, old, new) }
}

func to(old, new string) func(*call) {
	return func(c *call) { c.url = replaced(c.url, old, new) }
}

func longer(more string) func(*call) {
	return func(c *call) { c.url += more }
}

// endsIn returns what a start is told whose path is another.
func endsIn(provider string) string {
	doc := contract.Spec(provider)
	for path, item := range doc.Paths.Map() {
		if item.Post != nil {
			return "a path that ends in " + specdoc.ServerPath(doc.Servers[0]) + path
		}
	}
	panic("no start")
}

func with(header string, values ...string) func(*call) {
	return func(c *call) {
		c.header = c.header.Clone()
		c.header.Del(header)
		for _, v := range values {
			c.header.Add(header, v)
		}
	}
}

func answered(header string, values ...string) func(*call) {
	return func(c *call) {
		c.answer = c.answer.Clone()
		c.answer.Del(header)
		for _, v := range values {
			c.answer.Add(header, v)
		}
	}
}

func status(n int) func(*call) { return func(c *call) { c.status = n } }

// replaced changes one place, and panics if there is none: a case that changes
// nothing proves nothing.
func replaced(s, old, new string) string {
	if !strings.Contains(s, old) {
		panic("nothing to change: " + old)
	}
	return strings.Replace(s, old, new, 1)
}

// another returns the good exchange of a provider that was answered so.
func another(provider string, status int) call {
	for _, c := range good[provider] {
		if c.status == status {
			c.provider = provider
			return c
		}
	}
	panic("no such exchange")
}

// lookup returns a change to the good exchange of another operation, changed.
func lookup(provider, operation string, change func(*call)) func(*call) {
	return func(c *call) {
		i := slices.IndexFunc(good[provider], func(c call) bool { return c.operation == operation })
		*c = good[provider][i]
		c.provider = provider
		change(c)
	}
}

const (
	isOneJSON = "one JSON value in UTF-8"
	isDate    = "format date-time"
	noSuch    = "no such property"
	forteRoot = `{"action":`
)

var breaches = []breach{
	// Method, path, query.
	{"method", "vault", func(c *call) { c.method = "PUT" }, "request", "method", "POST", "another method"},
	{"path", "vault", longer("x"), "request", "path", endsIn("vault"), "another"},
	{"trailing slash", "forte", longer("/"), "request", "path", endsIn("forte"), "another"},
	{"empty id", "xgateway", to("c%2F1", ""), "request", "path", endsIn("xgateway"), "another"},
	{"dots as id", "xgateway", to("c%2F1", ".."), "request", "path:id", "a segment of its own", "dots"},
	{"escaped dots as id", "xgateway", to("c%2F1", "%2e%2E"), "request", "path:id", "a segment of its own", "dots"},
	{"no guid", "qolo", to(person, "me"), "request", "path:person_guid", "format uuid", "a string of 2 characters"},
	{"guid without dashes", "qolo", to(person, strings.ReplaceAll(person, "-", "")), "request", "path:person_guid", "format uuid", "a string of 32 characters"},
	{"no organization", "rebilly", to("/organizations/acme", ""), "request", "path", endsIn("rebilly"), "another"},
	{"undocumented query", "rebilly", to("expand", "expnd"), "request", "query:expnd", "no such parameter", "1 value"},
	{"query where there is none", "vault", longer("?a=b"), "request", "query:a", "no such parameter", "1 value"},
	{"query name like an address", "vault", longer("?a@b.example=1"), "request", "query:*", "no such parameter", "1 value"},
	{"repeated query", "rebilly", to("?", "?expand=a&"), "request", "query:expand", "one value", "2 values"},
	{"unreadable query", "rebilly", to("expand=documents", "%zz"), "request", "query", "a query that can be read", "another"},

	{"another method where there are two", "rebilly", func(c *call) { c.method = "PUT" }, "request", "method", "GET or POST", "another method"},
	{"look-up with a body", "rebilly", lookup("rebilly", "GetKYCRequests", func(c *call) { c.body = "{}" }), "request", "", "no body", "one"},
	{"limit out of range", "rebilly", lookup("rebilly", "GetKYCRequests", to("limit=1000", "limit=1001")), "request", "query:limit", "a number of at most 1000", "an integer"},
	{"limit that is no number", "rebilly", lookup("rebilly", "GetKYCRequests", to("limit=1000", "limit=all")), "request", "query:limit", "integer", "a string of 3 characters"},
	{"list as several parameters", "rebilly", lookup("rebilly", "GetKYCRequests", to(",id", "&sort=id")), "request", "query:sort", "one value", "2 values"},
	{"longer path that is none", "rebilly", lookup("rebilly", "GetKYCRequest", to("kyc_req_1", "kyc_req_1/documents")), "request", "path", "a path that ends in /organizations/{organizationId}/kyc-requests", "another"},
	{"id against its pattern", "rebilly", lookup("rebilly", "GetKYCRequest", to("kyc_req_1", "a%2Fb")), "request", "path:id", "a string that matches ^[@~", "a string of 3 characters"},
	{"header twice in the request", "qolo", with("IdempotencyKey", "a", "b"), "request", "header:IdempotencyKey", "one value", "2 values"},
	{"look-up without a credential", "vault", lookup("vault", "GetKYCData", with("Authorization")), "request", "header:Authorization", "Authorization with Bearer and a token", "none"},

	// Credential.
	{"no credential", "vault", with("Authorization"), "request", "header:Authorization", "Authorization with Bearer and a token", "none"},
	{"empty bearer", "forte", with("Authorization", "Bearer "), "request", "header:Authorization", "Authorization with Bearer and a token", "a string of 7 characters, not of that form"},
	{"bearer twice", "qolo", with("Authorization", "Bearer Bearer x"), "request", "header:Authorization", "Authorization with Bearer and a token", "a string of 15 characters, not of that form"},
	{"other scheme", "qolo", with("Authorization", "Basic eDp5"), "request", "header:Authorization", "Authorization with Bearer and a token", "a string of 10 characters, not of that form"},
	{"two tokens", "vault", with("Authorization", "Bearer a", "Bearer b"), "request", "header:Authorization", "Authorization with Bearer and a token", "2 values"},
	{"no key", "xgateway", with("x-api-key"), "request", "header:x-api-key", "x-api-key with a key", "none"},
	{"empty key", "xgateway", with("x-api-key", ""), "request", "header:x-api-key", "x-api-key with a key", "a string of 0 characters, not of that form"},
	{"neither key nor token", "rebilly", with("REB-APIKEY"), "request", "header:REB-APIKEY", "REB-APIKEY with a key, or Authorization with Bearer and a token", "none"},
	{"token without a scheme", "rebilly", func(c *call) { with("REB-APIKEY")(c); with("Authorization", "eyJ")(c) }, "request", "header:Authorization", "REB-APIKEY with a key, or Authorization with Bearer and a token", "a string of 3 characters, not of that form"},

	// Request body.
	{"body where there is none", "vault", func(c *call) { c.body = "{}" }, "request", "", "no body", "one"},
	{"no body", "forte", func(c *call) { c.body = "" }, "request", "", "a body", "none"},
	{"request type missing", "rebilly", with("Content-Type"), "request", "header:Content-Type", "application/json", "none"},
	{"request type", "rebilly", with("Content-Type", "text/plain"), "request", "header:Content-Type", "application/json", "another type"},
	{"request type like JSON", "rebilly", with("Content-Type", "text/html; x=application/json"), "request", "header:Content-Type", "application/json", "another type"},
	{"request types", "rebilly", with("Content-Type", "application/json", "application/json"), "request", "header:Content-Type", "application/json", "2 values"},
	{"charset", "rebilly", with("Content-Type", "application/json; charset=latin1"), "request", "header:Content-Type", "application/json in UTF-8", "another charset"},
	{"undocumented property", "qolo", sent(`"notes"`, `"note"`), "request", "/note", noSuch, "null"},
	{"undocumented property further in", "qolo", sent(`"answer":`, `"reply":`), "request", "/answers/0/reply", noSuch, "a string of 1 character"},
	{"closed by name", "forte", sent(forteRoot, `{"a/b":1,"action":`), "request", "/*", noSuch, "an integer"},
	{"name of forty letters", "forte", sent(forteRoot, `{"`+strings.Repeat("n", 40)+`":1.5,"action":`), "request", "/" + strings.Repeat("n", 40), noSuch, "a number"},
	{"longer name", "forte", sent(forteRoot, `{"`+strings.Repeat("n", 41)+`":1.5,"action":`), "request", "/*", noSuch, "a number"},
	{"type", "qolo", sent("true", `"true"`), "request", "/perform_kyc", "boolean", "a string of 4 characters"},
	{"not nullable", "qolo", sent("true", "null"), "request", "/perform_kyc", "boolean, not null", "null"},
	{"date", "qolo", sent("2019-08-24", "2019-02-29"), "request", "/client_verification/verification_datetime", isDate, "a string of 20 characters"},
	{"date without a zone", "rebilly", sent("00Z", "00"), "request", "/expirationTime", isDate, "a string of 19 characters"},
	{"guid", "qolo", sent(`"program_guid":"2`, `"program_guid":"g`), "request", "/program_guid", "format uuid", "a string of 36 characters"},
	{"enum", "forte", sent("sepolia", "bitcoin"), "request", "/customer/wallet/blockchain", `one of ["ethereum",`, "a string of 7 characters"},
	{"minimum", "forte", sent(`"level":1`, `"level":0`), "request", "/action/level", "a number of at least 1", "an integer"},
	{"maximum", "forte", sent(`"level":1`, `"level":5`), "request", "/action/level", "a number of at most 4", "an integer"},
	{"integer", "forte", sent(`"level":1`, `"level":1.5`), "request", "/action/level", "integer", "a number"},
	{"too large for a number", "forte", sent(`"level":1`, `"level":1e999`), "request", "/action/level", "integer", "a number"},
	{"minLength", "forte", sent("mmm", "mm"), "request", "/customer/wallet/siwe/message", "a string of at least 100 characters", "a string of 99 characters"},
	{"maxLength", "forte", sent("mmm", strings.Repeat("é", 304)), "request", "/customer/wallet/siwe/message", "a string of at most 400 characters", "a string of 401 characters"},
	{"pattern", "forte", sent("0xaaa", "0xaag"), "request", "/customer/wallet/siwe/signature", "a string that matches ^0x[a-fA-F0-9]{130}$", "a string of 132 characters"},
	{"required", "rebilly", sent(`"customerId":"c1",`, ``), "request", "/customerId", "a property", "nothing"},
	{"minItems", "rebilly", sent(`[{"type":"identity-proof","subtypes":["passport"],"maxAttempts":0}]`, "[]"), "request", "/documents", "an array of at least 1 item", "an array of 0 items"},
	{"relative address", "rebilly", sent("https://shop.example", ""), "request", "/redirectUrl", "format uri", "a string of 15 characters"},
	{"number in an enum", "rebilly", sent(`"matchLevel":2`, `"matchLevel":4`), "request", "/matchLevel", "one of [1,2,3]", "an integer"},
	{"request is not JSON", "rebilly", sent(`"c1"`, `'c1'`), "request", "", isOneJSON, "206 bytes that cannot be read as JSON"},

	// Status and headers of the answer.
	{"status", "vault", status(201), "response", "status", "one of 200, 400", "201"},
	{"server error", "rebilly", status(503), "response", "status", "one of 201, 401, 403, 422, 429", "503"},
	{"moved", "vault", status(301), "response", "status", "one of 200, 400", "301"},
	{"not modified", "qolo", status(304), "response", "status", "one of 200, 400, 401, 404, 500", "304"},
	{"temporary redirect", "forte", status(307), "response", "status", "one of 200, 201, 401, 403, 406, 415, 422, 429, 500", "307"},
	{"permanent redirect", "xgateway", status(308), "response", "status", "one of 204, 400, 401, 500", "308"},
	{"no status", "vault", status(0), "response", "status", "one of 200, 400", "0"},
	{"type of the answer", "vault", answered("Content-Type", "text/html"), "response", "header:Content-Type", "application/json", "another type"},
	{"problem where none is documented", "forte", answered("Content-Type", "application/problem+json"), "response", "header:Content-Type", "application/json", "another type"},
	{"no type", "qolo", answered("Content-Type"), "response", "header:Content-Type", "application/json", "none"},

	{"status of another operation", "rebilly", lookup("rebilly", "GetKYCRequests", status(201)), "response", "status", "one of 200, 401, 403", "201"},
	{"total that is no number", "rebilly", lookup("rebilly", "GetKYCRequests", answered("Pagination-Total", "many")), "response", "header:Pagination-Total", "a string that matches ^[0-9]+$", "a string of 4 characters"},
	{"one for a list", "rebilly", lookup("rebilly", "GetKYCRequests", func(c *call) { c.text = strings.Trim(c.text, "[]") }), "response", "", "array", "an object of 3 properties"},
	{"unlisted status of an item", "rebilly", lookup("rebilly", "GetKYCRequests", came("expired", "pending")), "response", "/0/status", `one of ["gathering",`, "a string of 7 characters"},
	{"no status at all", "xgateway", lookup("xgateway", "GetKYCApplicationDetails", came(`"status":null,`, "")), "response", "/data/status", "a property", "nothing"},
	{"closed envelope", "xgateway", lookup("xgateway", "GetKYCApplicationDetails", came(`"success":true`, `"success":true,"more":1`)), "response", "/more", noSuch, "an integer"},
	{"header twice", "rebilly", func(c *call) { *c = another("rebilly", 429); answered("X-RateLimit-Retry-After", "1", "2")(c) }, "response", "header:X-RateLimit-Retry-After", "one value", "2 values"},

	// Body of the answer.
	{"code of no listed type", "forte", func(c *call) { *c = another("forte", 422); came(`12`, `true`)(c) }, "response", "/error/code", "exactly one of: integer int32, string", "a boolean"},
	{"code out of its range", "forte", func(c *call) { *c = another("forte", 422); came(`12`, `2147483648`)(c) }, "response", "/error/code", "exactly one of: integer int32, string", "an integer"},
	{"number out of its range", "forte", func(c *call) { *c = another("forte", 422); came(`422`, `-2147483649`)(c) }, "response", "/error/status", "format int32", "an integer"},
	{"code of the banned", "forte", func(c *call) { *c = another("forte", 403); came(`ERR01`, `ERR03`)(c) }, "response", "/error/code", `exactly one of: integer int32, ["ERR01"]`, "a string of 5 characters"},
	{"key of a map", "vault", func(c *call) { *c = another("vault", 400); came(`{"any":["thing",null]}`, `1`)(c) }, "response", "/data/*", "object", "an integer"},
	{"reference with a space", "rebilly", func(c *call) { *c = another("rebilly", 422); came(`about:`, `about `)(c) }, "response", "/type", "format uri-reference", "a string of 11 characters"},
	{"body of a 204", "xgateway", status(204), "response", "", "no body", "83 bytes"},
	{"empty answer", "vault", func(c *call) { c.text = "" }, "response", "", isOneJSON, "no body"},
	{"cut answer", "vault", came("}", ""), "response", "", isOneJSON, "14 bytes that cannot be read as JSON"},
	{"second value", "vault", came("}", "}{}"), "response", "", isOneJSON, "2 bytes behind the value"},
	{"one byte more", "vault", came("}", "}\n;"), "response", "", isOneJSON, "1 byte behind the value"},
	{"byte order mark", "vault", came("{", "\ufeff{"), "response", "", isOneJSON, "a byte order mark"},
	{"no UTF-8", "vault", came("ok", "o\xff"), "response", "", isOneJSON, "bytes that are not UTF-8"},
	{"too deep", "vault", func(c *call) { c.text = strings.Repeat("[", 1<<20) }, "response", "", isOneJSON, "1048576 bytes that cannot be read as JSON"},
	{"repeated property", "vault", came("{", `{"result":"ok",`), "response", "/result", "each property once", "a property that is repeated"},
	{"repeated property further in", "rebilly", came(`{"rel"`, `{"href":"https://a.example","rel"`), "response", "/_links/0/href", "each property once", "a property that is repeated"},
	{"repeated key of an open object", "rebilly", came(`{"thing":1}`, `{"thing":1,"thing":2}`), "response", "/_embedded/documents/0/*/*", "each property once", "a property that is repeated"},
	{"not an object", "vault", func(c *call) { c.text = "[1]" }, "response", "", "object", "an array of 1 item"},
	{"null", "vault", func(c *call) { c.text = "null" }, "response", "", "object, not null", "null"},
	{"renamed property", "vault", came("result", "Result"), "response", "/Result", noSuch, "a string of 2 characters"},
	{"renamed property of an error", "xgateway", came(`}]}`, `}],"trace":{}}`), "response", "/trace", noSuch, "an object of 0 properties"},
	{"undocumented deep in", "qolo", came("file_type", "FileType"), "response", "/verificationResults/0/documents/FileType", noSuch, "a string of 3 characters"},
	{"unknown code", "xgateway", came("db_violation", "teapot"), "response", "/errors/0/code", `any of: ["bad_request",`, "a string of 6 characters"},
	{"code of another type", "xgateway", came(`"db_violation"`, "null"), "response", "/errors/0/code", `any of: ["bad_request",`, "null"},
	{"unknown status word", "rebilly", came("gathering", "pending"), "response", "/status", `one of ["gathering",`, "a string of 7 characters"},
	{"unknown rel", "rebilly", came(`"gatherer"`, `"kycGatherer"`), "response", "/_links/0/rel", `one of ["self","documents","gatherer"]`, "a string of 11 characters"},
	{"address of the answer", "rebilly", came("https://gather.example/t", "https:///t"), "response", "/_links/0/href", "format uri", "a string of 18 characters"},
	{"date of the answer", "qolo", came("14:15:22.5", "24:15:22.5"), "response", "/verificationResults/0/verification_date", isDate, "a string of 27 characters"},
	{"pattern of the answer", "forte", came("==", "=-"), "response", "/data/widget_data", "a string that matches ^[-a-zA-Z0-9_/+]+=*$", "a string of 12 characters"},
	{"missing in the answer", "forte", came(`"error_code":null,`, ""), "response", "/data/error_code", "a property", "nothing"},
	{"null in the answer", "forte", came(`"KYC_OCC"`, "null"), "response", "/data/flow", `one of ["KYC_OCC"]`, "null"},
}

func TestBreaches(t *testing.T) {
	for _, b := range breaches {
		t.Run(b.provider+" "+b.name, func(t *testing.T) {
			c := good[b.provider][0]
			c.provider = b.provider
			b.change(&c)
			found := c.judge(t)
			if len(found) != 1 {
				t.Fatalf("found %d violations, want one: %v", len(found), found)
			}
			v := found[0]
			if v.Provider != b.provider || v.Operation == "" || v.Unchecked {
				t.Errorf("%#v", v)
			}
			if v.In != b.in || v.Pointer != b.pointer || !strings.HasPrefix(v.Expected, b.expected) || v.Found != b.found {
				t.Errorf("\nfound %s %s: %s, found %s\nwant  %s %s: %s, found %s",
					v.In, v.Pointer, v.Expected, v.Found, b.in, b.pointer, b.expected, b.found)
			}
		})
	}
}

// Every provider is held to the same floor, whatever the table above picks out.
func TestFloor(t *testing.T) {
	floor := []struct {
		name   string
		change func(*call)
		where  string
	}{
		{"method", func(c *call) { c.method = "PUT" }, "request method"},
		{"path", func(c *call) { c.url += "x" }, "request path"},
		{"query", func(c *call) { c.url += "&undocumented=1" }, "request query:undocumented"},
		{"credential", func(c *call) { c.header = isJSON }, "request header:"},
		{"status", status(418), "response status"},
		{"redirect", status(302), "response status"},
		{"type", answered("Content-Type", "application/xml"), "response header:Content-Type"},
		{"byte behind", func(c *call) { c.text += "x" }, "response "},
		{"undocumented property", func(c *call) { c.text = replaced(c.text, "{", `{"undocumented":1,`) }, "response /undocumented"},
		{"undocumented in the request", func(c *call) {
			if c.body == "" {
				c.body = "{"
			}
			c.body = strings.Replace(c.body, "{", `{"undocumented":1,`, 1)
		}, "request "},
	}
	for provider, calls := range good {
		for _, f := range floor {
			c := calls[0]
			c.provider = provider
			if !strings.Contains(c.url, "?") {
				c.url += "?"
			}
			if f.name == "path" {
				c.url, _, _ = strings.Cut(c.url, "?")
			}
			f.change(&c)
			found := c.judge(t)
			if !slices.ContainsFunc(found, func(v contract.Violation) bool {
				return strings.HasPrefix(v.In+" "+v.Pointer, f.where)
			}) {
				t.Errorf("%s %s: not reported: %v", provider, f.name, found)
			}
		}
	}
}

// A list that is wrong throughout is reported for its beginning.
func TestReportIsBounded(t *testing.T) {
	c := good["rebilly"][0]
	c.provider = "rebilly"
	c.text = replaced(c.text, `[{"type":"identity-proof"}]`, "["+strings.Repeat("1,", 1000)+"1]")
	if n := len(c.judge(t)); n != 100 {
		t.Errorf("%d violations, want 100", n)
	}
	c.text = `{"id":"a"` + strings.Repeat(`,"id":"a"`, 1000) + "}"
	if n := len(c.judge(t)); n != 100 {
		t.Errorf("%d violations, want 100", n)
	}
}

func TestWhatCannotBeJudged(t *testing.T) {
	coded := http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}
	cases := map[string][]contract.Violation{
		"unknown provider of a request":  contract.Request("nobody", nil, nil),
		"unknown provider of a response": contract.Response("nobody", "", 200, nil, nil),
		"unknown operation":              contract.Response("vault", "GetKYC", 200, nil, nil),
		"nil request":                    contract.Request("vault", nil, nil),
		"coded response":                 contract.Response("vault", "", 200, coded, []byte("\x1f\x8b")),
	}
	for name, found := range cases {
		if len(found) != 1 || !found[0].Unchecked || !strings.Contains(found[0].String(), "not checked") {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestEmptyInputs(t *testing.T) {
	for _, provider := range contract.Providers() {
		for _, r := range []*http.Request{{}, {URL: &url.URL{}}, {URL: &url.URL{Opaque: "x"}, Header: http.Header{}}} {
			if len(contract.Request(provider, r, nil)) == 0 {
				t.Errorf("%s: an empty request passes", provider)
			}
		}
		for code := range 600 {
			contract.Response(provider, "", code, nil, nil)
		}
		if len(contract.Response(provider, "", 0, nil, nil)) == 0 {
			t.Errorf("%s: an empty response passes", provider)
		}
	}
}

func TestString(t *testing.T) {
	v := contract.Violation{
		Provider: "rebilly", Operation: "CreateKYCRequest", In: contract.InResponse, Pointer: "/status",
		Expected: "one of [..]", Found: "a string of 7 characters",
	}
	const want = "rebilly CreateKYCRequest response /status: expected one of [..], found a string of 7 characters"
	if got := v.String(); got != want {
		t.Errorf("%s\n%s", got, want)
	}
}
