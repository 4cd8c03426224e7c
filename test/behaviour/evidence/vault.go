package evidence

import (
	"encoding/json"
	"net/http"
	"slices"
)

// vaultStatuses are those of a refusal that Vault documents, all but the first
// upstream. Under them any text in error refuses: the provider documents no list. A
// 401 it documents with one code alone.
var vaultStatuses = []int{400, 403, 404, 424, 429}

// vaultCodes are the documented values of error that refuse. COMMON is documented
// too, and stands for a fault of the server.
var vaultCodes = []any{
	"LOGIN_ATTEMPTS_EXCEEDED", "RATE_LIMIT_SIGNUP_ATTEMPT", "WAF_LOCK_NOT_IN_LIST", "SMS_CODE_DELAY_NOT_REACHED",
	"CUSTOMER_EXCEEDED_NUMBER_OF_PIN_ATTEMPTS", "CUSTOMER_STATUS_INCORRECT", "COUNTRY_BLOCKED_FOR_REGISTRATION",
	"WRONG_LOGIN_OR_PASSWORD_EXCEPTION", "invalid_token",
}

var vaultRules = rules{
	refused: func(a Answer, v any) doubts {
		body, isObject := v.(object)
		code, id := body.one("error"), body.one("errorId")
		return doubts{
			{"no object", !isObject},
			{"a member stands twice", body.twice("error", "errorId", "result")},
			{"a member of another type", mistyped[string](code) || mistyped[json.Number](id)},
			{"neither error nor errorId", !words(code) && id == nil},
			{"a fault of the server", code == "COMMON"},
			{"result ok", body.one("result") == "ok"},
			{"not documented", !a.documentedIn(vaultStatuses, mediaJSON) && !slices.Contains(vaultCodes, code)},
		}
	},
	confirmed: func(a Answer, body object) bool {
		_, isID := body.one("errorId").(json.Number)
		return a.Status == http.StatusOK && !body.twice("result", "error", "errorId") && body.one("result") == "ok" &&
			!words(body.one("error")) && !isID
	},
}
