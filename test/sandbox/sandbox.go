// Package sandbox is a fake of the five providers on loopback. It is for the tests of applications,
// whether or not they use the facade.
//
//	func TestBanned(t *testing.T) {
//		s := sandbox.New(t)
//		s.Use(facade.Forte, "forte/200_banned")
//		client, err := facade.New(s.Config(facade.Forte))
//		...
//	}
//
// Every request is judged by the provider's document, with package contract. The credential must be
// there and have the right form, but any value will do. A good request is answered with a scenario,
// and a wrong one with a 4xx in the provider's own form, which holds the reason.
//
// # Scenarios
//
// A scenario is the name of a fixture, such as "forte/200_banned" or "vault/rejected/502_html", or
// one of the faults, such as [FaultLostReply]. [Scenarios] lists them. The first of these that
// applies decides how a request is answered:
//
//   - the customer of the request, if it is one that [Sandbox.Customer] named;
//   - the scenarios given to [Sandbox.Use], one a request, the last one again
//     and again, or those chosen over HTTP (see [Sandbox.Handler]);
//   - the success that [Default] names.
//
// The scenario of a look-up, such as "rebilly/find/200_older", answers only look-ups of that kind.
// Other fixtures answer only starts. The faults answer both.
//
// Where an answer repeats the id of the customer that the fixtures are about, it has the id of the
// request instead. An answer about another customer stays as it is, and so do times; those in the
// default answers lie in the future.
//
// # Failures
//
// Each of these fails the test: a wrong request; a scenario or provider that does not exist; a
// scenario that no request asked for; and a scenario whose turn it was when a request came that it
// cannot answer (a look-up instead of a start, or the reverse).
package sandbox

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/deadport"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Sandbox holds all providers, each on its own loopback address. It is safe for concurrent use.
// Tests that run in parallel use one each, or share one and tell their requests apart by customer.
type Sandbox struct {
	providers   map[facade.Provider]*provider
	unreachable *deadport.Address
	report      func(error)
	helper      func() // of the test, so that a failure names the test's line
	arrivals    arrivals
}

// New returns a running Sandbox for a test. It closes itself when the test ends. It reports to the
// test every failure that [Sandbox.Close] and the package documentation name. If it cannot listen,
// it ends the test.
func New(tb testing.TB) *Sandbox {
	tb.Helper()
	s, err := Start(func(err error) { tb.Helper(); tb.Error(err) })
	if err != nil {
		tb.Fatal(err)
	}
	s.helper = tb.Helper
	tb.Cleanup(s.Close)
	return s
}

// Start returns a running Sandbox for a program, which must close it. What would fail a test is
// passed to report, from any goroutine; with nil it is dropped. Start fails if it cannot listen on
// loopback.
func Start(report func(error)) (*Sandbox, error) { return StartAt(0, report) }

// StartAt is Start with consecutive ports, for applications whose configuration holds addresses.
// The providers are in the order of [Providers], from port on. Port 0 means any free ports.
func StartAt(port int, report func(error)) (*Sandbox, error) {
	if report == nil {
		report = func(error) {}
	}
	if _, err := specdoc.All(); err != nil {
		return nil, err
	}
	unreachable, err := deadport.New()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Sandbox{
		providers:   make(map[facade.Provider]*provider),
		unreachable: unreachable,
		report:      report,
		helper:      func() {},
		arrivals:    arrivals{awaited: make(map[facade.Provider]chan struct{})},
	}
	for _, d := range fixtures.Descriptors() {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("sandbox: %s: %w", d.Provider, err)
		}
		p := &provider{Descriptor: d, sandbox: s}
		p.server = &httptest.Server{Listener: listener, Config: &http.Server{
			Handler:           p,
			ReadHeaderTimeout: time.Minute,
			ErrorLog:          log.New(io.Discard, "", 0), // what is not HTTP is not reported
		}}
		p.server.Start()
		s.providers[d.Provider] = p
		if port != 0 {
			port++
		}
	}
	return s, nil
}

// Close ends the sandbox and every answer that is still under way. It reports the scenarios that no
// request asked for. A second call does nothing.
func (s *Sandbox) Close() {
	for _, p := range s.providers {
		_ = p.server.Config.Close() // ends the answers
		p.server.Close()            // waits until no more is reported
		p.use(script{})
	}
	s.unreachable.Close()
}

// Providers returns all providers.
func Providers() []facade.Provider { return fixtures.Providers() }

// URL returns the base URL of a provider, in the form that its configuration wants. For a provider
// that does not exist it is empty, and that is reported.
func (s *Sandbox) URL(p facade.Provider) string {
	s.helper()
	if provider := s.provider(p); provider != nil {
		return provider.server.URL + provider.BasePath
	}
	return ""
}

// Config returns a configuration for the named providers, or for all if none is named. The sandbox
// accepts its credentials. Its HTTPClient is that of [Sandbox.HTTPClient].
func (s *Sandbox) Config(providers ...facade.Provider) facade.Config {
	s.helper()
	if len(providers) == 0 {
		providers = Providers()
	}
	c := facade.Config{HTTPClient: s.HTTPClient()}
	for _, name := range providers {
		if s.provider(name) != nil {
			fixtures.Of(name).Configure(&c, s.URL(name))
		}
	}
	return c
}

// HTTPClient returns a client that reaches the sandbox. Like the library's own, it opens one
// connection for each request. Only [FaultConnectionRefused] needs it; for everything else any
// client will do.
func (s *Sandbox) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: s.dial, DisableKeepAlives: true}}
}

// dial connects to address, unless that is a provider whose next scenario refuses the connection.
func (s *Sandbox) dial(ctx context.Context, network, address string) (net.Conn, error) {
	for _, p := range s.providers {
		if p.server.URL == "http://"+address && p.refuses() {
			address = s.unreachable.String()
		}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

// UnreachableURL returns a URL at which connections are refused, for
// applications that cannot use [Sandbox.HTTPClient].
func (s *Sandbox) UnreachableURL() string { return "http://" + s.unreachable.String() }

// provider returns the provider of that name. If there is none, it reports that and returns nil.
func (s *Sandbox) provider(name facade.Provider) *provider {
	s.helper()
	p := s.providers[name]
	if p == nil {
		s.report(unknownProvider(name))
	}
	return p
}

func unknownProvider(name facade.Provider) error {
	return fmt.Errorf("sandbox: no provider %q, there are: %q", name, Providers())
}
