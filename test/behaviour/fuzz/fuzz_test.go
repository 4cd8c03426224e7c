// Package fuzz_test tries answers on the facade that no test was written for. The seeds run with
// every go test. `go test -fuzz=FuzzResponse ./test/behaviour/fuzz` tries more.
package fuzz_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// seeds is how many series of random changes run on every fixture with every go test.
const seeds = 50

// FuzzResponse changes a fixture as the bytes of choices say, one change after another until they
// are used up. With extra, it first replaces the body and some of the header. The library may claim
// no more than the changed answer proves.
func FuzzResponse(f *testing.F) {
	cases, err := fixtures.All()
	if err != nil {
		f.Fatal(err)
	}
	seen := map[string]bool{}
	for i, c := range cases {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		for range seeds {
			choices := make([]byte, 3+random.IntN(12))
			for at := range choices {
				choices[at] = byte(random.Uint32())
			}
			f.Add(uint16(i), choices, "", []byte(nil))
		}
		if status := fmt.Sprint(c.Provider, c.Status); !seen[status] {
			seen[status] = true
			for _, body := range oddBodies {
				f.Add(uint16(i), []byte(nil), "\x1b[31m30", []byte(body))
			}
			f.Add(uint16(i), []byte{0, 40}, "Sat, 21 Nov 2026 06:00:00 GMT", []byte("{}")) // the choices change the status
		}
	}
	schemas, err := specdoc.Normalized()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, fixture uint16, choices []byte, extra string, body []byte) {
		a := evidence.FromFixture(cases[int(fixture)%len(cases)])
		if extra != "" {
			a.Body, a.Length, a.Header = body, -1, a.Header.Clone()
			for _, name := range []string{"Retry-After", "X-Ratelimit-Retry-After", "X-Request-Id", "Location", "Date"} {
				a.Header.Set(name, extra)
			}
		}
		take := func() (choice int) {
			if len(choices) > 0 {
				choice, choices = int(choices[0]), choices[1:]
			}
			return choice
		}
		for len(choices) > 0 && len(choices) <= 64 && len(a.Body) < 1<<16 {
			a = evidence.Mutate(a, func(n int) int {
				low := take()
				if n <= 256 {
					return low % n
				}
				return (take()<<8 + low) % n
			})
		}
		judge(t, schemas, a)
	})
}

// oddBodies are JSON, or almost JSON, of shapes that no provider documents.
var oddBodies = []string{
	"", " \r\n\t", "null", "{}", "[]", `"x"`, "0", "{}{}", "\ufeff{}", `{"a":NaN}`, "1e999",
	`{"error":{"code":1e999,"message":5,"reason":[]},"message":{},"errors":{},"type":1,"invalidFields":7}`,
	`{"error":"COMMON","errorId":-9223372036854775809,"message":null,"field":"\ud800"}`,
	`{"errors":[{"code":"conflict","message":"\u001b[2J"},{},null,5,"x"],"success":true,"data":"x"}`,
	`{"data":{"error_code":5,"widget_data":"d2lkZ2V0","flow":"KYC_OCC"}}`,
	"{\"data\":{\"error_code\":null,\"widget_data\":\"d2lk\",\"flow\":\"\xff\u2028</script>\"}}",
	`{"person_guid":"2ae6ba4b-f6c0-4817-a158-43e5a87168fd","verificationResults":[{"questions":[{}]},null]}`,
	`{"customerId":"customer-42","status":"pending","expirationTime":"2026-02-30T25:61:61Z","_links":[{"rel":"KYCGATHERER","href":"https://g.example/\u2028"}]}`,
	"{\"message\":\"a\u2028b\u2029c\u200b\",\"error\":\"\u2066x\"}",
	`{"invalidFields":{"b":[{"message":"\u202e"}],"a":[{},{}]},"type":"about:blank"}`,
	`{"a":` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + `}`,
}

// judge compares the outcome with what the answer proves, and with the published schema. Every text
// in the outcome must fit into one line.
func judge(t *testing.T, schemas openapi3.Schemas, a evidence.Answer) {
	t.Helper()
	body := bytes.Clone(a.Body)
	e := replay.Start(fixtures.Start(a.Provider), a.Play())
	if e.Panic != nil {
		t.Fatalf("panic: %v, of %+v", e.Panic, a)
	}
	if lie := evidence.Judge(a, e.Result, e.Err); lie != "" {
		t.Errorf("%s, in %+v %q: %v", lie, a, body, e.Err)
	}
	var outcome any = e.Result
	schema, raw := schemas["Result"], e.Result.RawBody()
	if kycErr, failed := e.Err.(*facade.Error); failed {
		outcome, schema, raw = kycErr, schemas["Error"], kycErr.RawBody()
		if kycErr.RetryAfter < 0 || kycErr.RetryAfter > 24*time.Hour || utf8.RuneCountInString(kycErr.Error()) > 300 {
			t.Errorf("RetryAfter %s must be from 0 to 24 hours, and the text at most 300 characters long: %q", kycErr.RetryAfter, kycErr)
		}
		isLine(t, kycErr.Error())
	} else if next := e.Result.Next; next.Kind == facade.NextRedirect != !next.URL.IsZero() || next.Kind == facade.NextWidget != !next.Widget.IsZero() ||
		next.Kind == facade.NextAnswerQuestions != (len(next.Questions) > 0) {
		t.Errorf("the next step %s has a value of another step, or lacks its own", next.Kind)
	}
	// A 204 has no body. Neither has a 101: what follows it is not HTTP.
	if bodiless := a.Status == http.StatusNoContent || a.Status == http.StatusSwitchingProtocols; !bodiless && !bytes.Equal(raw, body) {
		t.Errorf("raw body of %d bytes, want %d", len(raw), len(body))
	}
	text, err := json.Marshal(outcome)
	if err != nil || !utf8.Valid(text) {
		t.Fatalf("the outcome is not JSON: %q, %v", text, err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if err := schema.Value.VisitJSON(value); err != nil {
		t.Errorf("the outcome is not as published: %v", err)
	}
	isLine(t, value)
}

// isLine demands that every text in a value fits into one line of a log or a page. The members
// widget and url are exempt, since they are handed on as they are.
func isLine(t *testing.T, value any) {
	t.Helper()
	switch value := value.(type) {
	case string:
		odd := strings.ContainsFunc(value, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) })
		if !utf8.ValidString(value) || odd || utf8.RuneCountInString(value) > 1000 {
			t.Errorf("not one line of at most 1,000 characters: %q", value)
		}
	case []any:
		for _, item := range value {
			isLine(t, item)
		}
	case map[string]any:
		for name, member := range value {
			if name != "widget" && name != "url" {
				isLine(t, member)
			}
		}
	}
}
