//go:debug x509usefallbackroots=1

// Package faults_test proves that the library never says anything false about a start:
//
//  1. Started is never no if the provider may have acted, and a success is
//     reported only if the provider's answer said so;
//  2. a call sends at most one request;
//  3. no answer is lost: if a status arrived, the error has it, with the header
//     and with the body up to the limit;
//  4. nothing goes to another host.
//
// TestFault plays every fault to every provider. The peers are real: sockets and TLS for faults of
// the connection, pipes under a fake clock for faults of time.
package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// TestMain also fails if a goroutine is left over, or if anything was written to the standard
// logger: net/http writes its complaints there, and quotes what it received.
func TestMain(m *testing.M) {
	x509.SetFallbackRoots(trusted()) // so that the library's own transport trusts the peers
	var logged strings.Builder
	log.SetOutput(&logged)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if logged.Len() > 0 {
			fmt.Fprintf(os.Stderr, "the standard logger got:\n%s", logged.String())
			code = 1
		}
		os.Exit(code)
	}))
}

// authority is a server with a self-signed certificate for 127.0.0.1. Nobody calls it.
var authority = sync.OnceValue(func() *httptest.Server {
	s := httptest.NewTLSServer(nil)
	s.Close()
	return s
})

// trusted returns the root certificates that make the certificate valid.
func trusted() *x509.CertPool {
	return authority().Client().Transport.(*http.Transport).TLSClientConfig.RootCAs.Clone()
}

// secure returns the TLS configuration of a peer with the certificate.
func secure() *tls.Config { return authority().TLS.Clone() }
