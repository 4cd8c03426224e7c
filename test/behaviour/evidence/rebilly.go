package evidence

import (
	"encoding/json"
	"net/http"
)

// ownCustomer is the customer of the canonical request.
const ownCustomer = "customer-42"

// rebillyStatuses are the statuses of the refusals that Rebilly documents.
var rebillyStatuses = []int{401, 403, 422, 429}

var rebillyRules = rules{
	refused: func(a Answer, v any) doubts {
		body, isObject := v.(object)
		title, detail, status, problem := body.one("title"), body.one("detail"), body.one("status"), body.one("type")
		return doubts{
			{"not an object", !isObject},
			{"a member appears twice", body.twice("title", "detail", "status", "type")},
			{"a member of another type", mistyped[string](title) || mistyped[string](detail) || mistyped[json.Number](status) || mistyped[string](problem)},
			{"not a problem object", title == nil && detail == nil && status == nil && (problem == nil || problem == "about:blank")},
			{"not documented", !a.documentedIn(rebillyStatuses, mediaJSON, "application/problem+json")},
		}
	},
	confirmed: func(a Answer, body object) bool {
		return a.Status == http.StatusCreated && !body.twice("status") && body.one("customerId") == ownCustomer
	},
	started: func(a Answer, body object) bool {
		customer := body.one("customerId")
		return a.Status == http.StatusCreated && (!words(customer) || customer == ownCustomer)
	},
}
