package facade

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest wait that is believed. Beyond it the value is
// more likely a mistake, such as milliseconds, than a wish.
const maxRetryAfter = 24 * time.Hour

// retryAfter returns how long the answer asks to wait, by its Retry-After header:
// seconds or an HTTP date. Of several headers the longest wait counts. What is
// malformed, negative or beyond a day counts as nothing.
func retryAfter(header http.Header) (wait time.Duration) {
	for _, text := range header.Values("Retry-After") {
		text = strings.TrimSpace(text)
		if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
			wait = max(wait, believable(time.Duration(seconds)*time.Second))
		} else if date, err := http.ParseTime(text); err == nil {
			wait = max(wait, believable(date.Sub(sentAt(header))))
		}
	}
	return wait
}

// retryAt returns how long the answer asks to wait by a header that gives the
// point in time, in seconds since 1970. The rest is as for retryAfter.
func retryAt(header http.Header, name string) (wait time.Duration) {
	for _, text := range header.Values(name) {
		seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err == nil && seconds >= 0 && seconds <= 1<<40 {
			wait = max(wait, believable(time.Unix(seconds, 0).Sub(sentAt(header))))
		}
	}
	return wait
}

// sentAt is the provider's own idea of now, so that clocks need not agree.
func sentAt(header http.Header) time.Time {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		return date
	}
	return time.Now()
}

func believable(wait time.Duration) time.Duration {
	if wait < 0 || wait > maxRetryAfter {
		return 0
	}
	return wait
}
