package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// The faults: scenarios of every provider that are no answer, or none that a
// provider would write.
const (
	// FaultLostReply reads the request and closes the connection.
	FaultLostReply = "fault/lost_reply"
	// FaultSlow does not answer until the client gives up or the sandbox closes.
	// The client should not give up before [Sandbox.Arrival].
	FaultSlow = "fault/slow"
	// Fault502HTML is the answer of a gateway in front of the provider.
	Fault502HTML = "fault/502_html"
	// FaultCutBody sends half of a body, and closes the connection: half of a
	// success, and where that has no body, as at X Gateway, of an error.
	FaultCutBody = "fault/cut_body"
	// FaultConnectionRefused refuses the connection. It needs the client of
	// [Sandbox.HTTPClient] and cannot be chosen by customer: there is no request
	// that could name one.
	FaultConnectionRefused = "fault/connection_refused"
)

// Default returns the scenario that answers a good request to a provider if
// none was chosen: a start. It is empty for a provider that does not exist.
func Default(p facade.Provider) string { return fixtures.Of(p).Success.Name }

// Scenarios returns the names of all scenarios of a provider, the faults last,
// and nothing for a provider that does not exist.
func Scenarios(p facade.Provider) (names []string) {
	for _, one := range scenariosOf(p) {
		names = append(names, one.name)
	}
	return names
}

// A scenario answers one good request.
type scenario struct {
	name     string
	customer string // the id that chooses it, "" if none can
	// operation is the one that it answers, as [fixtures.Case] has it. A fault answers
	// every one.
	operation string
	isFault   bool
	answer    func(p *provider, c *call)
}

func (s scenario) answers(operation string) bool { return s.isFault || s.operation == operation }

// scenarios reads the fixtures, once.
var scenarios = sync.OnceValues(func() (map[facade.Provider][]scenario, error) {
	all := make(map[facade.Provider][]scenario)
	for _, p := range Providers() {
		cases, err := fixtures.AllOf(string(p))
		if err != nil {
			return nil, err
		}
		fault := func(name string, answer func(*provider, *call)) scenario {
			return scenario{name, customerID(p, name), "", true, answer}
		}
		for _, c := range cases {
			all[p] = append(all[p], scenario{c.Name, customerID(p, c.Name), c.Operation, false, replay(c)})
		}
		all[p] = append(all[p], fault(FaultLostReply, lostReply), fault(FaultSlow, slow), fault(Fault502HTML, badGateway),
			fault(FaultCutBody, cutBody), scenario{FaultConnectionRefused, "", "", true, notRefused})
	}
	return all, nil
})

func scenariosOf(p facade.Provider) []scenario {
	all, _ := scenarios() // of an error no sandbox starts
	return all[p]
}

func find(p facade.Provider, name string) (scenario, error) {
	for _, one := range scenariosOf(p) {
		if one.name == name {
			return one, nil
		}
	}
	return scenario{}, fmt.Errorf("sandbox: %s has no scenario %q, it has:\n\t%s", p, name, strings.Join(Scenarios(p), "\n\t"))
}

// script is a sequence of scenarios, and the one that follows them.
type script struct {
	names []string
	after string
}

// next is the scenario whose turn it is, "" if there is none.
func (s *script) next() string {
	if len(s.names) > 0 {
		return s.names[0]
	}
	return s.after
}

// turn takes the scenario whose turn it is for asked for.
func (s *script) turn() { s.names = s.names[min(1, len(s.names)):] }

// Use chooses the scenarios of the provider's next requests, in this order, and
// takes the place of what was chosen before. The last one stays, for requests that
// it can answer. One that does not exist, one that was never asked for, and one
// whose turn it was when a request came that it cannot answer (a look-up instead
// of a start, or the other way round), are reported.
func (s *Sandbox) Use(p facade.Provider, scenarios ...string) {
	s.helper()
	provider := s.provider(p)
	if provider == nil {
		return
	}
	chosen := script{names: slices.Clone(scenarios)}
	for _, name := range scenarios {
		if _, err := find(p, name); err != nil {
			s.report(err)
			return
		}
		chosen.after = name
	}
	provider.use(chosen)
}
