package evidence

import (
	"net/http"
	"strings"
)

var xgatewayRules = rules{refused: refusedByXGateway, confirmed: confirmedByXGateway, confirmedBy: http.StatusNoContent}

// xgatewayStatuses are those of a refusal that X Gateway documents.
var xgatewayStatuses = []int{400, 401}

// xgatewayCodes are all codes of X Gateway, and whether each says that nothing was
// started.
var xgatewayCodes = map[string]bool{
	"bad_request": true, "unauthorized": true, "payment_required": true, "forbidden": true, "not_found": true,
	"method_not_allowed": true, "not_acceptable": true, "proxy_authentication_required": true, "gone": true,
	"length_required": true, "precondition_failed": true, "payload_too_large": true, "uri_too_long": true,
	"unsupported_media_type": true, "range_not_satisfiable": true, "expectation_failed": true,
	"misdirected_request": true, "unprocessable_content": true, "failed_dependency": true, "upgrade_required": true,
	"precondition_required": true, "too_many_requests": true, "request_header_fields_too_large": true,
	"unavailable_for_legal_reasons": true,

	// What is there already may be this call's.
	"conflict": false, "locked": false, "db_unique_violation": false,
	// The server had begun.
	"db_violation": false, "db_non_null_violation": false, "request_timeout": false,
	"internal_server_error": false, "not_implemented": false, "bad_gateway": false, "service_unavailable": false,
	"gateway_timeout": false, "http_version_not_supported": false, "variant_also_negotiates": false,
	"insufficient_storage": false, "loop_detected": false, "not_extended": false,
	"network_authentication_required": false,
}

func refusedByXGateway(a Answer, body *value) (Verdict, string) {
	success, errs := body.one("success"), body.one("errors")
	switch {
	case body.kind != object:
		return Nothing, "no object"
	case body.twice("success", "errors"):
		return Nothing, "a member stands twice"
	case success.mistyped(boolean) || errs.mistyped(list):
		return Nothing, "a member of another type"
	case success != nil && success.text == "true":
		return Nothing, "success true"
	}
	var elements []*value
	if errs != nil {
		elements = errs.items
	}
	if len(elements) == 0 {
		if a.Status != http.StatusUnauthorized {
			return Nothing, "no code"
		}
		if success == nil {
			return Nothing, "neither success nor errors"
		}
		if !a.documentedIn(xgatewayStatuses, mediaJSON) {
			return Nothing, "not documented"
		}
		return Refused, ""
	}
	verdict, why := Refused, ""
	for _, e := range elements {
		code := e.one("code")
		if code.is("") {
			code = nil
		}
		no, known := false, false
		if code != nil && code.kind == text {
			no, known = xgatewayCodes[code.text]
		}
		switch {
		case e.kind != object && e.kind != null:
			return Nothing, "an error that is no object"
		case e.twice("code"):
			return Nothing, "a code stands twice"
		case code == nil && a.Status == http.StatusUnauthorized && a.documentedIn(xgatewayStatuses, mediaJSON):
			verdict, why = Open, "an error without a code, where none is needed"
		case !known:
			return Nothing, "no code, or one that is not documented"
		case !no:
			return Nothing, "a code that leaves it open: " + code.text
		}
	}
	return verdict, why
}

func confirmedByXGateway(a Answer, body *value) bool {
	if a.Status != http.StatusOK && a.Status != http.StatusCreated || body.twice("success", "data") {
		return false
	}
	for _, m := range body.members { // closed, as documented
		if !strings.EqualFold(m.name, "success") && !strings.EqualFold(m.name, "data") {
			return false
		}
	}
	success, data := body.one("success"), body.one("data")
	return success != nil && success.kind == boolean && success.text == "true" && data != nil && data.kind == text
}
