package fuzz_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// operation returns what the canonical request to a provider adds to the base URL.
func operation(t *testing.T, d fixtures.Descriptor) string {
	t.Helper()
	_, path, _, _, err := fixtures.Request(string(d.Provider))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(path, d.BasePath)
}

func FuzzBaseURL(f *testing.F) {
	for _, base := range []string{
		"https://api.example", "https://api.example/", "https://api.example/v1", "https://api.example/v1/", "https://api.example:8443/a/b",
		"http://127.0.0.1:8080", "http://[::1]:8080/x", "http://localhost", "HTTPS://API.example", "https://api.example//", "https://api.example/a//b",
		"https://api.example/a%20b", "https://api.example/a%2Fb", "https://api.example/a;b", "https://api.example/a:b", "https://api.example:",
		"https://xn--bcher-kva.example", "https://b%C3%BCcher.example", "https://[::1%25lo]/",
		"", "/", "api.example", "//api.example", "ftp://api.example", "http://api.example", "https://", "https:///x", "https:api.example",
		"https://user@api.example", "https://user:pw@api.example", "https://@api.example", "https://api.example?q", "https://api.example#f",
		"https://api.example/../x", "https://api.example/%2e%2e/x", "https://api.example/.", "https://api.example\\@evil.example",
		"https://api.example\r\nX: y", "https://api.example/\x00", "https://api.example ", "http://127.0.0.1.evil.example", "http://0",
		"http://localhost.evil.example", "https://[::1", "https://a b", "https://api.example:port", "javascript:alert(1)", "https://api.example/é",
	} {
		f.Add(base)
	}
	f.Fuzz(func(t *testing.T, base string) {
		for _, d := range fixtures.Descriptors() {
			p, config := d.Provider, facade.Config{}
			d.Configure(&config, base)
			w := &wire{status: http.StatusTeapot}
			_, kycErr := w.start(t, config, d.Request)
			if kycErr.HTTPStatus == 0 {
				if kycErr.Kind != facade.KindInvalidRequest || kycErr.Started != facade.StartedNo || len(w.sent) != 0 {
					t.Fatalf("%s: refused as %v, with %d requests sent", p, kycErr, len(w.sent))
				}
				continue
			}
			want, err := url.Parse(base)
			if err != nil {
				t.Fatalf("accepted, and no URL: %q", base)
			}
			if want.Scheme != "https" && (want.Scheme != "http" || !isLoopback(want.Hostname())) {
				t.Errorf("sent in the clear to %q", base)
			}
			sent := w.sent[0].URL
			got := arrived(t, w.sent[0])
			if sent.Scheme != want.Scheme || sent.Host != strings.TrimSuffix(want.Host, ":") || sent.User != nil {
				t.Errorf("%q: sent to %s", base, sent)
			}
			if path := strings.TrimSuffix(want.EscapedPath(), "/") + operation(t, d); got.RequestURI != path {
				t.Errorf("%q: the path is %q, want %q", base, got.RequestURI, path)
			}
		}
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
