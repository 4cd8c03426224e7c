package input_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestBadConfig: New names everything that is at fault in a configuration, each fault by its field.
// Tests in package facade cover which credentials, base URLs and path segments are bad.
func TestBadConfig(t *testing.T) {
	cases := map[string]func(c *facade.Config){ // by the fields at fault; each spoils a configuration of all providers
		"Config":               func(c *facade.Config) { *c = facade.Config{MaxResponseBytes: 1} },
		"MaxResponseBytes":     func(c *facade.Config) { c.MaxResponseBytes = -1 },
		"UserAgent":            func(c *facade.Config) { c.UserAgent = "shop\r\nX: 1" },
		"HTTPClient.Transport": func(c *facade.Config) { c.HTTPClient = &http.Client{Transport: (*http.Transport)(nil)} },
		"XGateway.APIKey":      func(c *facade.Config) { c.XGateway.APIKey = "Bearer key" },
		"Rebilly.APIKey":       func(c *facade.Config) { c.Rebilly.APIKey = "kéy" },
		"Rebilly.OrganizationID Rebilly.APIKey": func(c *facade.Config) {
			c.Rebilly.OrganizationID, c.Rebilly.Token = "../admin", facade.StaticToken("beside-a-key")
		},
		"Qolo.Version":       func(c *facade.Config) { c.Qolo.Version = "../admin" },
		"Qolo.MaxImageBytes": func(c *facade.Config) { c.Qolo.MaxImageBytes = -1 },
		"MaxResponseBytes Vault.BaseURL XGateway.APIKey XGateway.BaseURL Forte.Token Forte.BaseURL " +
			"Qolo.Token Qolo.BaseURL Rebilly.OrganizationID Rebilly.APIKey Rebilly.BaseURL": func(c *facade.Config) {
			*c = facade.Config{
				Vault: &facade.VaultConfig{}, XGateway: &facade.XGatewayConfig{}, Forte: &facade.ForteConfig{},
				Qolo: &facade.QoloConfig{}, Rebilly: &facade.RebillyConfig{}, MaxResponseBytes: -1,
			}
		},
	}
	for _, d := range fixtures.Descriptors() {
		cases[d.ConfigField+".BaseURL"] = func(c *facade.Config) { *d.Settings(c).BaseURL = "http://api.example" }
		cases[d.ConfigField+".Timeout"] = func(c *facade.Config) { timeoutOf(c, d).SetInt(-1) }
	}
	for paths, spoil := range cases {
		t.Run(paths, func(t *testing.T) {
			config := canonical(fixtures.Providers()...)
			spoil(&config)
			c, err := facade.New(config)
			if c != nil {
				t.Error("New returns a client beside its error")
			}
			refused(t, replay.Exchange{Err: err}, strings.Fields(paths)...)
		})
	}
}

// timeoutOf is the Timeout of a provider's configuration.
func timeoutOf(c *facade.Config, d fixtures.Descriptor) reflect.Value {
	return reflect.ValueOf(c).Elem().FieldByName(d.ConfigField).Elem().FieldByName("Timeout")
}

// TestConfigIsCopied: a change to a configuration after New has no effect on the client. The client
// changes nothing in it either.
func TestConfigIsCopied(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		var sent *http.Request
		over := transport(func(r *http.Request) (*http.Response, error) {
			sent = r
			return nil, http.ErrHandlerTimeout
		})
		own := &http.Client{Transport: &over, Timeout: time.Minute}
		config := canonical(d.Provider)
		config.HTTPClient, config.UserAgent = own, "shop/1.2 (eu)"
		c, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(own, &http.Client{Transport: &over, Timeout: time.Minute}) {
			t.Errorf("%s: the caller's http.Client was changed", d.Provider)
		}
		reflect.ValueOf(config).FieldByName(d.ConfigField).Elem().SetZero()
		own.Transport = nil
		_, err = c.Start(t.Context(), d.Request)
		if sent == nil || sent.URL.Host != "provider.test" || sent.UserAgent() != "shop/1.2 (eu) kycstart/devel" {
			t.Errorf("%s: %v, sent %+v", d.Provider, err, sent)
		}
		if sent.Context().Err() == nil {
			t.Errorf("%s: the call is over, and its context is not", d.Provider)
		}
	}
}

// TestSegments: a text that is put into a path arrives as one segment, which decodes to the same
// text.
func TestSegments(t *testing.T) {
	const odd = `...a:b?c#d;e%25日本 語'f"g`
	config := canonical(fixtures.Providers()...)
	config.Qolo.Version, config.Rebilly.OrganizationID = odd, odd
	for at, request := range map[string]facade.Request{ // by the segment that the canonical request has there
		"customer-42": facade.XGatewayRequest{ID: odd},
		"v1":          fixtures.Start(facade.Qolo),
		"acme":        fixtures.Start(facade.Rebilly),
	} {
		documented, _ := fixtures.Request(request.Provider(), "")
		path := documented.URL.Path
		sent := replay.StartWith(t.Context(), config, request, teapot).Sent.URL
		want := strings.Replace(path, "/"+at, "/"+odd, 1)
		if sent.Path != want || sent.RawQuery != "" || strings.Count(sent.EscapedPath(), "/") != strings.Count(path, "/") {
			t.Errorf("sent to %s, want the path %s", sent, want)
		}
	}
}

// TestTimeouts: a provider's own Timeout replaces the Timeout of the HTTP client, also where it is
// longer. A deadline of the context always applies as well. The clock is fake. Package faults tests
// the library's own timeout.
func TestTimeouts(t *testing.T) {
	silent := transport(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	for _, d := range fixtures.Descriptors() {
		for _, c := range []struct{ deadline, own, want time.Duration }{
			{time.Hour, 0, time.Minute},
			{time.Hour, 7 * time.Minute, 7 * time.Minute},
			{time.Hour, 3 * time.Second, 3 * time.Second},
			{5 * time.Second, 7 * time.Minute, 5 * time.Second},
		} {
			synctest.Test(t, func(t *testing.T) {
				config := canonical(d.Provider)
				timeoutOf(&config, d).SetInt(int64(c.own))
				config.HTTPClient = &http.Client{Transport: silent, Timeout: time.Minute}
				kyc, err := facade.New(config)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(context.Background(), c.deadline)
				defer cancel()
				began := time.Now()
				_, err = kyc.Start(ctx, d.Request)
				if time.Since(began) != c.want || facade.KindOf(err) != facade.KindTimeout || facade.StartedOf(err) != facade.StartedUnknown {
					t.Errorf("%s with a deadline of %s and %s of its own: %v after %s, want a timeout after %s",
						d.Provider, c.deadline, c.own, err, time.Since(began), c.want)
				}
				if c.own > 0 && d.SetToken(&config, func(ctx context.Context) (string, error) {
					<-ctx.Done()
					return "", ctx.Err()
				}) {
					began = time.Now() // the time covers the token source too
					unsent(t, replay.StartWith(context.Background(), config, d.Request, teapot), facade.KindTimeout, context.DeadlineExceeded)
					if took := time.Since(began); took != c.own {
						t.Errorf("%s asks %s for a token, want %s", d.Provider, took, c.own)
					}
				}
			})
		}
	}
}
