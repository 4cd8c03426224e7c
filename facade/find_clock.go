package facade

import (
	"net/http"
	"time"
)

// What clocks may be off beyond what the Date header tells: they are set, and drift,
// between the start and the look-up. A wrong "older" could lead to a second start, so
// it gets more.
const (
	doubtOlder = time.Minute
	doubtNewer = 5 * time.Second
)

// span is when the attempt began by the provider's clock: not before from, and not
// after to. The zero span tells nothing.
type span struct{ from, to time.Time }

// began returns when an attempt at this time of the caller's clock began by the
// provider's. The Date header is of some moment between question and answer, and is
// cut to seconds.
func (r *reading) began(at time.Time) span {
	date, err := http.ParseTime(r.header.Get("Date"))
	if err != nil || at.IsZero() || !r.firsthand() {
		return span{}
	}
	return span{
		from: at.Add(date.Sub(r.answered.Round(0))),
		to:   at.Add(date.Add(time.Second).Sub(r.asked.Round(0))),
	}
}

// isBehind reports whether t is surely before the attempt.
func (s span) isBehind(t time.Time) bool {
	return !s.from.IsZero() && !t.IsZero() && t.Before(s.from.Add(-doubtOlder))
}

// isAhead reports whether t is surely after the attempt began.
func (s span) isAhead(t time.Time) bool {
	return !s.to.IsZero() && t.After(s.to.Add(doubtNewer))
}
