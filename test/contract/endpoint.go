package contract

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Spec returns the document of a provider, or nil if there is none. Exchanges are judged by this
// very document, so it must not be changed.
func Spec(provider string) *openapi3.T {
	all, _ := specdoc.All()
	return all[provider]
}

// Operations returns the operationIds of a provider's document: first the start, which is the POST,
// and then the look-ups. It returns nothing if there is no such document.
func Operations(provider string) (all []string) {
	for _, e := range endpointsOf(provider) {
		all = append(all, e.OperationID)
	}
	return all
}

// OperationOf returns the operationId of the operation that a request calls, found by method and
// path. It returns nothing if the request calls none.
func OperationOf(provider string, r *http.Request) string {
	if e := endpointFor(endpointsOf(provider), r); e != nil {
		return e.OperationID
	}
	return ""
}

// An endpoint is one operation of a provider.
type endpoint struct {
	*openapi3.Operation
	provider string
	method   string
	doc      *openapi3.T
	// template is the end of the path. A segment {name} matches any segment. The server's path is
	// left out, so that a sandbox or a proxy may have another one.
	template []string
}

// endpoints returns the endpoints of all providers, ordered.
var endpoints = sync.OnceValue(func() (all []*endpoint) {
	docs, _ := specdoc.All() // unjudged reports an error
	for provider, doc := range docs {
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				template := strings.Split(strings.TrimPrefix(path, "/"), "/")
				all = append(all, &endpoint{op, provider, method, doc, template})
			}
		}
	}
	order(all)
	return all
})

// order sorts starts, which are the POSTs, before look-ups, then longer paths before shorter ones,
// then paths with fewer variables first. The first endpoint that fits a call is then the right one.
func order(all []*endpoint) {
	variables := func(e *endpoint) int { return strings.Count(strings.Join(e.template, "/"), "{") }
	slices.SortFunc(all, func(a, b *endpoint) int {
		return cmp.Or(cmp.Compare(b.method, a.method), cmp.Compare(len(b.template), len(a.template)),
			cmp.Compare(variables(a), variables(b)), cmp.Compare(a.OperationID, b.OperationID))
	})
}

func endpointsOf(provider string) []*endpoint {
	return slices.DeleteFunc(slices.Clone(endpoints()), func(e *endpoint) bool { return e.provider != provider })
}

// endpointFor returns the endpoint whose method and path a request has, or nil if there is none.
func endpointFor(all []*endpoint, r *http.Request) *endpoint {
	for _, e := range all {
		if _, ok := e.match(r.URL); ok && r.Method == e.method {
			return e
		}
	}
	return nil
}

// match returns the variables of a path. It returns false if the path does not end like the
// endpoint's. RFC 3986 removes the segments . and .. from a path, so they are no variables.
func (e *endpoint) match(u *url.URL) (map[string]string, bool) {
	if u == nil {
		return nil, false
	}
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	if len(segments) < len(e.template) {
		return nil, false
	}
	variables := make(map[string]string)
	for i, segment := range segments[len(segments)-len(e.template):] {
		value, _ := url.PathUnescape(segment) // it was escaped above
		name, isVariable := strings.CutPrefix(e.template[i], "{")
		switch {
		case isVariable && value != "" && value != "." && value != "..":
			variables[strings.TrimSuffix(name, "}")] = value
		case segment != e.template[i]:
			return nil, false
		}
	}
	return variables, true
}

// unjudged is the answer about an exchange with no operation of the documents.
func unjudged(provider, in string) []Violation {
	var known []string
	for _, e := range endpoints() {
		known = append(known, e.provider+" "+e.OperationID)
	}
	v := Violation{provider, "", in, "operation", "one of " + strings.Join(known, ", "), "another", true}
	if _, err := specdoc.All(); err != nil {
		v.Expected, v.Found = "documents without a mistake", err.Error()
	}
	return []Violation{v}
}
