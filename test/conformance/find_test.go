package conformance

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/gen/vault"
	"github.com/kycstart/kycstart/gen/xgateway"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// known is what stands in front of the want of a look-up.
type known struct {
	Now     time.Time      `json:"now"`
	Attempt facade.Attempt `json:"attempt"`
	Finding any            `json:"finding"`
	Error   any            `json:"error"`
}

// find looks up what the canonical request has started, with the fixture as the
// answer, at the time and of the attempt that its want tells. It runs in a bubble, whose
// clock it moves.
func find(t *testing.T, c fixtures.Case) (e replay.Exploration) {
	t.Helper()
	return findAnswered(t, c, answerOf(c))
}

func findAnswered(t *testing.T, c fixtures.Case, answer replay.Answer) (e replay.Exploration) {
	t.Helper()
	var k known
	if err := json.Unmarshal(c.Want, &k); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		if !k.Now.IsZero() {
			time.Sleep(time.Until(k.Now))
		}
		e = replay.Find(fixtures.Start(facade.Provider(c.Provider)), k.Attempt, answer)
	})
	return e
}

func answerOf(c fixtures.Case) replay.Answer {
	return replay.Answer{Status: c.Status, Header: c.Header, Body: c.Body}
}

func allLookups(t *testing.T) (all []fixtures.Case) {
	t.Helper()
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.Lookups(string(p))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, cases...)
	}
	return all
}

// TestFindings holds Find to the finding or the error that every fixture of a look-up
// demands, and each to its published schema, in both directions.
func TestFindings(t *testing.T) {
	schemas := published(t)
	seen := map[[2]facade.Answer]bool{}
	for _, c := range allLookups(t) {
		t.Run(c.Name, func(t *testing.T) {
			e := find(t, c)
			if (e.Finding == nil) == (e.Err == nil) {
				t.Fatalf("not exactly one of Finding and Error: %v, %v", e.Finding, e.Err)
			}
			want, _ := decoded(t, c.Want).(map[string]any)
			if attempt, ok := want["attempt"]; ok {
				var a facade.Attempt
				if err := json.Unmarshal(encoded(t, attempt), &a); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(attempt, decoded(t, encoded(t, a))); diff != "" {
					t.Errorf("the attempt, read and written (-before +after):\n%s", diff)
				}
				valid(t, schemas["Attempt"], encoded(t, attempt))
			}
			var kycErr *facade.Error
			if errors.As(e.Err, &kycErr) {
				if kycErr.Started != facade.StartedUnknown || kycErr.SafeToRetry() {
					t.Errorf("an error of a look-up speaks of the start: %v", kycErr)
				}
				if diff := cmp.Diff(want["error"], decoded(t, encoded(t, kycErr))); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
				valid(t, schemas["Error"], encoded(t, kycErr))
				travels(t, kycErr, new(facade.Error))
				return
			}
			seen[[2]facade.Answer{e.Finding.Exists, e.Finding.ThisAttempt}] = true
			if diff := cmp.Diff(want["finding"], decoded(t, encoded(t, e.Finding))); diff != "" {
				t.Errorf("finding (-want +got):\n%s", diff)
			}
			valid(t, schemas["Finding"], encoded(t, e.Finding))
			travels(t, e.Finding, new(facade.Finding))
			record := e.Finding.Redacted()
			valid(t, schemas["Finding"], encoded(t, record))
			if record.Checks != nil || !reflect.DeepEqual(record.Next, facade.NextStep{Kind: e.Finding.Next.Kind}) || record.RawBody() != nil {
				t.Errorf("the record holds %s", encoded(t, record))
			}
		})
	}
	// A process of this attempt exists: so a yes to the second question has a yes to
	// the first. And without a process, this attempt has none that is known.
	for _, exists := range []facade.Answer{facade.AnswerUnknown, facade.AnswerNo, facade.AnswerYes} {
		for _, this := range []facade.Answer{facade.AnswerUnknown, facade.AnswerNo, facade.AnswerYes} {
			occurs := exists == facade.AnswerYes || this == facade.AnswerUnknown ||
				exists == facade.AnswerNo && this == facade.AnswerNo
			if seen[[2]facade.Answer{exists, this}] != occurs {
				t.Errorf("exists %v and this attempt %v: a fixture has it: %v, want %v", exists, this, !occurs, occurs)
			}
		}
	}
}

// TestFindRequests holds what Find sends to the request.http of each look-up, and to
// the spec.
func TestFindRequests(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allLookups(t) {
		if seen[c.Operation] {
			continue
		}
		seen[c.Operation] = true
		t.Run(c.Operation, func(t *testing.T) {
			method, target, header, _, err := fixtures.LookupRequest(c.Provider, c.Operation)
			if err != nil {
				t.Fatal(err)
			}
			e := find(t, c)
			if len(e.Sent) != 1 {
				t.Fatalf("sent %d requests", len(e.Sent))
			}
			sent := e.Sent[0]
			if v := contract.Request(c.Provider, sent, nil); len(v) > 0 {
				t.Errorf("the spec rejects the request: %v", v)
			}
			want, err := http.NewRequest(method, "https://provider.test"+target, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if sent.Method != method || sent.URL.Path != want.URL.Path || !reflect.DeepEqual(sent.URL.Query(), want.URL.Query()) {
				t.Errorf("sent %s %s, want %s %s", sent.Method, sent.URL.RequestURI(), method, target)
			}
			sent.Header.Del("User-Agent") // the library's version
			if diff := cmp.Diff(header, sent.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if sent.Body != nil && sent.Body != http.NoBody {
				t.Error("a look-up has a body")
			}
		})
	}
}

// TestFindAs: a finding gives its answer as the generated type that is documented.
func TestFindAs(t *testing.T) {
	payloads := map[facade.Provider]any{
		facade.Vault: new(vault.KYCData), facade.XGateway: new(xgateway.KYCApplicationDetailsResponse),
		facade.Qolo: new(qolo.KYCDetails), facade.Rebilly: new(rebilly.KYCRequest),
	}
	for _, c := range allLookups(t) {
		f := find(t, c).Finding
		if f == nil || c.Status != http.StatusOK || f.Provider == facade.Rebilly && f.ID == "" {
			continue
		}
		for p, payload := range payloads {
			if f.As(payload) != (p == f.Provider) {
				t.Errorf("%s as %T", c.Name, payload)
			}
		}
		if r := payloads[facade.Rebilly].(*rebilly.KYCRequest); f.Provider == facade.Rebilly && (r.ID == nil || *r.ID != f.ID || len(r.Documents) == 0) {
			t.Errorf("%s: the payload is of another process, or not whole", c.Name)
		}
	}
}
