package sandbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestFacadeSendsNothingWrong gives the facade input at the edge of what the
// documents allow, on both sides: what it lets through, the sandbox must accept.
func TestFacadeSendsNothingWrong(t *testing.T) {
	var requests []facade.Request
	for _, url := range []string{
		"https://shop.example/kyc/done?session={SESSION}", "https://shop.example/a b", "https://shop.example/%zz",
		"https://shop.example/?a=%2", "https://shop.example/?a[]=1", "https://[::1]/done", "https://[::1]/[done]",
		"https://shop.example/#a#b", "https://shop.example/a|b", "https://shop.example/a^b", "https://shop.example/`",
		`https://shop.example/"a"`, `https://shop.example/a\b`, "https://shop.example/<a>", "https://shop_1.example:8080/",
		"HTTPS://shop.example", "https://shop.example/?a=%7Bid%7D&b=c+d#e/f?g", "https://sho%70.example/", "https://shop.example:/",
		"https://shop.example/~a!b$c&d'e(f)g*h,i;j=k:l@m", "https://a.example/a.example[",
	} {
		r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
		r.RedirectURL = url
		requests = append(requests, r)
	}
	for _, at := range []time.Time{
		time.Now().Add(time.Hour), time.Date(9999, 12, 31, 23, 59, 59, 999, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -60*60)), time.Date(2999, 1, 1, 0, 0, 0, 0, time.FixedZone("", 14*60*60)),
	} {
		r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
		r.ExpirationTime = at
		requests = append(requests, r)
	}
	for _, id := range []string{"a:b", "a?b", "a#b", "a;b", "a%", "é", "a b", "a+b", "%41", "*", "a\\b", "..", "%2e", "a\u200eb", "{id}"} {
		requests = append(requests, facade.XGatewayRequest{ID: id})
		r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
		r.CustomerID, r.Reason = id, id
		requests = append(requests, r)
		f := fixtures.Start(facade.Forte).(facade.ForteRequest)
		f.Customer.ExternalID, f.Customer.Wallet.Address = id, id
		requests = append(requests, f)
		q := fixtures.Start(facade.Qolo).(facade.QoloRequest)
		q.Answers = []facade.QoloAnswer{{Key: id, Answer: id}}
		requests = append(requests, q)
	}

	s := sandbox.New(t)
	c := client(t, s.Config())
	for _, r := range requests {
		before := len(s.Received(r.Provider()))
		res, err := c.Start(context.Background(), r)
		received := len(s.Received(r.Provider())) - before
		if sent := res != nil; received > 1 || sent != (received == 1) {
			t.Errorf("%s: %v, %v, and %d requests were received", r.Provider(), res, err, received)
		}
	}
}
