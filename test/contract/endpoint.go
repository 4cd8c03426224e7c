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

// Providers returns the names of the providers that can be judged, in
// alphabetical order: one for each embedded document that has an operation. There
// are none if a document has a mistake; then every judgement is a Violation that
// is Unchecked and names it.
func Providers() (names []string) {
	for _, e := range endpoints() {
		names = append(names, e.provider)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Spec returns the document of a provider, nil if there is none. It is the
// document that exchanges are judged by: it must not be changed.
func Spec(provider string) *openapi3.T {
	all, _ := specdoc.All() // none if there is an error
	return all[provider]
}

// Operations returns the operationIds of a provider's document: first the start,
// which is the one that posts, and then the look-ups. It returns nothing if there is
// no such document.
func Operations(provider string) (all []string) {
	for _, e := range endpointsOf(provider) {
		all = append(all, e.OperationID)
	}
	return all
}

// OperationOf returns the operationId of the operation that a request to a
// provider is for, by its method and path, and nothing if it is for none.
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
	path     *openapi3.PathItem
	doc      *openapi3.T
	// template is the end of the path; a segment {name} stands for any. The path of the
	// server is left out, so that a sandbox or a proxy may stand in for it, unless it
	// holds a variable: then it says what the call is about.
	template []string
}

// endpoints returns those of all providers, ordered.
var endpoints = sync.OnceValue(func() (all []*endpoint) {
	docs, _ := specdoc.All() // unjudged tells of an error
	for provider, doc := range docs {
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				template := strings.Split(strings.TrimPrefix(specdoc.ServerPath(doc.Servers[0])+path, "/"), "/")
				all = append(all, &endpoint{op, provider, method, item, doc, template})
			}
		}
	}
	order(all)
	return all
})

// order puts starts, which are the ones that post, before look-ups, and then longer
// paths, and those with fewer variables, first: the first that a call fits is its own.
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

// endpointFor returns the endpoint whose method and path a request has, nil if there
// is none.
func endpointFor(all []*endpoint, r *http.Request) *endpoint {
	for _, e := range all {
		if _, ok := e.match(r.URL); ok && r.Method == e.method {
			return e
		}
	}
	return nil
}

// nearest returns the endpoint by which a request is judged that is for none: one
// of its path, or one of its method, or the start.
func nearest(all []*endpoint, r *http.Request) *endpoint {
	i := slices.IndexFunc(all, func(e *endpoint) bool { _, ok := e.match(r.URL); return ok })
	if i < 0 {
		i = slices.IndexFunc(all, func(e *endpoint) bool { return e.method == r.Method })
	}
	return all[max(i, 0)]
}

// match returns the variables of a path, and false if it does not end like the
// endpoint's.
func (e *endpoint) match(u *url.URL) (map[string]string, bool) {
	if u == nil {
		return nil, false
	}
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	if len(segments) < len(e.template) {
		return nil, false
	}
	segments = segments[len(segments)-len(e.template):]
	variables := make(map[string]string)
	for i, want := range e.template {
		value, err := url.PathUnescape(segments[i])
		switch name, isVariable := strings.CutPrefix(want, "{"); {
		case err != nil || value == "":
			return nil, false
		case isVariable:
			variables[strings.TrimSuffix(name, "}")] = value
		case segments[i] != want:
			return nil, false
		}
	}
	return variables, true
}

func (e *endpoint) findings(in string) *findings {
	return &findings{provider: e.provider, operation: e.OperationID, in: in}
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
