package sandbox

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// provider is one of them, at work.
type provider struct {
	sandbox   *Sandbox
	name      facade.Provider
	listener  net.Listener
	server    *http.Server
	customers map[string]string // scenarios by the id that chooses them
	running   sync.WaitGroup

	mu      sync.Mutex
	script  script
	arrival chan struct{} // closed when the next request is received
	wrong   bool          // a request was refused, or came out of turn: scenarios that wait for one are no news
	closed  bool
}

func newProvider(s *Sandbox, name facade.Provider, listener net.Listener) *provider {
	p := &provider{sandbox: s, name: name, listener: listener, customers: customers(name), arrival: make(chan struct{})}
	p.server = &http.Server{
		Handler:           p,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // what is no HTTP is nobody's request
	}
	p.running.Go(func() { _ = p.server.Serve(listener) })
	return p
}

func (p *provider) address() string { return p.listener.Addr().String() }

func (p *provider) origin() string { return "http://" + p.address() }

func (p *provider) close() {
	p.sandbox.helper()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.server.Close()
	p.running.Wait()
	p.use(script{})
}

// use begins another script, and reports what is left of the one before.
func (p *provider) use(chosen script) {
	p.sandbox.helper()
	p.mu.Lock()
	unused, wrong := p.script.unused(), p.wrong
	p.script = chosen
	p.mu.Unlock()
	if len(unused) > 0 && !wrong {
		p.sandbox.report(fmt.Errorf("sandbox: %s was never asked for %s", p.name, strings.Join(unused, ", ")))
	}
}

// refuses reports whether the next connection is to be refused, and if so takes
// it for made.
func (p *provider) refuses() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.script.next() != FaultConnectionRefused {
		return false
	}
	p.script.asked++
	return true
}

// call is one request and the way to answer it.
type call struct {
	w        http.ResponseWriter
	request  *http.Request
	body     []byte
	customer string
	// operation is the one that is called, as [fixtures.Case] has it.
	operation string
}

// maxBody is more than three photographs in base64 need.
const maxBody = 64 << 20

// ServeHTTP answers one request.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{w: w, request: r}
	if !p.begin() {
		c.drop()
		return
	}
	defer p.running.Done()
	if p.isVisit(r) {
		p.welcome(w)
		return
	}

	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		c.drop() // there was no whole request
		return
	}
	c.body, c.customer = body, fixtures.Of(p.name).Customer.Read(r, body)
	if wrong := p.judge(c); len(wrong) > 0 {
		p.refuse(c, wrong)
		return
	}
	if operation := contract.OperationOf(string(p.name), r); operation != contract.Operations(string(p.name))[0] {
		c.operation = operation
	}
	name, err := p.choose(c)
	if err != nil {
		p.sandbox.report(err)
		c.drop()
		return
	}
	answer, err := find(p.name, name)
	if err != nil {
		p.sandbox.report(err)
		c.drop()
		return
	}
	answer(p, c)
}

// begin counts a request in, unless the sandbox is closed: nothing may be
// reported to a test that is over.
func (p *provider) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.running.Add(1)
	}
	return !p.closed
}

func (p *provider) judge(c *call) []contract.Violation {
	if len(c.body) > maxBody {
		return []contract.Violation{{
			Provider: string(p.name), In: contract.InRequest,
			Expected: fmt.Sprintf("a body of at most %d MiB", maxBody>>20), Found: "a longer one", Unchecked: true,
		}}
	}
	return contract.Request(string(p.name), c.request, c.body)
}

// choose returns the scenario of a good request, and keeps both. It fails if the
// customer is one of the sandbox's own that has no scenario, if there is none where
// there must be one, and if the scenario whose turn it is answers another operation:
// the default would pass for what was meant.
func (p *provider) choose(c *call) (name string, err error) {
	all, err := scenarios()
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	form := fixtures.Of(p.name).Customer.Form
	name, ok := p.customers[strings.ToLower(c.customer)]
	if !ok || !all.answers(name, c.operation) {
		name = p.script.next()
		switch {
		case all.answers(name, c.operation):
			p.script.asked++
		case !p.script.over():
			p.wrong = true
			err = fmt.Errorf("sandbox: %s has %s for its next scenario, which does not answer %s %s",
				p.name, name, c.request.Method, contract.OperationOf(string(p.name), c.request))
			name = ""
		default:
			name = ""
		}
	}
	switch {
	case !ok && strings.HasPrefix(c.customer, prefixOf(form)):
		name, err = "", fmt.Errorf("sandbox: %s has no scenario for the customer %q: take it from Sandbox.Customer", p.name, c.customer)
	case name == "" && c.customer == "" && form != fixtures.Subject && c.operation == "":
		err = fmt.Errorf("sandbox: a request to %s names no customer where the sandbox reads it: see Read in test/fixtures/%s.go", p.name, p.name)
	case name == "":
		name = defaultOf(p.name, c.operation)
	}
	p.keep(newReceived(p.name, c, name, nil))
	return name, err
}
