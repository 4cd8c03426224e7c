package faults_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// TestOwnHandshakeTimeout has a peer that is silent in the handshake, and a
// context that is in no hurry.
func TestOwnHandshakeTimeout(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		synctest.Test(t, func(t *testing.T) {
			s := piped(t, (*call).idle)
			own := facade.NewTransport()
			own.DialContext = s.dial
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			began := time.Now()
			got := callPeer(ctx, t, "https://127.0.0.1:1", p, &http.Client{Transport: own})
			if took := time.Since(began); took != 10*time.Second {
				t.Errorf("took %v", took)
			}
			check(t, p, got, neverLeftLate)
		})
	})
}
