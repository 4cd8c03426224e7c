package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
)

// Received is a request that a provider has received. It is full of personal
// data and holds a credential: printed or logged, it shows neither.
type Received struct {
	Provider facade.Provider
	// Scenario is the scenario that answered the request, or "" if it was refused.
	Scenario string
	// Wrong is why it was refused.
	Wrong []contract.Violation

	// It is a function, so that fmt prints only an address, even when it looks into an unexported
	// field of another type. (For a verb that does not fit, fmt follows a pointer to a struct.)
	sent func() *sent
}

// sent is what arrived.
type sent struct {
	number       int // of all requests, from 1
	at           time.Time
	customer     string
	method, path string
	header       http.Header
	body         []byte
}

// Customer returns the customer that the request names. For Vault that is the subject of the token.
func (r Received) Customer() string { return r.sent().customer }

// Method returns the request's method.
func (r Received) Method() string { return r.sent().method }

// Path returns the request's path, with the query if there is one.
func (r Received) Path() string { return r.sent().path }

// Header returns the request's header. It holds the credential.
func (r Received) Header() http.Header { return r.sent().header.Clone() }

// Body returns the request's body.
func (r Received) Body() []byte { return bytes.Clone(r.sent().body) }

// As stores the body in target, which points to the generated type of the provider's request, such
// as rebilly.KYCRequestInput. Requests to Vault and X Gateway have no body. It fails if target does
// not have a member of the body, or has it with another type.
func (r Received) As(target any) error {
	d := json.NewDecoder(bytes.NewReader(r.sent().body))
	d.DisallowUnknownFields()
	if err := d.Decode(target); err != nil {
		return fmt.Errorf("sandbox: request to %s: body does not fit %T", r.Provider, target)
	}
	return nil
}

// Format implements [fmt.Formatter]: every verb prints provider and scenario.
func (r Received) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "request to %s: %s", r.Provider, cmp.Or(r.Scenario, "refused"))
}

// Received returns the complete requests that a provider has received, in order. A provider that
// does not exist is reported.
func (s *Sandbox) Received(p facade.Provider) []Received {
	s.helper()
	s.provider(p)
	return s.arrivals.after(0, p)
}

// Arrival returns a channel that is closed when the provider has received its next request. That is
// the moment to cancel a request that [FaultSlow] keeps waiting. A provider that does not exist is
// reported.
func (s *Sandbox) Arrival(p facade.Provider) <-chan struct{} {
	s.helper()
	s.provider(p)
	return s.arrivals.next(p)
}

// arrivals are the requests that all providers have received.
type arrivals struct {
	mu   sync.Mutex
	all  []Received
	last int // the number of the last request, even if it was cleared
	// awaited are closed when a provider receives its next one; "" is for any provider.
	awaited map[facade.Provider]chan struct{}
}

// after returns the requests to one provider that follow the request of that number, or those to
// all providers if p is empty.
func (a *arrivals) after(number int, p facade.Provider) (list []Received) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.all {
		if r.sent().number > number && (p == "" || r.Provider == p) {
			list = append(list, r)
		}
	}
	return list
}

// add lists a request. Its scenario is empty if it was refused.
func (a *arrivals) add(p facade.Provider, s *sent, scenario string, wrong []contract.Violation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last++
	s.number = a.last
	a.all = append(a.all, Received{p, scenario, wrong, func() *sent { return s }})
	for _, p := range []facade.Provider{"", p} {
		if a.awaited[p] != nil {
			close(a.awaited[p])
			delete(a.awaited, p)
		}
	}
}

func (a *arrivals) next(p facade.Provider) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.awaited[p] == nil {
		a.awaited[p] = make(chan struct{})
	}
	return a.awaited[p]
}

// clear forgets the requests to one provider, or all of them if p is empty.
func (a *arrivals) clear(p facade.Provider) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = slices.DeleteFunc(a.all, func(r Received) bool { return p == "" || r.Provider == p })
}
