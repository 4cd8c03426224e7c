package facade

import (
	"testing"
	"time"

	"github.com/kycstart/kycstart/gen/rebilly"
)

// TestGathererLinks: a customer is sent only to where a browser may be sent.
func TestGathererLinks(t *testing.T) {
	for href, ok := range map[string]bool{
		"https://g.example/kyc?token=t~!*'()#f": true, "https://g.example:8443": true, "HTTPS://g.example/kyc": true,
		"http://127.0.0.1:8080/kyc":    true, // a local fake
		"http://g.example/kyc":         false,
		"https://user:pass@g.example/": false, "https://@g.example/kyc": false,
		"https:///kyc": false, "https://:443/kyc": false, "https:g.example": false, "//g.example/kyc": false, "/kyc": false, "g.example": false,
		"https://g.example/a b": false, " https://g.example/kyc": false, "https://g.example/\u202ecyk": false, "https://g\u0430.example/kyc": false,
		"https://g.example/\x00": false, "https://g.example/%zz": false, "javascript:alert(1)": false, "data:text/html,x": false,
		"ftp://g.example/kyc": false, "": false,
	} {
		rel, want := rebilly.LinkRelGatherer, ""
		if ok {
			want = href
		}
		if got := gathererLink([]rebilly.Link{{Rel: &rel, Href: &href}}); got != want {
			t.Errorf("%q: to %q", href, got)
		}
	}
}

// TestExpiry: an impossible date is no date.
func TestExpiry(t *testing.T) {
	for _, text := range []string{"2026-11-21T12:00:00Z", "2026-11-21T12:00:00.123456789+02:00"} {
		if got := expiry(text).Format(time.RFC3339Nano); got != text {
			t.Errorf("%s is read as %s", text, got)
		}
	}
	for _, text := range []string{
		"2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-21T25:00:00Z", "2026-11-21T12:00:60Z", "2026-11-21T12:00:00+24:00",
		"2026-11-21T12:00:00+23:60", "10000-01-01T00:00:00Z", "2026-11-21", "2026-11-21 12:00:00", "tomorrow", "",
	} {
		if got := expiry(text); !got.IsZero() {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

// TestFilter: an id that could change the meaning of the filter is not put into it.
func TestFilter(t *testing.T) {
	for id, plain := range map[string]bool{
		"customer-42": true, "a.b": true, "a_b~c": true, "a@b.example": true, "7": true,
		"@list": false, "a..b": false, "..b": false, "a..": false, ".a": false, "a.": false,
		"a,b": false, "a;b": false, "!a": false, "a:b": false, "a b": false, "ä": false, "a%2Cb": false,
	} {
		filter := RebillyRequest{CustomerID: id}.listParams(0).Filter
		if (filter != nil) != plain || plain && *filter != "customerId:"+id {
			t.Errorf("%s: the filter is %q", id, value(filter))
		}
	}
}
