package libopenapi

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	verrors "github.com/pb33f/libopenapi-validator/errors"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
)

const (
	openObject = "strict mode wants every property declared, also in an object that the document leaves open"
	openHeader = "strict mode wants every header declared, where a response declares one"
	emptyBody  = "a body that is not there, or null, is not held to the schema"
	noContent  = "the body is not looked at where the document declares no content"
	anyHeader  = "the value of a response header is not held to its pattern"
	doubled    = "a property that stands twice is one property to it, the last"
	int32Range = "format int32 is not checked: JSON Schema does not have it"
)

// disagreements are the fixtures that the validator judges differently than the project does, and
// why.
var disagreements = map[string]string{
	"vault/400_all_members":                openObject,
	"forte/403_banned_open_members":        openObject,
	"rebilly/201_embedded":                 openObject,
	"rebilly/429_retry_after":              openHeader,
	"vault/rejected/200_empty_body":        emptyBody,
	"vault/rejected/200_null":              emptyBody,
	"vault/rejected/400_empty_body":        emptyBody,
	"forte/rejected/200_empty_body":        emptyBody,
	"forte/rejected/201_empty_body":        emptyBody,
	"forte/rejected/201_null":              emptyBody,
	"qolo/rejected/200_empty_body":         emptyBody,
	"qolo/rejected/200_null":               emptyBody,
	"rebilly/rejected/201_empty_body":      emptyBody,
	"rebilly/rejected/201_null":            emptyBody,
	"rebilly/rejected/403_empty_body":      emptyBody,
	"xgateway/rejected/204_stray_json":     noContent,
	"xgateway/rejected/204_stray_text":     noContent,
	"forte/rejected/422_code_beyond_int32": int32Range,

	"xgateway/find/200_unknown_member":             openObject,
	"xgateway/find/200_pending_kyc_data_step_runs": openObject,
	"qolo/find/400_problem":                        openObject,
	"qolo/find/401_problem":                        openObject,
	"qolo/find/404_problem":                        openObject,
	"vault/find/rejected/200_two_statuses":         doubled,
	"xgateway/find/rejected/200_two_statuses":      doubled,
	"qolo/find/rejected/200_two_persons":           doubled,
	"rebilly/find/rejected/200_two_customers":      doubled,
	"rebilly/find_by_id/rejected/200_two_statuses": doubled,
	"rebilly/find/rejected/200_bad_total":          anyHeader,
	"vault/find/rejected/200_empty_body":           emptyBody,
	"vault/find/rejected/200_null":                 emptyBody,
	"xgateway/find/rejected/200_empty_body":        emptyBody,
	"qolo/find/rejected/200_empty_body":            emptyBody,
	"qolo/find/rejected/200_null":                  emptyBody,
	"rebilly/find/rejected/200_empty_body":         emptyBody,
	"rebilly/find/rejected/200_null":               emptyBody,
	"rebilly/find_by_id/rejected/200_empty_body":   emptyBody,
	"rebilly/find_by_id/rejected/200_null":         emptyBody,
}

// judge is the validator for one provider's document.
type judge struct {
	validator.Validator
	server string
}

func newJudge(t *testing.T, p facade.Provider) judge {
	t.Helper()
	text, err := specs.Files.ReadFile(string(p) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	// If the path of a server holds a variable, the validator panics at a variable in the path of
	// an operation.
	text = bytes.ReplaceAll(text, []byte("/organizations/{organizationId}"), []byte("/organizations/acme"))
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(document,
		config.WithStrictMode(),
		config.WithStrictServerMatching(),
		config.WithFormatAssertions(),
		config.WithContentAssertions(),
		config.WithRejectUndeclaredRequestBody(),
		config.WithRejectUnsupportedBodyContent(),
	)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	// The canonical request already has the path of the server.
	scheme, rest, _ := strings.Cut(model.Model.Servers[0].URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	return judge{v, scheme + "://" + host}
}

// request returns the canonical request of an operation to the server of the document. An empty
// operation means the start.
func (j judge) request(t *testing.T, p facade.Provider, operation string) *http.Request {
	t.Helper()
	documented, body := fixtures.Request(p, operation)
	r, err := http.NewRequest(documented.Method, j.server+documented.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = documented.Header
	return r
}

// operations returns the operations of a provider's fixtures, the start first.
func operations(p facade.Provider) []string {
	all := []string{""}
	for _, l := range fixtures.Of(p).Lookups {
		all = append(all, l.Operation)
	}
	return all
}

func reasons(errs []*verrors.ValidationError) string {
	all := make([]string, len(errs))
	for i, e := range errs {
		all[i] = e.Error()
	}
	return strings.Join(all, "\n")
}

// TestDocuments checks each document against the OpenAPI schema.
func TestDocuments(t *testing.T) {
	for _, p := range fixtures.Providers() {
		if ok, errs := newJudge(t, p).ValidateDocument(); !ok {
			t.Errorf("%s: %s", p, reasons(errs))
		}
	}
}

// TestRequests checks the canonical requests against the documents, which must demand a credential.
func TestRequests(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		p := d.Provider
		j := newJudge(t, p)
		for _, operation := range operations(p) {
			if ok, errs := j.ValidateHttpRequest(j.request(t, p, operation)); !ok {
				t.Errorf("%s %s: %s", p, operation, reasons(errs))
			}
			r := j.request(t, p, operation)
			r.Header.Del(d.Credential)
			if ok, _ := j.ValidateHttpRequest(r); ok {
				t.Errorf("%s %s: the request is accepted without %s", p, operation, d.Credential)
			}
		}
	}
}

// TestFixtures demands the project's own verdict for each fixture, except for the known
// disagreements.
func TestFixtures(t *testing.T) {
	known := make(map[string]bool)
	for _, p := range fixtures.Providers() {
		j := newJudge(t, p)
		for _, c := range fixtures.Cases(p) {
			accepted, errs := j.ValidateHttpResponse(j.request(t, p, c.Operation), &http.Response{
				StatusCode: c.Status, Header: c.Header.Clone(),
				Body: io.NopCloser(bytes.NewReader(c.Body)), ContentLength: int64(len(c.Body)),
			})
			why, disagree := disagreements[c.Name]
			known[c.Name] = disagree
			switch {
			case disagree && accepted != c.Rejected:
				t.Errorf("%s: no longer a disagreement (%s): take it off the list", c.Name, why)
			case !disagree && accepted && c.Rejected:
				t.Errorf("%s: accepted, although it is rejected here", c.Name)
			case !disagree && !accepted && !c.Rejected:
				t.Errorf("%s: rejected, although it is accepted here:\n%s", c.Name, reasons(errs))
			}
		}
	}
	for name := range disagreements {
		if !known[name] {
			t.Errorf("%s: no such fixture: take it off the list", name)
		}
	}
}
