package input_test

import (
	"context"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// silent is a provider that never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// settingOf is a field that each provider's configuration has.
func settingOf(c *facade.Config, d fixtures.Descriptor, field string) reflect.Value {
	return reflect.ValueOf(c).Elem().FieldByName(d.ConfigField).Elem().FieldByName(field)
}

// TestTimeouts: a provider's own Timeout counts in place of that of the HTTP client,
// and a deadline counts beside either. The clock is that of the test.
func TestTimeouts(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, c := range []struct {
			name                    string
			deadline, client, field time.Duration
			want                    time.Duration
		}{
			{"nothing set", 0, 0, 0, d.Timeout},
			{"deadline", time.Hour, 0, 0, time.Hour},
			{"somebody's HTTP client", 0, 20 * time.Second, 0, 20 * time.Second},
			{"client and deadline", 10 * time.Second, 20 * time.Second, 0, 10 * time.Second},
			{"own", 0, 0, 7 * time.Minute, 7 * time.Minute},
			{"own, longer than the client's", 0, 20 * time.Second, 7 * time.Minute, 7 * time.Minute},
			{"own, shorter than the client's", 0, time.Minute, 3 * time.Second, 3 * time.Second},
			{"own and a longer deadline", time.Hour, time.Minute, 7 * time.Minute, 7 * time.Minute},
			{"own and a shorter deadline", 5 * time.Second, time.Minute, 7 * time.Minute, 5 * time.Second},
		} {
			t.Run(string(d.Provider)+" "+c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					config := fixtures.Config("https://provider.test", d.Provider)
					settingOf(&config, d, "Timeout").SetInt(int64(c.field))
					config.HTTPClient = &http.Client{Transport: silent{}, Timeout: c.client}
					client, err := facade.New(config)
					if err != nil {
						t.Fatal(err)
					}
					ctx := context.Background()
					if c.deadline > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, c.deadline)
						defer cancel()
					}
					began := time.Now()
					_, err = client.Start(ctx, d.Request)
					if took := time.Since(began); took != c.want {
						t.Errorf("took %s, want %s", took, c.want)
					}
					if e := failure(t, err); e.Kind != facade.KindTimeout || e.Started != facade.StartedUnknown {
						t.Errorf("%v", err)
					}
				})
			})
		}
	}
}

// TestNegativeTimeouts are refused by name.
func TestNegativeTimeouts(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		config := fixtures.Config("https://provider.test", d.Provider)
		settingOf(&config, d, "Timeout").SetInt(-1)
		_, err := facade.New(config)
		refused(t, new(wire), err, d.ConfigField+".Timeout")
	}
}

// TestUserAgent: the application's name stands before the library's.
func TestUserAgent(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for own, want := range map[string]string{"": "kycstart/devel", "shop/1.2 (eu)": "shop/1.2 (eu) kycstart/devel"} {
			w := &wire{answer: starts[d.Provider]}
			config := fixtures.Config("https://provider.test", d.Provider)
			config.UserAgent = own
			if _, err := w.client(t, config).Start(context.Background(), d.Request); err != nil {
				t.Fatal(err)
			}
			if got := w.sent[0].Header.Values("User-Agent"); len(got) != 1 || got[0] != want {
				t.Errorf("%s: User-Agent %q, want %q", d.Provider, got, want)
			}
		}
	}
	for _, own := range []string{"shop\r\nX: 1", "shop\x00", "größe", "\t"} {
		config := fixtures.Config("https://provider.test", facade.Rebilly)
		config.UserAgent = own
		_, err := facade.New(config)
		refused(t, new(wire), err, "UserAgent")
	}
}
