package faults_test

import (
	"crypto/tls"
	"net/http/httptrace"
	"runtime"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestAnsweredAtAccept has a peer that answers as soon as it has a connection, before
// it reads a byte of the request. The answer is there before the request is sent, and
// none is lost. That net/http prints none of them either is seen by TestMain.
func TestAnsweredAtAccept(t *testing.T) {
	for _, c := range []struct {
		row    string
		config *tls.Config
		times  int
	}{
		{"plain", nil, 40},
		{"TLS", secure(), 10},
	} {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				for i := range c.times {
					x := exchanges()[p][i%len(exchanges()[p])]
					said := make(chan struct{})
					s, url := listen(t, c.config, func(call *call) {
						call.say(x.text())
						close(said)
						call.read()
					})
					ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
						// The request has a connection, and is not sent before this returns.
						GotConn: func(httptrace.GotConnInfo) {
							<-said
							for range 100 {
								runtime.Gosched() // whoever reads may see the answer first
							}
						},
					})
					got := callPeer(ctx, t, url, p, nil)
					check(t, p, got, x.whole)
					// With its answer, the client may hang up before all of the request is out.
					if _, begun := s.requests(); begun > 1 {
						t.Errorf("%d requests from one call", begun)
					}
				}
			})
		})
	}
}
