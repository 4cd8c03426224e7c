package contract

import (
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

func TestProviders(t *testing.T) {
	names, err := fs.Glob(specs.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range names {
		if name != "normalized.yaml" {
			want = append(want, strings.TrimSuffix(name, ".yaml"))
		}
	}
	if !slices.Equal(Providers(), want) {
		t.Errorf("%v, want %v", Providers(), want)
	}
	for _, provider := range Providers() {
		if first := endpoints()[provider][0]; first.method != http.MethodPost {
			t.Errorf("%s: the first operation is %s, want the start", provider, first.operation.OperationID)
		}
	}
	if Spec("normalized") != nil {
		t.Error("a document without an operation is no provider's")
	}
}

// A call that fits two endpoints alike would be judged by chance.
func TestEndpointsAreDistinct(t *testing.T) {
	var all []*endpoint
	for _, provider := range Providers() {
		all = append(all, endpoints()[provider]...)
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.method == b.method && overlap(a.template, b.template) && !closer(a, b) && !closer(b, a) {
				t.Errorf("%s and %s: a call may fit %s and %s alike", a.provider, b.provider, a.suffix(), b.suffix())
			}
		}
	}
}

// overlap reports whether one path may end like both templates.
func overlap(a, b []string) bool {
	for i := 1; i <= min(len(a), len(b)); i++ {
		one, other := a[len(a)-i], b[len(b)-i]
		if one != other && variable(one) == "" && variable(other) == "" {
			return false
		}
	}
	return true
}

// A call is judged by the operation whose path it has most of, wherever in the
// documents that operation stands.
func TestLongestPath(t *testing.T) {
	var all []*endpoint
	for _, e := range []string{"GET /kyc", "POST /{id}/kyc", "GET /{id}/kyc", "GET /person/kyc", "GET /v1/{id}/kyc", "GET /v1/{id}/kyc/{part}"} {
		method, path, _ := strings.Cut(e, " ")
		all = append(all, &endpoint{method: method, template: strings.Split(path[1:], "/")})
	}
	for _, c := range []struct{ request, want, variables string }{
		{"GET /kyc", "GET /kyc", ""},
		{"GET /a/kyc", "GET /{id}/kyc", "id=a"},
		{"GET /a%2Fb/kyc", "GET /{id}/kyc", "id=a%2Fb"},
		{"POST /a/kyc", "POST /{id}/kyc", "id=a"},
		{"GET /person/kyc", "GET /person/kyc", ""},
		{"GET /v1/person/kyc", "GET /v1/{id}/kyc", "id=person"},
		{"GET /base/v1/a/kyc", "GET /v1/{id}/kyc", "id=a"},
		{"GET /v1/a/kyc/b", "GET /v1/{id}/kyc/{part}", "id=a&part=b"},
		{"PUT /a/kyc", "", ""},
		{"GET /kyc/", "", ""},
	} {
		for range all {
			all = append(all[1:], all[0]) // in every order
			method, path, _ := strings.Cut(c.request, " ")
			r, err := http.NewRequest(method, "https://provider.example"+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			got, values := "", url.Values{}
			e, variables := endpointOf(all, r)
			if e != nil {
				got = e.method + " " + e.suffix()
			}
			for name, value := range variables {
				values.Set(name, value)
			}
			if got != c.want || values.Encode() != c.variables {
				t.Errorf("%s: %q with %q, want %q with %q", c.request, got, values.Encode(), c.want, c.variables)
			}
		}
	}
}

// other says what no document of today says.
const other = `
openapi: 3.0.3
info: {title: Other, version: '1'}
servers: [{url: https://other.example, description: The only one.}]
security: [{key: []}]
paths:
  /list:
    post:
      operationId: List
      summary: List.
      description: Lists.
      parameters:
        - {name: limit, in: query, description: How many., required: true, schema: {type: integer, maximum: 9}}
        - {name: sort, in: query, description: By what., style: form, explode: false, schema: {type: array, items: {type: string, enum: [a, b]}}}
        - {name: all, in: query, description: All., schema: {type: boolean}}
      responses:
        '200':
          description: A list.
          headers:
            Total: {description: How many., required: true, schema: {type: integer}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    token: {type: http, scheme: bearer}
`

// What no document of today asks for is judged all the same.
func TestOtherDocuments(t *testing.T) {
	const key, both, none = "{key: []}", "{key: [], token: []}", "{}, {token: []}"
	for _, c := range []struct{ security, query, total, want string }{
		{key, "limit=9&sort=a,b&all=true", "3", ""},
		{key, "", "3", "query:limit: expected a parameter, found none"},
		{key, "limit=10", "3", "query:limit: expected a number of at most 9, found an integer"},
		{key, "limit=1.5", "3", "query:limit: expected integer, found a number"},
		{key, "limit=ten", "3", "query:limit: expected integer, found a string of 3 characters"},
		{key, "limit=1&sort=a,c", "3", `query:sort/1: expected one of ["a","b"], found a string of 1 character`},
		{key, "limit=1&all=yes", "3", "query:all: expected boolean, found a string of 3 characters"},
		{key, "limit=1", "", "header:Total: expected a header, found none"},
		{key, "limit=1", "many", "header:Total: expected integer, found a string of 4 characters"},
		{both, "limit=1", "3", "header:Authorization: expected X-Key with a key and Authorization with Bearer and a token, found none"},
		{none, "limit=1", "3", ""},
	} {
		text := strings.Replace(other, "security: [{key: []}]", "security: ["+c.security+"]", 1)
		if !strings.Contains(c.security, "token") {
			text = strings.Replace(text, "    token: {type: http, scheme: bearer}\n", "", 1)
		}
		if !strings.Contains(c.security, "key") {
			text = strings.Replace(text, "    key: {type: apiKey, in: header, name: X-Key}\n", "", 1)
		}
		doc, wrong := specdoc.Parse("other.yaml", []byte(text))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		e := endpointsOf(map[string]*openapi3.T{"other": doc})["other"][0]
		f := e.findings(InRequest)
		e.query(f, &url.URL{RawQuery: c.query})
		header := http.Header{}
		if strings.Contains(c.security, "key") {
			header.Set("X-Key", "k")
		}
		e.credential(f, header)
		answer := http.Header{}
		if c.total != "" {
			answer.Set("Total", c.total)
		}
		e.responseHead(f, http.StatusOK, answer)
		var found []string
		for _, v := range f.list {
			found = append(found, strings.TrimPrefix(v.String(), "other List request "))
		}
		if got := strings.Join(found, "; "); got != c.want {
			t.Errorf("%s with %q: %q, want %q", c.security, c.query, got, c.want)
		}
	}
}
