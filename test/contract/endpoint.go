package contract

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// An endpoint is one operation of a provider.
type endpoint struct {
	provider  string
	method    string
	template  []string // the segments with which a path must end; {name} stands for any
	operation *openapi3.Operation
	methods   string // of all operations with this path, in words

	// security holds the alternatives, and of each the headers that it wants.
	security [][]credential
}

// newEndpoint returns an operation of a document. The path of the server is left
// out, so that a sandbox or a proxy may stand in for it, unless it holds a variable:
// then it says what the call is about.
func newEndpoint(provider string, doc *openapi3.T, method, path string, op *openapi3.Operation) *endpoint {
	return &endpoint{
		provider: provider, method: method, operation: op, security: credentials(doc, op),
		methods:  strings.Join(slices.Sorted(maps.Keys(doc.Paths.Value(path).Operations())), " or "),
		template: strings.Split(strings.TrimPrefix(specdoc.ServerPath(doc.Servers[0])+path, "/"), "/"),
	}
}

func (e *endpoint) suffix() string { return "/" + strings.Join(e.template, "/") }

// variable returns the name of the parameter that a segment of a template
// stands for, "" if it stands for itself.
func variable(segment string) string {
	if inner, ok := strings.CutPrefix(segment, "{"); ok {
		return strings.TrimSuffix(inner, "}")
	}
	return ""
}

// match returns the path parameters of a call, and false if the path does not
// end like the endpoint's.
func (e *endpoint) match(u *url.URL) (map[string]string, bool) {
	if u == nil {
		return nil, false
	}
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	if len(segments) < len(e.template) {
		return nil, false
	}
	segments = segments[len(segments)-len(e.template):]
	parameters := make(map[string]string)
	for i, want := range e.template {
		name := variable(want)
		if name == "" {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		parameters[name] = value
	}
	return parameters, true
}

// closer reports whether a path that fits two endpoints is rather the first one's:
// it has more segments, or more that stand for themselves.
func closer(a, b *endpoint) bool {
	literal := func(e *endpoint) (n int) {
		for _, segment := range e.template {
			if variable(segment) == "" {
				n++
			}
		}
		return n
	}
	if len(a.template) != len(b.template) {
		return len(a.template) > len(b.template)
	}
	return literal(a) > literal(b)
}

// endpointOf returns the endpoint whose method and path a request has, and the
// variables of its path; nil if there is none.
func endpointOf(all []*endpoint, r *http.Request) (found *endpoint, variables map[string]string) {
	if r == nil {
		return nil, nil
	}
	for _, e := range all {
		if values, ok := e.match(r.URL); ok && r.Method == e.method && (found == nil || closer(e, found)) {
			found, variables = e, values
		}
	}
	return found, variables
}

// nearest returns the endpoint by which a request is judged that is for none: one
// of its path, or one of its method, or the start.
func nearest(all []*endpoint, r *http.Request) *endpoint {
	for _, e := range all {
		if _, ok := e.match(r.URL); ok {
			return e
		}
	}
	if i := slices.IndexFunc(all, func(e *endpoint) bool { return e.method == r.Method }); i >= 0 {
		return all[i]
	}
	return all[0]
}

func (e *endpoint) findings(in string) *findings {
	return &findings{provider: e.provider, operation: e.operation.OperationID, in: in}
}
