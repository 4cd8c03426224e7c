package sandbox

import (
	"crypto/sha256"
	"fmt"
	"net/http"
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
	for _, one := range scenarios()[p] {
		names = append(names, one.Name)
	}
	return names
}

// A scenario is the answer to one good request. Some faults do not use it.
type scenario struct {
	fixtures.Case
	customer string // the id that chooses it, or "" if it refuses the connection
}

// answers reports whether the scenario answers a look-up, or a start if lookup is empty. A fault
// answers both.
func (s scenario) answers(lookup string) bool {
	return s.customer != "" && (strings.HasPrefix(s.Name, "fault/") || s.Operation == lookup)
}

// scenarios are the fixtures and the faults.
var scenarios = sync.OnceValue(func() map[facade.Provider][]scenario {
	gateway := fixtures.Case{
		Name: Fault502HTML, Status: http.StatusBadGateway, Header: http.Header{"Content-Type": {"text/html"}},
		Body: []byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n"),
	}
	all := make(map[facade.Provider][]scenario)
	for _, d := range fixtures.Descriptors() {
		cases, cut := fixtures.Cases(d.Provider), fixtures.Case{}
		for _, c := range cases {
			if len(c.Body) > 0 && (c.Name == d.Success.Name || c.Name == d.Refusal.Name && cut.Body == nil) {
				cut = c
			}
		}
		cut.Name = FaultCutBody
		cases = append(cases, fixtures.Case{Name: FaultLostReply}, fixtures.Case{Name: FaultSlow}, gateway, cut)
		for _, c := range cases {
			all[d.Provider] = append(all[d.Provider], scenario{c, customerID(d, c.Name)})
		}
		all[d.Provider] = append(all[d.Provider], scenario{Case: fixtures.Case{Name: FaultConnectionRefused}})
	}
	return all
})

// find returns the scenario of that name. It fails if the provider has none, or does not exist.
func find(p facade.Provider, name string) (scenario, error) {
	for _, s := range scenarios()[p] {
		if s.Name == name {
			return s, nil
		}
	}
	if fixtures.Of(p).Provider == "" {
		return scenario{}, unknownProvider(p)
	}
	return scenario{}, fmt.Errorf("sandbox: %s has no scenario %q, it has:\n\t%s", p, name, strings.Join(Scenarios(p), "\n\t"))
}

// Customer returns a customer whose requests to a provider are always answered with this scenario.
// Put it into the field that says whose KYC is started, such as the CustomerID of a
// [facade.RebillyRequest] or the Token of a [facade.VaultRequest]. The scenario of a look-up
// answers look-ups of that customer. Rebilly's look-up of one KYC request goes by that request's id
// and names no customer.
//
// It is the same in every run. The scenario "forte/200_banned" gives the customer
// "sandbox-200_banned", and "forte/rejected/502_html" gives "sandbox-rejected-502_html". For Vault
// that is the subject of a token. For Qolo it is a GUID: 5a4db0c5 and a hash of the scenario's name.
//
// A provider or scenario that does not exist is reported, and so is [FaultConnectionRefused]. The
// customer is then the empty text.
func (s *Sandbox) Customer(p facade.Provider, scenario string) string {
	s.helper()
	found, err := find(p, scenario)
	if err == nil && found.customer == "" {
		err = fmt.Errorf("sandbox: %s cannot be chosen by customer, but by Use", scenario)
	}
	if err != nil {
		s.report(err)
		return ""
	}
	return fixtures.Of(p).Customer.Form.Write(found.customer)
}

// An id that chooses a scenario begins with one of these.
const (
	customerPrefix = "sandbox-"
	guidPrefix     = "5a4db0c5-"
)

// customerID returns the id that chooses a scenario. It must be short: Rebilly allows fifty
// characters. A GUID has version 8, which RFC 9562 leaves to everyone's own use.
func customerID(d fixtures.Descriptor, scenario string) string {
	name := strings.TrimPrefix(scenario, string(d.Provider)+"/")
	if d.Customer.Form != fixtures.GUID {
		return customerPrefix + strings.ReplaceAll(name, "/", "-")
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	return fmt.Sprintf("%s%s-8%s-8%s-%s", guidPrefix, hash[:4], hash[4:7], hash[7:10], hash[10:22])
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
