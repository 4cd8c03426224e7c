package input_test

import (
	"fmt"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestGathererLinks: a customer is sent only to where a browser may be sent.
func TestGathererLinks(t *testing.T) {
	for _, c := range []struct {
		href string
		ok   bool
	}{
		{"https://g.example/kyc?token=t~!*'()#f", true},
		{"https://g.example:8443", true},
		{"HTTPS://g.example/kyc", true},
		{"http://127.0.0.1:8080/kyc", true}, // a local fake
		{"http://g.example/kyc", false},
		{"https://api.rebilly.com@evil.example/kyc", false},
		{"https://user:pass@g.example/kyc", false},
		{"https://@g.example/kyc", false},
		{"https:///kyc", false},
		{"https://:443/kyc", false},
		{"https:g.example", false},
		{"//g.example/kyc", false},
		{"/kyc", false},
		{"g.example", false},
		{"https://g.example/a b", false},
		{" https://g.example/kyc", false},
		{"https://g.example/\u00e9", false},
		{"https://g.example/\u202ecyk", false},
		{"https://g\u0430.example/kyc", false},
		{"https://g.example/\x00", false},
		{"https://g.example/%zz", false},
		{"javascript:alert(1)", false},
		{"data:text/html,x", false},
		{"ftp://g.example/kyc", false},
		{"", false},
	} {
		w := &wire{answer: jsonAnswer(201, fmt.Sprintf(`{"customerId":"customer-42","status":"gathering","_links":[{"rel":"gatherer","href":%s}]}`, mustJSON(c.href)))}
		res, err := w.start(t, full[facade.Rebilly]())
		if err != nil {
			t.Fatal(err)
		}
		want := facade.NextStep{Kind: facade.NextUnspecified}
		if c.ok {
			want = facade.NextStep{Kind: facade.NextRedirect, URL: facade.NewSecret(c.href)}
		}
		if res.Next.Kind != want.Kind || !res.Next.URL.Equal(want.URL) {
			t.Errorf("%q: %s to %q", c.href, res.Next.Kind, res.Next.URL.Reveal())
		}
	}
}
