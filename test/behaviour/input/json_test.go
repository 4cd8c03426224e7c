package input_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

const (
	no      = facade.StartedNo
	unknown = facade.StartedUnknown
	yes     = facade.StartedYes
)

// bodies are whole, by provider: of a success that may have a body, and of an
// error. The oddities below are made of them.
var bodies = map[facade.Provider]struct{ success, failure string }{
	facade.Vault:    {`{"result":"ok"}`, `{"error":"SOME_CODE","message":"words"}`},
	facade.XGateway: {`{"success":true,"data":"x"}`, `{"errors":[{"code":"some_code","message":"words"}]}`},
	facade.Forte:    {`{"data":{"error_code":null,"flow":"KYC_OCC","widget_data":"d2lkZ2V0"}}`, `{"error":{"code":"SOME","message":"words","reason":"Reason"}}`},
	facade.Qolo:     {`{"person_guid":"2ae6ba4b-f6c0-4817-a158-43e5a87168fd"}`, `{"message":"words"}`},
	facade.Rebilly:  {`{"customerId":"customer-42","id":"kyc_req_1","status":"fulfilled"}`, `{"type":"some","title":"words","invalidFields":[{"field":"a","message":"b"}]}`},
}

func nested(levels int) string {
	return strings.Repeat("[", levels) + strings.Repeat("]", levels)
}

// unusable makes answers of which nothing can be read.
func unusable(whole string) map[string]string {
	with := func(member string) string { return strings.TrimSuffix(whole, "}") + "," + member + "}" }
	return map[string]string{
		"empty":                  "",
		"blanks":                 " \r\n\t ",
		"null":                   "null",
		"an empty object":        "{}",
		"an empty array":         "[]",
		"the answer in an array": "[" + whole + "]",
		"a text":                 `"x"`,
		"the answer as a text":   string(mustJSON(whole)),
		"a number":               "0",
		"a huge number":          "1e999",
		"true":                   "true",
		"a page":                 "<!doctype html><title>ok</title>",
		"a second value":         whole + whole,
		"a second value, apart":  whole + "\n{}",
		"a word behind":          whole + " ok",
		"a zero byte behind":     whole + "\x00",
		"a byte order mark":      "\ufeff" + whole,
		"UTF-16":                 "\xff\xfe" + strings.Join(strings.Split(whole, ""), "\x00") + "\x00",
		"cut by one":             whole[:len(whole)-1],
		"cut in half":            whole[:len(whole)/2],
		"NaN in it":              with(`"x":NaN`),
		"infinity in it":         with(`"x":Infinity`),
		"a number with a plus":   with(`"x":+1`),
		"a comma too many":       with(""),
		"a comment":              with(`"x":1/*y*/`),
		"single quotes":          strings.ReplaceAll(whole, `"`, `'`),
		"a bare line end in it":  with("\"x\":\"\n\""),
		"10,001 levels":          nested(10_001),
		"10,001 levels in it":    with(`"x":` + nested(10_001)),
		"many thousands open":    strings.Repeat(`{"a":`, 20_000),
	}
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// TestUnusableSuccess: a good status with a body that cannot be used is never a
// success, unless the status alone is one.
func TestUnusableSuccess(t *testing.T) {
	for _, c := range []struct {
		provider facade.Provider
		status   int
		started  facade.Started
	}{
		{facade.Vault, 200, unknown},
		{facade.XGateway, 200, unknown},
		{facade.XGateway, 201, unknown},
		{facade.XGateway, 202, unknown},
		{facade.Forte, 200, unknown},
		{facade.Forte, 201, yes},
		{facade.Qolo, 200, unknown},
		{facade.Rebilly, 201, yes},
	} {
		for name, body := range unusable(bodies[c.provider].success) {
			t.Run(fmt.Sprintf("%s %d %s", c.provider, c.status, name), func(t *testing.T) {
				w := &wire{answer: jsonAnswer(c.status, body)}
				_, err := w.start(t, full[c.provider]())
				bare(t, err, answered{c.status, facade.KindUnexpectedResponse, c.started}, body)
			})
		}
	}
	for name, body := range unusable(bodies[facade.XGateway].success) {
		w := &wire{answer: jsonAnswer(204, body)}
		if res, err := w.start(t, full[facade.XGateway]()); err != nil || len(res.RawBody()) != 0 {
			t.Errorf("xgateway 204 with %s: %v", name, err)
		}
	}
}

// answered is what must be known of an answer, whatever its body says.
type answered struct {
	status  int
	kind    facade.Kind
	started facade.Started
}

// statuses mean the same at every provider, if there is nothing else to read: what
// proves nothing leaves the start unknown.
var statuses = []answered{
	{202, facade.KindUnexpectedResponse, unknown},
	{206, facade.KindUnexpectedResponse, unknown},
	{301, facade.KindUnexpectedResponse, unknown},
	{304, facade.KindUnexpectedResponse, unknown},
	{307, facade.KindUnexpectedResponse, unknown},
	{400, facade.KindInvalidRequest, unknown},
	{401, facade.KindUnauthenticated, unknown},
	{403, facade.KindPermissionDenied, unknown},
	{404, facade.KindNotFound, unknown},
	{405, facade.KindInvalidRequest, unknown},
	{406, facade.KindInvalidRequest, unknown},
	{408, facade.KindTimeout, unknown},
	{409, facade.KindConflict, unknown},
	{415, facade.KindInvalidRequest, unknown},
	{422, facade.KindInvalidRequest, unknown},
	{429, facade.KindRateLimited, unknown},
	{500, facade.KindProviderError, unknown},
	{501, facade.KindProviderError, unknown},
	{502, facade.KindUnavailable, unknown},
	{503, facade.KindUnavailable, unknown},
	{504, facade.KindTimeout, unknown},
	{599, facade.KindProviderError, unknown},
	{600, facade.KindUnexpectedResponse, unknown},
	{999, facade.KindUnexpectedResponse, unknown},
}

// bare demands an error of which nothing but the status is known.
func bare(t *testing.T, err error, want answered, body string) {
	t.Helper()
	e := failure(t, err)
	if got := (answered{e.HTTPStatus, e.Kind, e.Started}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if e.Code+e.Message+e.DisplayMessage+e.RequestID != "" || e.Fields != nil || e.Reasons != nil || e.Next.Kind != "" || e.RetryAfter != 0 {
		t.Errorf("read out of nothing: %s", mustJSON(e))
	}
	if string(e.RawBody()) != body {
		t.Errorf("raw body of %d bytes, want %d", len(e.RawBody()), len(body))
	}
}

// TestUnusableErrors: the status of an error stands, whatever the body is.
func TestUnusableErrors(t *testing.T) {
	for _, p := range providers {
		for _, want := range statuses {
			t.Run(fmt.Sprintf("%s %d", p, want.status), func(t *testing.T) {
				for name, body := range unusable(bodies[p].failure) {
					t.Run(name, func(t *testing.T) {
						w := &wire{answer: jsonAnswer(want.status, body)}
						_, err := w.start(t, full[p]())
						want := want
						if p == facade.Qolo && slices.Contains([]int{400, 401, 404}, want.status) && showsItsEnd(body) {
							want.started = no // Qolo documents no error body: any JSON is its own
						}
						bare(t, err, want, body)
					})
				}
			})
		}
	}
}

// showsItsEnd reports whether body is JSON of which nothing can be missing, or is
// empty.
func showsItsEnd(body string) bool {
	trimmed := strings.TrimSpace(body)
	return body == "" || json.Valid([]byte(body)) && strings.ContainsAny(trimmed[:1], `{["`)
}

// TestMediaTypes: what says that it is something else than JSON is not read.
func TestMediaTypes(t *testing.T) {
	for _, c := range []struct {
		contentType string
		read        bool
	}{
		{"", true},
		{"application/json", true},
		{"Application/JSON", true},
		{" application/json ; charset=utf-8", true},
		{"application/problem+json; charset=utf-8", true},
		{"application/vnd.provider.v2+json", true},
		{"text/html; x=json", false},
		{"text/plain", false},
		{"application/jsonp", false},
		{"application/problem+json-seq", false},
		{"application/xml", false},
		{"json", false},
		{";application/json", true}, // of no type, with an odd parameter
		{"application/json, text/html", false},
	} {
		for _, p := range providers {
			w := &wire{answer: answer{418, http.Header{"Content-Type": {c.contentType}}, bodies[p].failure}}
			_, err := w.start(t, full[p]())
			if got := failure(t, err).Message != ""; got != c.read {
				t.Errorf("%s: %q was read: %t", p, c.contentType, got)
			}
		}
	}
}

// TestTolerated: what is odd and harms nothing.
func TestTolerated(t *testing.T) {
	for _, p := range providers {
		whole := bodies[p].success
		with := func(member string) string { return strings.TrimSuffix(whole, "}") + "," + member + "}" }
		if p == facade.XGateway {
			continue // confirms without a body, or with one that has two members and no more
		}
		status := starts[p].status
		for name, body := range map[string]string{
			"blanks around":           " \r\n\t" + whole + "\n\n",
			"another member":          with(`"x":{"y":[null,true,-0.0]}`),
			"a huge number in it":     with(`"x":1e999`),
			"9,000 levels in it":      with(`"x":` + nested(9_000)),
			"a member without a name": with(`"":1`),
			"lone surrogates":         with(`"x":"\ud800\udfff"`),
			"broken UTF-8 in it":      with("\"x\":\"\xff\""),
			"two names in one object": with(`"x":1,"x":2`),
		} {
			w := &wire{answer: jsonAnswer(status, body)}
			if _, err := w.start(t, full[p]()); err != nil {
				t.Errorf("%s with %s: %v", p, name, err)
			}
		}
	}
}
