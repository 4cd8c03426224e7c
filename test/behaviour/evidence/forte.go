package evidence

import (
	"encoding/json"
	"net/http"
	"slices"
)

// forteStatuses are the statuses of the refusals that Forte documents, and forteCodes are its error
// codes. The last two codes are from the provider's other public documentation.
var (
	forteStatuses = []int{200, 401, 403, 406, 415, 422, 429}
	forteCodes    = []any{"ERR01", "ERR03", "ERR15"}
)

var forteRules = rules{
	refused: func(a Answer, v any) doubts {
		body, isObject := v.(object)
		data, failure := in(body.one("data")), in(body.one("error"))
		code, message := failure.one("code"), failure.one("message")
		all := doubts{
			{"not an object", !isObject},
			{"a member appears twice", body.twice("data", "error") || data.twice("error_code", "widget_data")},
		}
		if a.Status == http.StatusOK {
			return append(all, doubts{{"not ERR01", data.one("error_code") != "ERR01"}}...)
		}
		return append(all, doubts{
			{"a member of error appears twice", failure.twice("code", "message")},
			{"a member of another type", mistyped[object](body.one("error")) || mistyped[string](message) ||
				mistyped[string](code) && mistyped[json.Number](code)},
			{"neither code nor message", (code == nil || code == "") && !words(message)},
			{"the data of a start", words(data.one("widget_data")) && data.one("error_code") == nil},
			{"not documented", !a.documentedIn(forteStatuses, mediaJSON) && !slices.Contains(forteCodes, code)},
		}...)
	},
	refusedBy: http.StatusOK,
	confirmed: func(a Answer, body object) bool {
		// A code at the top level also marks a refusal, whatever its name is.
		denied := slices.ContainsFunc([]string{"error", "code", "error_code"}, body.says)
		data := in(body.one("data"))
		code := data.one("error_code")
		return a.Status == http.StatusCreated && !denied && !body.twice("error") && !data.twice("error_code") &&
			(code == nil || code == "") && words(data.one("widget_data"))
	},
	started: func(a Answer, body object) bool {
		banned := slices.ContainsFunc(body["data"], func(data any) bool { return in(data).says("error_code") })
		return a.Status == http.StatusCreated && !body.says("error") && !banned
	},
}
