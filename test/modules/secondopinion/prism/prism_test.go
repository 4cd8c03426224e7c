package prism

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
)

// wrong is a canonical request after one change. Prism must report what is wrong with it.
type wrong struct {
	name  string
	spoil func(*http.Request)
	// accepted says why Prism reports nothing, although this project's own judge does. It is a
	// known disagreement.
	accepted string
}

func without(header string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(header) }
}

func with(header, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(header, value) }
}

func written(old, new string) func(*http.Request) {
	return func(r *http.Request) {
		text, _ := io.ReadAll(r.Body) // reading a text cannot fail
		changed := strings.Replace(string(text), old, new, 1)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(changed)), int64(len(changed))
	}
}

// wrongs are wrong requests to some providers. A request without a credential is wrong at all of
// them.
var wrongs = map[facade.Provider][]wrong{
	facade.Vault: {
		{name: "basic credential", spoil: with("Authorization", "Basic dTpw")},
		{name: "body", spoil: func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
		}},
	},
	facade.XGateway: {
		{name: "undocumented query", spoil: func(r *http.Request) { r.URL.RawQuery = url.Values{"force": {"1"}}.Encode() },
			accepted: "OpenAPI does not say that other parameters are wrong"},
	},
	facade.Forte: {
		{name: "property renamed", spoil: written(`"external_id"`, `"externalId"`)},
		{name: "level out of range", spoil: written(`"level":1`, `"level":5`)},
		{name: "unknown blockchain", spoil: written("sepolia", "dogecoin")},
		{name: "wrong content type", spoil: with("Content-Type", "text/plain")},
	},
	facade.Qolo: {
		{name: "malformed program", spoil: written("3fa0d2ea-", "3fa0d2e-")},
		{name: "malformed person", spoil: func(r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, fixtures.Of(facade.Qolo).Customer.ID, "42", 1)
		}},
		{name: "undocumented property", spoil: written(`"perform_kyc"`, `"performKyc"`),
			accepted: "without additionalProperties: false any property may be there"},
	},
	facade.Rebilly: {
		{name: "unknown document", spoil: written("identity-proof", "passport")},
		{name: "relative return URL", spoil: written("https://shop.example", "")},
		{name: "unescaped return URL", spoil: written("/kyc/done", "/kyc/{done}")},
	},
}

// request returns the canonical request for the customer in Prism's answers. Prism repeats no id,
// and writes "string" for a text without an example.
func request(p facade.Provider) facade.Request {
	c := fixtures.Of(p).Customer
	if c.Echoed && c.Form == fixtures.PlainID {
		return c.Request("string")
	}
	return fixtures.Start(p)
}

func start(t *testing.T, p facade.Provider, f *forcing) (*facade.Result, error) {
	t.Helper()
	config := fixtures.Config("https://provider.test", p)
	config.HTTPClient = &http.Client{Transport: f}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Start(context.Background(), request(p))
	if (res == nil) == (err == nil) {
		t.Fatalf("not exactly one of Result and Error: %v, %v", res, err)
	}
	return res, err
}

// facts returns the parts of an outcome that programs act on, and the answer that it came from.
func facts(res *facade.Result, err error) (facts string, status int, documented bool) {
	var e *facade.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("%s, started %s", e.Kind, e.Started), e.HTTPStatus, e.Documented
	}
	return fmt.Sprintf("%s, next %s", res.Status, res.Next.Kind), res.HTTPStatus, res.Documented
}

// outcomes returns the facts that the fixtures of a status demand. What the facade makes of Prism's
// answer must be one of them.
func outcomes(t *testing.T, p facade.Provider, status int) (all []string) {
	t.Helper()
	for _, c := range fixtures.Starts(p) {
		if c.Status != status || c.Rejected {
			continue
		}
		var want struct {
			Result struct {
				Status string
				Next   struct{ Kind string }
			}
			Error struct{ Kind, Started string }
		}
		if err := json.Unmarshal(c.Want, &want); err != nil {
			t.Fatal(err)
		}
		if want.Error.Kind != "" {
			all = append(all, want.Error.Kind+", started "+want.Error.Started)
		} else {
			all = append(all, want.Result.Status+", next "+want.Result.Next.Kind)
		}
	}
	return all
}

// operation is an operation of a document, read without the project's own code.
type operation struct {
	path     string
	statuses []int
}

// documented returns the operations of a document by their ids. The id of the start is empty.
func documented(t *testing.T, p facade.Provider) map[string]*operation {
	t.Helper()
	text, err := specs.Files.ReadFile(string(p) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]*operation)
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, o := range item.GetOperations().FromOldest() {
			id := o.OperationId
			if method == "post" {
				id = ""
			}
			all[id] = &operation{path: path}
			for code := range o.Responses.Codes.KeysFromOldest() {
				status, err := strconv.Atoi(code)
				if err != nil {
					t.Fatal(err)
				}
				all[id].statuses = append(all[id].statuses, status)
			}
		}
	}
	return all
}

// base returns the path before the operation's own in the canonical request. It is the path of the
// document's servers.
func (o operation) base(p facade.Provider) string {
	r, _ := fixtures.Request(p, "")
	segments := strings.Split(r.URL.EscapedPath(), "/")
	return strings.Join(segments[:len(segments)-strings.Count(o.path, "/")], "/")
}

// TestLookups makes Prism answer the request of each look-up. Prism must report a mistake only if
// the credential is missing.
func TestLookups(t *testing.T) {
	for _, p := range fixtures.Providers() {
		all := documented(t, p)
		address := mock(t, string(p))
		base := all[""].base(p)
		delete(all, "") // the start
		for id, one := range all {
			send := func(f *forcing, spoil func(*http.Request)) {
				r, _ := fixtures.Request(p, id)
				spoil(r)
				answer, err := f.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
			}
			for _, want := range one.statuses {
				f := &forcing{address: address, base: base, prefer: fmt.Sprintf("code=%d", want)}
				send(f, func(*http.Request) {})
				// Prism makes up headers, and then reports them as wrong.
				complains := strings.Contains(f.violations, `"location":["request"`)
				if complains || f.status != want {
					t.Errorf("%s %s: HTTP status %d, want %d; prism complains of the request: %s", p, id, f.status, want, f.violations)
				}
			}
			f := &forcing{address: address, base: base, prefer: "code=200"}
			send(f, without(fixtures.Of(p).Credential))
			if f.violations == "" && f.status/100 == 2 {
				t.Errorf("%s %s: prism accepts the request without a credential", p, id)
			}
		}
	}
}

// TestPrism makes Prism play each provider. Prism must accept the facade's request and report wrong
// ones. The facade must read every documented answer correctly: the one that Prism writes from the
// examples, and the one that it makes up.
func TestPrism(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			address := mock(t, string(p))
			op := documented(t, p)[""]
			base := op.base(p)
			for _, want := range op.statuses {
				for _, prefer := range []string{"code=%d", "code=%d, dynamic=true"} {
					f := &forcing{address: address, base: base, prefer: fmt.Sprintf(prefer, want)}
					facts, status, documented := facts(start(t, p, f))
					if f.violations != "" {
						t.Errorf("%s: prism complains of the request: %s", f.prefer, f.violations)
					}
					if status != want || !documented {
						t.Errorf("%s: HTTP status %d, documented: %t", f.prefer, status, documented)
					}
					if allowed := outcomes(t, p, want); !strings.HasSuffix(prefer, "true") && !slices.Contains(allowed, facts) {
						t.Errorf("%s: %s, and no fixture of that status leads to it: %q", f.prefer, facts, allowed)
					}
				}
			}
			bare := wrong{name: "no credential", spoil: without(fixtures.Of(p).Credential)}
			for _, w := range append([]wrong{bare}, wrongs[p]...) {
				f := &forcing{address: address, base: base, prefer: fmt.Sprintf("code=%d", op.statuses[0]), spoil: w.spoil}
				_, _ = start(t, p, f)
				switch accepted := f.violations == "" && f.status/100 == 2; {
				case accepted && w.accepted == "":
					t.Errorf("%s: prism accepts the request", w.name)
				case !accepted && w.accepted != "":
					t.Errorf("%s: prism complains now (%d %s): take it off the list", w.name, f.status, f.violations)
				}
			}
		})
	}
}
