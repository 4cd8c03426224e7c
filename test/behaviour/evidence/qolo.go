package evidence

import (
	"net/http"
	"slices"
	"strings"
)

// ownPerson is the person of the canonical request.
const ownPerson = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"

// qoloStatuses are the statuses of the refusals that Qolo documents. It does not document their
// bodies.
var qoloStatuses = []int{400, 401, 404}

var qoloRules = rules{
	refused: func(a Answer, body any) doubts {
		isEmpty := len(a.Body) == 0
		_, isText := body.(string)
		isStructure := body != nil && (!mistyped[object](body) || !mistyped[[]any](body))
		return doubts{
			{"not documented", !slices.Contains(qoloStatuses, a.Status)},
			{"neither empty, object, list nor text", !isEmpty && !isStructure && !isText},
			// An answer that was cut may have no body either.
			{"empty, and the header does not say so", isEmpty && a.Length != 0},
			{"not JSON by its media type", a.mediaType() != "" && !isJSON(a.mediaType())},
		}
	},
	confirmed: func(a Answer, body object) bool {
		if a.Status != http.StatusOK || body.twice("error") || body.says("error") || !isOwn(body.one("person_guid")) {
			return false
		}
		for _, checks := range body[fold("verificationResults")] {
			list, _ := checks.([]any)
			for _, check := range list {
				// A number names no person. The library ignores it, like any member of another
				// type.
				person := in(check).one("person_guid")
				if _, names := person.(string); in(check).twice("person_guid") || names && !isOwn(person) {
					return false
				}
			}
		}
		return true
	},
}

func isOwn(person any) bool {
	guid, _ := person.(string)
	return strings.EqualFold(guid, ownPerson)
}
