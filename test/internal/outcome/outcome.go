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

// Outcome is what people read of a Result, an Error or a Finding.
type Outcome struct {
	// Verdict is one word: the status, the kind, or whether a process exists.
	Verdict string `json:"verdict"`
	Error   bool   `json:"error"`
	// Started tells whether the call has started a KYC: "yes", "no" or "unknown". In a finding it is
	// about the attempt that was looked for.
	Started string              `json:"started"`
	Next    facade.NextStepKind `json:"next"`
	// Advice says in one or two sentences what to do now.
	Advice string `json:"advice"`
	// Says holds the provider's own words: its codes, or its word for the status.
	Says []string `json:"says"`
}

// Parse reads an outcome as normalized JSON, as in a want of the fixtures. It fails if text holds
// none.
func Parse(text []byte) (Outcome, error) {
	var o struct {
		Result  *facade.Result
		Error   *facade.Error
		Finding *facade.Finding
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return Outcome{}, fmt.Errorf("outcome: %w", err)
	}
	switch r, e, f := o.Result, o.Error, o.Finding; {
	case r != nil:
		return Outcome{
			Verdict: string(r.Status), Started: "yes", Next: r.Next.Kind, Advice: steps[r.Next.Kind], Says: words(r.ProviderStatus),
		}, nil
	case e != nil:
		return Outcome{
			Verdict: string(e.Kind), Error: true, Started: e.Started.String(), Next: e.Next.Kind,
			Advice: failed(e), Says: words(e.Code, e.Reasons...),
		}, nil
	case f != nil:
		return Outcome{
			Verdict: "exists: " + f.Exists.String(), Started: f.ThisAttempt.String(), Next: f.Next.Kind,
			Advice: found(f), Says: words(f.ProviderStatus),
		}, nil
	default:
		return Outcome{}, errors.New("outcome: no result, error or finding")
	}
}

// words returns what the provider said, if there are words for it.
func words(word string, reasons ...facade.Reason) []string {
	said := []string{} // so that JSON has a list too
	for _, r := range reasons {
		said = append(said, r.Code)
	}
	if len(said) == 0 && word != "" {
		said = append(said, word)
	}
	return said
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

// failed says what to do after a start that was not confirmed.
func failed(e *facade.Error) string {
	var advice string
	switch {
	case e.Started == facade.StartedYes:
		advice = "It has started: do not start again. " + settle(e.Provider)
	case e.Started != facade.StartedNo:
		advice = "It may have started: find out before you start again. " + settle(e.Provider)
	case e.SafeToRetry() && e.RetryAfter > 0:
		advice = "Start again after the time that the provider asks for."
	case e.SafeToRetry():
		advice = "Start again later."
	default:
		advice = cmp.Or(refusals[e.Kind], "Nothing was started: find the cause, then start again.")
	}
	if e.Next.Kind == facade.NextWidget {
		advice += " Hand the payload to the provider's widget."
	}
	return advice
}

// settle says how to find out whether a start has happened.
func settle(p facade.Provider) string {
	ways := p.Reconcile().String()
	return strings.ToUpper(ways[:1]) + ways[1:] + "."
}

// found says what to do after a look-up.
func found(f *facade.Finding) string {
	switch {
	case f.Exists == facade.AnswerNo && f.ThisAttempt == facade.AnswerNo:
		return "No process exists, and this attempt made none: start again."
	case f.Exists == facade.AnswerNo:
		return "No process is there now: look again before you start."
	case f.Exists == facade.AnswerYes && f.ThisAttempt == facade.AnswerNo:
		return "A process exists, from an earlier attempt: decide by how it stands."
	case f.Exists == facade.AnswerYes:
		return "A process exists: do not start again. " + steps[f.Next.Kind]
	default:
		return "The answer does not tell: look again, or ask the provider."
	}
}

// failedLookup says what to do after a look-up that failed.
const failedLookup = "The look-up failed, and tells nothing: find the cause, then look again."
