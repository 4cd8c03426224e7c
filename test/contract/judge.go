package contract

import (
	"cmp"
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
// and path tell which operation it is. If they fit none, the request is judged by the nearest
// operation. The body is an argument, and r.Body is not touched. The host and the path before the
// endpoint's own are not judged.
func Request(provider string, r *http.Request, body []byte) []Violation {
	all := endpointsOf(provider)
	switch {
	case len(all) == 0:
		return unknownProvider(provider, InRequest)
	case r == nil:
		return unjudged(provider, InRequest, "a request", "none")
	}
	e := cmp.Or(endpointFor(all, r), nearest(all, r))
	f := e.findings(InRequest)
	if judge := e.requestHead(f, r, len(body) > 0); judge != nil {
		judge(body)
	}
	return f.list
}

// Response judges a provider's response to an operation: status, content type, headers and body.
// The operation is an operationId, or empty for the start. It returns nothing if all of it keeps to
// the provider's document. Only the values that the document lists are allowed here, although a
// client should expect others.
func Response(provider, operation string, status int, header http.Header, body []byte) []Violation {
	all := endpointsOf(provider)
	if len(all) == 0 {
		return unknownProvider(provider, InResponse)
	}
	i := slices.IndexFunc(all, func(e *endpoint) bool { return operation == "" || e.OperationID == operation })
	if i < 0 {
		return unjudged(provider, InResponse, "one of "+strings.Join(Operations(provider), ", "), "an operation without a specification")
	}
	f := all[i].findings(InResponse)
	if judge := all[i].responseHead(f, status, header); judge != nil {
		judge(body)
	}
	return f.list
}

// A judge adds what is wrong with a body to its findings.
type judge func(body []byte)

// requestHead judges everything but the body. It returns the judge of the body, or nil if no body
// can be judged.
func (e *endpoint) requestHead(f *findings, r *http.Request, hasBody bool) judge {
	if r.Method != e.method {
		f.add("method", strings.Join(slices.Sorted(maps.Keys(e.path.Operations())), " or "), "another method")
	}
	e.address(f, cmp.Or(r.URL, &url.URL{}))
	for _, ref := range e.Parameters {
		if p := ref.Value; p.In == openapi3.ParameterInHeader {
			f.one("header:"+p.Name, p.Schema.Value, p.Required, r.Header.Values(p.Name))
		}
	}
	e.credential(f, r.Header)

	body := e.RequestBody
	switch {
	case body != nil && hasBody:
		return f.content(r.Header, body.Value.Content)
	case body != nil && body.Value.Required:
		f.add("", "a body", "none")
	case body == nil && hasBody:
		f.add("", "no body", "one")
	}
	return nil
}

// address judges the path and the query.
func (e *endpoint) address(f *findings, u *url.URL) {
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
		}
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		// RFC 3986 removes these segments from the path before it is sent.
		if value := variables[name]; value == "." || value == ".." {
			f.add("path:"+name, "a segment of its own", "dots")
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

// credential demands that all parts of one security alternative are there. It does not ask whether
// the provider would accept the credential.
func (e *endpoint) credential(f *findings, header http.Header) {
	requirements := e.doc.Security
	if e.Security != nil {
		requirements = *e.Security
	}
	missing := e.findings(InRequest)
	var alternatives []string
	for _, requirement := range requirements {
		before := len(missing.list)
		var wanted []string
		for _, scheme := range slices.Sorted(maps.Keys(requirement)) {
			name, form, words := "Authorization", bearerToken, "Bearer and a token"
			if s := e.doc.Components.SecuritySchemes[scheme].Value; s.Type == "apiKey" {
				name, form, words = s.Name, apiKey, "a key"
			}
			wanted = append(wanted, name+" with "+words)
			switch values := header.Values(name); {
			case len(values) != 1:
				missing.add("header:"+name, "", schemacheck.Count(len(values)))
			case !form.MatchString(values[0]):
				missing.add("header:"+name, "", schemacheck.Describe(values[0])+", not of that form")
			}
		}
		if len(missing.list) == before {
			return
		}
		alternatives = append(alternatives, strings.Join(wanted, " and "))
	}
	if len(alternatives) == 0 {
		return
	}
	// If there are several alternatives, report the one that was tried.
	tried := slices.IndexFunc(missing.list, func(v Violation) bool { return v.Found != schemacheck.Count(0) })
	worst := missing.list[max(tried, 0)]
	f.add(worst.Pointer, strings.Join(alternatives, ", or "), worst.Found)
}

// responseHead judges everything but the body. It returns the judge of the body, or nil if any body
// will do or none can be judged.
func (e *endpoint) responseHead(f *findings, status int, header http.Header) judge {
	ref := e.Responses.Status(status)
	if ref == nil {
		f.add("status", "one of "+strings.Join(slices.Sorted(maps.Keys(e.Responses.Map())), ", "), strconv.Itoa(status))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(ref.Value.Headers)) {
		declared := ref.Value.Headers[name].Value
		f.one("header:"+name, declared.Schema.Value, declared.Required, header.Values(name))
	}
	switch content := ref.Value.Content; {
	case status == http.StatusNoContent:
		return func(body []byte) {
			if len(body) > 0 {
				f.add("", "no body", schemacheck.Amount(len(body), "byte"))
			}
		}
	case len(content) == 0:
		return nil // no form is documented: any answer will do
	default:
		return f.content(header, content)
	}
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

// content judges the headers that say what a body is. It returns the judge of the body, or nil if
// they leave that open.
func (f *findings) content(header http.Header, content openapi3.Content) judge {
	if coding := header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		f.unchecked("header:Content-Encoding", "a body as it is", "a coded body")
		return nil
	}
	types := strings.Join(slices.Sorted(maps.Keys(content)), " or ")
	values := header.Values("Content-Type")
	if len(values) != 1 {
		f.add("header:Content-Type", types, schemacheck.Count(len(values)))
		return nil
	}
	kind, parameters, err := mime.ParseMediaType(values[0])
	media := content[kind]
	if err != nil || media == nil {
		f.add("header:Content-Type", types, "another type")
		return nil
	}
	if charset, ok := parameters["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		f.add("header:Content-Type", types+" in UTF-8", "another charset")
	}
	return func(body []byte) { f.misfits("", schemacheck.Body(media.Schema.Value, body)) }
}
