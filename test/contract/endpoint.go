package contract

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
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

// newEndpoints returns the operations of a document: the start, which is the one
// that posts, and then those that only read, by their ids.
func newEndpoints(provider string, doc *openapi3.T) (all []*endpoint, err error) {
	for path, item := range doc.Paths.Map() {
		if len(item.Parameters) > 0 || len(item.Servers) > 0 {
			return nil, errors.New("parameters and servers beside the operation are not read")
		}
		methods := strings.Join(slices.Sorted(maps.Keys(item.Operations())), " or ")
		for method, op := range item.Operations() {
			e := &endpoint{provider: provider, method: method, operation: op, methods: methods}
			if e.template, err = template(doc.Servers, path); err != nil {
				return nil, err
			}
			if err := e.legible(); err != nil {
				return nil, err
			}
			if e.security, err = credentials(doc, op); err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *endpoint) int {
		return cmp.Or(strings.Compare(b.method, a.method), strings.Compare(a.operation.OperationID, b.operation.OperationID))
	})
	for i, e := range all {
		if start := i == 0; start != (e.method == http.MethodPost) || !start && e.method != http.MethodGet {
			return nil, errors.New("one operation must post, which is the start, and all others get")
		}
	}
	return all, nil
}

// legible refuses what the judge would pass over in silence.
func (e *endpoint) legible() error {
	if e.operation.OperationID == "" {
		return errors.New("an operation without an operationId")
	}
	if e.operation.Servers != nil {
		return errors.New("servers of the operation are not read")
	}
	for _, ref := range e.operation.Parameters {
		p := ref.Value
		if p.In == openapi3.ParameterInCookie {
			return fmt.Errorf("parameter %s: in %s is not read", p.Name, p.In)
		}
		if !plain(p) && !commas(p) {
			return fmt.Errorf("parameter %s: not a string, an integer, or texts with commas between them", p.Name)
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

// plain reports whether a parameter is one text or integer.
func plain(p *openapi3.Parameter) bool {
	return p.Schema != nil && (p.Schema.Value.Type.Is(openapi3.TypeString) || p.Schema.Value.Type.Is(openapi3.TypeInteger))
}

// commas reports whether a parameter is a list of texts with commas between them.
func commas(p *openapi3.Parameter) bool {
	if p.Schema == nil || !p.Schema.Value.Type.Is(openapi3.TypeArray) || !p.Schema.Value.Items.Value.Type.Is(openapi3.TypeString) {
		return false
	}
	return p.In == openapi3.ParameterInQuery && (p.Style == "" || p.Style == openapi3.SerializationForm) && p.Explode != nil && !*p.Explode
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

// nearest returns the endpoint that a call is for, or that it misses by the
// least: of those whose path fits the one with the longest path, and of these
// the one with the call's method. It fits if both do.
func nearest(all []*endpoint, r *http.Request) (best *endpoint, fits bool) {
	longest := -1
	for _, e := range all {
		length := 0
		if _, ok := e.match(r.URL); ok {
			length = 2 * len(e.template)
		}
		fitting := length > 0 && r.Method == e.method
		if r.Method == e.method {
			length++
		}
		if length > longest {
			best, longest, fits = e, length, fitting
		}
	}
	return best, fits
}

func (e *endpoint) findings(in string) *findings {
	return &findings{provider: e.provider, operation: e.operation.OperationID, in: in}
}
