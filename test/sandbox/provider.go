package sandbox

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// provider is one running provider of the sandbox.
type provider struct {
	fixtures.Descriptor
	sandbox *Sandbox
	server  *httptest.Server

	mu     sync.Mutex
	script script
}

// use begins another script, and reports the scenarios of the previous one that were never asked
// for. If a request was refused or came out of turn, that is why, and was reported already.
func (p *provider) use(chosen script) {
	p.sandbox.helper()
	p.mu.Lock()
	unused := p.script.Next
	p.script = chosen
	p.mu.Unlock()
	wrong := func(r Received) bool { return r.Scenario == "" }
	if len(unused) > 0 && !slices.ContainsFunc(p.sandbox.arrivals.after(0, p.Provider), wrong) {
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

// ServeHTTP answers one request.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	arrived := &sent{0, time.Now(), p.Customer.Read(r, body), r.Method, r.URL.RequestURI(), r.Header.Clone(), body}
	if err != nil {
		hangUp() // the request was not complete
	}
	if wrong := contract.Request(string(p.Provider), r, body); len(wrong) > 0 {
		p.refuse(w, arrived, wrong)
		return
	}
	chosen, err := p.choose(arrived, contract.OperationOf(string(p.Provider), r))
	p.sandbox.arrivals.add(p.Provider, arrived, chosen.Name, nil)
	if err != nil {
		p.sandbox.report(err)
		hangUp()
	}
	p.answer(w, r, chosen, arrived.customer)
}

// choose returns the scenario for a good request. It fails where the default answer would hide a
// mistake: the customer has the form of the sandbox's own but no scenario; the request names no
// customer where it must; or the next scenario does not answer it.
func (p *provider) choose(r *sent, operation string) (scenario, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := scenarios()[p.Provider]
	lookup := p.Lookup(operation)
	own := slices.IndexFunc(all, func(s scenario) bool { return s.customer != "" && strings.EqualFold(s.customer, r.customer) })
	next, _ := find(p.Provider, p.script.next())
	switch {
	case own >= 0 && all[own].answers(lookup.Operation):
		return all[own], nil
	case own < 0 && (strings.HasPrefix(r.customer, customerPrefix) || strings.HasPrefix(r.customer, guidPrefix)):
		return scenario{}, fmt.Errorf("sandbox: %s has no scenario for the customer %q: take it from Sandbox.Customer", p.Provider, r.customer)
	case next.Name == FaultConnectionRefused:
		return scenario{}, fmt.Errorf("sandbox: %s needs the client of Sandbox.HTTPClient, but another one has connected", next.Name)
	case next.answers(lookup.Operation):
		p.script.turn()
		return next, nil
	case len(p.script.Next) > 0:
		return scenario{}, fmt.Errorf("sandbox: %s has %s for its next scenario, which does not answer %s %s",
			p.Provider, next.Name, r.method, operation)
	case r.customer == "" && p.Customer.Form != fixtures.Subject && lookup.Operation == "":
		return scenario{}, fmt.Errorf("sandbox: a request to %s names no customer where the sandbox reads it: see Read in test/fixtures/%s.go", p.Provider, p.Provider)
	default:
		return find(p.Provider, cmp.Or(lookup.Default, p.Success.Name))
	}
}
