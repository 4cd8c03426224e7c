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
	wrong   bool          // a request was refused: scenarios that wait for one are no news
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
	name := p.choose(c)
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

// choose returns the scenario of a good request, and keeps both.
func (p *provider) choose(c *call) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	name, ok := p.customers[strings.ToLower(c.customer)]
	if !ok {
		name = p.script.next()
		p.script.asked++
	}
	if name == "" {
		name = Default(p.name)
	}
	p.keep(newReceived(p.name, c, name, nil))
	return name
}
