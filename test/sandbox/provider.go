package sandbox

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// provider is one running provider of the sandbox.
type provider struct {
	fixtures.Descriptor
	sandbox  *Sandbox
	listener net.Listener
	server   *http.Server
	running  sync.WaitGroup

	mu     sync.Mutex
	script script
	wrong  bool // a request was refused or came out of turn; unused scenarios are then not reported
	closed bool
}

func newProvider(s *Sandbox, name facade.Provider, listener net.Listener) *provider {
	p := &provider{Descriptor: fixtures.Of(name), sandbox: s, listener: listener}
	p.server = &http.Server{
		Handler:           p,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // what is not HTTP is not reported
	}
	p.running.Go(func() { _ = p.server.Serve(listener) })
	return p
}

func (p *provider) address() string { return p.listener.Addr().String() }

func (p *provider) close() {
	p.sandbox.helper()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.server.Close()
	p.running.Wait()
	p.use(script{})
}

// use begins another script, and reports the scenarios of the previous one that were never asked
// for.
func (p *provider) use(chosen script) {
	p.sandbox.helper()
	p.mu.Lock()
	unused, wrong := p.script.names, p.wrong
	p.script = chosen
	p.mu.Unlock()
	if len(unused) > 0 && !wrong {
		p.sandbox.report(fmt.Errorf("sandbox: %s was never asked for %s", p.Provider, strings.Join(unused, ", ")))
	}
}

// refuses reports whether the next connection is to be refused. If so, it takes that scenario off
// the script, as if a request had used it.
func (p *provider) refuses() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.script.next() != FaultConnectionRefused {
		return false
	}
	p.script.turn()
	return true
}

// call is one request and the means to answer it.
type call struct {
	w        http.ResponseWriter
	request  *http.Request
	body     []byte
	customer string
	// operation is the operation that is called, in the words of [fixtures.Case].
	operation string
}

// maxBody is larger than three photographs in base64.
const maxBody = 64 << 20

// ServeHTTP answers one request.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{w: w, request: r}
	if !p.begin() {
		c.drop()
		return
	}
	defer p.running.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		c.drop() // the request was not complete
		return
	}
	c.body, c.customer = body, p.Customer.Read(r, body)
	if wrong := contract.Request(string(p.Provider), r, body); len(wrong) > 0 {
		p.refuse(c, wrong)
		return
	}
	if operation := contract.OperationOf(string(p.Provider), r); operation != contract.Operations(string(p.Provider))[0] {
		c.operation = operation
	}
	chosen, err := p.choose(c)
	p.sandbox.arrivals.add(newReceived(p.Provider, c, chosen.name, nil))
	if err != nil {
		p.sandbox.report(err)
		c.drop()
		return
	}
	chosen.answer(p, c)
}

// begin counts the request as under way, unless the sandbox is closed: nothing may be reported to a
// test that has ended.
func (p *provider) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.running.Add(1)
	}
	return !p.closed
}

// choose returns the scenario for a good request. It fails if the customer has the form of the
// sandbox's own but no scenario, if the request names no customer where it must, or if the next
// scenario is for another operation. In these cases the default answer would hide the mistake.
func (p *provider) choose(c *call) (chosen scenario, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.wrong = p.wrong || err != nil }()
	all := scenariosOf(p.Provider)
	own := slices.IndexFunc(all, func(s scenario) bool { return s.customer != "" && strings.EqualFold(s.customer, c.customer) })
	next, _ := find(p.Provider, p.script.next())
	switch {
	case own >= 0 && all[own].answers(c.operation):
		return all[own], nil
	case own < 0 && strings.HasPrefix(c.customer, prefixOf(p.Customer.Form)):
		return scenario{}, fmt.Errorf("sandbox: %s has no scenario for the customer %q: take it from Sandbox.Customer", p.Provider, c.customer)
	case next.name != "" && next.answers(c.operation):
		p.script.turn()
		return next, nil
	case len(p.script.names) > 0:
		return scenario{}, fmt.Errorf("sandbox: %s has %s for its next scenario, which does not answer %s %s",
			p.Provider, next.name, c.request.Method, contract.OperationOf(string(p.Provider), c.request))
	case c.customer == "" && p.Customer.Form != fixtures.Subject && c.operation == "":
		return scenario{}, fmt.Errorf("sandbox: a request to %s names no customer where the sandbox reads it: see Read in test/fixtures/%s.go", p.Provider, p.Provider)
	case c.operation == "":
		return find(p.Provider, Default(p.Provider))
	default:
		return find(p.Provider, p.Lookup(c.operation).Default)
	}
}
