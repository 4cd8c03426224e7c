package evidence

import "net/http"

// ownCustomer is who the canonical request is about.
const ownCustomer = "customer-42"

var rebillyRules = rules{
	refused: refusedByRebilly, confirmed: confirmedByRebilly,
	startedBy: http.StatusCreated, started: func(body *value) bool {
		customer := body.all("customerId")
		return len(customer) != 1 || !customer[0].words() || customer[0].is(ownCustomer)
	},
}

// rebillyStatuses are those of a refusal that Rebilly documents.
var rebillyStatuses = []int{401, 403, 422, 429}

func refusedByRebilly(a Answer, body *value) (Verdict, string) {
	title, detail, status, problem := body.one("title"), body.one("detail"), body.one("status"), body.one("type")
	switch {
	case body.kind != object:
		return Nothing, "no object"
	case body.twice("title", "detail", "status", "type"):
		return Nothing, "a member stands twice"
	case title.mistyped(text) || detail.mistyped(text) || status.mistyped(number) || problem.mistyped(text):
		return Nothing, "a member of another type"
	case title == nil && detail == nil && status == nil && (problem == nil || problem.is("about:blank")):
		return Nothing, "no problem"
	case !a.documentedIn(rebillyStatuses, mediaJSON, mediaProblem):
		return Nothing, "not documented"
	case !title.words() && !detail.words() && status == nil && (!problem.words() || problem.is("about:blank")):
		return Open, "an empty text"
	case body.has("customerId") || body.has("_links"):
		return Open, "a problem, and members of a KYC request"
	default:
		return Refused, ""
	}
}

func confirmedByRebilly(a Answer, body *value) bool {
	return a.Status == http.StatusCreated && !body.twice("customerId", "status") && body.one("customerId").is(ownCustomer)
}
