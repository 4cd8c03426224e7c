package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/sandbox"
)

// control returns a function that makes a call of the sandbox's own API and checks the answer
// against its document.
func control(t *testing.T, s *sandbox.Sandbox) func(method, target, body string) (int, string) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(sandbox.Document)
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return func(method, target, body string) (int, string) {
		t.Helper()
		r, w := httptest.NewRequest(method, "http://127.0.0.1:8485"+target, strings.NewReader(body)), httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		route, parameters, err := router.FindRoute(r)
		if err != nil {
			t.Fatalf("%s %s: %v", method, target, err)
		}
		if err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
			Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		}); err != nil {
			t.Errorf("%s %s: the answer is not as the document has it: %v", method, target, err)
		}
		return w.Code, w.Body.String()
	}
}

// TestControl chooses, queues and reads over HTTP. A wrong call is answered with the reason. An
// application may change its choice without a failure.
func TestControl(t *testing.T) {
	const scenarios = "/sandbox/providers/forte/scenarios"
	var r recorder
	s := sandbox.New(&r)
	call := control(t, s)
	for _, step := range []struct {
		method, target, body string
		status               int
		answer               string
		starts               []int
	}{
		{"PUT", scenarios, `{"next": ["forte/200_banned", "fault/lost_reply", "forte/401_example"]}`, 200, "", []int{200, 0, 401, 201, 201}},
		{"PUT", scenarios, `{"after": "forte/429_example"}`, 200, "", []int{429, 429}},
		{"POST", scenarios, `{"next": ["forte/200_banned"]}`, 200, "", []int{200, 429}},
		{"PUT", scenarios, `{}`, 200, "", []int{201}},
		{"POST", scenarios, `{"next": ["fault/502_html"], "after": "forte/403_banned"}`, 200, "", []int{502, 403}},
		{"PUT", scenarios, `{"next": ["forte/200_banned"]}`, 200, `{"next":["forte/200_banned"]}` + "\n", nil},
		{"POST", scenarios, `{"next": ["forte/401_example"]}`, 200, `{"next":["forte/200_banned","forte/401_example"]}` + "\n", nil},
		{"PUT", scenarios, `{}`, 200, `{"next":[]}` + "\n", nil},

		{"PUT", "/sandbox/providers/nobody/scenarios", `{}`, 400, `\"xgateway\"`, nil},
		{"PUT", scenarios, `{"next": ["forte/200_okay"]}`, 400, "forte/200_banned", nil},
		{"PUT", scenarios, `{"after": "vault/200_ok"}`, 400, "forte/200_banned", nil},
		{"POST", scenarios, `{"next": ["fault/connection_refused"]}`, 400, "for the base URL", nil},
		{"PUT", scenarios, `{"scenarios": []}`, 400, "want a body such as", nil},
		{"GET", "/sandbox/requests?provider=nobody", "", 400, "no provider", nil},
		{"GET", "/sandbox/requests?after=x", "", 400, "after", nil},
		{"GET", "/sandbox/requests?wait=61", "", 400, "at most 60", nil},
		{"DELETE", "/sandbox/requests?provider=nobody", "", 400, "no provider", nil},
	} {
		if status, answer := call(step.method, step.target, step.body); status != step.status || !strings.Contains(answer, step.answer) {
			t.Errorf("%s %s %s: %d %s, want %d and %q", step.method, step.target, step.body, status, answer, step.status, step.answer)
		}
		for i, want := range step.starts {
			if got, _, _ := send(t, s, facade.Forte, "", "customer", nil); got != want {
				t.Errorf("%s %s: start %d: status %d, want %d", step.method, step.body, i, got, want)
			}
		}
	}
	_, text := call("GET", "/sandbox/providers", "")
	for _, p := range sandbox.Providers() {
		for _, want := range []string{`"url":"` + s.URL(p) + `"`, `"default":"` + sandbox.Default(p) + `"`, s.Customer(p, sandbox.Default(p))} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", p, want)
			}
		}
	}
	r.wantFailures(t)
}

// TestRequests reads what arrived, also while it arrives, and then clears it.
func TestRequests(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	call := control(t, s)
	read := func(query string, want ...string) {
		t.Helper()
		_, text := call("GET", "/sandbox/requests"+query, "")
		if n := strings.Count(text, `"number":`); n != min(len(want), 1) {
			t.Errorf("%s: %d requests: %s", query, n, text)
		}
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %s in %s", query, part, text)
			}
		}
	}
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		read("?wait=60", `"number":1`, `"scenario":"forte/201_started"`, "external_id", `"Authorization":"Bearer ***"`)
	}()
	send(t, s, facade.Forte, "", "customer", nil)
	<-waited
	send(t, s, facade.Forte, "", "customer", func(r *http.Request) { r.Header.Del("Authorization") })
	read("?after=1&provider=forte", `"number":2`, `"wrong":[{"at":"header:Authorization"`)
	read("?provider=vault")
	if status, _ := call("DELETE", "/sandbox/requests", ""); status != http.StatusNoContent || len(s.Received(facade.Forte)) != 0 {
		t.Error("what arrived is not forgotten")
	}
	read("")
	send(t, s, facade.Forte, "", "customer", nil)
	read("", `"number":3`)
	r.wantFailures(t, "wrong request to forte")
}

// TestOnLoopback refuses requests that do not come from this machine.
func TestOnLoopback(t *testing.T) {
	handler := sandbox.New(t).Handler()
	for call, want := range map[string]int{
		"127.0.0.1:8485":                             204, // an application
		"localhost:8485 http://localhost:8485":       204, // the page itself
		"[::1]:8485 http://[::1]:8485":               204,
		"127.0.0.1:8485 https://shop.example":        403, // a page elsewhere
		"127.0.0.1:8485 http://127.0.0.1:8486":       403,
		"shop.example:8485 http://shop.example:8485": 403, // a name that now points at this machine
		"192.168.0.7":                                403, // an address of the network
	} {
		r, w := httptest.NewRequest(http.MethodDelete, "/sandbox/requests", http.NoBody), httptest.NewRecorder()
		host, origin, _ := strings.Cut(call, " ")
		if r.Host = host; origin != "" {
			r.Header.Set("Origin", origin)
		}
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", call, w.Code, want)
		}
	}
}
