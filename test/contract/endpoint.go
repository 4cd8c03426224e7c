package contract

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// An endpoint is the one operation of a provider.
type endpoint struct {
	provider  string
	doc       *openapi3.T
	method    string
	template  []string // the segments with which a path must end; {name} stands for any
	operation *openapi3.Operation

	// security holds the alternatives, and of each the headers that it wants.
	security [][]credential
}

func newEndpoint(provider string, doc *openapi3.T) (*endpoint, error) {
	e := &endpoint{provider: provider, doc: doc}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if e.operation != nil {
				return nil, errors.New("more than one operation: a response alone would not tell which it answers")
			}
			e.method, e.operation = method, op
			var err error
			if e.template, err = template(doc.Servers, path); err != nil {
				return nil, err
			}
		}
		if len(item.Parameters) > 0 || len(item.Servers) > 0 {
			return nil, errors.New("parameters and servers beside the operation are not read")
		}
	}
	if e.operation == nil {
		return nil, errors.New("no operation")
	}
	if err := e.legible(); err != nil {
		return nil, err
	}
	var err error
	e.security, err = credentials(doc, e.operation)
	return e, err
}

// legible refuses what the judge would pass over in silence.
func (e *endpoint) legible() error {
	if e.operation.Servers != nil {
		return errors.New("servers of the operation are not read")
	}
	for _, ref := range e.operation.Parameters {
		p := ref.Value
		if p.In != openapi3.ParameterInPath && p.In != openapi3.ParameterInQuery {
			return fmt.Errorf("parameter %s: in %s is not read", p.Name, p.In)
		}
		if p.Schema == nil || !p.Schema.Value.Type.Is(openapi3.TypeString) {
			return fmt.Errorf("parameter %s: not a string", p.Name)
		}
		if err := holds("parameter "+p.Name, p.Schema.Value, p.Example); err != nil {
			return err
		}
	}
	if body := e.operation.RequestBody; body != nil {
		if err := legibleContent(body.Value.Content); err != nil {
			return fmt.Errorf("request: %w", err)
		}
	}
	for status, ref := range e.operation.Responses.Map() {
		if !statusCode.MatchString(status) {
			return fmt.Errorf("response %s: not a single status", status)
		}
		if err := legibleContent(ref.Value.Content); err != nil {
			return fmt.Errorf("response %s: %w", status, err)
		}
		for name, header := range ref.Value.Headers {
			if s := header.Value.Schema; s == nil || !s.Value.Type.Is(openapi3.TypeString) {
				return fmt.Errorf("response %s: header %s: not a string", status, name)
			}
		}
	}
	return nil
}

var statusCode = regexp.MustCompile(`^[1-5][0-9][0-9]$`)

func legibleContent(content openapi3.Content) error {
	for name, media := range content {
		kind, _, err := mime.ParseMediaType(name)
		if err != nil || kind != name || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
			return fmt.Errorf("%s: not JSON", name)
		}
		if media.Schema == nil {
			return fmt.Errorf("%s: no schema", name)
		}
		if len(media.Examples) > 0 {
			return fmt.Errorf("%s: examples is not read, example is", name)
		}
		if err := holds(name+"/example", media.Schema.Value, media.Example); err != nil {
			return err
		}
	}
	return nil
}

// template returns the segments that the path of a call ends with. The path of
// a server is left out, so that a sandbox or a proxy may stand in for it, unless
// it holds a variable: then it says what the call is about.
func template(servers openapi3.Servers, path string) ([]string, error) {
	var templates []string
	for _, server := range servers {
		base := ""
		if _, rest, ok := strings.Cut(server.URL, "://"); ok && strings.Contains(rest, "{") {
			host, in, _ := strings.Cut(rest, "/")
			if strings.Contains(host, "{") {
				return nil, fmt.Errorf("server %s: a variable in the host is not read", server.URL)
			}
			base = "/" + strings.TrimSuffix(in, "/")
		}
		templates = append(templates, base+path)
	}
	if templates = slices.Compact(templates); len(templates) != 1 {
		return nil, errors.New("the servers disagree on the path, or there is none")
	}
	segments := strings.Split(strings.TrimPrefix(templates[0], "/"), "/")
	for _, s := range segments {
		if strings.ContainsAny(s, "{}") && variable(s) == "" {
			return nil, fmt.Errorf("segment %s: part of it is a variable", s)
		}
	}
	return segments, nil
}

var wholeVariable = regexp.MustCompile(`^\{([^{}]+)\}$`)

// variable returns the name of the parameter that a segment of a template
// stands for, "" if it stands for itself.
func variable(segment string) string {
	if m := wholeVariable.FindStringSubmatch(segment); m != nil {
		return m[1]
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

func (e *endpoint) findings(in string) *findings {
	return &findings{provider: e.provider, operation: e.operation.OperationID, in: in}
}
