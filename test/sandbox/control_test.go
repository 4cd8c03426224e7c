package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
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

// TestControl chooses, queues, reads, clears and waits over HTTP. A wrong call is answered with the
// reason. An application may change its choice without a failure.
func TestControl(t *testing.T) {
	const scenarios, requests = "/sandbox/providers/forte/scenarios", "/sandbox/requests"
	s, wantFailures := recorded(t)
	call := control(t, s)
	listed := `"default":"forte/201.*"sandbox-200_banned".*` + s.URL(facade.Forte) + `.*"unreachable":"` + s.UnreachableURL()
	for _, step := range []struct {
		method, target, body string
		status               int
		answer               string // a regular expression
		starts               []int
	}{
		{"PUT", scenarios, `{"next": ["forte/200_banned", "fault/lost_reply", "forte/401_example"]}`, 200, "", []int{200, 0, 401, 201, 201}},
		{"PUT", scenarios, `{"after": "forte/429_example"}`, 200, "", []int{429, 429}},
		{"POST", scenarios, `{"next": ["forte/200_banned"]}`, 200, "", []int{200, 429}},
		{"PUT", scenarios, `{}`, 200, "", []int{201}},
		{"POST", scenarios, `{"next": ["fault/502_html"], "after": "forte/403_banned"}`, 200, "", []int{502, 403}},
		{"PUT", scenarios, `{"next": ["forte/200_banned"]}`, 200, `{"next":\["forte/200_banned"\]}`, nil},
		{"POST", scenarios, `{"next": ["forte/401_example"]}`, 200, `{"next":\["forte/200_banned","forte/401_example"\]}`, nil},
		{"PUT", scenarios, `{}`, 200, `{"next":\[\]}`, nil},

		{"GET", "/sandbox/providers", "", 200, listed, nil},
		{"DELETE", requests + "?provider=vault", "", 204, "", nil},
		{"GET", requests, "", 200, `"number":1,.*"number":12,`, nil},
		{"DELETE", requests, "", 204, "", nil},
		{"GET", requests, "", 200, `{"requests":\[\]}`, []int{201, 201}},
		{"GET", requests + "?after=13", "", 200, `external_id.*"Bearer \*\*\*".*"number":14,.*"forte/201_started"`, nil},
		{"GET", requests + "?after=14", "", 200, `{"requests":\[\]}`, nil},
		{"GET", requests + "?provider=vault", "", 200, `{"requests":\[\]}`, nil},

		{"PUT", "/sandbox/providers/nobody/scenarios", `{}`, 400, "xgateway", nil},
		{"PUT", scenarios, `{"next": ["forte/200_okay"]}`, 400, "forte/200_banned", nil},
		{"PUT", scenarios, `{"after": "vault/200_ok"}`, 400, "forte/200_banned", nil},
		{"POST", scenarios, `{"next": ["fault/connection_refused"]}`, 400, "for the base URL", nil},
		{"PUT", scenarios, `{"scenarios": []}`, 400, "want a body such as", nil},
		{"GET", requests + "?provider=nobody", "", 400, "no provider", nil},
		{"GET", requests + "?after=x", "", 400, "after", nil},
		{"GET", requests + "?wait=61", "", 400, "at most 60", nil},
	} {
		status, answer := call(step.method, step.target, step.body)
		if matches, err := regexp.MatchString(step.answer, answer); err != nil || status != step.status || !matches {
			t.Errorf("%s %s %s: %d %s, want %d and %q", step.method, step.target, step.body, status, answer, step.status, step.answer)
		}
		for i, want := range step.starts {
			if got := send(t, s, facade.Forte, "", "customer").Status; got != want {
				t.Errorf("%s %s: start %d: status %d, want %d", step.method, step.body, i, got, want)
			}
		}
	}
	read := make(chan string)
	go func() {
		_, text := call("GET", requests+"?wait=60&after=14&provider=forte", "")
		read <- text
	}()
	send(t, s, facade.Forte, "", "customer", func(r *http.Request) { r.Header.Del("Authorization") })
	if text := <-read; !strings.Contains(text, `"number":15,`) || !strings.Contains(text, `"wrong":[{"at":"header:Authorization"`) {
		t.Errorf("waited for %s", text)
	}
	wantFailures("wrong request to forte")
}

// TestOnLoopback refuses requests from elsewhere. A program may have nobody to receive its failures.
func TestOnLoopback(t *testing.T) {
	s, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Use("nobody") // and nobody is told
	handler := s.Handler()
	for call, want := range map[string]int{
		"127.0.0.1:8485":                             204, // an application
		"[::1]:8485 http://[::1]:8485":               204, // the page itself
		"127.0.0.1:8485 https://shop.example":        403, // a page elsewhere
		"shop.example:8485 http://shop.example:8485": 403, // a name that now points at this machine
		"192.168.0.7":                                403, // an address of the network
	} {
		host, origin, _ := strings.Cut(call, " ")
		r, w := httptest.NewRequest(http.MethodDelete, "http://"+host+"/sandbox/requests", http.NoBody), httptest.NewRecorder()
		r.Header.Set("Origin", origin) // an empty one is none
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", call, w.Code, want)
		}
	}
}
