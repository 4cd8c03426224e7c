package find_test

import (
	"fmt"
	"math/rand/v2"
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

// histories are how the word for the one process of a customer may go on if nobody
// starts another. UNDEFINED is for a level that nobody started: that it also comes up
// while one is processed is why Attempt.Before wants no other start under way.
var histories = map[facade.Provider]map[string][]string{
	facade.Vault: {
		"UNDEFINED":    {"UNDEFINED"},
		"UNDER_REVIEW": {"UNDER_REVIEW", "APPROVED", "DENIED", "UNDEFINED"},
		"APPROVED":     {"APPROVED", "UNDEFINED"},
		"DENIED":       {"DENIED", "UNDEFINED"},
	},
	facade.XGateway: {
		"CREATED":          {"CREATED", "PENDING_KYC_DATA"},
		"PENDING_KYC_DATA": {"PENDING_KYC_DATA"},
		"KYC_PENDING":      {"KYC_PENDING", "FULL_USER", "HARD_KYC_FAILED", "SOFT_KYC_FAILED", "KYC_FULL_USER", "PENDING_KYC_DATA", "KYC_NEEDED"},
		"SOFT_KYC_FAILED":  {"SOFT_KYC_FAILED", "PENDING_KYC_DATA", "KYC_NEEDED"},
		"HARD_KYC_FAILED":  {"HARD_KYC_FAILED", "SUSPENDED"},
		"FULL_USER":        {"FULL_USER", "KYC_FULL_USER", "SUSPENDED"},
		"KYC_FULL_USER":    {"KYC_FULL_USER", "FULL_USER"},
		"KYC_NEEDED":       {"KYC_NEEDED", "PENDING_KYC_DATA"},
		"SUSPENDED":        {"SUSPENDED"},
	},
}

// saying returns the answer that says a word.
func saying(p facade.Provider, word string) replay.Answer {
	body := fmt.Sprintf(`{"kycLevel":"KYC_2","kyc3ClientData":{"status":%q}}`, word)
	if p == facade.XGateway {
		body = fmt.Sprintf(`{"success":true,"data":{"id":"00000000-0000-0000-0000-000000000000","status":%q}}`, word)
	}
	return replay.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}

// TestOlderWords: of a start that never arrived, no word of an older process is
// reported as this attempt's, with an earlier finding or without; and a word that only
// a start brings is.
func TestOlderWords(t *testing.T) {
	for p, history := range histories {
		request := fixtures.Start(p)
		for before, afters := range history {
			earlier := replay.Find(request, facade.Attempt{}, saying(p, before))
			if earlier.Err != nil {
				t.Fatal(earlier.Err)
			}
			for after := range history {
				for _, attempt := range []facade.Attempt{{At: time.Now()}, {At: time.Now(), Before: earlier.Finding}, {At: time.Now(), Before: earlier.Finding.Redacted()}} {
					e := replay.Find(request, attempt, saying(p, after))
					if e.Err != nil {
						t.Fatal(e.Err)
					}
					if e.Finding.ThisAttempt == facade.AnswerYes && (attempt.Before == nil || slices.Contains(afters, after)) {
						t.Errorf("%s: %s after %s, with %+v: %v", p, after, before, attempt.Before, e.Finding)
					}
				}
			}
		}
	}
	for _, c := range [][3]string{{"vault", "UNDEFINED", "UNDER_REVIEW"}, {"vault", "DENIED", "APPROVED"}, {"xgateway", "PENDING_KYC_DATA", "KYC_PENDING"}, {"xgateway", "SOFT_KYC_FAILED", "FULL_USER"}} {
		p := facade.Provider(c[0])
		earlier := replay.Find(fixtures.Start(p), facade.Attempt{}, saying(p, c[1]))
		e := replay.Find(fixtures.Start(p), facade.Attempt{Before: earlier.Finding}, saying(p, c[2]))
		if e.Finding == nil || e.Finding.ThisAttempt != facade.AnswerYes {
			t.Errorf("%v: %v, %v: nothing is ever this attempt's", c, e.Finding, e.Err)
		}
	}
}

// TestOlderDates: no more is a process, or a check with questions, that was made before
// the attempt began, whatever clocks say.
func TestOlderDates(t *testing.T) {
	const rounds = 3000
	chance := rand.New(rand.NewPCG(14, 15))
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(chance.Int64N(int64(to-from))) }
	noes, yeses := 0, 0
	synctest.Test(t, func(t *testing.T) {
		for range rounds {
			skew := between(-time.Hour, time.Hour)
			at := time.Now()
			stamp := func(when time.Time) string { return when.Add(skew).UTC().Format(time.RFC3339Nano) }
			var checks, items []string
			for n := range 1 + chance.IntN(3) {
				made := stamp(at.Add(-between(0, []time.Duration{time.Second, time.Minute, 24 * time.Hour}[chance.IntN(3)])))
				checks = append(checks, fmt.Sprintf(`{"verification_date":%q,"questions":[{"key":"k","prompt":"p","options":["o"]}]}`, made))
				items = append(items, process(fmt.Sprint("kyc_req_", n), "customer-42", made))
			}
			time.Sleep(between(0, 48*time.Hour))
			date := time.Now().Add(skew).UTC().Format(http.TimeFormat)

			person := fixtures.Start(facade.Qolo).(facade.QoloRequest)
			e := replay.Find(person, facade.Attempt{At: at}, replay.Answer{Status: http.StatusOK,
				Header: http.Header{"Content-Type": {"application/json"}, "Date": {date}},
				Body:   []byte(fmt.Sprintf(`{"person_guid":%q,"verificationResults":[%s]}`, person.PersonGUID, strings.Join(checks, ",")))})
			if e.Finding == nil || e.Finding.ThisAttempt == facade.AnswerYes {
				t.Fatalf("%v, %v, of checks %v before an attempt at %s", e.Finding, e.Err, checks, stamp(at))
			}

			list := page(fmt.Sprint(len(items)), items...)
			list.Header.Set("Date", date)
			for _, unique := range []bool{false, true} {
				e = replay.Find(fixtures.Start(facade.Rebilly), facade.Attempt{At: at, Unique: unique}, list)
				if e.Finding == nil || e.Finding.ThisAttempt == facade.AnswerYes {
					t.Fatalf("%v, %v, of %v before an attempt at %s", e.Finding, e.Err, items, stamp(at))
				}
			}
			if e.Finding.ThisAttempt == facade.AnswerNo {
				noes++
			}

			// An older one with the attempt's own mark is still older, also beside a newer one.
			r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
			marked := strings.Replace(process("kyc_req_marked", "customer-42", stamp(at.Add(-10*time.Minute))), "{",
				fmt.Sprintf(`{"redirectUrl":%q,"reason":%q,`, r.RedirectURL, r.Reason), 1)
			list = page("2", marked, process("kyc_req_new", "customer-42", stamp(at.Add(time.Second))))
			list.Header.Set("Date", date)
			if e = replay.Find(r, facade.Attempt{At: at, Unique: true}, list); e.Finding == nil || e.Finding.ThisAttempt == facade.AnswerYes {
				t.Fatalf("%v, %v, of an older process with the mark", e.Finding, e.Err)
			}

			// What comes after is told from it: no process of this attempt is a no.
			items = append(items, process("kyc_req_new", "customer-42", stamp(at.Add(between(0, time.Minute)))))
			list = page(fmt.Sprint(len(items)), items...)
			list.Header.Set("Date", date)
			e = replay.Find(fixtures.Start(facade.Rebilly), facade.Attempt{At: at}, list)
			if e.Finding == nil || e.Finding.ThisAttempt == facade.AnswerNo {
				t.Fatalf("%v, %v, of %v and an attempt at %s", e.Finding, e.Err, items, stamp(at))
			}
			checks = []string{fmt.Sprintf(`{"verification_date":%q,"questions":[{"key":"k","prompt":"p","options":["o"]}]}`, stamp(at.Add(between(7*time.Second, 10*time.Minute))))}
			e = replay.Find(person, facade.Attempt{At: at}, replay.Answer{Status: http.StatusOK,
				Header: http.Header{"Content-Type": {"application/json"}, "Date": {date}},
				Body:   []byte(fmt.Sprintf(`{"person_guid":%q,"verificationResults":[%s]}`, person.PersonGUID, strings.Join(checks, ",")))})
			if e.Finding != nil && e.Finding.ThisAttempt == facade.AnswerYes {
				yeses++
			}
		}
	})
	t.Logf("of %d: %d noes of older processes, %d yeses of newer checks", rounds, noes, yeses)
	if noes == 0 || yeses == 0 {
		t.Error("nothing is ever decided: the test tests nothing")
	}
}
