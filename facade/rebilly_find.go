package facade

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kycstart/kycstart/gen/rebilly"
)

// A list is read in pages of this size. The provider takes no greater offset than the
// last one.
const (
	rebillyPage       = 100
	rebillyLastOffset = 1000
	rebillyMaxPages   = rebillyLastOffset/rebillyPage + 1
)

func (r RebillyRequest) checkFind(in *input, attempt Attempt) {
	in.text("customerId", r.CustomerID, 1, rebilly.CustomerIDMaxLength)
	in.must(attempt.ID == "" || isRebillyID(attempt.ID), "attempt.id",
		"must be the id of a KYC request: at most 50 letters, digits and _-~.@")
	in.must(!attempt.Unique || r.RedirectURL != "" || r.Reason != "", "attempt.unique",
		"must be false without a RedirectURL and a Reason")
}

func (r RebillyRequest) find(ctx context.Context, _ *Client, e *endpoint, attempt Attempt) (*Finding, *Error) {
	e.documented = responses{
		200: {mediaJSON},
		401: {mediaJSON, mediaProblem}, 403: {mediaJSON, mediaProblem},
	}
	if attempt.ID != "" {
		e.documented[404] = []string{mediaJSON, mediaProblem}
		return r.findByID(ctx, e, attempt.ID)
	}
	list, failed := r.readList(ctx, e)
	if failed != nil {
		return nil, failed
	}
	return list.judge(attempt), nil
}

func (r RebillyRequest) findByID(ctx context.Context, e *endpoint, id string) (*Finding, *Error) {
	req, err := rebilly.NewGetKYCRequestRequest(e.server, id)
	a, failed := e.ask(ctx, req, err, nil)
	if failed != nil {
		return nil, failed
	}
	if a.status != http.StatusOK {
		return a.denied(r.toError(a.answer), true, r.CustomerID, AnswerUnknown,
			"There is no KYC request of the id in the start's Location header, or none any more.")
	}
	process := decode[rebillyProcess](a.answer, rebillyMembers)
	if !a.found.confirms() || value(process.ID) != id || process.CustomerID != r.CustomerID {
		return nil, a.unexpected(said{})
	}
	f := a.finding(r.CustomerID).says(AnswerYes, AnswerYes, "The Location header of the start named this KYC request.")
	process.tell(f)
	f.payload = payloadOf[rebilly.KYCRequest]
	return f, nil
}

// tell gives a finding what it tells of the process.
func (p *rebillyProcess) tell(f *Finding) {
	f.Status, f.Next = p.standing()
	f.ProviderStatus = clean(string(value(p.Status)), maxWord)
	f.ID = clean(value(p.ID), maxWord)
	f.Level = clean(scalar(p.MatchLevel), maxWord)
	f.Time = expiry(value(p.CreatedTime))
	f.ExpiresAt = expiry(value(p.ExpirationTime))
}

// rebillyList is what was read of a customer's KYC requests.
type rebillyList struct {
	request  RebillyRequest
	last     *reading
	own      []rebillyItem
	others   bool // there are KYC requests of other customers
	complete bool // it was read to its end
}

type rebillyItem struct {
	rebillyProcess
	raw json.RawMessage
}

// readList reads the pages of the list, within a bound.
func (r RebillyRequest) readList(ctx context.Context, e *endpoint) (*rebillyList, *Error) {
	list := &rebillyList{request: r}
	seen := map[string]bool{}
	total, offset := -1, 0
	for range rebillyMaxPages {
		req, err := rebilly.NewGetKYCRequestsRequest(e.server, r.listParams(offset))
		a, failed := e.ask(ctx, req, err, nil)
		if failed != nil {
			return nil, failed
		}
		if a.status != http.StatusOK {
			return nil, r.toError(a.answer)
		}
		items, ok := rebillyItems(a.answer)
		if !ok {
			return nil, a.unexpected(said{})
		}
		list.last = a
		for _, item := range items {
			list.add(item)
			seen[value(item.ID)] = true
		}
		offset += len(items)

		// A list that changes while it is read may hide a process between two pages.
		announced := paginationTotal(a.header)
		if announced < 0 || total >= 0 && announced != total || !a.firsthand() {
			return list, nil
		}
		total = announced
		if offset >= total {
			list.complete = offset == total && len(seen) == total
			return list, nil
		}
		if len(items) == 0 || offset > rebillyLastOffset {
			return list, nil
		}
	}
	return list, nil
}

// paginationTotal returns how many KYC requests the whole list has, -1 if that is not
// told.
func paginationTotal(header http.Header) int {
	total, err := strconv.Atoi(header.Get("Pagination-Total"))
	if err != nil {
		return -1
	}
	return total
}

// listParams asks for the customer's KYC requests alone, unless the id would change
// what the filter means.
func (r RebillyRequest) listParams(offset int) *rebilly.GetKYCRequestsParams {
	limit, filter := rebillyPage, "customerId:"+r.CustomerID
	params := &rebilly.GetKYCRequestsParams{Limit: &limit, Sort: []string{"-createdTime"}}
	if isPlainInFilter(r.CustomerID) {
		params.Filter = &filter
	}
	if offset > 0 {
		params.Offset = &offset
	}
	return params
}

// isPlainInFilter reports whether a filter takes id for nothing but a value: @ in front
// names a list, two dots are a range, and other characters join and negate.
func isPlainInFilter(id string) bool {
	return strings.Trim(id, rebillyIDCharacters) == "" && id[0] != '@' &&
		!strings.Contains("."+id+".", "..")
}

// rebillyListMembers decide what a page of the list means. As a variable they would be
// put together in every program.
func rebillyListMembers() []member {
	return []member{
		{name: "items", is: isList, of: slices.Concat(rebillyMembers, []member{
			{name: "createdTime", is: isText},
			{name: "redirectUrl", is: isText},
			{name: "reason", is: isText},
		})},
	}
}

// rebillyItems returns the KYC requests of a page. It reports false for an answer that
// is no list of them, or in which a member that decides stands twice or has another
// type than documented.
func rebillyItems(a *answer) ([]rebillyItem, bool) {
	if !isJSONType(a.mediaType) || !a.holdsJSON() || firstByte(a.body) != '[' {
		return nil, false
	}
	page := *a
	page.body = append(append([]byte(`{"items":`), a.body...), '}')
	body := decode[struct {
		Items []json.RawMessage `json:"items"`
	}](&page, rebillyListMembers())
	if !page.found.whole || page.found.doubled || page.found.mistyped {
		a.cause = page.cause
		return nil, false
	}
	items := make([]rebillyItem, len(body.Items))
	for i, raw := range body.Items {
		items[i].raw = raw
		_ = json.Unmarshal(raw, &items[i].rebillyProcess) // a mistyped member is left out
		if items[i].CustomerID == "" {
			return nil, false // nobody's KYC request is none
		}
	}
	return items, true
}

// add sorts a KYC request in. The filter ignores the case of letters, and so one of a
// customer who differs by that alone is no sign that it was ignored.
func (l *rebillyList) add(item rebillyItem) {
	switch {
	case item.CustomerID == l.request.CustomerID:
		l.own = append(l.own, item)
	case !strings.EqualFold(item.CustomerID, l.request.CustomerID):
		l.others = true
	}
}

const (
	basisOtherCustomers = "The list has KYC requests of other customers: the filter was not applied."
	basisIncomplete     = "The list of KYC requests could not be read to its end."
)

// judge returns what the list says of an attempt.
func (l *rebillyList) judge(attempt Attempt) *Finding {
	began := l.last.began(attempt.At)
	var marked []rebillyItem
	allOlder := true
	for _, item := range l.own {
		allOlder = allOlder && began.isBehind(item.created())
		if attempt.Unique && l.isMarked(item) {
			marked = append(marked, item)
		}
	}
	f := l.last.finding(l.request.CustomerID)
	switch {
	case len(l.own) == 0 && l.others:
		return f.says(AnswerUnknown, AnswerUnknown, basisOtherCustomers)
	case len(l.own) == 0 && !l.complete:
		return f.says(AnswerUnknown, AnswerUnknown, basisIncomplete)
	case len(l.own) == 0:
		return f.says(AnswerNo, AnswerNo, "The complete list has no KYC request of the customer.")
	case allOlder && l.others:
		return l.tell(f, l.own).says(AnswerYes, AnswerUnknown, basisOtherCustomers)
	case allOlder && !l.complete:
		return l.tell(f, l.own).says(AnswerYes, AnswerUnknown, basisIncomplete)
	case allOlder:
		return l.tell(f, l.own).says(AnswerYes, AnswerNo, "All KYC requests of the customer are older than this attempt.")
	case len(marked) > 1:
		return l.tell(f, marked).says(AnswerYes, AnswerUnknown, "Several KYC requests have this attempt's RedirectURL and Reason.")
	case len(marked) == 1 && !began.isBehind(marked[0].created()):
		return l.tell(f, marked).says(AnswerYes, AnswerYes, "It is the only KYC request with this attempt's RedirectURL and Reason.")
	default:
		return l.tell(f, l.own).says(AnswerYes, AnswerUnknown, "The customer has a KYC request, which this attempt or somebody else may have created.")
	}
}

func (i *rebillyItem) created() time.Time { return expiry(value(i.CreatedTime)) }

// isMarked reports whether item has what the request marked it with.
func (l *rebillyList) isMarked(item rebillyItem) bool {
	return value(item.RedirectURL) == l.request.RedirectURL && value(item.Reason) == l.request.Reason
}

// tell gives a finding what it tells of the newest of items.
func (l *rebillyList) tell(f *Finding, items []rebillyItem) *Finding {
	newest := &items[0]
	for i := range items {
		if items[i].created().After(newest.created()) {
			newest = &items[i]
		}
	}
	newest.tell(f)
	item := *l.last.answer
	item.body = newest.raw
	f.payload = func(_ *answer, target any) bool { return payloadOf[rebilly.KYCRequest](&item, target) }
	return f
}
