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

// standings are answers in which the customer's one process has a status, to be filled in.
var standings = map[facade.Provider]string{
	facade.Vault:    `{"kycLevel":"KYC_2","kyc3ClientData":{"status":%q}}`,
	facade.XGateway: `{"success":true,"data":{"id":"00000000-0000-0000-0000-000000000000","status":%q}}`,
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

// TestOlderWords: a word is reported as this attempt's only if it has changed, since an earlier
// finding, as only a start changes it.
func TestOlderWords(t *testing.T) {
	for p, afters := range changes {
		for before, started := range afters {
			earlier := replay.Find(fixtures.Start(p), facade.Attempt{}, answered(standings[p], before)).Finding
			for after := range afters {
				e := replay.Find(fixtures.Start(p), facade.Attempt{At: time.Now(), Before: earlier}, answered(standings[p], after))
				if e.Finding == nil || (e.Finding.ThisAttempt == facade.AnswerYes) != slices.Contains(started, after) {
					t.Errorf("%s: %s after %s: %v, %v", p, after, before, e.Finding, e.Err)
				}
			}
		}
	}
}

// TestOlderDates: whatever the clocks say, a process with the mark of this attempt is not reported
// as this attempt's if it is older by more than a minute. A check with questions is reported as
// this attempt's only if it was made within a quarter of an hour after the attempt began, and not
// in the first five seconds.
func TestOlderDates(t *testing.T) {
	rebilly := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	mark := fmt.Sprintf(`{"redirectUrl":%q,"reason":%q,`, rebilly.RedirectURL, rebilly.Reason)
	qolo := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	const checks = `{"person_guid":%q,"verificationResults":[{"verification_date":%q,"questions":[{"key":"k","prompt":"p"}]}]}`
	for _, c := range []struct {
		made           time.Duration // after the attempt began
		process, check facade.Answer // whether it is this attempt's
	}{
		{-24 * time.Hour, facade.AnswerNo, facade.AnswerUnknown},
		{-62 * time.Second, facade.AnswerNo, facade.AnswerUnknown},
		{-59 * time.Second, facade.AnswerYes, facade.AnswerUnknown},
		{4 * time.Second, facade.AnswerYes, facade.AnswerUnknown},
		{7 * time.Second, facade.AnswerYes, facade.AnswerYes},
		{15 * time.Minute, facade.AnswerYes, facade.AnswerYes},
		{15*time.Minute + 2*time.Second, facade.AnswerYes, facade.AnswerUnknown},
	} {
		for _, skew := range []time.Duration{-time.Hour, 0, 10*time.Minute + 250*time.Millisecond, time.Hour} {
			synctest.Test(t, func(t *testing.T) {
				at := time.Now()
				made := at.Add(skew + c.made).UTC().Format(time.RFC3339Nano)
				time.Sleep(20 * time.Minute)
				look := func(want facade.Answer, request facade.Request, answer replay.Answer, age string) {
					answer.Header.Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
					answer.Header.Set("Age", age)
					e := replay.Find(request, facade.Attempt{At: at, Unique: request.Provider() == facade.Rebilly}, answer)
					if e.Finding == nil || e.Finding.ThisAttempt != want {
						t.Errorf("made %s after the attempt, by a clock that is %s off, of age %q: %v, %v, want %v",
							c.made, skew, age, e.Finding, e.Err, want)
					}
				}
				look(c.process, rebilly, page("1", strings.Replace(process("kyc_req_1", "customer-42", made), "{", mark, 1)), "")
				look(c.check, qolo, answered(checks, qolo.PersonGUID, made), "")
				// A cache may have kept the answer, and its date is then that of another moment.
				look(facade.AnswerUnknown, qolo, answered(checks, qolo.PersonGUID, made), "1")
			})
		}
	}
}
