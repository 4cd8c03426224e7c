package evidence

import (
	"encoding/json"
	"net/http"
)

// ownCustomer is who the canonical request is about.
const ownCustomer = "customer-42"

// rebillyStatuses are those of a refusal that Rebilly documents.
var rebillyStatuses = []int{401, 403, 422, 429}

var rebillyRules = rules{
	refused: func(a Answer, v any) doubts {
		body, isObject := v.(object)
		title, detail, status, problem := body.one("title"), body.one("detail"), body.one("status"), body.one("type")
		return doubts{
			{"no object", !isObject},
			{"a member stands twice", body.twice("title", "detail", "status", "type")},
			{"a member of another type", mistyped[string](title) || mistyped[string](detail) || mistyped[json.Number](status) || mistyped[string](problem)},
			{"no problem", title == nil && detail == nil && status == nil && (problem == nil || problem == "about:blank")},
			{"not documented", !a.documentedIn(rebillyStatuses, mediaJSON, mediaProblem)},
		}
	},
	confirmed: func(a Answer, body object) bool {
		return a.Status == http.StatusCreated && !body.twice("status") && body.one("customerId") == ownCustomer
	},
	startedBy: http.StatusCreated,
	denied: func(body object) bool {
		customer := body.one("customerId")
		return words(customer) && customer != ownCustomer
	},
}
