package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// The faults are scenarios that every provider has. Some give no answer, and the others an answer
// that the provider itself would not write.
const (
	// FaultLostReply reads the request and closes the connection.
	FaultLostReply = "fault/lost_reply"
	// FaultSlow does not answer until the client gives up or the sandbox closes.
	// The client should not give up before [Sandbox.Arrival].
	FaultSlow = "fault/slow"
	// Fault502HTML is the answer of a gateway in front of the provider.
	Fault502HTML = "fault/502_html"
	// FaultCutBody sends half of a body and closes the connection. It is the body of a success, or
	// of an error where the success has no body, as at X Gateway.
	FaultCutBody = "fault/cut_body"
	// FaultConnectionRefused refuses the connection. It needs the client of [Sandbox.HTTPClient].
	// No customer can choose it, since no request arrives that could name one.
	FaultConnectionRefused = "fault/connection_refused"
)

// Default returns the scenario that answers a good request to a provider if none was chosen. It is
// a successful start. It is empty for a provider that does not exist.
func Default(p facade.Provider) string { return fixtures.Of(p).Success.Name }

// Scenarios returns the names of all scenarios of a provider, with the faults last. It returns
// nothing for a provider that does not exist.
func Scenarios(p facade.Provider) (names []string) {
	for _, one := range scenariosOf(p) {
		names = append(names, one.name)
	}
	return names
}

// A scenario answers one good request.
type scenario struct {
	name     string
	customer string // the id that chooses it, or "" if no customer can
	// lookup is the look-up that it answers, in the words of [fixtures.Case]. A fault answers every
	// request.
	lookup  string
	isFault bool
	answer  func(c *call) // nil if it refuses the connection
}

func (s scenario) answers(lookup string) bool {
	return s.answer != nil && (s.isFault || s.lookup == lookup)
}

// scenarios reads the fixtures, once.
var scenarios = sync.OnceValues(func() (map[facade.Provider][]scenario, error) {
	all := make(map[facade.Provider][]scenario)
	for _, d := range fixtures.Descriptors() {
		p := d.Provider
		whole, err := fixtures.Find(d.Success.Name)
		if len(whole.Body) == 0 {
			whole, err = fixtures.Find(d.Refusal.Name)
		}
		if err != nil {
			return nil, err
		}
		for _, c := range fixtures.Cases(p) {
			all[p] = append(all[p], scenario{c.Name, customerID(p, c.Name), c.Operation, false, replay(c)})
		}
		fault := func(name string, answer func(*call)) scenario {
			return scenario{name, customerID(p, name), "", true, answer}
		}
		all[p] = append(all[p], fault(FaultLostReply, lostReply), fault(FaultSlow, slow), fault(Fault502HTML, badGateway),
			fault(FaultCutBody, cutBody(whole)), scenario{name: FaultConnectionRefused, isFault: true})
	}
	return all, nil
})

func scenariosOf(p facade.Provider) []scenario {
	all, _ := scenarios() // if this fails, no sandbox starts
	return all[p]
}

// find returns the scenario of that name. It fails if the provider has none, or does not exist.
func find(p facade.Provider, name string) (scenario, error) {
	all := scenariosOf(p)
	if i := slices.IndexFunc(all, func(s scenario) bool { return s.name == name }); i >= 0 {
		return all[i], nil
	}
	if len(all) == 0 {
		return scenario{}, unknownProvider(p)
	}
	return scenario{}, fmt.Errorf("sandbox: %s has no scenario %q, it has:\n\t%s", p, name, strings.Join(Scenarios(p), "\n\t"))
}

// script is a sequence of scenarios, and the one that is used after them.
type script struct {
	Next  []string `json:"next"`
	After string   `json:"after,omitempty"`
}

// next returns the scenario whose turn it is, or "" if there is none.
func (s *script) next() string {
	if len(s.Next) > 0 {
		return s.Next[0]
	}
	return s.After
}

// turn takes the next scenario off the script.
func (s *script) turn() { s.Next = s.Next[min(1, len(s.Next)):] }

// Use chooses the scenarios of the provider's next requests, in this order. It replaces what was
// chosen before. The last scenario stays, for requests that it can answer. The package
// documentation says what is reported.
func (s *Sandbox) Use(p facade.Provider, scenarios ...string) {
	s.helper()
	chosen := script{Next: slices.Clone(scenarios)}
	for _, name := range scenarios {
		if _, err := find(p, name); err != nil {
			s.report(err)
			return
		}
		chosen.After = name
	}
	if provider := s.provider(p); provider != nil {
		provider.use(chosen)
	}
}
