package evidence

import (
	"slices"

	"github.com/kycstart/kycstart/facade"
)

// rules are what a provider's documents say of its answers. Each provider's stand in a
// file of its own.
type rules struct {
	// refused tells what a whole body proves under a status that may refuse, with a
	// JSON media type: a 4xx, and refusedBy if there is one.
	refused   func(a Answer, body *value) (Verdict, string)
	refusedBy int
	// empty does the same for an answer without a body, nil where that is no refusal.
	empty func(a Answer) (Verdict, string)

	// confirmed tells whether a whole JSON object confirms a start. Where the contract
	// leaves open whether it does, it says that it may.
	confirmed func(a Answer, body *value) bool
	// confirmedBy is a status that confirms a start by itself, 0 for none.
	confirmedBy int

	// startedBy is a status that means by itself that something was started, 0 for none,
	// and started tells whether an object says nothing to the contrary.
	startedBy int
	started   func(body *value) bool
}

// rulesOf are the rules of each provider.
var rulesOf = map[facade.Provider]rules{
	facade.Vault:    vaultRules,
	facade.XGateway: xgatewayRules,
	facade.Forte:    forteRules,
	facade.Qolo:     qoloRules,
	facade.Rebilly:  rebillyRules,
}

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// documentedIn tells whether the status is one of these, with one of the media types.
func (a Answer) documentedIn(statuses []int, mediaTypes ...string) bool {
	return slices.Contains(statuses, a.Status) && slices.Contains(mediaTypes, a.mediaType())
}
