package input_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
)

const noon = "Sat, 21 Nov 2026 12:00:00 GMT"

// TestRetryAfter: how long an answer asks to wait, for all providers and
// statuses alike. The clock is a bubble's, and a quarter of a century behind
// the provider's.
func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		name   string
		date   string
		values []string
		want   time.Duration
	}{
		{"none", noon, nil, 0},
		{"empty", noon, []string{""}, 0},
		{"seconds", noon, []string{"30"}, 30 * time.Second},
		{"seconds and blanks", noon, []string{" 30\t"}, 30 * time.Second},
		{"seconds with zeros", noon, []string{"007"}, 7 * time.Second},
		{"zero", noon, []string{"0"}, 0},
		{"a day", noon, []string{"86400"}, 24 * time.Hour},
		{"more than a day", noon, []string{"86401"}, 0},
		{"milliseconds, more likely", noon, []string{"30000000"}, 0},
		{"huge", noon, []string{"99999999999999999999999999"}, 0},
		{"beyond 63 bits of nanoseconds", noon, []string{"9223372037"}, 0},
		{"negative", noon, []string{"-30"}, 0},
		{"with a plus", noon, []string{"+30"}, 0},
		{"a fraction", noon, []string{"1.5"}, 0},
		{"an exponent", noon, []string{"3e1"}, 0},
		{"hexadecimal", noon, []string{"0x1e"}, 0},
		{"with underscores", noon, []string{"3_0"}, 0},
		{"with a unit", noon, []string{"30s"}, 0},
		{"a text", noon, []string{"soon"}, 0},
		{"escape sequences", noon, []string{"\x1b[31m30"}, 0},
		{"other digits", noon, []string{"３０"}, 0},
		{"a list", noon, []string{"30, 40"}, 0},
		{"two headers", noon, []string{"30", "40"}, 40 * time.Second},
		{"two headers the other way round", noon, []string{"40", "30"}, 40 * time.Second},
		{"two headers, one of them broken", noon, []string{"soon", "30"}, 30 * time.Second},
		{"two headers, one of them absurd", noon, []string{"30", "86401"}, 30 * time.Second},
		{"a date", noon, []string{"Sat, 21 Nov 2026 12:00:30 GMT"}, 30 * time.Second},
		{"a date of RFC 850", noon, []string{"Saturday, 21-Nov-26 12:00:30 GMT"}, 30 * time.Second},
		{"a date of asctime", noon, []string{"Sat Nov 21 12:00:30 2026"}, 30 * time.Second},
		{"seconds and a date", noon, []string{"10", "Sat, 21 Nov 2026 12:00:30 GMT"}, 30 * time.Second},
		{"a date now", noon, []string{noon}, 0},
		{"a date past", noon, []string{"Sat, 21 Nov 2026 11:59:59 GMT"}, 0},
		{"a date in a day", noon, []string{"Sun, 22 Nov 2026 12:00:00 GMT"}, 24 * time.Hour},
		{"a date in more than a day", noon, []string{"Sun, 22 Nov 2026 12:00:01 GMT"}, 0},
		{"a date at the end of time", noon, []string{"Fri, 31 Dec 9999 23:59:59 GMT"}, 0},
		{"a date at its beginning", noon, []string{"Mon, 01 Jan 0001 00:00:00 GMT"}, 0},
		{"an impossible date", noon, []string{"Sat, 31 Feb 2026 12:00:30 GMT"}, 0},
		{"a date of another format", noon, []string{"2026-11-21T12:00:30Z"}, 0},
		{"a date by the provider's own clock", "Sat, 21 Nov 2026 15:00:00 GMT", []string{"Sat, 21 Nov 2026 15:00:30 GMT"}, 30 * time.Second},
		{"a date, and no clock of the provider's", "", []string{"Sat, 01 Jan 2000 00:00:30 GMT"}, 30 * time.Second},
		{"a date, and a broken clock of the provider's", "today", []string{"Sat, 01 Jan 2000 00:00:30 GMT"}, 30 * time.Second},
		{"a date of another age", "", []string{"Sat, 21 Nov 2026 12:00:30 GMT"}, 0},
	} {
		synctest.Test(t, func(t *testing.T) { // at midnight, 1 January 2000
			for _, p := range providers {
				for _, status := range []int{429, 503, 301} {
					header := http.Header{"Retry-After": c.values}
					if c.date != "" {
						header.Set("Date", c.date)
					}
					if got := waitOf(t, p, status, header); got != c.want {
						t.Errorf("%s %d, %s: wait %s, want %s", p, status, c.name, got, c.want)
					}
				}
			}
		})
	}
}

// TestRetryAt: Rebilly also tells the point in time, and nobody else does.
func TestRetryAt(t *testing.T) {
	at := func(text string) http.Header { return http.Header{"X-Ratelimit-Retry-After": {text}, "Date": {noon}} }
	for _, c := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"later", at("1795262430"), 30 * time.Second},
		{"later, with blanks", at(" 1795262430 "), 30 * time.Second},
		{"now", at("1795262400"), 0},
		{"past", at("1795262399"), 0},
		{"in a day", at("1795348800"), 24 * time.Hour},
		{"in more than a day", at("1795348801"), 0},
		{"milliseconds", at("1795262430000"), 0},
		{"seconds to wait", at("30"), 0},
		{"negative", at("-1795262430"), 0},
		{"the smallest number", at("-9223372036854775808"), 0},
		{"the largest number", at("9223372036854775807"), 0},
		{"beyond the largest number", at("9223372036854775808"), 0},
		{"a fraction", at("1795262430.5"), 0},
		{"a date", at("Sat, 21 Nov 2026 12:00:30 GMT"), 0},
		{"a text", at("soon"), 0},
		{"by a local clock", http.Header{"X-Ratelimit-Retry-After": {"946684830"}}, 30 * time.Second},
		{"twice", http.Header{"X-Ratelimit-Retry-After": {"1795262410", "1795262430"}, "Date": {noon}}, 30 * time.Second},
		{"twice, the other way round", http.Header{"X-Ratelimit-Retry-After": {"1795262430", "1795262410"}, "Date": {noon}}, 30 * time.Second},
		{"both, this one later", http.Header{"X-Ratelimit-Retry-After": {"1795262430"}, "Retry-After": {"10"}, "Date": {noon}}, 30 * time.Second},
		{"both, the other later", http.Header{"X-Ratelimit-Retry-After": {"1795262430"}, "Retry-After": {"60"}, "Date": {noon}}, 60 * time.Second},
		{"both, this one broken", http.Header{"X-Ratelimit-Retry-After": {"soon"}, "Retry-After": {"10"}, "Date": {noon}}, 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) { // at midnight, 1 January 2000
			if got := waitOf(t, facade.Rebilly, 429, c.header); got != c.want {
				t.Errorf("%s: wait %s, want %s", c.name, got, c.want)
			}
		})
	}
	for _, p := range providers {
		if p != facade.Rebilly {
			if got := waitOf(t, p, 429, at("1795262430")); got != 0 {
				t.Errorf("%s: wait %s, by a header of Rebilly's", p, got)
			}
		}
	}
}

func waitOf(t *testing.T, p facade.Provider, status int, header http.Header) time.Duration {
	t.Helper()
	w := &wire{answer: answer{status: status, header: header}}
	_, err := w.start(t, full[p]())
	return failure(t, err).RetryAfter
}

// TestRequestID: what a provider calls an exchange is bounded and fit for a line
// of a log, on results and errors alike.
func TestRequestID(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []string
		want   string
	}{
		{"none", nil, ""},
		{"plain", []string{"8ac1f5d2-42"}, "8ac1f5d2-42"},
		{"two", []string{"first", "second"}, "first"},
		{"128 characters", []string{strings.Repeat("é", 128)}, strings.Repeat("é", 128)},
		{"129 characters", []string{strings.Repeat("é", 129)}, strings.Repeat("é", 128)},
		{"a megabyte", []string{strings.Repeat("7", 1<<20)}, strings.Repeat("7", 128)},
		{"escape sequences", []string{"\x1b]0;title\x07id"}, " ]0;title id"},
		{"line ends", []string{"id\r\nX-Evil: 1"}, "id  X-Evil: 1"},
		{"another direction", []string{"id\u202e42"}, "id 42"},
		{"Latin-1", []string{"caf\xe9"}, "caf "},
		{"broken UTF-8 at the cut", []string{strings.Repeat("a", 127) + "\xe2\x82"}, strings.Repeat("a", 127) + " "},
	} {
		for _, p := range providers {
			header := http.Header{"X-Request-Id": c.values, "Content-Type": {"application/json"}}
			w := &wire{answer: answer{418, header, ""}}
			_, err := w.start(t, full[p]())
			if got := failure(t, err).RequestID; got != c.want {
				t.Errorf("%s error, %s: %.60q", p, c.name, got)
			}
			w = &wire{answer: answer{starts[p].status, header, starts[p].body}}
			res, err := w.start(t, full[p]())
			if err != nil {
				t.Fatal(err)
			}
			if res.RequestID != c.want {
				t.Errorf("%s result, %s: %.60q", p, c.name, res.RequestID)
			}
		}
	}
}
