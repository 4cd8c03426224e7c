package transports

import (
	"net/http"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/origin"
)

var unavailable = origin.Say(http.StatusServiceUnavailable)

// repeating are transports that repeat a request, each with what the origin does to the first one
// to cause that.
var repeating = []struct {
	name  string
	wrap  func(t *testing.T, own *http.Transport) http.RoundTripper
	first origin.Reply
}{
	{"go-retryablehttp, its RoundTripper, after a close", retryable, origin.Close},
	{"go-retryablehttp, its RoundTripper, after a reset", retryable, origin.Reset},
	{"go-retryablehttp, its RoundTripper, after a 503", retryable, unavailable},
	{"go-retryablehttp, its standard client, after a close", retryableStandard, origin.Close},
	{"go-retryablehttp, its standard client, after a 503", retryableStandard, unavailable},
	{"a hedge, after silence", func(_ *testing.T, own *http.Transport) http.RoundTripper {
		return hedge(own, 0, time.Hour)
	}, origin.Hang},
	{"go-retryablehttp without the context, after a 503", func(t *testing.T, own *http.Transport) http.RoundTripper {
		return withoutContext(retryable(t, own))
	}, unavailable},
}

// TestRepeated uses an origin that reads the first request and fails, and refuses the second one in
// the provider's own words, for example because it knows the first one.
func TestRepeated(t *testing.T) {
	for _, c := range repeating {
		t.Run(c.name, func(t *testing.T) {
			for _, kept := range []bool{false, true} {
				t.Run(map[bool]string{false: "a connection each", true: "connections kept"}[kept], func(t *testing.T) {
					each(t, func(t *testing.T, p facade.Provider) {
						behind := origin.Listen(t, c.first, origin.Fixture(t, limited(p)))
						own := facade.NewTransport()
						own.DisableKeepAlives = !kept
						start(t.Context(), t, newClient(t, behind.URL, p, c.wrap(t, own)), p, facade.StartedUnknown)
						own.CloseIdleConnections()
						if n := behind.Settle(t); n != 2 {
							t.Errorf("%d deliveries, want 2: the test tests nothing", n)
						}
					})
				})
			}
		})
	}
}

// TestRepeatedByNetHTTP uses an origin that closes a kept connection after it has read the second
// request on it. Because of the key, net/http repeats that request on a new connection, and the
// origin refuses it.
func TestRepeatedByNetHTTP(t *testing.T) {
	// Calls to the other providers each have their own connection, since their answers name no
	// customer. On a fresh connection net/http never repeats a request.
	each(t, func(t *testing.T, p facade.Provider) {
		behind := origin.Listen(t, origin.Fixture(t, started(p)), origin.Close, origin.Fixture(t, limited(p)))
		own := &http.Transport{}
		client := newClient(t, behind.URL, p, withKey(own))
		start(t.Context(), t, client, p, facade.StartedYes)
		start(t.Context(), t, client, p, facade.StartedUnknown)
		own.CloseIdleConnections()
		want := 2
		if fixtures.Of(p).Customer.Echoed {
			want = 3
		}
		if n := behind.Settle(t); n != want {
			t.Errorf("%d deliveries of two calls, want %d", n, want)
		}
	})
}

// TestRefusedOnKeptConnection gets a refusal on a connection that was used before. It may be the
// answer to an earlier request.
func TestRefusedOnKeptConnection(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		behind := origin.Listen(t, origin.Fixture(t, started(p)), origin.Fixture(t, refused(p)))
		own := &http.Transport{IdleConnTimeout: time.Hour}
		client := newClient(t, behind.URL, p, withKey(own))
		start(t.Context(), t, client, p, facade.StartedYes)
		second := facade.StartedNo // on a connection of its own
		if fixtures.Of(p).Customer.Echoed {
			second = facade.StartedUnknown
		}
		start(t.Context(), t, client, p, second)
		own.CloseIdleConnections()
		if n := behind.Settle(t); n != 2 {
			t.Errorf("%d deliveries of two calls", n)
		}
	})
}
