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

// paths are what each provider's operation adds to the base URL.
var paths = map[facade.Provider]string{
	facade.Vault:    "/v2/customer/kyc3/start",
	facade.XGateway: "/customer/customer-42/bank-transfer/kyc/verification",
	facade.Forte:    "/compliance/v2/kyc",
	facade.Qolo:     "/api/v1/persons/2ae6ba4b-f6c0-4817-a158-43e5a87168fd/kyc",
	facade.Rebilly:  "/organizations/acme/kyc-requests",
}

// configAt returns a provider's canonical configuration, at another server.
func configAt(p facade.Provider, baseURL string) facade.Config {
	c := fixtures.Config("", p)
	switch p {
	case facade.Vault:
		c.Vault.BaseURL = baseURL
	case facade.XGateway:
		c.XGateway.BaseURL = baseURL
	case facade.Forte:
		c.Forte.BaseURL = baseURL
	case facade.Qolo:
		c.Qolo.BaseURL = baseURL
	case facade.Rebilly:
		c.Rebilly.BaseURL = baseURL
	}
	return c
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
		for _, p := range providers {
			w := &wire{status: http.StatusTeapot}
			_, kycErr := w.start(t, configAt(p, base), fixtures.Start(p))
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
			if path := strings.TrimSuffix(want.EscapedPath(), "/") + paths[p]; got.RequestURI != path {
				t.Errorf("%q: the path is %q, want %q", base, got.RequestURI, path)
			}
		}
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
