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
	statuses []string
	kinds    []kind // none is for all of them, and for everything within the places
	places   []string
}

const (
	optional = "optional in the source"
	text     = "a text that the source does not restrict"
	number   = "a number that the source does not restrict"
	bounded  = "a text that the source restricts in its length alone"
	anyItems = "a list that the source does not restrict in its length"
	nullable = "may be null in the source"
	either   = "an integer or a text in the source: one becomes the other"
	open     = "an open object: any member, of any type"
	anyBody  = "a status for which the source describes no body: any will do"
)

var unrestricted = []kind{garbage, overlong}

// survivors are reviewed: a mutant that is accepted and is not here fails, and
// so does a row that nothing needs.
var survivors = []survivor{
	{facade.Vault, optional, statuses("200"), []kind{deleted}, places("/result")},
	{facade.Vault, optional, statuses("400"), []kind{deleted},
		places("/error", "/errorId", "/errorStackTrace", "/field", "/message", "/originalMessage", "/systemId", "/data", "/data/*")},
	{facade.Vault, text, statuses("200"), unrestricted, places("/result")},
	{facade.Vault, text, statuses("400"), unrestricted,
		places("/error", "/errorStackTrace", "/field", "/message", "/originalMessage", "/systemId")},
	{facade.Vault, number, statuses("400"), []kind{tooSmall, tooLarge}, places("/errorId")},
	{facade.Vault, open, statuses("400"), []kind{extra}, places("/data/*")},
	{facade.Vault, open, statuses("400"), nil, places("/data/additionalProp1/required", "/data/additionalProp3/list")},

	{facade.XGateway, anyItems, statuses("400 401 500"), []kind{deleted}, places("/errors/*")},
	{facade.XGateway, text, statuses("400 401 500"), unrestricted, places("/errors/*/message")},

	{facade.Forte, bounded, statuses("200 201"), []kind{garbage}, places("/data/error_code")},
	{facade.Forte, nullable, statuses("201"), []kind{null}, places("/data/error_code", "/data/widget_data")},
	{facade.Forte, optional, statuses("401 403 406 415 422 429 500"), []kind{deleted}, places("/error/message")},
	{facade.Forte, bounded, statuses("401 403 406 415 422 429 500"), []kind{garbage}, places("/error/message", "/error/reason")},
	{facade.Forte, optional, statuses("401 422 500"), []kind{deleted}, places("/error/code")},
	{facade.Forte, either, statuses("401 403 422 500"), []kind{retyped}, places("/error/code")},
	{facade.Forte, bounded, statuses("422"), []kind{garbage}, places("/error/code")},
	{facade.Forte, open, statuses("403"), []kind{extra}, places("", "/error")},
	{facade.Forte, open, statuses("403"), nil, places("/error/customer", "/trace")},

	{facade.Qolo, optional, statuses("200"), []kind{deleted}, places(
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
	{facade.Qolo, anyItems, statuses("200"), []kind{deleted}, places(
		"/verificationResults/*", "/verificationResults/*/questions/*", "/verificationResults/*/questions/*/options/*")},
	{facade.Qolo, text, statuses("200"), unrestricted, places(
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
	{facade.Qolo, anyBody, statuses("400 401 404 500"), nil, places("")},

	{facade.Rebilly, optional, statuses("201"), []kind{deleted}, places(
		"/id", "/status", "/redirectUrl", "/reason", "/matchLevel", "/revision", "/expirationTime", "/createdTime", "/updatedTime",
		"/documents/*/subtypes", "/documents/*/maxAttempts", "/documents/*/faceProofRequired", "/documents/*/faceLivenessRequired",
		"/_links", "/_links/*/href", "/_links/*/rel", "/_embedded", "/_embedded/documents")},
	{facade.Rebilly, anyItems, statuses("201"), []kind{deleted},
		places("/documents/*/subtypes/*", "/_links/*", "/_embedded/documents/*")},
	{facade.Rebilly, "at least one document is wanted: there is another one", statuses("201"), []kind{deleted}, places("/documents/*")},
	{facade.Rebilly, nullable, statuses("201"), []kind{null}, places("/documents/*/subtypes", "/redirectUrl", "/reason")},
	{facade.Rebilly, text, statuses("201"), unrestricted, places("/id", "/reason")},
	{facade.Rebilly, bounded, statuses("201"), []kind{garbage}, places("/customerId")},
	{facade.Rebilly, number, statuses("201"), []kind{tooSmall, tooLarge}, places("/revision")},
	{facade.Rebilly, open, statuses("201"), []kind{extra}, places("/_embedded/documents/*")},
	{facade.Rebilly, open, statuses("201"), nil,
		places("/_embedded/documents/0/documentType", "/_embedded/documents/0/id")},
	{facade.Rebilly, optional, statuses("401 403 422 429"), []kind{deleted}, places("/status", "/title", "/detail")},
	{facade.Rebilly, optional, statuses("401 403 429"), []kind{deleted}, places("/type")},
	{facade.Rebilly, optional, statuses("401"), []kind{deleted}, places("/instance")},
	{facade.Rebilly, optional, statuses("422"), []kind{deleted},
		places("/invalidFields", "/invalidFields/*/field", "/invalidFields/*/message")},
	{facade.Rebilly, anyItems, statuses("422"), []kind{deleted}, places("/invalidFields/*")},
	{facade.Rebilly, number, statuses("401 403 422 429"), []kind{tooSmall, tooLarge}, places("/status")},
	{facade.Rebilly, text, statuses("401 403 422 429"), unrestricted, places("/title", "/detail")},
	{facade.Rebilly, text, statuses("422"), unrestricted, places("/invalidFields/*/field", "/invalidFields/*/message")},
	{facade.Rebilly, "a reference of any length", statuses("401 403 429"), []kind{overlong}, places("/type")},
	{facade.Rebilly, "a reference of any length", statuses("401"), []kind{overlong}, places("/instance")},
}

func statuses(all string) []string { return strings.Fields(all) }

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
