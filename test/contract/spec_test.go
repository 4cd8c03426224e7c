package contract

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kycstart/kycstart/specs"
)

func TestProviders(t *testing.T) {
	if want := []string{"forte", "qolo", "rebilly", "vault", "xgateway"}; !slices.Equal(Providers(), want) {
		t.Errorf("%v, want %v", Providers(), want)
	}
	for _, provider := range Providers() {
		if doc := Spec(provider); doc == nil || len(Operations(provider)) == 0 {
			t.Errorf("%s: %v", provider, doc)
		}
	}
	if want := []string{"CreateKYCRequest", "GetKYCRequest", "GetKYCRequests"}; !slices.Equal(Operations("rebilly"), want) {
		t.Errorf("%v, want %v", Operations("rebilly"), want)
	}
	if Spec("normalized") != nil {
		t.Error("a document without an operation is no provider's")
	}
}

// A call that fits two endpoints would be judged by chance.
func TestEndpointsAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for provider, d := range documents() {
		for _, e := range d.endpoints {
			call := e.method + " " + strings.Join(e.template, "/")
			if other, twice := seen[call]; twice {
				t.Errorf("%s and %s have one endpoint, %s", provider, other, call)
			}
			seen[call] = provider
		}
	}
}

// The longest path that fits is the one that is meant, whatever the order.
func TestOperationOf(t *testing.T) {
	for _, c := range []struct{ provider, method, path, want string }{
		{"rebilly", "POST", "/organizations/acme/kyc-requests", "CreateKYCRequest"},
		{"rebilly", "GET", "/organizations/acme/kyc-requests", "GetKYCRequests"},
		{"rebilly", "GET", "/v1/organizations/acme/kyc-requests/kyc_req_1", "GetKYCRequest"},
		{"rebilly", "GET", "/organizations/organizations/kyc-requests/kyc-requests", "GetKYCRequest"},
		{"rebilly", "DELETE", "/organizations/acme/kyc-requests/kyc_req_1", ""},
		{"rebilly", "GET", "/kyc-requests", ""},
		{"xgateway", "GET", "/customer/customer/bank-transfer/kyc", "GetKYCApplicationDetails"},
		{"xgateway", "GET", "/customer/1/bank-transfer/kyc/verification", ""},
		{"nobody", "GET", "/", ""},
	} {
		r := &http.Request{Method: c.method, URL: &url.URL{Path: c.path}}
		if got := OperationOf(c.provider, r); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.method, c.path, got, c.want)
		}
		turned := slices.Clone(documents()[c.provider].endpoints)
		slices.Reverse(turned)
		if e, fits := nearest(turned, r); fits && e.operation.OperationID != c.want {
			t.Errorf("%s %s: %q in another order, want %q", c.method, c.path, e.operation.OperationID, c.want)
		}
		if e := endpointOf(r); (e == nil) != (c.want == "") || e != nil && e.operation.OperationID != c.want {
			t.Errorf("%s %s: found %v among all providers, want %q", c.method, c.path, e, c.want)
		}
	}
}

// A document that is wrong, or that says what the judge would pass over, is
// refused as a whole.
func TestUnusableDocuments(t *testing.T) {
	for _, c := range []struct{ name, provider, old, new, want string }{
		{"no YAML", "vault", "openapi:", "openapi", "vault.yaml"},
		{"unknown keyword", "vault", "          example: ok", "          exmple: ok", "exmple"},
		{"reference to nowhere", "vault", "schemas/StartResult'", "schemas/Nothing'", "Nothing"},
		{"reference to elsewhere", "vault", "'#/components/schemas/StartResult'", "other.yaml", "external"},
		{"example of another type", "vault", "          example: ok", "          example: 1", "example"},
		{"example without its format", "qolo", "example: 2ae6ba4b-", "example: 2ae6ba4-", "uuid"},
		{"example of a body without its format", "qolo", "verification_date: '2019-08-24T", "verification_date: '2019-02-30T", "date-time"},
		{"example of a body with an undocumented property", "qolo", "                verification_mode: string", "                verification_mod: string", "verification_mod"},
		{"example of an object with an undocumented property", "forte", "          level: 1\n", "          level: 1\n          step: 1\n", "step"},
		{"default outside the range", "rebilly", "default: 3", "default: 101", "default"},
		{"default without its format", "qolo", "description: The program.\n", "description: The program.\n          default: x\n", "uuid"},
		{"unknown format of a number", "rebilly", "        revision:\n          type: integer\n", "        revision:\n          type: integer\n          format: int33\n", "int33"},
		{"unknown format", "vault", "          type: string\n          description: The message that", "          type: string\n          format: latin\n          description: The message that", "latin"},
		{"format without a check", "vault", "          type: string\n          description: The message that", "          type: string\n          format: hostname\n          description: The message that", "hostname"},
		{"pattern that is none", "forte", "^0x[a-f", "^0x[z-a", "regexp"},
		{"second start", "vault", "    get:\n", "    post:\n", "one operation must post"},
		{"no start", "vault", "    post:\n", "    x-post:\n", "one operation must post"},
		{"look-up that changes something", "vault", "    get:\n", "    patch:\n", "one operation must post"},
		{"operation without a name", "vault", "      operationId: GetKYCData\n", "", "operationId"},
		{"parameter of the path item", "vault", "    post:\n", "    parameters: [{name: a, in: query, schema: {type: string}}]\n    post:\n", "beside the operation"},
		{"servers of the path item", "vault", "    post:\n", "    servers: [{url: https://a.example}]\n    post:\n", "beside the operation"},
		{"servers of the operation", "vault", "    post:\n", "    post:\n      servers: [{url: https://a.example}]\n", "servers of the operation"},
		{"no server", "vault", "servers:\n  - url: https://api.vault.sandbox.testessential.net\n    description: Sandbox, the only server that the source names.\n", "", "or there is none"},
		{"cookie parameter", "rebilly", "in: query", "in: cookie", "in cookie"},
		{"example of a parameter", "rebilly", "          in: query\n", "          in: query\n          example: 1\n", "must be a string"},
		{"parameter that is no string", "rebilly", "source speaks of a query parameter without naming it.'\n          schema:\n            type: string", "'\n          schema:\n            type: boolean", "not a string"},
		{"list of another style", "rebilly", "          explode: false\n", "", "commas"},
		{"range of statuses", "vault", "'400':", "'4XX':", "4XX"},
		{"any status", "vault", "'400':", "default:", "default"},
		{"request that is no JSON", "forte", "application/json", "text/plain", "not JSON"},
		{"response that is no JSON", "vault", "application/json:", "text/plain:", "not JSON"},
		{"content without a schema", "vault", "              schema:\n                $ref: '#/components/schemas/StartResult'\n", "", "no schema"},
		{"several examples", "vault", "              example:\n                result: ok\n", "              examples: {one: {value: {result: ok}}}\n", "examples"},
		{"header that is no string", "rebilly", "in seconds since 1970. Upstream.'\n              schema:\n                type: string", "'\n              schema:\n                type: integer", "X-RateLimit-Retry-After"},
		{"key in the query", "xgateway", "in: header", "in: query", "api_key"},
		{"basic authentication", "vault", "scheme: bearer", "scheme: basic", "customerToken"},
		{"security that is not described", "vault", "- customerToken: []", "- merchantToken: []", "merchantToken"},
		{"no security", "vault", "security:\n  - customerToken: []\n", "", "no security"},
		{"servers that differ", "rebilly", "https://api.rebilly.com/organizations/", "https://api.rebilly.com/", "disagree"},
		{"variable in a host", "rebilly", "https://api.rebilly.com/organizations/{organizationId}", "https://{organizationId}.rebilly.com", "variable in the host"},
		{"variable in a part of a segment", "qolo", "/api/{version}/", "/api/v{version}/", "part of it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := specs.Files.ReadFile(c.provider + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), c.old) {
				t.Fatalf("%s.yaml has no %q", c.provider, c.old)
			}
			changed := strings.Replace(string(text), c.old, c.new, 1)
			_, err = load(fstest.MapFS{c.provider + ".yaml": {Data: []byte(changed)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want an error about %s", err, c.want)
			}
		})
	}
}

// What no document of today asks for is judged all the same.
func TestOtherDocuments(t *testing.T) {
	key := http.Header{"Reb-Apikey": {"k"}, "Location": {"/kyc-requests/1"}}
	for _, c := range []struct {
		name, old, new string
		header         http.Header
		want           string
	}{
		{"required query", "          in: query\n", "          in: query\n          required: true\n", key, "query:expand: expected a parameter, found none"},
		{"two credentials", "  - SecretApiKey: []\n  - JWT: []", "  - SecretApiKey: []\n    JWT: []", key, "header:Authorization: expected Authorization with Bearer and a token and REB-APIKEY with a key, found none"},
		{"no credential at will", "  - SecretApiKey: []\n  - JWT: []", "  - {}", nil, ""},
		{"credential of the operation", "      operationId: CreateKYCRequest\n", "      operationId: CreateKYCRequest\n      security: [{JWT: []}]\n", key, "header:Authorization: expected Authorization with Bearer and a token, found none"},
		{"required header", "in seconds since 1970. Upstream.'\n", "'\n              required: true\n", key, "header:X-RateLimit-Retry-After: expected a header, found none"},
	} {
		text, err := specs.Files.ReadFile("rebilly.yaml")
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), c.old, c.new, 1)
		all, err := load(fstest.MapFS{"other.yaml": {Data: []byte(changed)}})
		if err != nil {
			t.Fatal(err)
		}
		e := all["other"].endpoint("CreateKYCRequest")
		f := e.findings(InRequest)
		url := &url.URL{Path: "/organizations/o/kyc-requests"}
		e.query(f, url)
		e.credential(f, c.header)
		e.responseHead(f, http.StatusTooManyRequests, http.Header{"Content-Type": {"application/json"}})
		var found string
		for _, v := range f.list {
			found += v.String()
		}
		if want := "other CreateKYCRequest request " + c.want; found != want && (c.want != "" || found != "") {
			t.Errorf("%s:\n%s\n%s", c.name, found, want)
		}
	}
}

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"uuid": {
			[]string{"2ae6ba4b-f6c0-4817-a158-43e5a87168fd", "2AE6BA4B-F6C0-0817-0158-43E5A87168FD", "00000000-0000-0000-0000-000000000000"},
			[]string{"", "2ae6ba4bf6c04817a15843e5a87168fd", "{2ae6ba4b-f6c0-4817-a158-43e5a87168fd}", "2ae6ba4b-f6c0-4817-a158-43e5a87168f", "2ae6ba4b-f6c0-4817-a158-43e5a87168fg", "2ae6ba4b-f6c0-4817-a158-43e5a87168fd\n"},
		},
		"uri": {
			[]string{"https://a.example", "https://a.example:443/b?c=d#e", "HTTPS://a.example/%C3%A9", "http://[::1]:80/", "urn:isbn:1", "about:blank", "mailto:a@b.example", "https://u@a.example/"},
			[]string{"", "a.example", "/a", "//a.example", "https:", "https://", "https:///a", "https://:80/", "https://a.example/ b", "https://a.example/é", "https://a.example/%zz", "https://a.example/<b>", "https://a.example/#a#b", "https://a.example:http/", "https://a.example/?a[]=b", "1https://a.example", "https://[::1/", "https://a.example\n"},
		},
		"uri-reference": {
			[]string{"", "about:blank", "/a/b?c#d", "a/b", "//a.example/b", "#d", "?c", "https://a.example"},
			[]string{" ", "a b", "%", "a#b#c", "a\\b", "{a}", "1:2", "é"},
		},
		"email": {
			[]string{"a@b.example", "a.b+c@d.example"},
			[]string{"", "a", "a@", "@b.example", "A <a@b.example>", "<a@b.example>", "a@b.example, c@d.example", " a@b.example"},
		},
		"date-time": {
			[]string{"2019-08-24T14:15:22Z", "2019-08-24t14:15:22.123456789z", "2020-02-29T23:59:60+23:59", "0000-01-01T00:00:00-00:00"},
			[]string{"", "2019-08-24", "2019-08-24T14:15:22", "2019-08-24 14:15:22Z", "2019-02-29T00:00:00Z", "2019-13-01T00:00:00Z", "2019-01-00T00:00:00Z", "2019-08-24T24:00:00Z", "2019-08-24T14:60:00Z", "2019-08-24T14:15:61Z", "2019-08-24T4:15:22Z", "2019-08-24T14:15:22,5Z", "2019-08-24T14:15:22.Z", "2019-08-24T14:15:22+24:00", "2019-08-24T14:15:22+0200", "10000-01-01T00:00:00Z", "2019-08-24T14:15:22Z\n"},
		},
	} {
		for _, s := range c.good {
			if err := formats[name].Validate(s); err != nil {
				t.Errorf("%s: %q is refused", name, s)
			}
		}
		for _, s := range c.bad {
			if formats[name].Validate(s) == nil {
				t.Errorf("%s: %q is accepted", name, s)
			}
		}
	}
}
