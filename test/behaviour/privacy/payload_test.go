package privacy_test

import (
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// shownAsJSON are the places whose texts may stand in the payload of an outcome:
// what the next step needs, ids, codes and the words of the provider that are
// for the merchant. Everything else stays out of it: credentials, the rest of
// the request and of the answer, and every other header.
var shownAsJSON = map[facade.Provider][]string{
	facade.Vault: {
		"vault request.Token sub", "vault header X-Request-Id",
		"vault Error.message", "vault Error.field", "vault Error.error",
	},
	facade.XGateway: {
		"xgateway request.ID", "xgateway header X-Request-Id",
		"xgateway AppErrorResponse.errors.code", "xgateway AppErrorResponse.errors.message",
		"xgateway AppAuthenticationErrorResponse.errors.code", "xgateway AppAuthenticationErrorResponse.errors.message",
	},
	facade.Forte: {
		"forte request.Customer.ExternalID", "forte header X-Request-Id",
		"forte kyc_workflow_started.data.*", "forte kyc_workflow_start_customer_banned.data.*", // for the widget
		"forte JsonErrorResponse.error.code", "forte JsonErrorResponse.error.message", "forte JsonErrorResponse.error.reason",
		"forte ERR01.error.code", "forte ERR01.error.message", "forte ERR01.error.reason",
	},
	facade.Qolo: {
		"qolo request.PersonGUID", "qolo header X-Request-Id",
		"qolo KYCDetails.verification_level",
		"qolo KYCDetails.verificationResults.verification_method", "qolo KYCDetails.verificationResults.verification_date",
		"qolo KYCDetails.verificationResults.document_type", "qolo KYCDetails.verificationResults.response_code",
		"qolo KYCDetails.verificationResults.verification_results", "qolo KYCDetails.verificationResults.reason_code",
		"qolo KYCDetails.verificationResults.provider_name", "qolo KYCDetails.verificationResults.provider_reference",
		"qolo KYCDetails.verificationResults.questions.*",
		"qolo .*", // the words of an error, of which nothing is documented
	},
	facade.Rebilly: {
		"rebilly request.CustomerID", "rebilly header X-Request-Id",
		"rebilly KYCRequest.id", "rebilly KYCRequest.status", "rebilly KYCRequest._links.href",
		"rebilly Problem.type", "rebilly Problem.title", "rebilly Problem.detail",
		"rebilly RateLimitProblem.type", "rebilly RateLimitProblem.title", "rebilly RateLimitProblem.detail",
		"rebilly InvalidFieldsProblem.type", "rebilly InvalidFieldsProblem.title", "rebilly InvalidFieldsProblem.detail",
		"rebilly InvalidFieldsProblem.invalidFields.field", "rebilly InvalidFieldsProblem.invalidFields.message",
		"rebilly .invalidFields*",
	},
}

// TestPayloads: the payload of an outcome has what an application needs for its
// own answer, and nothing else. What may be shown is also found, somewhere.
func TestPayloads(t *testing.T) {
	for _, p := range providers {
		t.Run(string(p), func(t *testing.T) {
			all := plant(p, false)
			all.exchanges(func(*exchange) {}) // plants
			hidden := all.canaries.without(shownAsJSON[p])
			j := newJudge(t, hidden)
			shown := map[string]bool{}
			all.exchanges(func(e *exchange) {
				res, err := e.start()
				payload := mustJSON(res)
				if err != nil {
					payload = mustJSON(err)
				}
				j.text("the payload", string(payload))
				for _, place := range all.canaries.found(string(payload)) {
					shown[place] = true
				}
			})
			if len(shown) < 4 {
				t.Errorf("only %v are shown: nothing was tested", shown)
			}
			if len(hidden) < 10 {
				t.Errorf("only %d places are hidden", len(hidden))
			}
		})
	}
}
