package specstrictness_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// survivor is a group of mutants that a spec accepts, and rightly so.
type survivor struct {
	provider facade.Provider
	why      string
	statuses []string // those of a look-up with the operation in front
	kinds    []kind   // none is for all of them, and for everything within the places
	places   []string
}

const (
	optional = "optional in the source"
	text     = "a text that the source does not restrict"
	number   = "a number that the source does not restrict"
	bounded  = "a text that the source restricts in its length alone"
	anyItems = "a list that the source does not restrict in its length"
	nullable = "may be null in the source"
	leftOut  = "left out or null elsewhere in this API"
	either   = "an integer or a text in the source: one becomes the other"
	open     = "an open object: any member, of any type"
	anyBody  = "a status for which the source describes no body: any will do"
	// A list that must not be empty.
	anotherOne = "at least one document is wanted: there is another one"
)

var unrestricted = []kind{garbage, overlong}

// problem are the members of problem details.
var problem = places("/type", "/title", "/status", "/detail", "/instance")

// kycRequest are the answers that are one KYC request of Rebilly's.
var kycRequest = slices.Concat(statuses("201"), of("GetKYCRequest", "200"))

var optionalOfKYCRequest = places(
	"/id", "/status", "/redirectUrl", "/reason", "/matchLevel", "/revision", "/expirationTime", "/createdTime", "/updatedTime",
	"/documents/*/subtypes", "/documents/*/maxAttempts", "/documents/*/faceProofRequired", "/documents/*/faceLivenessRequired",
	"/_links", "/_links/*/href", "/_links/*/rel")

// lookupProblems are the errors of Rebilly's look-ups.
var lookupProblems = slices.Concat(of("GetKYCRequests", "401 403"), of("GetKYCRequest", "401 403 404"))

// survivors are reviewed: a mutant that is accepted and is not here fails, and
// so does a row that nothing needs.
var survivors = []survivor{
	{facade.Vault, optional, statuses("200"), []kind{deleted}, places("/result")},
	{facade.Vault, optional, slices.Concat(statuses("400"), of("GetKYCData", "400")), []kind{deleted}, places("/error", "/errorId", "/message", "/systemId")},
	{facade.Vault, optional, statuses("400"), []kind{deleted},
		places("/errorStackTrace", "/field", "/originalMessage", "/data", "/data/*")},
	{facade.Vault, text, statuses("200"), unrestricted, places("/result")},
	{facade.Vault, text, slices.Concat(statuses("400"), of("GetKYCData", "400")), unrestricted, places("/error", "/message", "/systemId")},
	{facade.Vault, text, statuses("400"), unrestricted, places("/errorStackTrace", "/field", "/originalMessage")},
	{facade.Vault, number, slices.Concat(statuses("400"), of("GetKYCData", "400")), []kind{tooSmall, tooLarge}, places("/errorId")},
	{facade.Vault, leftOut, of("GetKYCData", "200"), []kind{deleted, null}, places(
		"/kycLevel", "/kyc1ClientData", "/kyc1ClientData/status", "/kyc2ClientData", "/kyc2ClientData/status",
		"/kyc3ClientData", "/kyc3ClientData/status", "/kyc3ClientData/reason", "/kyc3ClientData/rejectFormattedMessage",
		"/daysToExpireKyc", "/remainingAmount", "/remainingAmount/value", "/remainingAmount/currency",
		"/blockedAmount", "/blockedAmount/value", "/blockedAmount/currency", "/kyc1AttemptsExceeded")},
	{facade.Vault, leftOut, of("GetKYCData", "200"), []kind{deleted}, places(
		"/kyc1ClientData/reason", "/kyc1ClientData/rejectFormattedMessage",
		"/kyc2ClientData/reason", "/kyc2ClientData/rejectFormattedMessage")},
	{facade.Vault, text, of("GetKYCData", "200"), unrestricted, places(
		"/kycLevel", "/kyc3ClientData/reason", "/kyc3ClientData/rejectFormattedMessage", "/remainingAmount/currency", "/blockedAmount/currency")},
	{facade.Vault, number, of("GetKYCData", "200"), []kind{tooSmall, tooLarge},
		places("/daysToExpireKyc", "/remainingAmount/value", "/blockedAmount/value")},
	{facade.Vault, open, statuses("400"), []kind{extra}, places("/data/*")},
	{facade.Vault, open, statuses("400"), nil, places("/data/additionalProp1/required", "/data/additionalProp3/list")},

	{facade.XGateway, anyItems, slices.Concat(statuses("400 401 500"), of("GetKYCApplicationDetails", "400 401 500")),
		[]kind{deleted}, places("/errors/*")},
	{facade.XGateway, text, slices.Concat(statuses("400 401 500"), of("GetKYCApplicationDetails", "400 401 500")),
		unrestricted, places("/errors/*/message")},
	{facade.XGateway, text, of("GetKYCApplicationDetails", "200"), unrestricted, places("/data/status", "/data/kycEndUserErrorMessage")},
	{facade.XGateway, nullable, of("GetKYCApplicationDetails", "200"), []kind{null}, places("/data/status")},
	{facade.XGateway, optional, of("GetKYCApplicationDetails", "200"), []kind{deleted},
		places("/data/docsMissing", "/data/kycEndUserErrorMessage")},
	{facade.XGateway, anyItems, of("GetKYCApplicationDetails", "200"), []kind{deleted}, places("/data/docsMissing/*")},
	{facade.XGateway, open, of("GetKYCApplicationDetails", "200"), []kind{extra}, places("/data")},
	{facade.XGateway, open, of("GetKYCApplicationDetails", "200"), nil, places("/data/anotherMember")},

	{facade.Forte, bounded, statuses("200 201"), []kind{garbage}, places("/data/error_code")},
	{facade.Forte, nullable, statuses("201"), []kind{null}, places("/data/error_code", "/data/widget_data")},
	{facade.Forte, optional, statuses("401 403 406 415 422 429 500"), []kind{deleted}, places("/error/message")},
	{facade.Forte, bounded, statuses("401 403 406 415 422 429 500"), []kind{garbage}, places("/error/message", "/error/reason")},
	{facade.Forte, optional, statuses("401 422 500"), []kind{deleted}, places("/error/code")},
	{facade.Forte, either, statuses("401 403 422 500"), []kind{retyped}, places("/error/code")},
	{facade.Forte, bounded, statuses("422"), []kind{garbage}, places("/error/code")},
	{facade.Forte, open, statuses("403"), []kind{extra}, places("", "/error")},
	{facade.Forte, open, statuses("403"), nil, places("/error/customer", "/trace")},

	{facade.Qolo, optional, slices.Concat(statuses("200"), of("GetKYCResult", "200")), []kind{deleted}, places(
		"/person_guid", "/verification_mode", "/verification_level", "/additional_desc", "/verificationResults",
		"/verificationResults/*/person_guid", "/verificationResults/*/verification_method",
		"/verificationResults/*/verification_date", "/verificationResults/*/document_type",
		"/verificationResults/*/document_path", "/verificationResults/*/response_code",
		"/verificationResults/*/verification_results", "/verificationResults/*/reason_code",
		"/verificationResults/*/questions", "/verificationResults/*/questions/*/prompt",
		"/verificationResults/*/questions/*/key", "/verificationResults/*/questions/*/options",
		"/verificationResults/*/provider_reference", "/verificationResults/*/provider_name",
		"/verificationResults/*/documents", "/verificationResults/*/documents/document_reference",
		"/verificationResults/*/documents/file_type", "/verificationResults/*/documents/back_file_type",
		"/verificationResults/*/documents/front_docpath", "/verificationResults/*/documents/back_docpath",
		"/verificationResults/*/documents/face_image_docpath")},
	{facade.Qolo, anyItems, slices.Concat(statuses("200"), of("GetKYCResult", "200")), []kind{deleted}, places(
		"/verificationResults/*", "/verificationResults/*/questions/*", "/verificationResults/*/questions/*/options/*")},
	{facade.Qolo, text, slices.Concat(statuses("200"), of("GetKYCResult", "200")), unrestricted, places(
		"/verification_mode", "/verification_level", "/additional_desc",
		"/verificationResults/*/verification_method", "/verificationResults/*/document_type",
		"/verificationResults/*/document_path", "/verificationResults/*/response_code",
		"/verificationResults/*/verification_results", "/verificationResults/*/reason_code",
		"/verificationResults/*/questions/*/prompt", "/verificationResults/*/questions/*/key",
		"/verificationResults/*/questions/*/options/*",
		"/verificationResults/*/provider_reference", "/verificationResults/*/provider_name",
		"/verificationResults/*/documents/document_reference",
		"/verificationResults/*/documents/file_type", "/verificationResults/*/documents/back_file_type",
		"/verificationResults/*/documents/front_docpath", "/verificationResults/*/documents/back_docpath",
		"/verificationResults/*/documents/face_image_docpath")},
	{facade.Qolo, nullable, slices.Concat(statuses("200"), of("GetKYCResult", "200")), []kind{null}, places(
		"/verification_mode", "/verification_level", "/additional_desc", "/verificationResults",
		"/verificationResults/*/verification_method", "/verificationResults/*/document_type", "/verificationResults/*/document_path",
		"/verificationResults/*/response_code", "/verificationResults/*/verification_results", "/verificationResults/*/reason_code",
		"/verificationResults/*/questions", "/verificationResults/*/questions/*/prompt", "/verificationResults/*/questions/*/key",
		"/verificationResults/*/questions/*/options")},
	{facade.Qolo, anyBody, statuses("400 401 404 500"), nil, places("")},
	{facade.Qolo, optional, of("GetKYCResult", "400 401 404"), []kind{deleted}, problem},
	{facade.Qolo, nullable, of("GetKYCResult", "400 401 404"), []kind{null}, problem},
	{facade.Qolo, text, of("GetKYCResult", "400 401 404"), unrestricted, places("/type", "/title", "/detail", "/instance")},
	{facade.Qolo, open, of("GetKYCResult", "400 401 404"), []kind{extra}, places("")},
	{facade.Qolo, open, of("GetKYCResult", "400 401 404"), nil, places("/traceId")},

	{facade.Rebilly, optional, kycRequest, []kind{deleted}, optionalOfKYCRequest},
	{facade.Rebilly, optional, of("GetKYCRequests", "200"), []kind{deleted}, items(optionalOfKYCRequest)},
	{facade.Rebilly, optional, statuses("201"), []kind{deleted}, places("/_embedded", "/_embedded/documents")},
	{facade.Rebilly, anyItems, kycRequest, []kind{deleted}, places("/documents/*/subtypes/*", "/_links/*")},
	{facade.Rebilly, anyItems, statuses("201"), []kind{deleted}, places("/_embedded/documents/*")},
	{facade.Rebilly, anyItems, of("GetKYCRequests", "200"), []kind{deleted}, places("/*", "/*/documents/*/subtypes/*", "/*/_links/*")},
	{facade.Rebilly, anotherOne, kycRequest, []kind{deleted}, places("/documents/*")},
	{facade.Rebilly, anotherOne, of("GetKYCRequests", "200"), []kind{deleted}, places("/*/documents/*")},
	{facade.Rebilly, nullable, kycRequest, []kind{null}, places("/documents/*/subtypes", "/redirectUrl", "/reason")},
	{facade.Rebilly, nullable, of("GetKYCRequests", "200"), []kind{null},
		places("/*/documents/*/subtypes", "/*/redirectUrl", "/*/reason")},
	{facade.Rebilly, text, kycRequest, unrestricted, places("/id", "/reason")},
	{facade.Rebilly, text, of("GetKYCRequests", "200"), unrestricted, places("/*/id", "/*/reason")},
	{facade.Rebilly, bounded, kycRequest, []kind{garbage}, places("/customerId")},
	{facade.Rebilly, bounded, of("GetKYCRequests", "200"), []kind{garbage}, places("/*/customerId")},
	{facade.Rebilly, number, kycRequest, []kind{tooSmall, tooLarge}, places("/revision")},
	{facade.Rebilly, number, of("GetKYCRequests", "200"), []kind{tooSmall, tooLarge}, places("/*/revision")},
	{facade.Rebilly, open, statuses("201"), []kind{extra}, places("/_embedded/documents/*")},
	{facade.Rebilly, open, statuses("201"), nil,
		places("/_embedded/documents/0/documentType", "/_embedded/documents/0/id")},
	{facade.Rebilly, optional, slices.Concat(statuses("401 403 422 429"), lookupProblems), []kind{deleted}, places("/status", "/title", "/detail")},
	{facade.Rebilly, optional, slices.Concat(statuses("401 403 429"), lookupProblems), []kind{deleted}, places("/type")},
	{facade.Rebilly, optional, statuses("401"), []kind{deleted}, places("/instance")},
	{facade.Rebilly, optional, statuses("422"), []kind{deleted},
		places("/invalidFields", "/invalidFields/*/field", "/invalidFields/*/message")},
	{facade.Rebilly, anyItems, statuses("422"), []kind{deleted}, places("/invalidFields/*")},
	{facade.Rebilly, number, slices.Concat(statuses("401 403 422 429"), lookupProblems), []kind{tooSmall, tooLarge}, places("/status")},
	{facade.Rebilly, text, slices.Concat(statuses("401 403 422 429"), lookupProblems), unrestricted, places("/title", "/detail")},
	{facade.Rebilly, text, statuses("422"), unrestricted, places("/invalidFields/*/field", "/invalidFields/*/message")},
	{facade.Rebilly, "a reference of any length", slices.Concat(statuses("401 403 429"), lookupProblems), []kind{overlong}, places("/type")},
	{facade.Rebilly, "a reference of any length", statuses("401"), []kind{overlong}, places("/instance")},
}

func statuses(all string) []string { return strings.Fields(all) }

// of returns the statuses of a look-up.
func of(operation, all string) []string {
	statuses := strings.Fields(all)
	for i, status := range statuses {
		statuses[i] = operation + "/" + status
	}
	return statuses
}

// items returns the places within the items of a list.
func items(all []string) []string {
	within := make([]string, len(all))
	for i, place := range all {
		within[i] = "/*" + place
	}
	return within
}

func places(all ...string) []string { return all }

// used are the parts of rows that a mutant needed.
var used = map[[4]string]bool{}

// survives reports whether a mutant is in the reviewed list.
func survives(p facade.Provider, m mutant) bool {
	found := false
	for _, s := range survivors {
		if s.provider != p || !slices.Contains(s.statuses, m.status) {
			continue
		}
		for _, place := range s.places {
			within := m.place == place || strings.HasPrefix(m.place, place+"/")
			switch {
			case len(s.kinds) == 0 && within:
				used[[4]string{string(p), m.status, place, ""}] = true
			case slices.Contains(s.kinds, m.kind) && m.place == place:
				used[[4]string{string(p), m.status, place, string(m.kind)}] = true
			default:
				continue
			}
			found = true
		}
	}
	return found
}

// checkUsed demands that every part of every row is needed.
func checkUsed(t *testing.T, p facade.Provider) {
	t.Helper()
	for _, s := range survivors {
		kinds := s.kinds
		if len(kinds) == 0 {
			kinds = []kind{""}
		}
		for _, status := range s.statuses {
			for _, place := range s.places {
				for _, k := range kinds {
					if s.provider == p && !used[[4]string{string(p), status, place, string(k)}] {
						t.Errorf("survivors of test/conformance/specstrictness/survivors_test.go has %s %s %s %s (%s), and no such mutant survives: take it out",
							p, status, place, k, s.why)
					}
				}
			}
		}
	}
}
