package outcome

import (
	"cmp"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// steps are what to do after a confirmed start.
var steps = map[facade.NextStepKind]string{
	facade.NextRedirect:        "Send the customer to the link.",
	facade.NextWidget:          "Open the provider's widget with the payload.",
	facade.NextAnswerQuestions: "Ask the customer the questions, and send the answers by the same call.",
	facade.NextAwaitCallback:   "Wait for the provider's callback.",
	facade.NextNone:            "Nothing: the process is over.",
	facade.NextUnspecified:     "The provider names no next step: look up how it stands.",
}

// refusals are what to do after an error that says that nothing was started and
// that the same call would fail again.
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
		return o.Finding.advice()
	default:
		return o.Error.advice()
	}
}

func (e *Error) advice() string {
	var advice string
	switch {
	case e.Started == facade.StartedYes.String():
		advice = "It has started: do not start again. " + find(e.Provider)
	case e.Started != facade.StartedNo.String():
		advice = "It may have started: find out before you start again. " + find(e.Provider)
	case e.SafeToRetry && e.RetryAfter > 0:
		advice = "Start again after the time that the provider asks for."
	case e.SafeToRetry:
		advice = "Start again later."
	default:
		advice = cmp.Or(refusals[e.Kind], "Nothing was started: find the cause, then start again.")
	}
	if e.Next != nil && e.Next.Kind == facade.NextWidget {
		advice += " Hand the payload to the provider's widget."
	}
	return advice
}

func (f *Finding) advice() string {
	switch {
	case f.Exists == "no" && f.ThisAttempt == "no":
		return "No process exists, and this attempt made none: start again."
	case f.Exists == "no":
		return "No process is there now: look again before you start."
	case f.Exists == "yes" && f.ThisAttempt == "no":
		return "A process exists, from an earlier attempt: decide by how it stands."
	case f.Exists == "yes":
		return "A process exists: do not start again. " + steps[f.Next.Kind]
	default:
		return "The answer does not tell: look again, or ask the provider."
	}
}

// failedLookup is what to do after a look-up that failed.
const failedLookup = "The look-up failed, and tells nothing: find the cause, then look again."

// find says by what means an unknown start is settled at a provider.
func find(p facade.Provider) string {
	ways := p.Reconcile().String()
	if ways == "" {
		return ""
	}
	return strings.ToUpper(ways[:1]) + ways[1:] + "."
}
