// Package find_test checks what the look-up promises. An error of a look-up is never a no. A no
// counts only if it is the direct answer to this call. The fixtures of look-ups say which process is
// this attempt's.
package find_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// failure returns the error of a look-up. The error must say nothing of the start.
func failure(t *testing.T, e replay.Exploration) *facade.Error {
	t.Helper()
	var kycErr *facade.Error
	if !errors.As(e.Err, &kycErr) || e.Finding != nil {
		t.Fatalf("%v and %v, want an error", e.Finding, e.Err)
	}
	if kycErr.Started != facade.StartedUnknown || kycErr.SafeToRetry() {
		t.Fatalf("an error of a look-up speaks of the start: %v", kycErr)
	}
	return kycErr
}

// ways are ways in which the answer to a look-up may come. The answer itself is a correct no. Over
// a used connection it may answer another call, and a cache may have kept it: then it is not a no.
// In the other ways the look-up fails, and its error says nothing of the start.
var ways = map[string]struct {
	change func(*replay.Answer)
	fails  bool
}{
	"a used connection":             {func(a *replay.Answer) { a.Connections = []bool{true} }, false},
	"a transport that says nothing": {func(a *replay.Answer) { a.Connections = []bool{} }, false},
	"a cache":                       {func(a *replay.Answer) { a.Header.Set("Age", "3") }, false},
	"no answer":                     {func(a *replay.Answer) { a.Literal = []byte{} }, true},
	"an error beside":               {func(a *replay.Answer) { a.Err = io.ErrUnexpectedEOF }, true},
	"a body that fails": {func(a *replay.Answer) {
		a.Reader = io.MultiReader(bytes.NewReader(a.Body), iotest.ErrReader(io.ErrUnexpectedEOF))
	}, true},
	"a cut body":             {func(a *replay.Answer) { a.Body = a.Body[:len(a.Body)-3] }, true},
	"HTML":                   {func(a *replay.Answer) { a.Header.Set("Content-Type", "text/html") }, true},
	"a redirect":             {func(a *replay.Answer) { a.Status = 302; a.Header.Set("Location", "https://other.example/") }, true},
	"an error of the server": {func(a *replay.Answer) { a.Status = 500 }, true},
}

// TestNoIsFirstHand: a no counts only if it is the whole answer to this call.
func TestNoIsFirstHand(t *testing.T) {
	saysNo := func(f *facade.Finding) bool {
		return f != nil && (f.Exists == facade.AnswerNo || f.ThisAttempt == facade.AnswerNo)
	}
	noes := 0
	for _, c := range fixtures.Cases() {
		var want struct{ Finding *facade.Finding }
		if err := json.Unmarshal(c.Want, &want); err != nil {
			t.Fatal(err)
		}
		if !saysNo(want.Finding) {
			continue
		}
		noes++
		for what, way := range ways {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(c.Now)) // by the fake clock
				answer := replay.Answer{Status: c.Status, Header: c.Header.Clone(), Body: c.Body}
				way.change(&answer)
				e := replay.Find(fixtures.Start(facade.Provider(c.Provider)), c.Attempt, answer)
				if e.Err != nil || way.fails {
					failure(t, e)
				}
				if len(e.Sent) > 0 && !e.Sent[0].Close {
					t.Errorf("%s: asked on a connection that may be used again", c.Name)
				}
				if saysNo(e.Finding) || len(e.Sent) != 1 {
					t.Errorf("%s, with %s: it must not be a no, and need one request: %v, after %d", c.Name, what, e.Finding, len(e.Sent))
				}
			})
		}
	}
	if noes < 10 {
		t.Errorf("only %d fixtures say no", noes)
	}
}

// TestNotSent: if something cannot be looked up, the error says so, and nothing is sent.
func TestNotSent(t *testing.T) {
	rebilly, qolo := fixtures.Start(facade.Rebilly).(facade.RebillyRequest), fixtures.Start(facade.Qolo).(facade.QoloRequest)
	plain, nobody, person := rebilly, rebilly, qolo
	plain.RedirectURL, plain.Reason, nobody.CustomerID, person.PersonGUID = "", "", " ", "42"
	for _, c := range []struct {
		request facade.Request
		attempt facade.Attempt
		want    string
	}{
		{fixtures.Start(facade.Forte), facade.Attempt{}, "Find is not supported for forte"},
		{rebilly, facade.Attempt{ID: "a/b"}, "attempt.id"},
		{rebilly, facade.Attempt{ID: ".."}, "attempt.id"},
		{qolo, facade.Attempt{ID: "a"}, "attempt.id"}, // Qolo gives no such id
		{plain, facade.Attempt{Unique: true}, "attempt.unique"},
		{nobody, facade.Attempt{}, "customerId"},
		{person, facade.Attempt{}, "person_guid"},
		{facade.XGatewayRequest{ID: ".."}, facade.Attempt{}, "id"},
		{facade.VaultRequest{}, facade.Attempt{}, "token"},
		{fixtures.Start(facade.Vault), facade.Attempt{Before: &facade.Finding{Provider: facade.XGateway, CustomerID: fixtures.Of(facade.Vault).Customer.ID}}, "attempt.before"},
		{fixtures.Start(facade.XGateway), facade.Attempt{Before: &facade.Finding{Provider: facade.XGateway, CustomerID: "another"}}, "attempt.before"},
	} {
		e := replay.Find(c.request, c.attempt, page("0"))
		kycErr := failure(t, e)
		if kycErr.Kind != facade.KindInvalidRequest || !strings.Contains(kycErr.Error(), c.want) || !strings.Contains(kycErr.Error(), "(not sent)") || len(e.Sent) != 0 {
			t.Errorf("%+v: %v, and %d requests were sent", c.attempt, kycErr, len(e.Sent))
		}
	}
	// A request whose expiration time is over can still be looked up, although it can no longer be
	// started.
	rebilly.ExpirationTime, rebilly.Documents = time.Unix(1, 0), nil
	if e := replay.Find(&rebilly, facade.Attempt{}, page("0")); e.Err != nil {
		t.Error(e.Err)
	}
}

// page is one page of Rebilly's list.
func page(total string, items ...string) replay.Answer {
	header := http.Header{"Content-Type": {"application/json"}, "Pagination-Total": {total}}
	return replay.Answer{Status: http.StatusOK, Header: header, Body: []byte("[" + strings.Join(items, ",") + "]")}
}

// process is a KYC request of Rebilly's.
func process(id, customer string) string {
	return fmt.Sprintf(`{"id":%q,"customerId":%q,"status":"gathering","documents":[]}`, id, customer)
}

// others are n processes of another customer. Its id differs from the customer's in upper and lower
// case only, so that a filter may list them too.
func others(from, n int) (all []string) {
	for i := range n {
		all = append(all, process(fmt.Sprint("kyc_req_", from+i), "CUSTOMER-42"))
	}
	return all
}

// TestPages: a list is read to its end, up to a bound. Only a list that was read whole can be a no.
func TestPages(t *testing.T) {
	own := process("kyc_req_own", "customer-42")
	var endless, tiny []replay.Answer
	for i := range 20 {
		endless = append(endless, page("2000", others(100*i, 100)...))
		tiny = append(tiny, page("15", others(i, 1)...))
	}
	for _, c := range []struct {
		what    string
		answers []replay.Answer
		want    facade.Answer
		calls   int
		offset  string // of the last call
	}{
		{"two pages", []replay.Answer{page("150", others(0, 100)...), page("150", others(100, 50)...)}, facade.AnswerNo, 2, "100"},
		{"the second page has it", []replay.Answer{page("101", others(0, 100)...), page("101", own)}, facade.AnswerYes, 2, "100"},
		{"smaller pages than asked for", []replay.Answer{page("3", others(0, 2)...), page("3", own)}, facade.AnswerYes, 2, "2"},
		{"more than can be asked for", endless, facade.AnswerUnknown, 11, "1000"},
		{"pages of one", tiny, facade.AnswerUnknown, 11, "10"},
		{"an empty page before the end", []replay.Answer{page("3", others(0, 2)...), page("3")}, facade.AnswerUnknown, 2, "2"},
		{"a list that grows", []replay.Answer{page("101", others(0, 100)...), page("102", others(100, 2)...)}, facade.AnswerUnknown, 2, "100"},
		{"a list that moves", []replay.Answer{page("101", others(0, 100)...), page("101", others(99, 1)...)}, facade.AnswerUnknown, 2, "100"},
		{"more than announced", []replay.Answer{page("1", others(0, 2)...)}, facade.AnswerUnknown, 1, ""},
		{"a negative total", []replay.Answer{page("-1")}, facade.AnswerUnknown, 1, ""},
	} {
		e := replay.Find(fixtures.Start(facade.Rebilly), facade.Attempt{}, c.answers...)
		if e.Finding == nil || e.Finding.Exists != c.want || len(e.Sent) != c.calls {
			t.Errorf("%s: %v, %v after %d calls, want %v after %d", c.what, e.Finding, e.Err, len(e.Sent), c.want, c.calls)
			continue
		}
		if got := e.Sent[len(e.Sent)-1].URL.Query().Get("offset"); got != c.offset {
			t.Errorf("%s: the last offset is %q, want %q", c.what, got, c.offset)
		}
	}
	refused := page("150")
	refused.Status = http.StatusTooManyRequests
	refused.Header.Set("Retry-After", "7")
	e := replay.Find(fixtures.Start(facade.Rebilly), facade.Attempt{}, page("150", append(others(0, 99), own)...), refused)
	if kycErr := failure(t, e); kycErr.Kind != facade.KindRateLimited || kycErr.RetryAfter != 7*time.Second {
		t.Errorf("a page that is refused: %v", kycErr)
	}
}

// TestMarks: a process is this attempt's if it has all of its marks, and not only one.
func TestMarks(t *testing.T) {
	request := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	for _, c := range []struct {
		redirectURL, reason string
		want                facade.Answer
	}{
		{request.RedirectURL, request.Reason, facade.AnswerYes},
		{request.RedirectURL, "another", facade.AnswerUnknown},
		{"https://shop.example/another", request.Reason, facade.AnswerUnknown},
	} {
		item := fmt.Sprintf(`{"id":"kyc_req_1","customerId":"customer-42","status":"gathering","documents":[],"redirectUrl":%q,"reason":%q}`, c.redirectURL, c.reason)
		e := replay.Find(request, facade.Attempt{Unique: true}, page("1", item))
		if e.Finding == nil || e.Finding.ThisAttempt != c.want {
			t.Errorf("%s, %s: %v, %v, want %v", c.redirectURL, c.reason, e.Finding, e.Err, c.want)
		}
	}
}

// slowly is a reader that takes this long and has nothing.
type slowly time.Duration

func (s slowly) Read([]byte) (int, error) {
	time.Sleep(time.Duration(s)) // by the fake clock
	return 0, io.EOF
}

// TestTimeout: a look-up, all of its pages together, may take half a minute.
func TestTimeout(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		synctest.Test(t, func(t *testing.T) {
			first, end := page("150", others(0, 100)...), time.Now().Add(30*time.Second)
			first.Reader = io.MultiReader(slowly(20*time.Second), bytes.NewReader(first.Body))
			sent := replay.Find(d.Request, facade.Attempt{}, first, page("150", others(100, 50)...)).Sent
			if d.Provider == facade.Rebilly && len(sent) != 2 {
				t.Errorf("%d pages", len(sent))
			}
			for _, r := range sent {
				if deadline, _ := r.Context().Deadline(); !deadline.Equal(end) {
					t.Errorf("%s: the look-up may take until %v, want %v", d.Provider, deadline, end)
				}
			}
		})
	}
}
