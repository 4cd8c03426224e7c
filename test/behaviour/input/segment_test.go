package input_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// places are where a text of the caller's becomes a part of the path.
var places = []struct {
	provider      facade.Provider
	path          string // of the field
	before, after string // around the text
	put           func(text string, c *facade.Config) facade.Request
}{
	{
		facade.XGateway, "id", "/api/v2/customer/", "/bank-transfer/kyc/verification",
		func(text string, _ *facade.Config) facade.Request { return facade.XGatewayRequest{ID: text} },
	},
	{
		facade.Qolo, "Qolo.Version", "/api/", "/persons/2ae6ba4b-f6c0-4817-a158-43e5a87168fd/kyc",
		func(text string, c *facade.Config) facade.Request {
			c.Qolo.Version = text
			return fixtures.Start(facade.Qolo)
		},
	},
	{
		facade.Rebilly, "Rebilly.OrganizationID", "/organizations/", "/kyc-requests",
		func(text string, c *facade.Config) facade.Request {
			c.Rebilly.OrganizationID = text
			return fixtures.Start(facade.Rebilly)
		},
	},
}

// notSegments are texts that would leave their place in the path, or that no
// identifier is.
var notSegments = []string{
	" ", "   ", "\t", ".", "..", "/", "//", "a/b", "/abc", "abc/", "../admin", "..\\admin", `\`, `a\b`,
	"%2f", "%2F", "a%2fb", "%2e", "%2E%2e", "%2e%2E", "abc%2e", "%5c", "a%5Cb",
	"\x00", "abc\x00", "a\nb", "a\rb", "abc\r\n", "\x1b[31mabc", "a\x7fb", "a\u0085b", "a\u2028b", "a\u2029b",
	"\u202eabc", "abc\u202d", "a\u2066b\u2069", "abc\u200f", "\u061cabc",
	"\xff", "abc\xc3", "abc\xed\xa0\x80", "\xc0\xafabc",
	" abc", "abc ", "\u00a0abc", "abc\u3000", "\u2003abc",
	// Some servers cut parameters off before they resolve dots.
	"..;x", "..;", ".;x", "..;a=b", "..;a=b;c",
	// Nothing that can be seen.
	"\u200b", "\ufeff", "\u3164", "\u200b\u200b", "\u200b\ufeff\u3164",
	strings.Repeat("a", 1001), strings.Repeat("é", 501),
}

// oddSegments are legal all the same.
var oddSegments = []string{
	"a:b", "a?b", "a#b", "a;b", "a%", "%", "%zz", "100%25", "%252f", "é", "日本語", "😀", "a b", "a+b", "a&b=c", "a,b", "a@b", "a'b\"c",
	"...", "..a", ".hidden", "a..b", "~", "*", "(a)", "[a]", "{id}", "<script>", "$a", "a|b", "a^b", "`a`", "?", "#", ";", ":", "http:abc",
	"-", "_", "0", "customer-42", strings.Repeat("a", 1000), strings.Repeat("é", 500), "e\u0301",
}

// TestNotSegments: a text that is not exactly one segment is refused, whatever
// path it is for.
func TestNotSegments(t *testing.T) {
	for _, place := range places {
		texts := notSegments
		if place.provider != facade.Qolo { // where it is for the default version
			texts = append([]string{""}, texts...)
		}
		for _, text := range texts {
			t.Run(fmt.Sprintf("%s %.20q", place.path, text), func(t *testing.T) {
				w := &wire{answer: starts[place.provider]}
				config := fixtures.Config("https://provider.test", place.provider)
				request := place.put(text, &config)
				config.HTTPClient = &http.Client{Transport: w}
				client, err := facade.New(config)
				if err == nil {
					_, err = client.Start(context.Background(), request)
				}
				refused(t, w, err, place.path)
				quotesNothing(t, err, strings.TrimSpace(text))
			})
		}
	}
}

// TestOddSegments: a text that is one segment arrives as exactly one, and
// decodes to what it was.
func TestOddSegments(t *testing.T) {
	var arrived string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { arrived = r.RequestURI }))
	defer server.Close()
	for _, place := range places {
		for _, text := range oddSegments {
			t.Run(fmt.Sprintf("%s %.20q", place.path, text), func(t *testing.T) {
				config := fixtures.Config(server.URL, place.provider)
				request := place.put(text, &config)
				client, err := facade.New(config)
				if err != nil {
					t.Fatal(err)
				}
				arrived = ""
				if _, err := client.Start(context.Background(), request); failure(t, err).HTTPStatus != http.StatusOK {
					t.Fatal(err)
				}
				segment := strings.TrimSuffix(strings.TrimPrefix(arrived, place.before), place.after)
				if arrived != place.before+segment+place.after {
					t.Fatalf("the path is %q", arrived)
				}
				if strings.ContainsAny(segment, "/?#;") {
					t.Errorf("%q is more than a segment", segment)
				}
				if back, err := url.PathUnescape(segment); err != nil || back != text {
					t.Errorf("%q arrived as %q", text, back)
				}
			})
		}
	}
}
