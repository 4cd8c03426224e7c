package transports

import (
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/origin"
)

// TestOrdinary puts every transport in front of an origin that works.
func TestOrdinary(t *testing.T) {
	for _, c := range ready {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				for _, answer := range []struct {
					name    string
					fixture string
					want    facade.Started
				}{
					{"started", started(p), facade.StartedYes},
					{"refused", refused(p), c.refused},
				} {
					t.Run(answer.name, func(t *testing.T) {
						behind := origin.Listen(t, origin.Fixture(t, answer.fixture))
						own := facade.NewTransport()
						start(t.Context(), t, newClient(t, behind.URL, p, c.wrap(t, own)), p, answer.want)
						own.CloseIdleConnections()
						if n := behind.Settle(t); n != 1 {
							t.Errorf("%d deliveries of one call", n)
						}
					})
				}
			})
		})
	}
}
