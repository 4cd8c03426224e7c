package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// control makes the calls of the sandbox itself, and holds them to its document.
type control struct {
	t       *testing.T
	handler http.Handler
	router  routers.Router
}

func newControl(t *testing.T, s *sandbox.Sandbox) *control {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(sandbox.Document)
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &control{t, s.Handler(), router}
}

// call returns the status and the body of an answer.
func (c *control) call(method, target, body string) (status int, answer string) {
	c.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8485"+target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)

	route, parameters, err := c.router.FindRoute(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, target, err)
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(r.Context(), input); err != nil {
		c.t.Errorf("%s %s: the answer is not as the document has it: %v", method, target, err)
	}
	return w.Code, w.Body.String()
}

// start starts KYC at Forte as an application in any language would, and returns
// the status.
func start(t *testing.T, s *sandbox.Sandbox) int {
	t.Helper()
	_, path, header, body, err := fixtures.Request("forte")
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, s.URL(facade.Forte)+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// TestControl chooses, queues, reads and clears over HTTP.
func TestControl(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	c := newControl(t, s)
	const scenarios = "/sandbox/providers/forte/scenarios"

	for _, step := range []struct {
		method, body string
		want         []int // of the starts that follow
	}{
		{"PUT", `{"next": ["forte/200_banned", "fault/lost_reply", "forte/401_example"]}`, []int{200, 0, 401, 201, 201}},
		{"PUT", `{"after": "forte/429_example"}`, []int{429, 429}},
		{"POST", `{"next": ["forte/200_banned"]}`, []int{200, 429}},
		{"PUT", `{}`, []int{201}},
		{"POST", `{"next": ["fault/502_html"], "after": "forte/403_banned"}`, []int{502, 403}},
	} {
		if status, answer := c.call(step.method, scenarios, step.body); status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", step.method, step.body, status, answer)
		}
		for i, want := range step.want {
			if got := start(t, s); got != want {
				t.Errorf("%s %s: start %d: status %d, want %d", step.method, step.body, i, got, want)
			}
		}
	}
	if _, answer := c.call("PUT", scenarios, `{"next": ["forte/200_banned"]}`); strings.TrimSpace(answer) != `{"next":["forte/200_banned"]}` {
		t.Errorf("what is still to come: %s", answer)
	}
	c.call("PUT", scenarios, `{}`)
	wantFailures(t, r.end()) // an application that changes its mind is no failure
}

// TestControlRefuses names what is wrong with a call.
func TestControlRefuses(t *testing.T) {
	c := newControl(t, sandbox.New(t))
	for _, w := range []struct {
		method, target, body string
		status               int
		reason               string
	}{
		{"PUT", "/sandbox/providers/acme/scenarios", `{}`, 404, "vault, xgateway, forte, qolo, rebilly"},
		{"PUT", "/sandbox/providers/forte/scenarios", `{"next": ["forte/200_okay"]}`, 400, "forte/200_banned"},
		{"PUT", "/sandbox/providers/forte/scenarios", `{"after": "vault/200_ok"}`, 400, "forte/200_banned"},
		{"POST", "/sandbox/providers/forte/scenarios", `{"next": ["fault/connection_refused"]}`, 400, "for the base URL"},
		{"PUT", "/sandbox/providers/forte/scenarios", `{"scenarios": []}`, 400, "want a body such as"},
		{"GET", "/sandbox/requests?provider=acme", "", 400, "no provider"},
		{"GET", "/sandbox/requests?after=x", "", 400, "after"},
		{"GET", "/sandbox/requests?wait=61", "", 400, "at most 60"},
		{"DELETE", "/sandbox/requests?provider=acme", "", 400, "no provider"},
	} {
		status, answer := c.call(w.method, w.target, w.body)
		if status != w.status || !strings.Contains(answer, w.reason) {
			t.Errorf("%s %s %s: %d %s, want %d and %q", w.method, w.target, w.body, status, answer, w.status, w.reason)
		}
	}
}

// TestRequests reads what arrived, also while it arrives, and forgets it.
func TestRequests(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	c := newControl(t, s)
	type request struct {
		Number           int
		Scenario, Method string
		Header           map[string]string
		Body             string
		Wrong            []struct{ At string }
	}
	read := func(query string) []request {
		t.Helper()
		var answer struct{ Requests []request }
		_, text := c.call("GET", "/sandbox/requests"+query, "")
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Requests
	}
	waiting := make(chan []request)
	go func() { waiting <- read("?wait=60") }()
	start(t, s)
	if got := <-waiting; len(got) != 1 || got[0].Scenario != "forte/201_started" || !strings.Contains(got[0].Body, "external_id") ||
		got[0].Header["Authorization"] != "Bearer ***" {
		t.Errorf("waited for %+v", got)
	}
	if answer, err := http.Post(s.URL(facade.Forte)+"/compliance/v2/kyc", "application/json", strings.NewReader("{}")); err == nil {
		answer.Body.Close()
	}
	got := read("?after=1&provider=forte")
	if len(got) != 1 || got[0].Number != 2 || got[0].Scenario != "" || len(got[0].Wrong) < 2 || got[0].Wrong[0].At != "header:Authorization" {
		t.Errorf("the refused request is %+v", got)
	}
	if got := read("?provider=vault"); len(got) != 0 {
		t.Errorf("vault has received %+v", got)
	}
	if status, _ := c.call("DELETE", "/sandbox/requests", ""); status != http.StatusNoContent || len(read("")) != 0 || len(s.Received(facade.Forte)) != 0 {
		t.Error("what arrived is not forgotten")
	}
	start(t, s)
	if got := read(""); len(got) != 1 || got[0].Number != 3 {
		t.Errorf("after it was forgotten: %+v, want the number 3", got)
	}
	r.end()
}

// TestProvidersOverHTTP demands what an application needs to begin with.
func TestProvidersOverHTTP(t *testing.T) {
	s := sandbox.New(t)
	_, text := newControl(t, s).call("GET", "/sandbox/providers", "")
	for _, p := range sandbox.Providers() {
		for _, want := range []string{`"url":"` + s.URL(p) + `"`, `"default":"` + sandbox.Default(p) + `"`, s.Customer(p, sandbox.Default(p))} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", p, want)
			}
		}
	}
}

// TestOnLoopback refuses what comes from elsewhere.
func TestOnLoopback(t *testing.T) {
	handler := sandbox.New(t).Handler()
	for _, c := range []struct {
		name, host, origin string
		status             int
	}{
		{"an application", "127.0.0.1:8485", "", 204},
		{"the page itself", "localhost:8485", "http://localhost:8485", 204},
		{"the same on IPv6", "[::1]:8485", "http://[::1]:8485", 204},
		{"a page elsewhere", "127.0.0.1:8485", "https://shop.example", 403},
		{"a page at another port", "127.0.0.1:8485", "http://127.0.0.1:8486", 403},
		{"a name that was rebound", "shop.example:8485", "http://shop.example:8485", 403},
		{"an address of the network", "192.168.0.7", "", 403},
	} {
		r := httptest.NewRequest(http.MethodDelete, "/sandbox/requests", http.NoBody)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.name, w.Code, c.status)
		}
	}
}

// TestVisit tells a person where they are, and counts no request.
func TestVisit(t *testing.T) {
	s := sandbox.New(t)
	for _, p := range sandbox.Providers() {
		answer, err := http.Get(s.URL(p))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		method, path, _, _, _ := fixtures.Request(string(p))
		if !strings.Contains(string(text), string(p)) || !strings.Contains(string(text), method+" "+path) || len(s.Received(p)) != 0 {
			t.Errorf("%s: %s", p, text)
		}
	}
}
