package evidence

import (
	"encoding/json"
	"net/http"
	"slices"
)

// vaultStatuses are the statuses of the refusals that Vault documents. All but the first are from
// the provider's other public documentation. With these statuses any text in the member error is a
// refusal, because the provider documents no complete list. It documents a 401 with one code only:
// invalid_token.
var vaultStatuses = []int{400, 403, 404, 424, 429}

// vaultCodes are the values of the member error that refuse. They are from the provider's other
// public documentation. COMMON is documented too, and means a fault of the server.
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
			{"not an object", !isObject},
			{"a member appears twice", body.twice("error", "errorId", "result")},
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
