package facade

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

const noon = "Sat, 21 Nov 2026 12:00:00 GMT"

// TestRetryAfter: how long an answer asks to wait. The clock is a bubble's, at
// midnight of 1 January 2000, and a quarter of a century behind the provider's.
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
		{"huge", noon, []string{"99999999999999999999999999"}, 0},
		{"beyond 63 bits of nanoseconds", noon, []string{"9223372037"}, 0},
		{"negative", noon, []string{"-30"}, 0},
		{"with a plus", noon, []string{"+30"}, 0},
		{"a fraction", noon, []string{"1.5"}, 0},
		{"with a unit", noon, []string{"30s"}, 0},
		{"a text", noon, []string{"soon"}, 0},
		{"other digits", noon, []string{"３０"}, 0},
		{"a list", noon, []string{"30, 40"}, 0},
		{"two headers", noon, []string{"30", "40"}, 40 * time.Second},
		{"two headers the other way round", noon, []string{"40", "30"}, 40 * time.Second},
		{"two headers, one of them broken", noon, []string{"soon", "30"}, 30 * time.Second},
		{"two headers, one of them absurd", noon, []string{"30", "86401"}, 30 * time.Second},
		{"a date", noon, []string{"Sat, 21 Nov 2026 12:00:30 GMT"}, 30 * time.Second},
		{"a date of RFC 850", noon, []string{"Saturday, 21-Nov-26 12:00:30 GMT"}, 30 * time.Second},
		{"a date of asctime", noon, []string{"Sat Nov 21 12:00:30 2026"}, 30 * time.Second},
		{"a date now", noon, []string{noon}, 0},
		{"a date past", noon, []string{"Sat, 21 Nov 2026 11:59:59 GMT"}, 0},
		{"a date in a day", noon, []string{"Sun, 22 Nov 2026 12:00:00 GMT"}, 24 * time.Hour},
		{"a date in more than a day", noon, []string{"Sun, 22 Nov 2026 12:00:01 GMT"}, 0},
		{"a date at the end of time", noon, []string{"Fri, 31 Dec 9999 23:59:59 GMT"}, 0},
		{"an impossible date", noon, []string{"Sat, 31 Feb 2026 12:00:30 GMT"}, 0},
		{"a date of another format", noon, []string{"2026-11-21T12:00:30Z"}, 0},
		{"a date, and no clock of the provider's", "", []string{"Sat, 01 Jan 2000 00:00:30 GMT"}, 30 * time.Second},
		{"a date, and a broken clock of the provider's", "today", []string{"Sat, 01 Jan 2000 00:00:30 GMT"}, 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			header := http.Header{"Retry-After": c.values, "Date": {c.date}}
			if got := retryAfter(header); got != c.want {
				t.Errorf("%s: wait %s, want %s", c.name, got, c.want)
			}
		})
	}
}

// TestRetryAt: a point in time, as Rebilly tells it.
func TestRetryAt(t *testing.T) {
	for _, c := range []struct {
		name   string
		date   string
		values []string
		want   time.Duration
	}{
		{"none", noon, nil, 0},
		{"later", noon, []string{"1795262430"}, 30 * time.Second},
		{"later, with blanks", noon, []string{" 1795262430 "}, 30 * time.Second},
		{"now", noon, []string{"1795262400"}, 0},
		{"past", noon, []string{"1795262399"}, 0},
		{"in a day", noon, []string{"1795348800"}, 24 * time.Hour},
		{"in more than a day", noon, []string{"1795348801"}, 0},
		{"milliseconds", noon, []string{"1795262430000"}, 0},
		{"seconds to wait", noon, []string{"30"}, 0},
		{"the smallest number", noon, []string{"-9223372036854775808"}, 0},
		{"the largest number", noon, []string{"9223372036854775807"}, 0},
		{"beyond the largest number", noon, []string{"9223372036854775808"}, 0},
		{"a fraction", noon, []string{"1795262430.5"}, 0},
		{"a date", noon, []string{"Sat, 21 Nov 2026 12:00:30 GMT"}, 0},
		{"by a local clock", "", []string{"946684830"}, 30 * time.Second},
		{"twice", noon, []string{"1795262410", "1795262430"}, 30 * time.Second},
		{"twice, the other way round", noon, []string{"1795262430", "1795262410"}, 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			header := http.Header{"X-At": c.values, "Date": {c.date}}
			if got := retryAt(header, "X-At"); got != c.want {
				t.Errorf("%s: wait %s, want %s", c.name, got, c.want)
			}
		})
	}
}

var fewSeconds = regexp.MustCompile(`^[0-9]{1,9}$`)

// FuzzRetryAfter: whatever the headers say, a wait is from nothing to a day, and
// their order does not matter.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "1", "86401", "-1", "1e3", "Sat, 21 Nov 2026 12:00:30 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "1795262430", "\x1b[31m"} {
		f.Add(text, "60", noon)
		f.Add("60", text, text)
	}
	f.Fuzz(func(t *testing.T, first, second, date string) {
		waits := func(values ...string) []time.Duration {
			header := http.Header{"Retry-After": values, "Date": {date}}
			return []time.Duration{retryAfter(header), retryAt(header, "Retry-After")}
		}
		there, back := waits(first, second), waits(second, first)
		for i, wait := range there {
			if wait < 0 || wait > 24*time.Hour {
				t.Errorf("wait %s", wait)
			}
			// Without a date of the provider's, time goes on between the two.
			if difference := wait - back[i]; difference < -time.Minute || difference > time.Minute {
				t.Errorf("%s in one order of the headers, %s in the other", wait, back[i])
			}
		}
		if fewSeconds.MatchString(first) {
			want, _ := strconv.Atoi(first)
			if want > 24*60*60 {
				want = 0
			}
			if got := waits(first)[0]; got != time.Duration(want)*time.Second {
				t.Errorf("wait %s for %q", got, first)
			}
		}
	})
}
