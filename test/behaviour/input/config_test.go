package input_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// servers are how each provider's base URL is set, the path of its field, and
// the path that its operation adds.
var servers = map[facade.Provider]struct {
	set       func(c *facade.Config, baseURL string)
	field     string
	operation string
}{
	facade.Vault:    {func(c *facade.Config, u string) { c.Vault.BaseURL = u }, "Vault.BaseURL", "/v2/customer/kyc3/start"},
	facade.XGateway: {func(c *facade.Config, u string) { c.XGateway.BaseURL = u }, "XGateway.BaseURL", "/customer/customer-42/bank-transfer/kyc/verification"},
	facade.Forte:    {func(c *facade.Config, u string) { c.Forte.BaseURL = u }, "Forte.BaseURL", "/compliance/v2/kyc"},
	facade.Qolo:     {func(c *facade.Config, u string) { c.Qolo.BaseURL = u }, "Qolo.BaseURL", "/api/v1/persons/2ae6ba4b-f6c0-4817-a158-43e5a87168fd/kyc"},
	facade.Rebilly:  {func(c *facade.Config, u string) { c.Rebilly.BaseURL = u }, "Rebilly.BaseURL", "/organizations/acme/kyc-requests"},
}

// at is a provider's canonical configuration with another base URL.
func at(p facade.Provider, baseURL string) facade.Config {
	c := fixtures.Config("", p)
	servers[p].set(&c, baseURL)
	return c
}

// TestBadBaseURL: a request may not go to just anywhere.
func TestBadBaseURL(t *testing.T) {
	for _, base := range []string{
		"", " ", "/", "/api", "api.example", "api.example/v2", "api.example:443", "//api.example", "https:", "https:/", "https://", "https:///api",
		"https:api.example", "https://:443", "ftp://api.example", "file:///api", "ws://api.example", "javascript:alert(1)", "https+unix://api.example",
		"http://api.example", "http://10.0.0.1", "http://0.0.0.0", "http://[::]", "http://localhost.example", "http://127.0.0.1.example", "http://2130706433",
		"https://user-x@api.example", "https://user-x:pass-x@api.example", "https://@api.example", "https://:pass-x@api.example",
		"https://api.example?", "https://api.example/?key=pass-x", "https://api.example#", "https://api.example/#frag-x",
		"https://api.example/.", "https://api.example/..", "https://api.example/../admin-x", "https://api.example/./a", "https://api.example/a/..",
		"https://api.example/%2e%2e/admin-x", "https://api.example/%2E", "https://api.example/a/.%2e/b", `https://api.example\admin-x`, `https:\\api.example`,
		"https://api.example/\x00", "https://api.example/a\nb", "https://api.example\r\nX-Evil: 1", "https://api.example/\x7f", "https://api.example/a b",
		" https://api.example", "https://api.example ", "https://api.example\t", "https://bücher.example", "https://api.example/é", "https://api.example/\xff",
		"https://api.example:port", "https://api.example:-1", "https://[::1", "https://api.example/%zz", "https://api.%00example", "https://%41pi.example",
	} {
		for _, p := range providers {
			t.Run(fmt.Sprintf("%s %.30q", p, base), func(t *testing.T) {
				w := &wire{}
				config := at(p, base)
				config.HTTPClient = &http.Client{Transport: w}
				client, err := facade.New(config)
				if client != nil {
					t.Error("a client, all the same")
				}
				refused(t, w, err, servers[p].field)
				for _, given := range []string{base, "user-x", "pass-x", "admin-x", "frag-x", "example"} {
					if strings.Contains(base, given) {
						quotesNothing(t, err, given)
					}
				}
			})
		}
	}
}

// TestGoodBaseURL: with and without a slash at its end, a base URL leads to the
// operation.
func TestGoodBaseURL(t *testing.T) {
	for _, base := range []string{
		"https://api.example", "https://api.example:8443", "https://api.example/v2", "https://api.example/a/b/c", "https://api.example/a.b/..c",
		"https://api.example/00000000-0000-0000-0000-000000000000/a", "https://api.example/~a/!", "https://api.example/a%20b", "https://api.example/a:b", "HTTPS://API.Example", "https://10.0.0.1", "https://[2001:db8::1]:8443", "https://xn--bcher-kva.example",
		"http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:8080/v2", "http://localhost:8080", "http://localhost",
		facade.VaultSandbox, facade.XGatewayProduction, facade.XGatewayDemo, facade.ForteSandbox, facade.ForteProduction, facade.QoloDevelopment,
		facade.RebillySandbox, facade.RebillyProduction,
	} {
		for _, p := range providers {
			for _, end := range []string{"", "/"} {
				t.Run(string(p)+" "+base+end, func(t *testing.T) {
					w := &wire{answer: starts[p]}
					if _, err := w.client(t, at(p, base+end)).Start(context.Background(), fixtures.Start(p)); err != nil {
						t.Fatal(err)
					}
					want, err := url.Parse(base)
					if err != nil {
						t.Fatal(err)
					}
					got := w.sent[0].URL
					if got.Scheme != want.Scheme || got.Host != want.Host || got.EscapedPath() != want.EscapedPath()+servers[p].operation {
						t.Errorf("sent to %s, want %s%s", got, base, servers[p].operation)
					}
					if got.RawQuery != "" || got.Fragment != "" || got.User != nil || w.sent[0].Method != http.MethodPost {
						t.Errorf("sent %s %s", w.sent[0].Method, got)
					}
				})
			}
		}
	}
}

// badCredentials cannot stand in a header as they are.
var badCredentials = []string{
	"", " ", "\t", "key-x\r\nX-Evil: 1", "key-x\n", "\rkey-x", "key-x\x00", "key-x\x7f", "key\tx-x", " key-x", "key-x ", "key x-x",
	"kéy-x", "key-x\u00a0", "key-x\xff", "Bearer key-x", "bearer key-x", "\x1b[31mkey-x",
}

// TestBadCredentials: what cannot stand in a header is found before the first
// customer is.
func TestBadCredentials(t *testing.T) {
	for _, c := range []struct {
		field string
		set   func(c *facade.Config, credential string)
	}{
		{"XGateway.APIKey", func(c *facade.Config, s string) { c.XGateway.APIKey = s }},
		{"Forte.Token", func(c *facade.Config, s string) { c.Forte.Token = facade.StaticToken(s) }},
		{"Qolo.Token", func(c *facade.Config, s string) { c.Qolo.Token = facade.StaticToken(s) }},
		{"Rebilly.APIKey", func(c *facade.Config, s string) { c.Rebilly.APIKey = s }},
	} {
		for _, credential := range badCredentials {
			t.Run(fmt.Sprintf("%s %q", c.field, credential), func(t *testing.T) {
				w := &wire{}
				config := fixtures.Config("https://provider.test", providers...)
				config.HTTPClient = &http.Client{Transport: w}
				c.set(&config, credential)
				client, err := facade.New(config)
				if client != nil {
					t.Error("a client, all the same")
				}
				refused(t, w, err, c.field)
				quotesNothing(t, err, credential)
			})
		}
	}
}

// TestCredentials: what can stand in a header goes into the provider's own, and
// nowhere else.
func TestCredentials(t *testing.T) {
	const odd = `~!@#$%^&*()_+-={}[]|\:";'<>?,./Bearer`
	token := fixtures.Config("https://provider.test", facade.Rebilly)
	token.Rebilly.APIKey, token.Rebilly.Token = "", facade.StaticToken(odd)
	key := fixtures.Config("https://provider.test", providers...)
	key.XGateway.APIKey, key.Rebilly.APIKey = odd, odd
	key.Forte.Token, key.Qolo.Token = facade.StaticToken(odd), facade.StaticToken(odd)
	for _, c := range []struct {
		config        facade.Config
		request       facade.Request
		header, value string
	}{
		{key, facade.VaultRequest{Token: odd}, "Authorization", "Bearer " + odd},
		{key, fixtures.Start(facade.XGateway), "X-Api-Key", odd},
		{key, fixtures.Start(facade.Forte), "Authorization", "Bearer " + odd},
		{key, fixtures.Start(facade.Qolo), "Authorization", "Bearer " + odd},
		{key, fixtures.Start(facade.Rebilly), "Reb-Apikey", odd},
		{token, fixtures.Start(facade.Rebilly), "Authorization", "Bearer " + odd},
	} {
		p := c.request.Provider()
		w := &wire{answer: starts[p]}
		if _, err := w.client(t, c.config).Start(context.Background(), c.request); err != nil {
			t.Fatal(err)
		}
		if got := w.sent[0].Header[c.header]; len(got) != 1 || got[0] != c.value {
			t.Errorf("%s: %s is %q", p, c.header, got)
		}
		for _, header := range []string{"Authorization", "X-Api-Key", "Reb-Apikey"} {
			if header != c.header && w.sent[0].Header.Values(header) != nil {
				t.Errorf("%s: %s is sent as well", p, header)
			}
		}
		if strings.Contains(w.sent[0].URL.String()+w.sent[0].body, "Bearer") {
			t.Errorf("%s: the credential is in the URL or the body", p)
		}
	}
}

// TestBadConfig: the rest of what New refuses, all of it at once.
func TestBadConfig(t *testing.T) {
	for _, c := range []struct {
		name   string
		config facade.Config
		paths  []string
	}{
		{"nothing", facade.Config{}, []string{"Config"}},
		{"no provider", facade.Config{HTTPClient: http.DefaultClient, MaxResponseBytes: 1}, []string{"Config"}},
		{"negative limit", facade.Config{MaxResponseBytes: -1, Vault: &facade.VaultConfig{BaseURL: facade.VaultSandbox}}, []string{"MaxResponseBytes"}},
		{"a transport that is none", facade.Config{
			HTTPClient: &http.Client{Transport: (*http.Transport)(nil)}, Vault: &facade.VaultConfig{BaseURL: facade.VaultSandbox},
		}, []string{"HTTPClient.Transport"}},
		{"both of Rebilly's credentials", facade.Config{Rebilly: &facade.RebillyConfig{
			BaseURL: facade.RebillySandbox, OrganizationID: "acme", APIKey: "key", Token: facade.StaticToken("token"),
		}}, []string{"Rebilly.APIKey"}},
		{"negative image", facade.Config{Qolo: &facade.QoloConfig{
			BaseURL: facade.QoloDevelopment, Token: facade.StaticToken("token"), MaxImageBytes: -1,
		}}, []string{"Qolo.MaxImageBytes"}},
		{
			"five empty ones",
			facade.Config{
				Vault: &facade.VaultConfig{}, XGateway: &facade.XGatewayConfig{}, Forte: &facade.ForteConfig{},
				Qolo: &facade.QoloConfig{}, Rebilly: &facade.RebillyConfig{}, MaxResponseBytes: -1,
			},
			[]string{
				"MaxResponseBytes", "Vault.BaseURL", "XGateway.APIKey", "XGateway.BaseURL", "Forte.Token", "Forte.BaseURL",
				"Qolo.Token", "Qolo.BaseURL", "Rebilly.OrganizationID", "Rebilly.APIKey", "Rebilly.BaseURL",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := facade.New(c.config)
			if client != nil {
				t.Error("a client, all the same")
			}
			refused(t, &wire{}, err, c.paths...)
		})
	}
}

// TestConfigIsCopied: what becomes of a configuration after New is its owner's
// business, and what is in it stays as it was.
func TestConfigIsCopied(t *testing.T) {
	for _, p := range providers {
		w := &wire{answer: starts[p]}
		jar := new(http.Client).Jar
		own := &http.Client{Transport: w, Timeout: time.Minute, Jar: jar}
		config := fixtures.Config("https://provider.test", p)
		config.HTTPClient = own
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		servers[p].set(&config, "https://evil.example")
		if config.XGateway != nil {
			config.XGateway.APIKey = "other"
		}
		if config.Qolo != nil {
			config.Qolo.Version = ".."
		}
		if config.Rebilly != nil {
			config.Rebilly.OrganizationID, config.Rebilly.APIKey = "..", "other"
		}
		if own.Transport != http.RoundTripper(w) || own.CheckRedirect != nil || own.Timeout != time.Minute {
			t.Errorf("%s: the caller's http.Client was changed", p)
		}
		own.Transport = nil
		if _, err := client.Start(context.Background(), fixtures.Start(p)); err != nil {
			t.Fatal(err)
		}
		if got := w.sent[0].URL.Host; got != "provider.test" || !strings.HasSuffix(w.sent[0].URL.Path, servers[p].operation) {
			t.Errorf("%s: sent to %s", p, w.sent[0].URL)
		}
	}
}
