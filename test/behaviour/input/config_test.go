package input_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// at is a provider's canonical configuration with another base URL.
func at(p facade.Provider, baseURL string) (c facade.Config) {
	fixtures.Of(p).Configure(&c, baseURL)
	return c
}

// operation returns the path that the canonical request to a provider adds to the
// base URL.
func operation(t *testing.T, p facade.Provider) string {
	t.Helper()
	_, path, _, _, err := fixtures.Request(string(p))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(path, fixtures.Of(p).BasePath)
}

// TestBadBaseURL: a request may not go to just anywhere. Which URLs are bad is
// tested beside the check.
func TestBadBaseURL(t *testing.T) {
	for _, base := range []string{"", "http://api.example", "https://user-x:pass-x@api.example", "https://api.example/../admin-x", "https://api.example/?key=pass-x"} {
		for _, p := range providers {
			t.Run(fmt.Sprintf("%s %.30q", p, base), func(t *testing.T) {
				w := &wire{}
				config := at(p, base)
				config.HTTPClient = &http.Client{Transport: w}
				client, err := facade.New(config)
				if client != nil {
					t.Error("a client, all the same")
				}
				refused(t, w, err, fixtures.Of(p).ConfigField+".BaseURL")
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
	for _, base := range []string{"https://api.example", "https://api.example:8443/a%20b/c", "HTTPS://API.Example/v2", "http://[::1]:8080"} {
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
					if got.Scheme != want.Scheme || got.Host != want.Host || got.EscapedPath() != want.EscapedPath()+operation(t, p) {
						t.Errorf("sent to %s, want %s%s", got, base, operation(t, p))
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
var badCredentials = []string{"", "key-x\r\nX-Evil: 1", "Bearer key-x", "kéy-x"}

// TestBadCredentials: what cannot stand in a header is found before the first
// customer is.
func TestBadCredentials(t *testing.T) {
	for _, c := range credentialsOf() {
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

// credential is a place of a configuration where one stands, and how it is sent.
type credential struct {
	provider      facade.Provider
	field         string
	set           func(c *facade.Config, credential string)
	header, value string // with "key" for the credential
}

// credentialsOf returns the places of all providers.
func credentialsOf() (all []credential) {
	for _, d := range fixtures.Descriptors() {
		c := fixtures.Config("https://provider.test", d.Provider)
		s := d.Settings(&c)
		if s.APIKey != nil {
			all = append(all, credential{d.Provider, d.ConfigField + ".APIKey", func(c *facade.Config, text string) {
				*d.Settings(c).APIKey = text
			}, d.Credential, "key"})
		}
		// A token that cannot be sent makes no source, which is at fault only if there is
		// no key in its place.
		if s.Token != nil && s.APIKey == nil {
			all = append(all, credential{d.Provider, d.ConfigField + ".Token", func(c *facade.Config, text string) {
				*d.Settings(c).Token = facade.StaticToken(text)
			}, "Authorization", "Bearer key"})
		}
	}
	return all
}

// TestCredentials: what can stand in a header goes into the provider's own, and
// nowhere else.
func TestCredentials(t *testing.T) {
	const odd = `~!@#$%^&*()_+-={}[]|\:";'<>?,./Bearer`
	type sending struct {
		config        facade.Config
		request       facade.Request
		header, value string
	}
	cases := []sending{{fixtures.Config("https://provider.test", facade.Vault), facade.VaultRequest{Token: odd}, "Authorization", "Bearer " + odd}}
	for _, c := range credentialsOf() {
		config := fixtures.Config("https://provider.test", c.provider)
		c.set(&config, odd)
		cases = append(cases, sending{config, fixtures.Start(c.provider), c.header, strings.Replace(c.value, "key", odd, 1)})
	}
	for _, d := range fixtures.Descriptors() {
		config := fixtures.Config("https://provider.test", d.Provider)
		if d.SetToken(&config, facade.StaticToken(odd)) {
			cases = append(cases, sending{config, d.Request, "Authorization", "Bearer " + odd})
		}
	}
	headers := map[string]bool{"Authorization": true}
	for _, c := range cases {
		headers[c.header] = true
	}
	for _, c := range cases {
		p := c.request.Provider()
		w := &wire{answer: starts[p]}
		if _, err := w.client(t, c.config).Start(context.Background(), c.request); err != nil {
			t.Fatal(err)
		}
		if got := w.sent[0].Header[c.header]; len(got) != 1 || got[0] != c.value {
			t.Errorf("%s: %s is %q", p, c.header, got)
		}
		for header := range headers {
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
		reflect.ValueOf(config).FieldByName(fixtures.Of(p).ConfigField).Elem().SetZero()
		if own.Transport != http.RoundTripper(w) || own.CheckRedirect != nil || own.Timeout != time.Minute {
			t.Errorf("%s: the caller's http.Client was changed", p)
		}
		own.Transport = nil
		if _, err := client.Start(context.Background(), fixtures.Start(p)); err != nil {
			t.Fatal(err)
		}
		if got := w.sent[0].URL.Host; got != "provider.test" || !strings.HasSuffix(w.sent[0].URL.Path, operation(t, p)) {
			t.Errorf("%s: sent to %s", p, w.sent[0].URL)
		}
	}
}
