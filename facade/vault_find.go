package facade

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/kycstart/kycstart/gen/vault"
)

func (r VaultRequest) checkFind(in *input, attempt Attempt) {
	r.check(in, nil)
	in.noID(attempt)
	in.sameCustomer(attempt.Before, subject(r.Token))
}

const (
	basisLevel3      = "Level 3 was started, by this attempt or an earlier one."
	basisLevel3Since = "Level 3 has changed since it was read before the start."
)

// vaultStandings are all documented statuses of level 3; "" is for none. Another one is
// undetermined.
var vaultStandings = map[string]standing{
	string(vault.KYCLevelStatusUnderReview): {exists: AnswerYes, status: StatusInReview, next: NextUnspecified,
		basis: basisLevel3, since: vaultOver, sinceBasis: basisLevel3Since},
	string(vault.KYCLevelStatusApproved): {exists: AnswerYes, status: StatusApproved, next: NextNone,
		basis: basisLevel3, since: vaultOver, sinceBasis: basisLevel3Since},
	string(vault.KYCLevelStatusDenied): {exists: AnswerYes, status: StatusDeclined, next: NextNone,
		basis: basisLevel3, since: vaultOver[:1], sinceBasis: basisLevel3Since},
	string(vault.KYCLevelStatusUndefined): {
		basis: "UNDEFINED is a level 3 that nobody started, or one that is still being processed."},
	"": {basis: "The answer has no status of level 3."},
}

// vaultOver are the statuses with which no level 3 runs.
var vaultOver = []string{string(vault.KYCLevelStatusUndefined), string(vault.KYCLevelStatusDenied)}

// vaultFindMembers decide what the answer to a look-up means.
var vaultFindMembers = []member{
	{name: "kycLevel", is: isText},
	{name: "kyc1ClientData", is: isObject},
	{name: "kyc2ClientData", is: isObject},
	{name: "kyc3ClientData", is: isObject, of: []member{
		{name: "status", is: isText},
	}},
	{name: "error", is: isAny, denies: true},
	{name: "errorId", is: isAny, denies: true},
}

func (r VaultRequest) find(ctx context.Context, _ *Client, e *endpoint, attempt Attempt) (*Finding, *Error) {
	e.documented = responses{200: {mediaJSON}, 400: {mediaJSON}}
	req, err := vault.NewGetKYCDataRequest(e.server)
	a, failed := e.ask(ctx, req, err, func(header http.Header) { setBearer(header, r.Token) })
	if failed != nil {
		return nil, failed
	}
	if a.status != http.StatusOK {
		return nil, r.toError(a.answer)
	}
	body := decode[struct {
		KYCLevel json.RawMessage `json:"kycLevel"`
		Level1   json.RawMessage `json:"kyc1ClientData"`
		Level2   json.RawMessage `json:"kyc2ClientData"`
		Level3   json.RawMessage `json:"kyc3ClientData"`
	}](a.answer, vaultFindMembers)
	if !a.found.confirms() || a.found.mistyped || body.KYCLevel == nil && body.Level1 == nil && body.Level2 == nil && body.Level3 == nil {
		return nil, a.unexpected(said{})
	}
	var level3 struct {
		Status *string `json:"status"`
	}
	if len(body.Level3) > 0 {
		_ = json.Unmarshal(body.Level3, &level3) // what is mistyped is left out
	}
	word := value(level3.Status)
	stands, known := vaultStandings[word]
	if !known {
		stands = standing{status: StatusUndetermined, basis: "The status of level 3 is none that Vault documents."}
	}
	f := a.finding(subject(r.Token))
	f.ProviderStatus = clean(word, maxWord)
	f.Level = clean(scalar(body.KYCLevel), maxWord)
	f.payload = payloadOf[vault.KYCData]
	return f.stands(stands, attempt.Before), nil
}
