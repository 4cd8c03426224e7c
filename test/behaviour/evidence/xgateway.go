package evidence

import (
	"net/http"
	"slices"
)

// xgatewayCodes are the documented codes that say that nothing was started. Some of the other codes
// say that the process exists already, perhaps because of this call. Others say that the server had
// begun.
var xgatewayCodes = []any{
	"bad_request", "unauthorized", "payment_required", "forbidden", "not_found", "method_not_allowed", "not_acceptable",
	"proxy_authentication_required", "gone", "length_required", "precondition_failed", "payload_too_large", "uri_too_long",
	"unsupported_media_type", "range_not_satisfiable", "expectation_failed", "misdirected_request", "unprocessable_content",
	"failed_dependency", "upgrade_required", "precondition_required", "too_many_requests", "request_header_fields_too_large",
	"unavailable_for_legal_reasons",
}

var xgatewayRules = rules{
	refused: func(a Answer, v any) doubts {
		body, isObject := v.(object)
		success, errs := body.one("success"), body.one("errors")
		elements, _ := errs.([]any)
		// A 401 may come without a code.
		unauthorized, none := a.documentedIn([]int{http.StatusUnauthorized}, mediaJSON), len(elements) == 0
		all := doubts{
			{"not an object", !isObject},
			{"a member appears twice", body.twice("success", "errors")},
			{"a member of another type", mistyped[bool](success) || mistyped[[]any](errs)},
			{"success true", success == any(true)},
			{"no code", none && !unauthorized},
			{"neither success nor errors", none && success == nil},
		}
		for _, e := range elements {
			code := in(e).one("code")
			codeless := code == nil || code == ""
			all = append(all, doubts{
				{"an error that is not an object", mistyped[object](e)},
				{"a code appears twice", in(e).twice("code")},
				{"a code that leaves it open, or is not documented", !slices.Contains(xgatewayCodes, code) && !(codeless && unauthorized)},
			}...)
		}
		return all
	},
	confirmed: func(a Answer, body object) bool {
		if a.Status == http.StatusNoContent {
			return true
		}
		for name := range body { // the document allows no other member
			if name != "success" && name != "data" {
				return false
			}
		}
		_, isText := body.one("data").(string)
		return (a.Status == http.StatusOK || a.Status == http.StatusCreated) && body.one("success") == any(true) && isText
	},
}
