// Package fuzz_test tries answers on the facade that no test was written for. The seeds run with
// every go test. `go test -fuzz=FuzzResponse ./test/behaviour/fuzz` tries more.
package fuzz_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// seeds is how many series of random changes run on every fixture with every go test.
const seeds = 50

// FuzzResponse changes a fixture as choices say, two bytes each, one change after another until they
// are used up. With extra, it first replaces the body and some of the header. The library may claim
// no more than the changed answer proves.
func FuzzResponse(f *testing.F) {
	cases := fixtures.Starts()
	seen := map[string]bool{}
	for i, c := range cases {
		random := rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)})
		for range seeds {
			choices := make([]byte, 32)
			_, _ = random.Read(choices)
			f.Add(uint16(i), choices[:6+choices[0]%26], "", []byte(nil))
		}
		if status := fmt.Sprint(c.Provider, c.Status); !seen[status] {
			seen[status] = true
			for _, body := range oddBodies {
				f.Add(uint16(i), []byte(nil), "\x1b[31m30", []byte(body))
			}
			f.Add(uint16(i), []byte{0, 0, 0, 40}, "Sat, 21 Nov 2026 06:00:00 GMT", []byte("{}")) // the choices change the status
		}
	}
	f.Fuzz(func(t *testing.T, fixture uint16, choices []byte, extra string, body []byte) {
		a := evidence.FromFixture(cases[int(fixture)%len(cases)])
		if extra != "" {
			a.Body, a.Length, a.Header = body, -1, a.Header.Clone()
			for _, name := range []string{"Retry-After", "X-Ratelimit-Retry-After", "X-Request-Id", "Location", "Date"} {
				a.Header.Set(name, extra)
			}
		}
		pick := func(n int) int {
			if len(choices) < 2 {
				return 0
			}
			choice := binary.BigEndian.Uint16(choices)
			choices = choices[2:]
			return int(choice) % n
		}
		for len(choices) > 1 && len(choices) <= 128 && len(a.Body) < 1<<16 {
			a = evidence.Mutate(a, pick)
		}
		judge(t, a)
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
// in the outcome must fit into one line. It returns the outcome as JSON.
func judge(t *testing.T, a evidence.Answer) (outcome any) {
	t.Helper()
	schemas, err := specdoc.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Clone(a.Body)
	e := replay.Start(fixtures.Start(a.Provider), a.Play())
	if lie := evidence.Judge(a, e.Result, e.Err); lie != "" {
		t.Errorf("%s, in %+v %q: %v", lie, a, body, e.Err)
	}
	var came any = e.Result
	schema, raw := schemas["Result"], e.Result.RawBody()
	if kycErr, failed := e.Err.(*facade.Error); failed {
		came, schema, raw = kycErr, schemas["Error"], kycErr.RawBody()
		if kycErr.RetryAfter < 0 || kycErr.RetryAfter > 24*time.Hour {
			t.Errorf("RetryAfter %s must be from 0 to 24 hours", kycErr.RetryAfter)
		}
		isLine(t, kycErr.Error(), 300)
	} else if next := e.Result.Next; next.Kind == facade.NextRedirect != !next.URL.IsZero() || next.Kind == facade.NextWidget != !next.Widget.IsZero() ||
		next.Kind == facade.NextAnswerQuestions != (len(next.Questions) > 0) {
		t.Errorf("the next step %s has a value of another step, or lacks its own", next.Kind)
	}
	// A 204 has no body. Neither has a 101: what follows it is not HTTP.
	if bodiless := a.Status == http.StatusNoContent || a.Status == http.StatusSwitchingProtocols; !bodiless && !bytes.Equal(raw, body) {
		t.Errorf("raw body of %d bytes, want %d", len(raw), len(body))
	}
	text, err := json.Marshal(came)
	if err != nil || !utf8.Valid(text) {
		t.Fatalf("the outcome is not JSON: %q, %v", text, err)
	}
	if err := json.Unmarshal(text, &outcome); err != nil {
		t.Fatal(err)
	}
	if err := schema.Value.VisitJSON(outcome); err != nil {
		t.Errorf("the outcome is not as published: %v", err)
	}
	eachText(outcome, "", func(_, text string) { isLine(t, text, 1000) })
	return outcome
}

// isLine demands that a text fits into one line of a log or a page.
func isLine(t *testing.T, text string, longest int) {
	t.Helper()
	odd := strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) })
	if !utf8.ValidString(text) || odd || utf8.RuneCountInString(text) > longest {
		t.Errorf("not one line of at most %d characters: %q", longest, text)
	}
}

// eachText calls do with every text of an outcome and its place, in which each index is 0. The link
// and the widget's object are left out, since they are handed on as they are.
func eachText(value any, place string, do func(place, text string)) {
	switch value := value.(type) {
	case string:
		do(place, value)
	case []any:
		for _, item := range value {
			eachText(item, place+"/0", do)
		}
	case map[string]any:
		for name, member := range value {
			if name != "widget" && name != "url" {
				eachText(member, place+"/"+name, do)
			}
		}
	}
}
