package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestOrder: if several operations fit a call, it is judged by the one with the most segments in
// common, wherever that is in the documents. A segment that is no variable goes before one that is,
// also if its name sorts behind it, as ~ does behind {.
func TestOrder(t *testing.T) {
	var all []*endpoint
	for _, e := range []string{"GET /kyc", "POST /{id}/kyc", "GET /{id}/kyc", "GET /~me/kyc", "GET /v1/{id}/kyc"} {
		method, path, _ := strings.Cut(e, " ")
		all = append(all, &endpoint{Operation: &openapi3.Operation{OperationID: e}, method: method, template: strings.Split(path[1:], "/")})
	}
	for call, want := range map[string]string{
		"GET /kyc": "GET /kyc", "GET /v1%2Fa/kyc": "GET /{id}/kyc",
		"POST /a/kyc": "POST /{id}/kyc", "GET /~me/kyc": "GET /~me/kyc",
		"GET /v1/person/kyc": "GET /v1/{id}/kyc", "GET /base/v1/a/kyc": "GET /v1/{id}/kyc", "PUT /a/kyc": "",
		"GET /kyc/": "", "POST //kyc": "", "POST /./kyc": "", "POST /%2e%2E/kyc": "",
	} {
		for range all {
			all = append(all[1:], all[0]) // from every order
			order(all)
			method, path, _ := strings.Cut(call, " ")
			r, err := http.NewRequest(method, "https://provider.example"+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if e := endpointFor(all, r); e != nil {
				got = e.OperationID
			}
			if got != want {
				t.Errorf("%s: %q, want %q", call, got, want)
			}
		}
	}
}

// TestOtherDocuments judges features that no document uses today: the security of one operation, a
// parameter that must be there, and one that is a list of numbers.
func TestOtherDocuments(t *testing.T) {
	none, key := openapi3.SecurityRequirements{}, openapi3.SecurityRequirements{{"key": {}}}
	limit := openapi3.NewQueryParameter("limit").WithRequired(true).WithSchema(openapi3.NewIntegerSchema())
	list := openapi3.NewQueryParameter("list").WithSchema(openapi3.NewArraySchema().WithItems(openapi3.NewIntegerSchema()))
	operation := &openapi3.Operation{Security: &none, Parameters: openapi3.Parameters{{Value: limit}, {Value: list}}}
	e := endpoint{Operation: operation, doc: &openapi3.T{Security: key}}
	found := e.request("", &url.URL{RawQuery: "list=1,2,ab"}, nil, payload{})
	want := `[request query:limit: expected one value, found none request query:list/2: expected type "integer", found a string of 2 characters]`
	if got := fmt.Sprint(found); got != want {
		t.Error(got)
	}
}
