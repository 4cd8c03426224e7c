package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/deadport"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Sandbox is all providers, each on a loopback address of its own.
type Sandbox struct {
	providers   map[facade.Provider]*provider
	unreachable *deadport.Address
	report      func(error)
	helper      func() // of the test, so that failures name its line
	arrivals    arrivals
}

// New returns a running Sandbox for a test. It closes itself when the test is
// over, and reports to it everything that [Sandbox.Close] and the package
// documentation call a failure. If it cannot listen, it ends the test.
func New(tb testing.TB) *Sandbox {
	tb.Helper()
	s, err := start(func(err error) { tb.Helper(); tb.Error(err) }, tb.Helper, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// Start returns a running Sandbox for a program, which must close it. What
// would fail a test goes to report, from any goroutine; nil is for nobody. It
// fails if it cannot listen on loopback.
func Start(report func(error)) (*Sandbox, error) { return StartAt(0, report) }

// StartAt is Start with ports in a row, for applications that have an address in
// their configuration: the providers in the order of [Providers] from port on.
// Port 0 takes any that are free.
func StartAt(port int, report func(error)) (*Sandbox, error) {
	if report == nil {
		report = func(error) {}
	}
	return start(report, func() {}, port)
}

func start(report func(error), helper func(), port int) (*Sandbox, error) {
	if _, err := specdoc.All(); err != nil {
		return nil, err
	}
	if _, err := scenarios(); err != nil {
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
		helper:      helper,
		arrivals:    arrivals{awaited: make(map[facade.Provider]chan struct{})},
	}
	for i, name := range Providers() {
		at := port
		if port != 0 {
			at += i
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", at))
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("sandbox: %s: %w", name, err)
		}
		s.providers[name] = newProvider(s, name, listener)
	}
	return s, nil
}

// Close ends the sandbox and every answer that is still under way, and reports
// the scenarios that no request asked for. Closing it again does nothing.
func (s *Sandbox) Close() {
	s.helper()
	for _, p := range s.providers {
		p.close()
	}
	s.unreachable.Close()
}

// Providers are all providers.
func Providers() []facade.Provider { return fixtures.Providers() }

// URL returns the base URL of a provider, as its configuration wants it. For a
// provider that does not exist it is empty, and that is reported.
func (s *Sandbox) URL(p facade.Provider) string {
	s.helper()
	provider := s.provider(p)
	if provider == nil {
		return ""
	}
	return "http://" + provider.address() + provider.BasePath
}

// Config returns a configuration for the providers, all of them if none is
// named, with credentials that the sandbox accepts. Its HTTPClient is that of
// [Sandbox.HTTPClient].
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

// HTTPClient returns a client that reaches the sandbox, one connection a
// request as the library's own does. It is needed only for
// [FaultConnectionRefused]: every client reaches the rest.
func (s *Sandbox) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: s.dial, DisableKeepAlives: true}}
}

// dial connects to address, unless it is that of a provider whose turn it is to
// refuse.
func (s *Sandbox) dial(ctx context.Context, network, address string) (net.Conn, error) {
	for _, p := range s.providers {
		if p.address() == address && p.refuses() {
			address = s.unreachable.String()
		}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

// UnreachableURL returns a URL at which connections are refused, for
// applications that cannot use [Sandbox.HTTPClient].
func (s *Sandbox) UnreachableURL() string { return "http://" + s.unreachable.String() }

// provider returns the provider of that name, and nil, with a report, if there
// is none.
func (s *Sandbox) provider(name facade.Provider) *provider {
	s.helper()
	p := s.providers[name]
	if p == nil {
		s.report(unknownProvider(name))
	}
	return p
}

func unknownProvider(name facade.Provider) error {
	words := make([]string, len(Providers()))
	for i, p := range Providers() {
		words[i] = string(p)
	}
	return fmt.Errorf("sandbox: no provider %q, there are: %s", name, strings.Join(words, ", "))
}
