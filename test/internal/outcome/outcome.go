// Package outcome explains outcomes to people. It has the table of all fixtures, and says what to
// do about one outcome.
package outcome

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// Outcome is a Result, an Error or a finding as normalized JSON. It is one of the three, as in a
// want of the fixtures.
type Outcome struct {
	Result  *said `json:"result"`
	Error   *said `json:"error"`
	Finding *said `json:"finding"`
}

// said holds what one of the three says, as far as it has these members.
type said struct {
	Provider       facade.Provider `json:"provider"`
	Status         facade.Status   `json:"status"`
	ProviderStatus string          `json:"provider_status"`
	Kind           facade.Kind     `json:"kind"`
	Started        string          `json:"started"`
	SafeToRetry    bool            `json:"safe_to_retry"`
	RetryAfter     float64         `json:"retry_after"`
	Code           string          `json:"code"`
	Reasons        []struct {
		Code string `json:"code"`
	} `json:"reasons"`
	Exists      string `json:"exists"`
	ThisAttempt string `json:"this_attempt"`
	Next        struct {
		Kind facade.NextStepKind `json:"kind"`
	} `json:"next"`
}

// Parse reads an outcome. It fails if text holds none.
func Parse(text []byte) (Outcome, error) {
	var o Outcome
	if err := json.Unmarshal(text, &o); err != nil {
		return Outcome{}, fmt.Errorf("outcome: %w", err)
	}
	if o.said() == nil {
		return Outcome{}, errors.New("outcome: no result, error or finding")
	}
	return o, nil
}

func (o Outcome) said() *said { return cmp.Or(o.Result, o.Error, o.Finding) }

// Verdict returns one word for the outcome: the status, the kind, or whether a process exists.
func (o Outcome) Verdict() string {
	if o.Finding != nil {
		return "exists: " + o.Finding.Exists
	}
	return cmp.Or(string(o.said().Kind), string(o.said().Status))
}

// Started tells whether the call has started a KYC: "yes", "no" or "unknown". In a finding it is
// about the attempt that was looked for.
func (o Outcome) Started() string { return cmp.Or(o.said().Started, o.said().ThisAttempt, "yes") }

// words returns what the provider said, if there are words for it.
func (o Outcome) words() []string {
	words := []string{} // so that JSON has a list too
	s := o.said()
	if len(s.Reasons) > 1 {
		for _, r := range s.Reasons {
			words = append(words, r.Code)
		}
	} else if word := cmp.Or(s.ProviderStatus, s.Code); word != "" {
		words = append(words, word)
	}
	return words
}

// steps says what to do after a confirmed start.
var steps = map[facade.NextStepKind]string{
	facade.NextRedirect:        "Send the customer to the link.",
	facade.NextWidget:          "Open the provider's widget with the payload.",
	facade.NextAnswerQuestions: "Ask the customer the questions, and send the answers by the same call.",
	facade.NextAwaitCallback:   "Wait for the provider's callback.",
	facade.NextNone:            "Nothing: the process is over.",
	facade.NextUnspecified:     "The provider names no next step: look up how it stands.",
}

// refusals says what to do after an error that means two things: nothing was started, and the same
// call would fail again.
var refusals = map[facade.Kind]string{
	facade.KindInvalidRequest:     "Correct the request, then start again.",
	facade.KindUnauthenticated:    "Renew the credential, then start again.",
	facade.KindPermissionDenied:   "Ask the provider for the permission.",
	facade.KindCustomerBlocked:    "Do not start again: the provider does not take this customer.",
	facade.KindNotFound:           "Check the customer's id and the address, then start again.",
	facade.KindConflict:           "Look up what is there already.",
	facade.KindPreconditionFailed: "Do the step that must come before, then start again.",
}

// Advice says in one or two sentences what to do now.
func (o Outcome) Advice() string {
	switch {
	case o.Result != nil:
		return steps[o.Result.Next.Kind]
	case o.Finding != nil:
		return o.Finding.found()
	case o.Error.Next.Kind == facade.NextWidget:
		return o.Error.failed() + " Hand the payload to the provider's widget."
	default:
		return o.Error.failed()
	}
}

// failed says what to do after a start that was not confirmed.
func (s *said) failed() string {
	switch {
	case s.Started == facade.StartedYes.String():
		return "It has started: do not start again. " + find(s.Provider)
	case s.Started != facade.StartedNo.String():
		return "It may have started: find out before you start again. " + find(s.Provider)
	case s.SafeToRetry && s.RetryAfter > 0:
		return "Start again after the time that the provider asks for."
	case s.SafeToRetry:
		return "Start again later."
	default:
		return cmp.Or(refusals[s.Kind], "Nothing was started: find the cause, then start again.")
	}
}

// found says what to do after a look-up.
func (s *said) found() string {
	switch {
	case s.Exists == "no" && s.ThisAttempt == "no":
		return "No process exists, and this attempt made none: start again."
	case s.Exists == "no":
		return "No process is there now: look again before you start."
	case s.Exists == "yes" && s.ThisAttempt == "no":
		return "A process exists, from an earlier attempt: decide by how it stands."
	case s.Exists == "yes":
		return "A process exists: do not start again. " + steps[s.Next.Kind]
	default:
		return "The answer does not tell: look again, or ask the provider."
	}
}

// failedLookup says what to do after a look-up that failed.
const failedLookup = "The look-up failed, and tells nothing: find the cause, then look again."

// find says how to settle an unknown start at a provider.
func find(p facade.Provider) string {
	ways := p.Reconcile().String()
	if ways == "" {
		return ""
	}
	return strings.ToUpper(ways[:1]) + ways[1:] + "."
}
