package find_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// answered is an answer with a JSON body.
func answered(body string, words ...any) replay.Answer {
	return replay.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: fmt.Appendf(nil, body, words...)}
}

// saying returns an answer whose status is this word.
func saying(p facade.Provider, word string) replay.Answer {
	if p == facade.XGateway {
		return answered(`{"success":true,"data":{"id":"00000000-0000-0000-0000-000000000000","status":%q}}`, word)
	}
	return answered(`{"kycLevel":"KYC_2","kyc3ClientData":{"status":%q}}`, word)
}

// changes are the changes of the status word of a customer's one process that only a start causes:
// for each word, the words that may follow it. Any other change may come from an older process.
// UNDEFINED also comes up while an older process is being handled. That is why Attempt.Before
// demands that no other start is under way.
var changes = map[facade.Provider]map[string][]string{
	facade.Vault: {
		"UNDEFINED":    {"UNDER_REVIEW", "APPROVED", "DENIED"},
		"DENIED":       {"UNDER_REVIEW", "APPROVED"},
		"UNDER_REVIEW": nil, "APPROVED": nil,
	},
	facade.XGateway: {
		"PENDING_KYC_DATA": {"KYC_PENDING", "SOFT_KYC_FAILED", "HARD_KYC_FAILED", "FULL_USER", "KYC_FULL_USER"},
		"SOFT_KYC_FAILED":  {"KYC_PENDING", "HARD_KYC_FAILED", "FULL_USER", "KYC_FULL_USER"},
		"CREATED":          nil, "KYC_PENDING": nil, "HARD_KYC_FAILED": nil, "FULL_USER": nil, "KYC_FULL_USER": nil, "KYC_NEEDED": nil, "SUSPENDED": nil,
	},
}

// TestOlderWords: a word is reported as this attempt's only if an earlier finding is known, and the
// word has changed since then as only a start changes it.
func TestOlderWords(t *testing.T) {
	for p, afters := range changes {
		for before := range afters {
			earlier := replay.Find(fixtures.Start(p), facade.Attempt{}, saying(p, before)).Finding
			for after := range afters {
				for _, known := range []*facade.Finding{nil, earlier, earlier.Redacted()} {
					e := replay.Find(fixtures.Start(p), facade.Attempt{At: time.Now(), Before: known}, saying(p, after))
					proof := known != nil && slices.Contains(afters[before], after)
					if e.Finding == nil || (e.Finding.ThisAttempt == facade.AnswerYes) != proof {
						t.Errorf("%s: %s after %s: %v, %v", p, after, known, e.Finding, e.Err)
					}
				}
			}
		}
	}
}

// TestOlderDates: a process that was made before the attempt began is never reported as this
// attempt's, whatever the clocks say. It is reported as older only if it is older by more than a
// minute. A check with questions is reported as this attempt's only if it was made within a quarter
// of an hour after the attempt began, and not in the first five seconds.
func TestOlderDates(t *testing.T) {
	own := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	mark := fmt.Sprintf(`{"redirectUrl":%q,"reason":%q,`, own.RedirectURL, own.Reason)
	person := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	for _, c := range []struct {
		made  time.Duration // after the attempt began
		older facade.Answer // what the date of a process says of this attempt
		check facade.Answer // what the date of a check says of this attempt
	}{
		{-24 * time.Hour, facade.AnswerNo, facade.AnswerUnknown},
		{-62 * time.Second, facade.AnswerNo, facade.AnswerUnknown},
		{-59 * time.Second, facade.AnswerUnknown, facade.AnswerUnknown},
		{0, facade.AnswerUnknown, facade.AnswerUnknown},
		{4 * time.Second, facade.AnswerUnknown, facade.AnswerUnknown},
		{7 * time.Second, facade.AnswerUnknown, facade.AnswerYes},
		{15 * time.Minute, facade.AnswerUnknown, facade.AnswerYes},
		{15*time.Minute + 2*time.Second, facade.AnswerUnknown, facade.AnswerUnknown},
	} {
		for _, skew := range []time.Duration{-time.Hour, 0, 10*time.Minute + 250*time.Millisecond, time.Hour} {
			for _, later := range []time.Duration{20 * time.Minute, 48 * time.Hour} {
				synctest.Test(t, func(t *testing.T) {
					at := time.Now()
					stamp := func(made time.Duration) string { return at.Add(skew + made).UTC().Format(time.RFC3339Nano) }
					time.Sleep(later)
					date := time.Now().Add(skew).UTC().Format(http.TimeFormat)
					say := func(what string, want facade.Answer, request facade.Request, attempt facade.Attempt, answer replay.Answer) {
						answer.Header.Set("Date", date)
						if e := replay.Find(request, attempt, answer); e.Finding == nil || e.Finding.ThisAttempt != want {
							t.Errorf("made %s after the attempt, by a clock that is %s off, %s: %v, %v, want %v", c.made, skew, what, e.Finding, e.Err, want)
						}
					}
					process := process("kyc_req_1", "customer-42", stamp(c.made))
					marked := strings.Replace(process, "{", mark, 1)
					newer := strings.Replace(process, "kyc_req_1", "kyc_req_2", 1)
					newer = strings.Replace(newer, stamp(c.made), stamp(time.Second), 1)
					// A mark tells that a process is this attempt's, unless the process is older.
					own, besides := facade.AnswerNo, facade.AnswerUnknown
					if c.older == facade.AnswerUnknown {
						own, besides = facade.AnswerYes, facade.AnswerYes
					}
					request := fixtures.Start(facade.Rebilly)
					say("a process", c.older, request, facade.Attempt{At: at}, page("1", process))
					say("a process without the mark", c.older, request, facade.Attempt{At: at, Unique: true}, page("1", process))
					say("one with it", own, request, facade.Attempt{At: at, Unique: true}, page("1", marked))
					say("one with it, and a newer one", besides, request, facade.Attempt{At: at, Unique: true}, page("2", marked, newer))
					check := answered(`{"person_guid":%q,"verificationResults":[{"verification_date":%q,"questions":[{"key":"k","prompt":"p","options":["o"]}]}]}`,
						person.PersonGUID, stamp(c.made))
					say("a check", c.check, person, facade.Attempt{At: at}, check)
					check.Header.Set("Age", "1") // then the Date may be that of another answer
					say("a check from a cache", facade.AnswerUnknown, person, facade.Attempt{At: at}, check)
				})
			}
		}
	}
}
