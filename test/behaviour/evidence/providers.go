package evidence

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// Who the canonical requests are about.
const (
	ownPerson   = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd" // Qolo
	ownCustomer = "customer-42"                          // Rebilly
)

// refusals tell what a whole body proves under a status that may refuse, with a
// JSON media type.
var refusals = map[facade.Provider]func(a Answer, body *value) (Verdict, string){
	facade.Vault:    refusedByVault,
	facade.XGateway: refusedByXGateway,
	facade.Forte:    refusedByForte,
	facade.Qolo:     refusedByQolo,
	facade.Rebilly:  refusedByRebilly,
}

// confirmations tell whether a whole JSON object confirms a start. Where the
// contract leaves open whether it does, they say that it may.
var confirmations = map[facade.Provider]func(a Answer, body *value) bool{
	facade.Vault:    confirmedByVault,
	facade.XGateway: confirmedByXGateway,
	facade.Forte:    confirmedByForte,
	facade.Qolo:     confirmedByQolo,
	facade.Rebilly:  confirmedByRebilly,
}

// documents are the statuses of a refusal that each provider documents with
// application/json, by the source or upstream.
var documents = map[facade.Provider][]int{
	facade.Vault:    {400, 403, 404, 424, 429}, // all but the first upstream; a 401 with one code alone
	facade.XGateway: {400, 401},
	facade.Forte:    {200, 401, 403, 406, 415, 422, 429},
	facade.Rebilly:  {401, 403, 422, 429},
}

// documented tells whether the provider documents the status with the media type.
func (a Answer) documented() bool {
	m := a.mediaType()
	return slices.Contains(documents[a.Provider], a.Status) &&
		(m == "application/json" || m == "application/problem+json" && a.Provider == facade.Rebilly)
}

// vaultCodes are the documented values of error that refuse. COMMON is documented
// too, and stands for a fault of the server. Any other text under a 400 refuses as
// well: the provider documents no list.
var vaultCodes = []string{
	"LOGIN_ATTEMPTS_EXCEEDED", "RATE_LIMIT_SIGNUP_ATTEMPT", "WAF_LOCK_NOT_IN_LIST", "SMS_CODE_DELAY_NOT_REACHED",
	"CUSTOMER_EXCEEDED_NUMBER_OF_PIN_ATTEMPTS", "CUSTOMER_STATUS_INCORRECT", "COUNTRY_BLOCKED_FOR_REGISTRATION",
	"WRONG_LOGIN_OR_PASSWORD_EXCEPTION",
}

const (
	vaultFault = "COMMON"
	vaultToken = "invalid_token" // of a 401, upstream
)

func refusedByVault(a Answer, body *value) (Verdict, string) {
	code, id := body.one("error"), body.one("errorId")
	switch {
	case body.kind != object:
		return Nothing, "no object"
	case body.twice("error", "errorId", "result"):
		return Nothing, "a member stands twice"
	case code.mistyped(text) || id.mistyped(number):
		return Nothing, "a member of another type"
	case !code.words() && id == nil:
		return Nothing, "neither error nor errorId"
	case code.is(vaultFault):
		return Nothing, "a fault of the server"
	case body.one("result").is("ok"):
		return Nothing, "result ok"
	case a.documented():
		return Refused, ""
	case code.is(vaultToken) && (a.Status == http.StatusUnauthorized || slices.Contains(documents[facade.Vault], a.Status)):
		return Refused, ""
	case code.words() && (code.is(vaultToken) || slices.Contains(vaultCodes, code.text)):
		return Open, "a documented code, under a status or a media type that is not"
	default:
		return Nothing, "not documented"
	}
}

func confirmedByVault(a Answer, body *value) bool {
	return a.Status == http.StatusOK && !body.twice("result", "error", "errorId") && body.one("result").is("ok") &&
		!body.one("error").words() && !(body.has("errorId") && body.one("errorId").kind == number)
}

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
		if !a.documented() {
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
		case code == nil && a.Status == http.StatusUnauthorized && success != nil && a.documented():
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

// forteCodes are the documented codes of Forte, the last two upstream.
var forteCodes = []string{"ERR01", "ERR03", "ERR15"}

func refusedByForte(a Answer, body *value) (Verdict, string) {
	switch {
	case body.kind != object:
		return Nothing, "no object"
	case body.twice("data", "error"):
		return Nothing, "a member stands twice"
	}
	data, failure := body.one("data"), body.one("error")
	if data.twice("error_code", "widget_data") {
		return Nothing, "a member stands twice"
	}
	if a.Status == http.StatusOK {
		switch {
		case !data.one("error_code").is("ERR01"):
			return Nothing, "not ERR01"
		case failure != nil:
			return Open, "banned, with an error object beside it"
		default:
			return Refused, ""
		}
	}
	code, message := failure.one("code"), failure.one("message")
	switch {
	case failure == nil:
		return Nothing, "no error"
	case failure.kind != object:
		return Nothing, "a member of another type"
	case failure.twice("code", "message"):
		return Nothing, "a member stands twice"
	case code.mistyped(text, number) || message.mistyped(text):
		return Nothing, "a member of another type"
	case code == nil && message == nil:
		return Nothing, "neither code nor message"
	case data.one("widget_data").words() && !data.has("error_code"):
		return Nothing, "the data of a start"
	case !a.documented() && (code == nil || !slices.Contains(forteCodes, code.text)):
		return Nothing, "not documented"
	case data != nil:
		return Open, "data beside the error"
	case !code.words() && !message.words() && (code == nil || code.kind != number):
		return Open, "an empty text"
	case code != nil && code.kind == number && strings.ContainsAny(code.text, ".eE"):
		return Open, "a number that is no integer"
	default:
		return Refused, ""
	}
}

func confirmedByForte(a Answer, body *value) bool {
	data := body.one("data")
	if a.Status != http.StatusCreated || data == nil || data.kind != object || body.twice("data", "error") || data.twice("error_code", "widget_data") {
		return false
	}
	// A code at the top is a mark of a refusal too, whatever it is called.
	if body.says("error") || body.says("code") || body.says("error_code") {
		return false
	}
	code := data.one("error_code")
	return (code == nil || code.is("")) && data.one("widget_data").words()
}

// qoloStatuses are the refusals that Qolo documents. What they hold is not.
var qoloStatuses = []int{400, 401, 404}

// emptyAtQolo is about a body without bytes, which has to be meant: nothing at all
// is also what is left of an answer that was cut.
func emptyAtQolo(a Answer) (Verdict, string) {
	switch m := a.mediaType(); {
	case !slices.Contains(qoloStatuses, a.Status):
		return Nothing, "not documented"
	case a.Length != 0:
		return Nothing, "empty, and not by its own word"
	case m != "" && !isJSON(m):
		return Nothing, "not JSON by its media type"
	case a.encoded():
		return Open, "nothing, encoded"
	default:
		return Refused, ""
	}
}

func refusedByQolo(a Answer, body *value) (Verdict, string) {
	switch {
	case !slices.Contains(qoloStatuses, a.Status):
		return Nothing, "not documented"
	case body.kind != object && body.kind != list && body.kind != text:
		return Nothing, "neither object, list nor text"
	default:
		return Refused, ""
	}
}

func confirmedByQolo(a Answer, body *value) bool {
	if a.Status != http.StatusOK || body.twice("person_guid", "error") || body.says("error") || !isOwn(body.one("person_guid")) {
		return false
	}
	for _, checks := range body.all("verificationResults") {
		for _, check := range checks.items {
			if check.twice("person_guid") {
				return false
			}
			// A number names nobody, and is lost like any member of another type.
			if person := check.one("person_guid"); person != nil && person.kind == text && !isOwn(person) {
				return false
			}
		}
	}
	return true
}

func isOwn(person *value) bool {
	return person != nil && person.kind == text && strings.EqualFold(person.text, ownPerson)
}

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
	case !a.documented():
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
