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

// Operations returns the operationIds of a provider's document: first the start,
// which is the one that posts, and then the look-ups, in alphabetical order. It
// returns nothing if there is no such document.
func Operations(provider string) (all []string) {
	for _, e := range endpoints()[provider] {
		all = append(all, e.operation.OperationID)
	}
	return all
}

// OperationOf returns the operationId of the operation that a request to a
// provider is for, by its method and path, and nothing if it is for none.
func OperationOf(provider string, r *http.Request) string {
	if e, _ := endpointOf(endpoints()[provider], r); e != nil {
		return e.operation.OperationID
	}
	return ""
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
			// The start is the one that posts, all others get: specdoc demands it.
			return cmp.Or(-strings.Compare(a.method, b.method), strings.Compare(a.operation.OperationID, b.operation.OperationID))
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
