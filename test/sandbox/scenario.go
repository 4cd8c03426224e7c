package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
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

// defaultOf returns what answers an operation if nothing was chosen: a start, or a
// process as the default start leaves it.
func defaultOf(p facade.Provider, operation string) string {
	if operation == "" {
		return Default(p)
	}
	return fixtures.Of(p).Lookup(operation).Default
}

// Default returns the scenario that answers a good request to a provider if
// none was chosen: a start. It is empty for a provider that does not exist.
func Default(p facade.Provider) string { return fixtures.Of(p).Success.Name }

// Scenarios returns the names of all scenarios of a provider, the faults last,
// and nothing for a provider that does not exist.
func Scenarios(p facade.Provider) []string {
	all, err := scenarios()
	if err != nil {
		return nil // and no sandbox starts
	}
	return append([]string(nil), all.names[p]...)
}

// A scenario answers one good request.
type scenario func(p *provider, c *call)

type catalogue struct {
	names    map[facade.Provider][]string
	scenario map[facade.Provider]map[string]scenario
	// operations are those that the scenarios answer, as [fixtures.Case] has them.
	// The faults answer all, and are not in it.
	operations map[string]string
}

// answers reports whether a scenario may answer an operation.
func (c *catalogue) answers(name, operation string) bool {
	one, only := c.operations[name]
	return !only || one == operation
}

// scenarios reads the fixtures, once.
var scenarios = sync.OnceValues(func() (*catalogue, error) {
	c := &catalogue{make(map[facade.Provider][]string), make(map[facade.Provider]map[string]scenario), make(map[string]string)}
	for _, p := range Providers() {
		cases, err := fixtures.AllOf(string(p))
		if err != nil {
			return nil, err
		}
		c.scenario[p] = make(map[string]scenario)
		for _, one := range cases {
			c.names[p] = append(c.names[p], one.Name)
			c.scenario[p][one.Name] = replay(one)
			c.operations[one.Name] = one.Operation
		}
		for _, f := range faults {
			c.names[p] = append(c.names[p], f.name)
			c.scenario[p][f.name] = f.scenario
		}
		chosen := []string{Default(p)}
		for _, operation := range contract.Operations(string(p))[1:] {
			chosen = append(chosen, defaultOf(p, operation))
		}
		for _, name := range chosen {
			if c.scenario[p][name] == nil {
				return nil, unknownScenario(p, name, c.names[p])
			}
		}
	}
	return c, nil
})

func find(p facade.Provider, name string) (scenario, error) {
	all, err := scenarios()
	if err != nil {
		return nil, err
	}
	found := all.scenario[p][name]
	if found == nil {
		return nil, unknownScenario(p, name, all.names[p])
	}
	return found, nil
}

func unknownScenario(p facade.Provider, name string, names []string) error {
	return fmt.Errorf("sandbox: %s has no scenario %q, it has:\n\t%s", p, name, strings.Join(names, "\n\t"))
}

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
	for _, name := range scenarios {
		if _, err := find(p, name); err != nil {
			s.report(err)
			return
		}
	}
	chosen := script{names: slices.Clone(scenarios)}
	if n := len(scenarios); n > 0 {
		chosen.after = scenarios[n-1]
	}
	provider.use(chosen)
}

// script is a sequence of scenarios, of which so many have been asked for, and the
// one that follows them.
type script struct {
	names []string
	asked int
	after string
}

// next is the scenario whose turn it is, "" if there is none.
func (s *script) next() string {
	if s.asked < len(s.names) {
		return s.names[s.asked]
	}
	return s.after
}

// over reports whether every scenario has been asked for.
func (s *script) over() bool { return s.asked >= len(s.names) }

func (s *script) unused() []string { return s.names[min(s.asked, len(s.names)):] }
