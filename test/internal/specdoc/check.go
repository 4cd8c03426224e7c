package specdoc

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// whole checks what the parts of a document say of one another.
func (d *document) whole(doc *openapi3.T) {
	if doc.Paths.Len() == 0 {
		return // all components
	}
	d.servers(doc.Servers)
	var schemes openapi3.SecuritySchemes
	if doc.Components != nil {
		schemes = doc.Components.SecuritySchemes
	}
	d.security("/security", doc.Security, schemes)
	used := map[string]bool{}
	note := func(requirements openapi3.SecurityRequirements) {
		for _, requirement := range requirements {
			for name := range requirement {
				used[name] = true
			}
		}
	}
	note(doc.Security)
	ids, start := map[string]string{}, ""
	for path, item := range doc.Paths.Map() {
		at := "/paths/" + escapes.Replace(path)
		if !strings.HasPrefix(path, "/") {
			d.add(at, "a path begins with /")
		}
		if item == nil {
			continue
		}
		for method, op := range item.Operations() {
			at := at + "/" + strings.ToLower(method)
			if other, twice := ids[op.OperationID]; twice {
				d.add(max(at, other)+"/operationId", "another operation has the same operationId, %s", op.OperationID)
			}
			ids[op.OperationID] = at
			switch {
			case method == http.MethodPost && start != "":
				d.add(max(at, start), "another operation is a POST: that is the start, and all others are a GET")
			case method == http.MethodPost:
				start = at
			case method != http.MethodGet:
				d.add(at, "must be a GET, or the one POST, which is the start")
			}
			for i, tag := range op.Tags {
				if doc.Tags.Get(tag) == nil {
					d.add(fmt.Sprintf("%s/tags/%d", at, i), "tags has no %s", tag)
				}
			}
			switch {
			case op.Security != nil:
				note(*op.Security)
				d.security(at+"/security", *op.Security, schemes)
			case len(doc.Security) == 0:
				d.add(at, "security is missing, here and for the whole document")
			}
			d.operation(at, path, op)
		}
	}
	if start == "" {
		d.add("/paths", "no operation is a POST, which is the start")
	}
	for name := range schemes {
		if !used[name] && len(d.mistakes) == 0 {
			d.add("/components/securitySchemes/"+escapes.Replace(name), "no security names this scheme: take it out")
		}
	}
}

var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// templated returns the names in the braces of a template, and demands that each
// is a whole segment.
func (d *document) templated(at, template string) (names []string) {
	for segment := range strings.SplitSeq(template, "/") {
		m := inBraces.FindStringSubmatch(segment)
		if strings.ContainsAny(segment, "{}") && (len(m) < 2 || m[0] != segment || m[1] == "") {
			d.add(at, "a variable must be a whole segment of the path: %s", segment)
		} else if m != nil {
			names = append(names, m[1])
		}
	}
	return names
}

// servers demands that the servers have their variables, none in the host, and
// agree on the path if it has one: it tells what the call is about.
func (d *document) servers(all openapi3.Servers) {
	if len(all) == 0 {
		d.add("", "the servers are missing")
	}
	for i, server := range all {
		at := fmt.Sprintf("/servers/%d/url", i)
		_, rest, absolute := strings.Cut(server.URL, "://")
		host, path, _ := strings.Cut(rest, "/")
		if !absolute || host == "" || strings.Contains(host, "{") {
			d.add(at, "must be a URL with a host that holds no variable")
		}
		names := d.templated(at, path)
		for _, name := range names {
			if server.Variables[name] == nil {
				d.add(at, "variables has no %s", name)
			}
		}
		for name := range server.Variables {
			if !slices.Contains(names, name) && len(d.mistakes) == 0 {
				d.add(fmt.Sprintf("/servers/%d/variables/%s", i, escapes.Replace(name)), "the url has no {%s}", name)
			}
		}
		if ServerPath(server) != ServerPath(all[0]) {
			d.add(at, "the servers disagree on the path with variables")
		}
	}
}

// ServerPath returns the path of a server if it holds a variable: then a call must
// have it, on whatever server. Any other path may be another one behind a proxy.
func ServerPath(server *openapi3.Server) string {
	_, rest, _ := strings.Cut(server.URL, "://")
	_, path, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	if !strings.Contains(path, "{") {
		return ""
	}
	return "/" + path
}

func (d *document) security(at string, all openapi3.SecurityRequirements, schemes openapi3.SecuritySchemes) {
	for i, requirement := range all {
		for name := range requirement {
			at := fmt.Sprintf("%s/%d/%s", at, i, escapes.Replace(name))
			if schemes[name] == nil {
				d.add(at, "components/securitySchemes has no %s", name)
				continue
			}
			s := schemes[name].Value
			key := s.Type == "apiKey" && s.In == "header" && s.Name != ""
			if bearer := s.Type == "http" && strings.EqualFold(s.Scheme, "bearer"); !key && !bearer {
				d.add("/components/securitySchemes/"+escapes.Replace(name), "must be a bearer token, or an API key in a header")
			}
		}
	}
}

var statusCode = regexp.MustCompile(`^[1-5][0-9][0-9]$`)

func (d *document) operation(at, path string, op *openapi3.Operation) {
	before := len(d.mistakes)
	inPath := d.templated(strings.TrimSuffix(at, at[strings.LastIndexByte(at, '/'):]), path)
	seen := map[string]int{}
	for i, ref := range op.Parameters {
		p, at := ref.Value, fmt.Sprintf("%s/parameters/%d", at, i)
		name := p.In + " " + p.Name
		if first, twice := seen[name]; twice {
			d.add(at, "the parameter stands in %d already", first)
		}
		seen[name] = i
		switch {
		case !slices.Contains([]string{"path", "query", "header"}, p.In):
			d.add(at+"/in", "must be path, query or header: others are not read")
		case p.In == openapi3.ParameterInPath && !slices.Contains(inPath, p.Name) && len(d.mistakes) == before:
			d.add(at+"/name", "the path has no {%s}", p.Name)
		case p.In == openapi3.ParameterInPath && !p.Required:
			d.add(at+"/required", "a parameter of the path must be required")
		}
		d.textual(at, p.Schema, p.In == openapi3.ParameterInQuery && p.Explode != nil && !*p.Explode)
	}
	for _, name := range inPath {
		if _, declared := seen["path "+name]; !declared && len(d.mistakes) == before {
			d.add(at, "parameters has no %s, which the path has", name)
		}
	}
	if op.RequestBody != nil {
		d.content(at+"/requestBody", op.RequestBody.Value.Content)
	}
	for status, ref := range op.Responses.Map() {
		at := at + "/responses/" + status
		if !statusCode.MatchString(status) {
			d.add(at, "must be a single status")
		}
		if status == "204" && len(ref.Value.Content) > 0 {
			d.add(at+"/content", "HTTP forbids a body on a 204")
		}
		d.content(at, ref.Value.Content)
		for name, header := range ref.Value.Headers {
			d.textual(at+"/headers/"+escapes.Replace(name), header.Value.Schema, false)
		}
	}
}

// textual demands a schema of what can be read from one text.
func (d *document) textual(at string, ref *openapi3.SchemaRef, list bool) {
	switch t := ref.Value.Type; {
	case t == nil, t.Is(openapi3.TypeObject):
		d.add(at+"/schema", "must have a plain type")
	case t.Is(openapi3.TypeArray) && !list:
		d.add(at+"/schema", "a list must be in the query, with explode: false")
	}
}

func (d *document) content(at string, content openapi3.Content) {
	for name := range content {
		kind, _, err := mime.ParseMediaType(name)
		if err != nil || kind != name || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
			d.add(at+"/content/"+escapes.Replace(name), "must be a media type of JSON: others are not read")
		}
	}
}

// schemas checks what each schema says in itself.
func (d *document) schemas(doc *openapi3.T) {
	d.must(doc.WalkSchemas(func(at string, ref *openapi3.SchemaRef) error {
		if doc.Paths.Len() > 0 && ref.Value.Description == "" && described.MatchString(at) {
			d.add(at, "the description is missing")
		}
		d.schema(at, ref.Value)
		return nil
	}))
}

// described are the schemas that the readers of generated code ask about.
var described = regexp.MustCompile(`^/components/schemas/[^/]+$|/properties/[^/]+$`)

// must notes the failure of a walk that does not fail.
func (d *document) must(err error) {
	if err != nil {
		d.add("", "%s", err)
	}
}

// keywords are for values of one type.
var keywords = map[string][]string{
	"pattern": {"string"}, "minLength": {"string"}, "maxLength": {"string"},
	"minimum": {"integer", "number"}, "maximum": {"integer", "number"},
	"items": {"array"}, "minItems": {"array"}, "maxItems": {"array"}, "uniqueItems": {"array"},
	"properties": {"object"}, "required": {"object"}, "additionalProperties": {"object"},
}

func (d *document) schema(at string, s *openapi3.Schema) {
	kind := strings.Join(s.Type.Slice(), "")
	for _, keyword := range slices.Sorted(maps.Keys(keywords)) {
		if at := at + "/" + keyword; d.lines[at] > 0 && kind != "" && !slices.Contains(keywords[keyword], kind) {
			d.add(at, "is for %s, and the type is %s", strings.Join(keywords[keyword], " and "), kind)
		}
	}
	var known []string
	switch kind {
	case "string":
		known = schemacheck.Formats()
	case "integer":
		known = []string{"int32", "int64"}
	case "number":
		known = []string{"float", "double"}
	}
	if s.Format != "" && !slices.Contains(known, s.Format) {
		d.add(at+"/format", "no check for the format %s of %s, there are: %s", s.Format, kind, strings.Join(known, ", "))
	}
	if _, err := regexp.Compile(s.Pattern); err != nil {
		d.add(at+"/pattern", "%v", err)
	}
	if s.Type.Is(openapi3.TypeArray) && s.Items == nil {
		d.add(at, "the items are missing")
	}
	if s.Max != nil && s.Min != nil && *s.Min > *s.Max || s.MaxLength != nil && s.MinLength > *s.MaxLength || s.MaxItems != nil && s.MinItems > *s.MaxItems {
		d.add(at, "the least is more than the most")
	}
	members := schemacheck.Members(s)
	for i, name := range s.Required {
		if at := at + "/required/" + strconv.Itoa(i); !slices.Contains(members, name) {
			d.add(at, "properties has no %s", name)
		} else if slices.Contains(s.Required[:i], name) {
			d.add(at, "%s stands here already", name)
		}
	}
	names, named := s.Extensions["x-enum-varnames"].([]any)
	if named && len(names) != len(s.Enum) {
		d.add(at+"/x-enum-varnames", "%d values and %d names: each value needs its own", len(s.Enum), len(names))
	}
	plain := *s
	plain.Enum = nil
	for i, value := range s.Enum {
		at := at + "/enum/" + strconv.Itoa(i)
		if slices.ContainsFunc(s.Enum[:i], func(other any) bool { return reflect.DeepEqual(other, value) }) {
			d.add(at, "%v stands here already", value)
		}
		d.fits(at, &plain, value)
	}
}

// values holds every example and default to its schema.
func (d *document) values(doc *openapi3.T) {
	d.must(doc.WalkSchemas(func(at string, ref *openapi3.SchemaRef) error {
		d.fits(at+"/example", ref.Value, ref.Value.Example)
		d.fits(at+"/default", ref.Value, ref.Value.Default)
		return nil
	}))
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := "/paths/" + escapes.Replace(path) + "/" + strings.ToLower(method)
			for i, ref := range op.Parameters {
				d.fits(fmt.Sprintf("%s/parameters/%d/example", at, i), ref.Value.Schema.Value, ref.Value.Example)
			}
			if op.RequestBody != nil {
				d.bodies(at+"/requestBody", op.RequestBody.Value.Content)
			}
			for status, ref := range op.Responses.Map() {
				d.bodies(at+"/responses/"+status, ref.Value.Content)
				for name, header := range ref.Value.Headers {
					d.fits(at+"/responses/"+status+"/headers/"+escapes.Replace(name)+"/example", header.Value.Schema.Value, header.Value.Example)
				}
			}
		}
	}
}

func (d *document) bodies(at string, content openapi3.Content) {
	for name, media := range content {
		d.fits(at+"/content/"+escapes.Replace(name)+"/example", media.Schema.Value, media.Example)
	}
}

// fits demands that a value fits a schema; nil is for none.
func (d *document) fits(at string, s *openapi3.Schema, value any) {
	if value == nil {
		return
	}
	// The first says enough: a misspelt member is one too many and one that is missing.
	if all := schemacheck.Value(s, schemacheck.OfDocument, value); len(all) > 0 {
		d.add(at+all[0].Pointer, "expected %s, found %s", all[0].Expected, all[0].Found)
	}
}
