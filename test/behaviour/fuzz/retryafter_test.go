package fuzz_test

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
)

const noon = "Sat, 21 Nov 2026 12:00:00 GMT"

var seconds = regexp.MustCompile(`^[0-9]{1,9}$`)

func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{
		"", "0", "1", "30", "86400", "86401", "-1", "+1", "1.5", "1e3", "0x10", "soon", "99999999999999999999", " 30 ", "30,40",
		"Sat, 21 Nov 2026 12:00:30 GMT", "Saturday, 21-Nov-26 12:00:30 GMT", "Sat Nov 21 12:00:30 2026", "Sat, 21 Nov 2026 11:00:00 GMT",
		"Sun, 22 Nov 2026 12:00:01 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 31 Feb 2026 12:00:00 GMT",
		"1795262430", "1795262430000", "-1795262430", "\x1b[31m",
	} {
		f.Add(text, "60", noon, text)
		f.Add("60", text, "", "")
		f.Add("1", "", text, text)
	}
	f.Fuzz(func(t *testing.T, first, second, date, limit string) {
		for _, p := range providers {
			if wait := waitOf(t, p, date, limit, first, second); wait < 0 || wait > 24*time.Hour {
				t.Errorf("%s: wait %s", p, wait)
			}
			there, back := waitOf(t, p, noon, limit, first, second), waitOf(t, p, noon, limit, second, first)
			if there != back {
				t.Errorf("%s: %s in one order of the headers, %s in the other", p, there, back)
			}
			if seconds.MatchString(first) {
				want, _ := strconv.Atoi(first)
				if want > 24*60*60 {
					want = 0
				}
				if got := waitOf(t, p, noon, "", first); got != time.Duration(want)*time.Second {
					t.Errorf("%s: wait %s for %q", p, got, first)
				}
			}
		}
	})
}

// waitOf returns how long an answer asks to wait.
func waitOf(t *testing.T, p facade.Provider, date, limit string, retryAfter ...string) time.Duration {
	t.Helper()
	w := &wire{status: http.StatusTooManyRequests, header: http.Header{
		"Date": {date}, "Retry-After": retryAfter, "X-Ratelimit-Retry-After": {limit},
	}}
	_, kycErr := w.canonical(t, p)
	return kycErr.RetryAfter
}
