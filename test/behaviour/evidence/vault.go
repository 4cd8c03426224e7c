package evidence

import (
	"net/http"
	"slices"
)

var vaultRules = rules{refused: refusedByVault, confirmed: confirmedByVault}

// vaultStatuses are those of a refusal that Vault documents, all but the first
// upstream. A 401 it documents with one code alone.
var vaultStatuses = []int{400, 403, 404, 424, 429}

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
	case a.documentedIn(vaultStatuses, mediaJSON):
		return Refused, ""
	case code.is(vaultToken) && (a.Status == http.StatusUnauthorized || slices.Contains(vaultStatuses, a.Status)):
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
