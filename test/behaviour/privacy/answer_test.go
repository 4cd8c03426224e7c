package privacy_test

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// spoil puts canaries in place of the texts of a fixture, and in its header. keep says which texts
// stay: 0 for none, 1 for the customer, and 2 for the customer and the words that decide what the
// answer means. The customer that stays is that of the request.
func (all *planted) spoil(c fixtures.Case, customer string, keep int) fixtures.Case {
	text := all.canaries.plant("the answer")
	c.Header = http.Header{"Content-Type": c.Header["Content-Type"]}
	for _, name := range []string{"Location", "Set-Cookie", "Retry-After", "X-Ratelimit-Retry-After", "Date", "Server", "X-Debug"} {
		c.Header.Set(name, all.canaries.plant("the header"))
	}
	c.Header.Set("X-Request-Id", text+"@shop.example") // not a plain token, which may be printed
	body, err := jsontree.Decode(c.Body)
	if err != nil {
		c.Body = []byte("<html>" + text + "</html>")
		return c
	}
	for _, pointer := range jsontree.Pointers(body) {
		was, isText := jsontree.All(body, pointer)[0].(string)
		_, noTime := time.Parse(time.RFC3339, was)
		address, noURL := url.Parse(was)
		switch {
		case !isText:
		case keep >= 1 && all.Customer.Echoed && strings.EqualFold(was, all.Customer.ID):
			body = jsontree.With(body, pointer, customer)
		case keep == 2 && (slices.Contains(all.Words, path.Base(pointer)) || noTime == nil):
		case noURL == nil && address.Host != "":
			body = jsontree.With(body, pointer, "https://"+text+".example/"+text+"?token="+text)
		default:
			body = jsontree.With(body, pointer, text)
		}
	}
	c.Body = jsontree.Encode(body)
	return c
}

// TestAnswers: when an outcome is printed or logged, it shows nothing of what went to a provider or
// came from it. Its JSON has what an application needs for its own answer, which TestFixtures of
// test/conformance compares, but nothing of the configuration and the header.
func TestAnswers(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		cases := fixtures.Starts(d.Provider)
		all := plant(d, nil)
		sent := all.start(t.Context(), replay.Answer{Status: http.StatusTeapot})
		customer := all.Customer.Read(sent.Sent, sent.Body)
		all.spoil(cases[0], customer, 0) // plants
		unanswered := slices.DeleteFunc(slices.Clone(all.canaries), func(c canary) bool {
			return c.where == "the answer" || strings.Contains(c.where, " request.")
		})
		results := 0
		for _, c := range cases {
			for keep := range 3 {
				c := all.spoil(c, customer, keep)
				e := all.start(t.Context(), replay.Answer{Status: c.Status, Header: c.Header, Body: c.Body})
				if e.Err == nil {
					results++
				} else if e.Err.(*facade.Error).HTTPStatus != c.Status {
					t.Errorf("the error does not have the answer's status: %v", e.Err)
				}
				all.canaries.notPrinted(t, "the outcome", either(e))
				unanswered.notInJSON(t, "the outcome", either(e))
			}
		}
		if results == 0 || results == 3*len(cases) || len(unanswered) < 2 {
			t.Errorf("%s: %d results of %d answers, %d canaries: the test proves nothing",
				d.Provider, results, 3*len(cases), len(unanswered))
		}
	}
}
