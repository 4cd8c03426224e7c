package contract

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// Request judges a request to a provider: method, path and path parameters,
// query, credential, content type and body. It returns nothing if all is as the
// provider's document says. The operation is found by path and method; if there
// is none, the request is held to the one that it misses by the least. The body
// is handed over, r.Body is not touched, and neither are the host and the path
// before the endpoint's own.
func Request(provider string, r *http.Request, body []byte) []Violation {
	all := endpoints()[provider]
	switch {
	case len(all) == 0:
		return unknownProvider(provider, InRequest)
	case r == nil:
		return unjudged(provider, InRequest, "a request", "none")
	}
	e, _ := endpointOf(all, r)
	if e == nil {
		e = nearest(all, r)
	}
	f := e.findings(InRequest)
	if judge := e.requestHead(f, r, len(body) > 0); judge != nil {
		judge(f, body)
	}
	return f.list
}

// requestHead judges everything but the body, and returns the judge of that,
// nil if none can be judged.
func (e *endpoint) requestHead(f *findings, r *http.Request, hasBody bool) judge {
	if r.Method != e.method {
		f.add("method", e.methods, "another method")
	}
	e.path(f, r.URL)
	e.query(f, r.URL)
	e.header(f, r.Header)
	e.credential(f, r.Header)

	body := e.operation.RequestBody
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

func (e *endpoint) path(f *findings, u *url.URL) {
	values, ok := e.match(u)
	if !ok {
		f.add("path", "a path that ends in "+e.suffix(), "another")
		return
	}
	for _, segment := range e.template {
		name := variable(segment)
		value, ok := values[name]
		if !ok {
			continue
		}
		// RFC 3986 takes these segments out of the path before it is sent.
		if value == "." || value == ".." {
			f.add("path:"+name, "a segment of its own", "dots")
			continue
		}
		// A variable of a server is in no list, and any value will do.
		if p := e.operation.Parameters.GetByInAndName(openapi3.ParameterInPath, name); p != nil {
			f.text("path:"+name, p.Schema.Value, value)
		}
	}
}

func (e *endpoint) query(f *findings, u *url.URL) {
	if u == nil {
		return
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		f.add("query", "a query that can be read", "another")
	}
	for _, ref := range e.operation.Parameters {
		p := ref.Value
		if p.In == openapi3.ParameterInQuery {
			f.parameter(p, query[p.Name])
			delete(query, p.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		f.add("query:"+schemacheck.Name(name), "no such parameter", schemacheck.Count(len(query[name])))
	}
}

func (e *endpoint) header(f *findings, header http.Header) {
	for _, ref := range e.operation.Parameters {
		if p := ref.Value; p.In == openapi3.ParameterInHeader {
			f.parameter(p, header.Values(p.Name))
		}
	}
}

// parameter judges what a request has of a parameter.
func (f *findings) parameter(p *openapi3.Parameter, values []string) {
	at := p.In + ":" + p.Name
	switch {
	case len(values) == 1:
		f.text(at, p.Schema.Value, values[0])
	case len(values) > 1:
		f.add(at, "one value", schemacheck.Count(len(values)))
	case p.Required:
		f.add(at, "a parameter", schemacheck.Count(0))
	}
}

// content judges the headers that say what a body is, and returns its judge,
// nil if they leave that open.
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
	return bodyOf(media.Schema.Value)
}
