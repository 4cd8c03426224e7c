package input_test

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// wording returns the refusal of a provider with another message, as JSON.
func wording(t *testing.T, p facade.Provider, message string) string {
	t.Helper()
	c, err := fixtures.Find(fixtures.Of(p).Refusal.Name)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Verdict()
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(refusals[p].body, string(mustJSON(v.Message)), message, 1)
	if body == refusals[p].body {
		t.Fatalf("%s does not hold its message %q", c.Name, v.Message)
	}
	return body
}

// TestMessages: a provider's words are bounded and fit for one line, before
// anybody sees them.
func TestMessages(t *testing.T) {
	for _, c := range []struct {
		name, message string // as JSON
		want          string
	}{
		{"plain", `"words"`, "words"},
		{"escape sequences", `"\u001b[2J\u001b]0;title\u0007words"`, " [2J ]0;title words"},
		{"new lines", `"a\r\nb\tc\u0085d\u2028e\u2029f"`, "a  b c d e f"},
		{"zero byte", `"a\u0000b"`, "a b"},
		{"another direction", `"a\u202eb\u2066c"`, "a b c"},
		{"a lone surrogate", `"a\ud800b"`, "a b"},
		{"a lone surrogate the other way round", `"a\udfffb\ud800"`, "a b "},
		{"a pair", `"\ud83d\ude00"`, "😀"},
		{"broken UTF-8", "\"a\xffb\"", "a b"},
		{"markup", `"<script>alert(1)</script>&"`, "<script>alert(1)</script>&"},
		{"1000 characters", `"` + strings.Repeat("é", 1000) + `"`, strings.Repeat("é", 1000)},
		{"1001 characters", `"` + strings.Repeat("😀", 1001) + `"`, strings.Repeat("😀", 1000)},
		{"a megabyte", `"` + strings.Repeat("m", 1_000_000) + `"`, strings.Repeat("m", 1000)},
		{"a megabyte of markup", `"` + strings.Repeat("<b>", 300_000) + `"`, strings.Repeat("<b>", 333) + "<"},
		{"a megabyte of line ends", `"` + strings.Repeat(`\n`, 500_000) + `"`, strings.Repeat(" ", 1000)},
		{"a megabyte of escapes", `"` + strings.Repeat(`\u001b[0m`, 100_000) + `"`, strings.Repeat(" [0m", 250)},
	} {
		for _, p := range providers {
			for _, status := range []int{400, 503} {
				w := &wire{answer: jsonAnswer(status, wording(t, p, c.message))}
				_, err := w.start(t, full[p]())
				e := failure(t, err)
				if e.Message != c.want || e.HTTPStatus != status {
					t.Errorf("%s %d, %s: %.60q of %d characters", p, status, c.name, e.Message, utf8.RuneCountInString(e.Message))
				}
				if text := err.Error(); strings.ContainsFunc(text, unicode.IsControl) || len(text) > 200 {
					t.Errorf("%s %d, %s: the error text is %.100q", p, status, c.name, text)
				}
				if payload := mustJSON(e); bytes.Contains(payload, []byte("<")) || len(payload) > 20_000 {
					t.Errorf("%s %d, %s: the payload has %d bytes: %.100s", p, status, c.name, len(payload), payload)
				}
			}
		}
	}
}

// TestWords: every word of a provider's that an outcome holds is bounded and fit
// for one line.
func TestWords(t *testing.T) {
	const code, message = 200, 1000
	for _, c := range []struct {
		provider facade.Provider
		status   int
		body     string
		path     string // of the word in the outcome
		max      int    // characters
	}{
		{facade.Vault, 400, `{"error":%s}`, "code", code},
		{facade.Vault, 400, `{"errorId":%s}`, "code", code},
		{facade.Vault, 400, `{"message":%s}`, "message", message},
		{facade.Vault, 400, `{"message":%s}`, "display_message", message},
		{facade.Vault, 400, `{"field":%s}`, "fields.0.path", code},
		{facade.Vault, 400, `{"field":"f","message":%s}`, "fields.0.message", message},
		{facade.XGateway, 400, `{"errors":[{"code":%s}]}`, "code", code},
		{facade.XGateway, 400, `{"errors":[{"message":%s}]}`, "message", message},
		{facade.XGateway, 400, `{"errors":[{},{"code":%s}]}`, "reasons.1.code", code},
		{facade.XGateway, 400, `{"errors":[{},{"message":%s}]}`, "reasons.1.message", message},
		{facade.Forte, 201, `{"data":{"error_code":%s}}`, "code", code},
		{facade.Forte, 200, `{"data":{"error_code":%s}}`, "code", code},
		{facade.Forte, 422, `{"error":{"code":%s}}`, "code", code},
		{facade.Forte, 422, `{"error":{"message":%s}}`, "message", message},
		{facade.Forte, 422, `{"error":{"message":%s}}`, "display_message", message},
		{facade.Forte, 422, `{"error":{"reason":%s}}`, "message", message},
		{facade.Qolo, 400, `{"message":%s}`, "message", message},
		{facade.Qolo, 400, `{"error":%s}`, "message", message},
		{facade.Qolo, 400, `{"title":%s}`, "message", message},
		{facade.Qolo, 400, `{"detail":%s}`, "message", message},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":%s}`, "provider_status", code},
		{facade.Rebilly, 201, `{"customerId":"customer-42","matchLevel":%s}`, "level", code},
		{facade.Rebilly, 422, `{"type":%s}`, "code", code},
		{facade.Rebilly, 422, `{"title":%s}`, "message", message},
		{facade.Rebilly, 422, `{"detail":%s}`, "message", message},
		{facade.Rebilly, 422, `{"invalidFields":[{"field":%s}]}`, "fields.0.path", code},
		{facade.Rebilly, 422, `{"invalidFields":[{"message":%s}]}`, "fields.0.message", message},
		{facade.Rebilly, 422, `{"invalidFields":{%s:[{}]}}`, "fields.0.path", code},
		{facade.Rebilly, 422, `{"invalidFields":{"f":[{"message":%s}]}}`, "fields.0.message", message},
	} {
		t.Run(fmt.Sprint(c.provider, " ", c.status, " ", c.body, " as ", c.path), func(t *testing.T) {
			w := &wire{answer: jsonAnswer(c.status, fmt.Sprintf(c.body, `"\u001b[31m`+strings.Repeat("é", 2000)+`"`))}
			res, err := w.start(t, full[c.provider]())
			if got, want := member(any(outcome(t, res, err)), c.path), " [31m"+strings.Repeat("é", c.max-len(" [31m")); got != want {
				t.Errorf("%.40q, want %.40q and so on, %d characters", got, want, c.max)
			}
		})
	}
}

// TestDocumentedCodes: a code is in the error's text if the provider documents
// it: any other could hold anything.
func TestDocumentedCodes(t *testing.T) {
	for _, c := range []struct {
		provider facade.Provider
		status   int
		body     string
		code     string
		shown    bool
	}{
		{facade.Vault, 400, `{"error":"COMMON"}`, "COMMON", true},
		{facade.Vault, 400, `{"error":"OTHER"}`, "OTHER", false},
		{facade.XGateway, 400, `{"errors":[{"code":"conflict"}]}`, "conflict", true},
		{facade.XGateway, 400, `{"errors":[{"code":"other"}]}`, "other", false},
		{facade.Forte, 200, `{"data":{"error_code":"ERR01"}}`, "ERR01", true},
		{facade.Forte, 201, `{"data":{"error_code":"ERR01"}}`, "ERR01", true},
		{facade.Forte, 201, `{"data":{"error_code":"OTHER"}}`, "OTHER", false},
		{facade.Forte, 403, `{"error":{"code":"ERR01"}}`, "ERR01", true},
		{facade.Forte, 403, `{"error":{"code":"OTHER"}}`, "OTHER", false},
		{facade.Rebilly, 422, `{"type":"other"}`, "other", false},
	} {
		w := &wire{answer: jsonAnswer(c.status, c.body)}
		_, err := w.start(t, full[c.provider]())
		if e := failure(t, err); e.Code != c.code || strings.Contains(err.Error(), ", "+c.code+")") != c.shown {
			t.Errorf("%s %d, code %q: the text is %q", c.provider, c.status, e.Code, err)
		}
	}
}

// TestLimit: an answer of exactly the limit is read, and one byte more is not.
func TestLimit(t *testing.T) {
	for _, p := range providers {
		whole := starts[p].body
		if whole == "" {
			continue // confirms without one
		}
		for spare, ok := range map[int64]bool{0: true, -1: false, 1: true} {
			config := fixtures.Config("https://provider.test", p)
			config.MaxResponseBytes = int64(len(whole)) + spare
			w := &wire{answer: jsonAnswer(starts[p].status, whole)}
			_, err := exactlyOne(t)(w.client(t, config).Start(t.Context(), full[p]()))
			if (err == nil) != ok {
				t.Errorf("%s: a limit of %d bytes and %d: %v", p, len(whole), spare, err)
			}
			if err != nil {
				if e := failure(t, err); e.Kind != facade.KindUnexpectedResponse || e.Started == no || e.HTTPStatus != starts[p].status || int64(len(e.RawBody())) != config.MaxResponseBytes {
					t.Errorf("%s: %v, started %s, %d bytes kept", p, e, e.Started, len(e.RawBody()))
				}
			}
		}
	}
}

// TestLyingLength: the length that an answer claims is believed only as far as
// it arrives, also by a client that would take any length.
func TestLyingLength(t *testing.T) {
	for _, p := range providers {
		for _, claimed := range []int64{0, 1, 1 << 40, math.MaxInt64 - 1, math.MaxInt64, -1, math.MinInt64} {
			config := fixtures.Config("https://provider.test", p)
			config.MaxResponseBytes = math.MaxInt64
			w := &wire{answer: starts[p]}
			config.HTTPClient = &http.Client{Transport: lying{w, claimed}}
			client, err := facade.New(config)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Start(t.Context(), full[p]()); err != nil {
				t.Errorf("%s, claiming %d bytes: %v", p, claimed, err)
			}
		}
	}
}

// lying is a wire whose answers claim a length of their own.
type lying struct {
	*wire
	claimed int64
}

func (l lying) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.wire.RoundTrip(r)
	resp.ContentLength = l.claimed
	return resp, err
}
