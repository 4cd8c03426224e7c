package evidence

import (
	"slices"

	"github.com/kycstart/kycstart/facade"
)

// rules are what a provider's documents say of its answers. Each provider has a file of its own.
// Where the facade's documentation leaves something open, the rules demand nothing of the library.
type rules struct {
	// refused returns the reasons not to take a whole JSON body for a refusal. It is asked only for
	// a status that may refuse: any 4xx, and refusedBy if it is set.
	refused   func(a Answer, body any) doubts
	refusedBy int
	// empty does the same for an answer without a body. It is nil where such an answer is never a
	// refusal.
	empty func(a Answer) doubts

	// confirmed tells whether a whole JSON object confirms a start.
	confirmed func(a Answer, body object) bool
	// confirmedBy is a status that confirms a start by itself, 0 for none.
	confirmedBy int

	// startedBy is a status that means by itself that something was started, 0 for none. denied
	// tells whether an object says the opposite.
	startedBy int
	denied    func(body object) bool
}

// rulesOf are the rules of each provider.
var rulesOf = map[facade.Provider]rules{
	facade.Vault:    vaultRules,
	facade.XGateway: xgatewayRules,
	facade.Forte:    forteRules,
	facade.Qolo:     qoloRules,
	facade.Rebilly:  rebillyRules,
}

// doubts are reasons not to believe an answer, each with whether it holds.
type doubts []struct {
	why   string
	holds bool
}

// first returns the first doubt that holds, "" for none.
func (all doubts) first() string {
	for _, doubt := range all {
		if doubt.holds {
			return doubt.why
		}
	}
	return ""
}

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// documentedIn tells whether the answer has one of these statuses and one of these media types.
func (a Answer) documentedIn(statuses []int, mediaTypes ...string) bool {
	return slices.Contains(statuses, a.Status) && slices.Contains(mediaTypes, a.mediaType())
}
