package contract

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Providers returns the names of the providers that can be judged, in
// alphabetical order: one for each embedded document that has an operation. There
// are none if a document has a mistake; then every judgement is a Violation that
// is Unchecked and names it.
func Providers() []string {
	return slices.Sorted(maps.Keys(endpoints()))
}

// Spec returns the document of a provider, nil if there is none. It is the
// document that exchanges are judged by: it must not be changed.
func Spec(provider string) *openapi3.T {
	all, err := specdoc.All()
	if err != nil {
		return nil
	}
	return all[provider]
}

// Operation returns the operationId of the operation that a request is for, and
// the values of the variables in its path. If it is for none of the provider's, the
// operation is empty.
func Operation(provider string, r *http.Request) (id string, variables map[string]string) {
	if r == nil {
		return "", nil
	}
	e, variables := endpointOf(endpoints()[provider], r)
	if e == nil {
		return "", nil
	}
	return e.operation.OperationID, variables
}

// endpoints holds the endpoints of each provider, the one that starts KYC first.
var endpoints = sync.OnceValue(func() map[string][]*endpoint {
	docs, err := specdoc.All()
	if err != nil {
		return nil
	}
	return endpointsOf(docs)
})

func endpointsOf(docs map[string]*openapi3.T) map[string][]*endpoint {
	all := make(map[string][]*endpoint, len(docs))
	for provider, doc := range docs {
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				all[provider] = append(all[provider], newEndpoint(provider, doc, method, path, op))
			}
		}
		slices.SortFunc(all[provider], func(a, b *endpoint) int {
			// A start is the only call that is a POST.
			return cmp.Or(-strings.Compare(a.method, b.method), strings.Compare(a.suffix(), b.suffix()))
		})
	}
	return all
}

// unjudged is the answer where there is no document, or no such operation in it.
func unjudged(provider, in, expected, found string) []Violation {
	if _, err := specdoc.All(); err != nil {
		expected, found = "documents without a mistake", err.Error()
	}
	f := findings{provider: provider, in: in}
	f.unchecked("", expected, found)
	return f.list
}

func unknownProvider(provider, in string) []Violation {
	return unjudged(provider, in, "one of "+strings.Join(Providers(), ", "), "a provider without a specification")
}
