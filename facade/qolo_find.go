package facade

import (
	"context"
	"net/http"
	"time"

	"github.com/kycstart/kycstart/gen/qolo"
)

// qoloWindow is how long after an attempt its questions may be dated.
const qoloWindow = 15 * time.Minute

func (r QoloRequest) checkFind(in *input, attempt Attempt) {
	in.guid("person_guid", r.PersonGUID)
	in.noID(attempt)
}

func (r QoloRequest) find(ctx context.Context, c *Client, e *endpoint, attempt Attempt) (*Finding, *Error) {
	e.documented = responses{
		200: {mediaJSON},
		400: {mediaJSON, mediaProblem}, 401: {mediaJSON, mediaProblem}, 404: {mediaJSON, mediaProblem},
		500: nil,
	}
	req, err := qolo.NewGetKYCResultRequest(e.server, c.qolo.version, r.PersonGUID)
	a, failed := e.ask(ctx, req, err, nil)
	if failed != nil {
		return nil, failed
	}
	if a.status != http.StatusOK {
		problem := decode[qolo.ProblemDetails](a.answer, nil)
		isDenial := a.found.whole && (problem.Title != nil || problem.Detail != nil || problem.Type != nil || problem.Status != nil)
		return a.denied(r.toError(a.answer), isDenial, r.PersonGUID, AnswerNo, "Qolo knows no such person.")
	}
	body := decode[qoloDetails](a.answer, qoloMembers)
	if !a.found.confirms() || a.found.mistyped || !r.isAboutPerson(&body.KYCDetails) {
		return nil, a.unexpected(said{})
	}
	f := a.finding(r.PersonGUID)
	f.Level = body.level()
	f.payload = payloadOf[qolo.KYCDetails]
	return f.judgeChecks(body.VerificationResults, a.began(attempt.At)), nil
}

// judgeChecks gives a finding what the checks of a person tell. None of their words is
// documented, so none decides.
func (f *Finding) judgeChecks(results []qolo.VerificationResult, began span) *Finding {
	var newer, asked bool
	older := true
	for _, v := range results {
		made := expiry(value(v.VerificationDate))
		isNewer := began.isAhead(made)
		newer, older = newer || isNewer, older && began.isBehind(made)
		if made.After(f.Time) {
			f.Time = made
		}
		before := len(f.Next.Questions)
		f.Checks = append(f.Checks, checkOf(&v))
		f.Next.Questions = appendQuestions(f.Next.Questions, v.Questions)
		asks := len(f.Next.Questions) > before
		asked = asked || asks && isNewer && made.Before(began.to.Add(qoloWindow))
	}
	if len(results) == 0 {
		return f.says(AnswerUnknown, AnswerUnknown, "The person has no checks on record, which proves nothing.")
	}
	f.Status, f.Next.Kind = StatusUndetermined, NextUnspecified
	if len(f.Next.Questions) > 0 {
		f.Status, f.Next.Kind = StatusAwaitingCustomer, NextAnswerQuestions
	}
	switch {
	case asked:
		return f.says(AnswerYes, AnswerYes, "The person has questions to answer, from a check that is dated after this attempt began.")
	case f.Next.Kind == NextAnswerQuestions:
		return f.says(AnswerYes, AnswerUnknown, "The person has questions to answer, from this attempt or another check.")
	case newer:
		return f.says(AnswerYes, AnswerUnknown, "A check is dated after this attempt began; onboarding or the staff may have made it.")
	case older:
		return f.says(AnswerYes, AnswerUnknown, "All checks of the person are older than this attempt.")
	default:
		return f.says(AnswerYes, AnswerUnknown, "The person has checks, and their dates do not tell whether this attempt made one.")
	}
}
