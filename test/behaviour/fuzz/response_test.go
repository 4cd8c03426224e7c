package fuzz_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
)

func FuzzResponse(f *testing.F) {
	cases, err := fixtures.All()
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		p := slices.Index(providers, facade.Provider(c.Provider))
		f.Add(uint8(p), uint16(c.Status), c.Header.Get("Content-Type"), c.Header.Get("Retry-After"), c.Body)
	}
	for p := range providers {
		for _, status := range []uint16{99, 100, 101, 200, 201, 202, 204, 206, 299, 301, 307, 400, 401, 403, 408, 409, 418, 422, 429, 500, 503, 600, 999} {
			for _, body := range oddBodies {
				f.Add(uint8(p), status, "application/json", "\x1b[31m30", []byte(body))
			}
		}
		f.Add(uint8(p), uint16(200), "Application/JSON ; charset=\"", "", []byte("{}"))
		f.Add(uint8(p), uint16(201), "text/html; x=json", "", []byte("{}"))
		f.Add(uint8(p), uint16(400), "application/vnd.api+json", "-1", []byte("{}"))
		f.Add(uint8(p), uint16(422), "", "Sat, 21 Nov 2026 06:00:00 GMT", []byte("{}"))
	}
	schemas := normalized(f)

	f.Fuzz(func(t *testing.T, provider uint8, status uint16, contentType, extra string, body []byte) {
		p := providers[int(provider)%len(providers)]
		code := int(status)
		if code < 1 || code > 999 {
			code = 1 + code%999
		}
		w := &wire{
			status: code,
			header: http.Header{
				"Content-Type":            {contentType},
				"Retry-After":             {extra},
				"X-Ratelimit-Retry-After": {extra},
				"X-Request-Id":            {extra},
				"Location":                {extra},
				"Date":                    {extra},
			},
			body: body,
		}
		kept := bytes.Clone(body)
		res, kycErr := w.canonical(t, p)
		if len(w.sent) != 1 {
			t.Fatalf("%d requests were sent", len(w.sent))
		}
		proof := evidence.Answer{Provider: p, Status: w.status, Header: w.header, Body: kept, Length: -1, Whole: true, Connections: 1}
		if lie := evidence.Judge(proof, res, outcomeError(kycErr)); lie != "" {
			t.Errorf("%s in %d %v %q", lie, w.status, w.header, kept)
		}
		if res != nil {
			judgeResult(t, w, p, res)
			conforms(t, schemas["Result"], res)
			return
		}
		judgeError(t, w, p, kycErr)
		conforms(t, schemas["Error"], kycErr)
		// Neither a 204 nor a 101, behind which stands a bare connection, has a body.
		bodiless := w.status == http.StatusNoContent || w.status == http.StatusSwitchingProtocols
		if raw := kycErr.RawBody(); !bodiless && !bytes.Equal(raw, kept) {
			t.Errorf("raw body of %d bytes, want %d", len(raw), len(kept))
		}
	})
}

// outcomeError is e as an error, nil if there is none.
func outcomeError(e *facade.Error) error {
	if e == nil {
		return nil
	}
	return e
}

// oddBodies are JSON, or not quite, of shapes that no provider documents.
var oddBodies = []string{
	"", " \r\n\t", "null", "{}", "[]", `"x"`, "0", "true", "{}{}", "{} x", "\ufeff{}", "NaN", `{"a":NaN}`, "1e999",
	`{"error":{"code":1e999,"message":5,"reason":[]},"message":{},"errors":{},"type":1,"invalidFields":7}`,
	`{"error":"COMMON","errorId":-9223372036854775809,"message":null,"field":"\ud800"}`,
	`{"errors":[{"code":"conflict","message":"\u001b[2J"},{},null,5,"x"],"success":true,"data":"x"}`,
	`{"data":{"error_code":5,"widget_data":"d2lkZ2V0","flow":"KYC_OCC"}}`,
	`{"data":{"error_code":"ERR01","widget_data":null},"DATA":{"error_code":null,"widget_data":"d2lkZ2V0"}}`,
	`{"data":[{"error_code":"ERR01"}]}`,
	"{\"data\":{\"error_code\":null,\"widget_data\":\"d2lk\",\"flow\":\"\xff\u2028</script>\"}}",
	`{"person_guid":"2ae6ba4b-f6c0-4817-a158-43e5a87168fd","verificationResults":[{"questions":[{}]},null]}`,
	`{"customerId":"customer-42","status":"gathering","_links":[{"rel":"gatherer","href":"javascript:alert(1)"},null]}`,
	`{"customerId":"customer-42","status":"pending","expirationTime":"2026-02-30T25:61:61Z","_links":[{"rel":"KYCGATHERER","href":"https://g.example/\u2028"}]}`,
	`{"customerId":"customer-42","id":5,"matchLevel":1e999,"status":{}}`,
	"{\"message\":\"a\u2028b\u2029c\u200b\",\"error\":\"\u2066x\"}",
	`{"invalidFields":{"b":[{"message":"\u202e"}],"a":[{},{}]},"type":"about:blank"}`,
	"{\"result\":\"ok\",\"result\":\"no\",\"RESULT\":\"ok\",\"x\":\"\xff\xfe\"}",
	`{"a":` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + `}`,
}

func judgeResult(t *testing.T, w *wire, p facade.Provider, res *facade.Result) {
	if res.Provider != p || res.HTTPStatus != w.status {
		t.Errorf("%s %d became %s %d", p, w.status, res.Provider, res.HTTPStatus)
	}
	if (res.Next.Kind == facade.NextRedirect) != !res.Next.URL.IsZero() {
		t.Errorf("next step %s with the URL %q", res.Next.Kind, res.Next.URL.Reveal())
	}
	if (res.Next.Kind == facade.NextWidget) != !res.Next.Widget.IsZero() {
		t.Errorf("next step %s with the widget %q", res.Next.Kind, res.Next.Widget.Reveal())
	}
	if (res.Next.Kind == facade.NextAnswerQuestions) != (len(res.Next.Questions) > 0) {
		t.Errorf("next step %s with %d questions", res.Next.Kind, len(res.Next.Questions))
	}
	isLine(t, "request id", res.RequestID, 128)
	isLine(t, "status of the provider", res.ProviderStatus, 200)
}

func judgeError(t *testing.T, w *wire, p facade.Provider, e *facade.Error) {
	if e.Provider != p || e.HTTPStatus != w.status {
		t.Errorf("%s %d became %s %d", p, w.status, e.Provider, e.HTTPStatus)
	}
	if e.RetryAfter < 0 || e.RetryAfter > 24*time.Hour {
		t.Errorf("wait %s", e.RetryAfter)
	}
	isLine(t, "text", e.Error(), 300)
	isLine(t, "request id", e.RequestID, 128)
	isLine(t, "code", e.Code, 200)
	isLine(t, "message", e.Message, 1000)
	isLine(t, "display message", e.DisplayMessage, 1000)
	for _, field := range e.Fields {
		isLine(t, "path", field.Path, 200)
		isLine(t, "message of a field", field.Message, 1000)
	}
	for _, reason := range e.Reasons {
		isLine(t, "code of a reason", reason.Code, 200)
		isLine(t, "message of a reason", reason.Message, 1000)
	}
}

// isLine demands a text that fits into one line of a log or a page.
func isLine(t *testing.T, what, text string, limit int) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s is not UTF-8: %q", what, text)
	}
	if n := utf8.RuneCountInString(text); n > limit {
		t.Errorf("%s has %d characters", what, n)
	}
	if strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	}) {
		t.Errorf("%s is more than a line: %q", what, text)
	}
}

// normalized returns the published schemas of Result and Error.
func normalized(f *testing.F) openapi3.Schemas {
	f.Helper()
	text, err := specs.Files.ReadFile("normalized.yaml")
	if err != nil {
		f.Fatal(err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		f.Fatal(err)
	}
	return spec.Components.Schemas
}

// conforms holds an outcome, as JSON, to its published schema.
func conforms(t *testing.T, schema *openapi3.SchemaRef, outcome any) {
	t.Helper()
	text, err := json.Marshal(outcome)
	if err != nil {
		t.Fatalf("the outcome is not JSON: %v", err)
	}
	if !utf8.Valid(text) {
		t.Errorf("the outcome is not UTF-8: %q", text)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if err := schema.Value.VisitJSON(value); err != nil {
		t.Errorf("the outcome is not as published: %v", err)
	}
}
