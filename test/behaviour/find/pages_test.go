package find_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

const old = "2025-12-01T11:00:00Z"

// page is one page of Rebilly's list.
func page(total string, items ...string) replay.Answer {
	answer := answered("[%s]", strings.Join(items, ","))
	answer.Header.Set("Date", "Mon, 01 Dec 2025 12:05:00 GMT")
	answer.Header.Set("Pagination-Total", total)
	return answer
}

// process is a KYC request of Rebilly's.
func process(id, customer, created string) string {
	return fmt.Sprintf(`{"id":%q,"customerId":%q,"status":"gathering","documents":[],"createdTime":%q}`, id, customer, created)
}

// others are n processes of another customer. Its id differs from the customer's in upper and lower
// case only, so that a filter may list them too.
func others(from, n int) (all []string) {
	for i := range n {
		all = append(all, process(fmt.Sprint("kyc_req_", from+i), "CUSTOMER-42", old))
	}
	return all
}

// TestPages: a list is read to its end, up to a bound. Only a list that was read whole can be a no.
func TestPages(t *testing.T) {
	own := process("kyc_req_own", "customer-42", old)
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
	refused := answered(`{"title":"Too Many Requests"}`)
	refused.Status = http.StatusTooManyRequests
	refused.Header.Set("Retry-After", "7")
	e := replay.Find(fixtures.Start(facade.Rebilly), facade.Attempt{}, page("150", append(others(0, 99), own)...), refused)
	if kycErr := failure(t, e); kycErr.Kind != facade.KindRateLimited || kycErr.RetryAfter != 7*time.Second {
		t.Errorf("a page that is refused: %v", kycErr)
	}
}

// TestFilter: an id that could change the meaning of the filter is not put into it.
func TestFilter(t *testing.T) {
	for id, plain := range map[string]bool{
		"customer-42": true, "a.b": true, "a_b~c": true, "a@b.example": true, "7": true,
		"@list": false, "a..b": false, "..b": false, "a..": false, ".a": false, "a.": false,
		"a,b": false, "a;b": false, "!a": false, "a:b": false, "a b": false, "ä": false, "a%2Cb": false,
	} {
		r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
		r.CustomerID = id
		e := replay.Find(r, facade.Attempt{}, page("1", process("kyc_req_1", "somebody", old)))
		if e.Finding == nil || e.Finding.Exists != facade.AnswerUnknown {
			t.Errorf("%s: %v, %v", id, e.Finding, e.Err)
			continue
		}
		query := e.Sent[0].URL.Query()
		if query.Has("filter") != plain || plain && query.Get("filter") != "customerId:"+id {
			t.Errorf("%s: the query is %s", id, e.Sent[0].URL.RawQuery)
		}
		if strings.Contains(query.Get("sort"), ",") {
			t.Errorf("%s: sorted by %s", id, query.Get("sort"))
		}
	}
}
