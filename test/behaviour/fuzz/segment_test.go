package fuzz_test

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// places are where a text of the caller's becomes a part of the path.
var places = []struct {
	provider facade.Provider
	text     string // what stands there in the canonical request
	start    func(id string) (facade.Config, facade.Request)
}{
	{facade.XGateway, "customer-42", func(id string) (facade.Config, facade.Request) {
		return fixtures.Config("https://provider.test", facade.XGateway), facade.XGatewayRequest{ID: id}
	}},
	{facade.Qolo, "v1", func(id string) (facade.Config, facade.Request) {
		c := fixtures.Config("https://provider.test", facade.Qolo)
		c.Qolo.Version = id
		return c, fixtures.Start(facade.Qolo)
	}},
	{facade.Rebilly, "acme", func(id string) (facade.Config, facade.Request) {
		c := fixtures.Config("https://provider.test", facade.Rebilly)
		c.Rebilly.OrganizationID = id
		return c, fixtures.Start(facade.Rebilly)
	}},
}

func FuzzSegment(f *testing.F) {
	for place := range places {
		for _, id := range []string{
			"customer-42", "a:b", "a?b", "a#b", "a;b", "a%", "%zz", "é", "a b", "a+b", "a&b=c", "..;", "...", ".a", "~", "*",
			"", " ", ".", "..", "/", "a/b", `a\b`, "%2f", "%2F", "%2e", "%2E%2e", "%5c", "%252f", "%00", "a\x00", "a\r\nb",
			"\u202eabc", "\xff", " a", "a ", "\u00a0a", strings.Repeat("a", 1000), strings.Repeat("a", 1001),
			"http://x", "@", "[", "{id}", "%s", "'\"<>",
		} {
			f.Add(uint8(place), id)
		}
	}
	f.Fuzz(func(t *testing.T, place uint8, id string) {
		p := places[int(place)%len(places)]
		if id == "" && p.provider == facade.Qolo {
			return // the default version
		}
		before, after, err := fixtures.PathAround(string(p.provider), p.text)
		if err != nil {
			t.Fatal(err)
		}
		config, request := p.start(id)
		w := &wire{status: http.StatusTeapot}
		_, kycErr := w.start(t, config, request)
		if kycErr.HTTPStatus == 0 {
			if kycErr.Kind != facade.KindInvalidRequest || kycErr.Started != facade.StartedNo || len(w.sent) != 0 {
				t.Fatalf("refused as %v, with %d requests sent", kycErr, len(w.sent))
			}
			return
		}
		if strings.ContainsFunc(id, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		}) || !utf8.ValidString(id) || strings.TrimSpace(id) != id {
			t.Errorf("%q is taken for an id", id)
		}
		got := arrived(t, w.sent[0])
		segment := strings.TrimSuffix(strings.TrimPrefix(got.RequestURI, before), after)
		if before+segment+after != got.RequestURI || strings.ContainsAny(segment, "/?#") {
			t.Fatalf("%q goes out as %q", id, got.RequestURI)
		}
		if back, err := url.PathUnescape(segment); err != nil || back != id {
			t.Errorf("%q arrives as %q", id, back)
		}
		// What a proxy that decodes and cleans paths would make of it.
		if path.Clean(got.URL.Path) != got.URL.Path || strings.Count(got.URL.Path, "/") != strings.Count(before+after, "/") {
			t.Errorf("%q is not one segment once decoded: %q", id, got.URL.Path)
		}
		if again, err := url.PathUnescape(got.URL.Path); err == nil && (path.Clean(again) != again ||
			strings.Count(again, "/") != strings.Count(got.URL.Path, "/")) {
			t.Errorf("%q is not one segment once decoded twice: %q", id, again)
		}
		if got.URL.RawQuery != "" || got.URL.Fragment != "" || got.Host != "provider.test" {
			t.Errorf("%q leaves the path: %s %s", id, got.Host, got.RequestURI)
		}
	})
}
