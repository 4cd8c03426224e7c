package evidence

import (
	"slices"

	"github.com/kycstart/kycstart/facade"
)

// rules are what a provider's documents say of its answers. Each provider has a file of its own.
// Where the facade's documentation leaves something open, the rules demand nothing of the library.
type rules struct {
	// refused returns the reasons not to take a whole JSON body, or an empty one, for a refusal. It
	// is asked only for a status that may refuse: any 4xx, and refusedBy if it is set.
	refused   func(a Answer, body any) doubts
	refusedBy int
	// confirmed tells whether the answer confirms a start. The body is nil if it is not a whole
	// JSON object.
	confirmed func(a Answer, body object) bool
	// started tells whether the status means by itself that something was started, and the body
	// does not deny it. It is nil if no status means that.
	started func(a Answer, body object) bool
}

// nothing stands for an empty body.
type nothing struct{}

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
