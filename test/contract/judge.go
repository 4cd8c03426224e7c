package contract

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// Request judges a request to a provider: method, path and path parameters, query, credential,
// content type and body. It returns nothing if all of it keeps to the provider's document. Method
// and path tell which operation it is. If they fit none, the request is judged by the first
// operation with its method, or else by the start. The body is an argument, and r.Body is not
// touched. The host and the path before the endpoint's own are not judged.
func Request(provider string, r *http.Request, body []byte) []Violation {
	all := endpointsOf(provider)
	if len(all) == 0 || r == nil || r.URL == nil {
		return unjudged(provider, InRequest)
	}
	e := endpointFor(all, r)
	if e == nil {
		sameMethod := slices.IndexFunc(all, func(e *endpoint) bool { return e.method == r.Method })
		e = all[max(sameMethod, 0)]
	}
	return e.request(r.Method, r.URL, r.Header, payload{text: body})
}

// Response judges a provider's response to an operation: status, content type, headers and body.
// The operation is an operationId, or empty for the start. It returns nothing if all of it keeps to
// the provider's document. Only the values that the document lists are allowed here, although a
// client should expect others.
func Response(provider, operation string, status int, header http.Header, body []byte) []Violation {
	for _, e := range endpointsOf(provider) {
		if operation == "" || operation == e.OperationID {
			return e.response(status, header, payload{text: body})
		}
	}
	return unjudged(provider, InResponse)
}

// payload is what is known of a body: its text, and the flaw if that is not the whole of it.
type payload struct {
	text []byte
	flaw string
}

// there reports whether there is a body at all.
func (b payload) there() bool { return len(b.text) > 0 || b.flaw != "" }

// request judges all of a request.
func (e *endpoint) request(method string, u *url.URL, header http.Header, b payload) []Violation {
	f := findings{provider: e.provider, operation: e.OperationID, in: InRequest}
	if method != e.method {
		f.add("method", e.method, "another method")
	}
	e.parameters(&f, u, header)
	e.credential(&f, header)
	switch wanted := e.RequestBody; {
	case wanted != nil && b.there():
		f.content(header, wanted.Value.Content, b)
	case wanted != nil && wanted.Value.Required:
		f.add("", "a body", "none")
	case wanted == nil && b.there():
		f.add("", "no body", "one")
	}
	return f.list
}

// parameters judges the path, the query and the headers that the document names.
func (e *endpoint) parameters(f *findings, u *url.URL, header http.Header) {
	variables, ok := e.match(u)
	if !ok {
		f.add("path", "a path that ends in /"+strings.Join(e.template, "/"), "another")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		f.add("query", "a query that can be read", "another")
	}
	for _, ref := range e.Parameters {
		switch p := ref.Value; p.In {
		case openapi3.ParameterInPath:
			if value, ok := variables[p.Name]; ok {
				f.one("path:"+p.Name, p.Schema.Value, true, []string{value})
			}
		case openapi3.ParameterInQuery:
			f.one("query:"+p.Name, p.Schema.Value, p.Required, query[p.Name])
			delete(query, p.Name)
		case openapi3.ParameterInHeader:
			f.one("header:"+p.Name, p.Schema.Value, p.Required, header.Values(p.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		f.add("query:"+schemacheck.Name(name), "no such parameter", schemacheck.Count(len(query[name])))
	}
}

var (
	// RFC 6750, section 2.1. The scheme is not case-sensitive.
	bearerToken = regexp.MustCompile(`^(?i:bearer) +[A-Za-z0-9._~+/-]+=*$`)
	apiKey      = regexp.MustCompile(`^[\x21-\x7e]+$`)
)

// credential demands one of the credentials that the document allows. It does not ask whether the
// provider would accept it. If none is as it must be, it reports the one that was tried.
func (e *endpoint) credential(f *findings, header http.Header) {
	requirements := e.doc.Security
	if e.Security != nil {
		requirements = *e.Security
	}
	var wanted []string
	var pointer, found string
	for _, requirement := range requirements {
		for scheme := range requirement { // the only one
			name, form, words := "Authorization", bearerToken, "Bearer and a token"
			if s := e.doc.Components.SecuritySchemes[scheme].Value; s.Type == "apiKey" {
				name, form, words = s.Name, apiKey, "a key"
			}
			wanted = append(wanted, name+" with "+words)
			values := header.Values(name)
			if len(values) == 1 && form.MatchString(values[0]) {
				return
			}
			if pointer == "" || len(values) > 0 {
				pointer, found = "header:"+name, schemacheck.Count(len(values))
			}
			if len(values) == 1 {
				found = schemacheck.Describe(values[0]) + ", not of that form"
			}
		}
	}
	if len(wanted) > 0 {
		f.add(pointer, strings.Join(wanted, ", or "), found)
	}
}

// response judges all of a response.
func (e *endpoint) response(status int, header http.Header, b payload) []Violation {
	f := findings{provider: e.provider, operation: e.OperationID, in: InResponse}
	ref := e.Responses.Status(status)
	if ref == nil {
		f.add("status", "one of "+strings.Join(slices.Sorted(maps.Keys(e.Responses.Map())), ", "), strconv.Itoa(status))
		return f.list
	}
	for _, name := range slices.Sorted(maps.Keys(ref.Value.Headers)) {
		declared := ref.Value.Headers[name].Value
		f.one("header:"+name, declared.Schema.Value, declared.Required, header.Values(name))
	}
	// If no content is documented, any answer will do, but for a 204.
	switch content := ref.Value.Content; {
	case status == http.StatusNoContent && len(b.text) > 0:
		f.add("", "no body", schemacheck.Amount(len(b.text), "byte"))
	case len(content) > 0:
		f.content(header, content, b)
	}
	return f.list
}

// one judges the values of a parameter or a header. There may be only one value.
func (f *findings) one(at string, s *openapi3.Schema, required bool, values []string) {
	switch {
	case len(values) == 1:
		f.misfits(at, schemacheck.Text(s, values[0]))
	case len(values) > 1 || required:
		f.add(at, "one value", schemacheck.Count(len(values)))
	}
}

// content judges a body, and the headers that say what it is. The body is left out if they leave that
// open.
func (f *findings) content(header http.Header, content openapi3.Content, b payload) {
	types := strings.Join(slices.Sorted(maps.Keys(content)), " or ")
	values := header.Values("Content-Type")
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	media := content[kind]
	coding := header.Get("Content-Encoding")
	charset, named := parameters["charset"]
	switch {
	case coding != "" && !strings.EqualFold(coding, "identity"):
		f.unchecked("header:Content-Encoding", "a body as it is", "a coded body")
		return
	case len(values) != 1:
		f.add("header:Content-Type", types, schemacheck.Count(len(values)))
		return
	case err != nil || media == nil:
		f.add("header:Content-Type", types, "another type")
		return
	case named && !strings.EqualFold(charset, "utf-8"):
		f.add("header:Content-Type", types+" in UTF-8", "another charset")
	}
	if b.flaw != "" {
		f.unchecked("", "a whole body of at most 1 MiB", b.flaw)
		return
	}
	f.misfits("", schemacheck.Body(media.Schema.Value, b.text))
}
