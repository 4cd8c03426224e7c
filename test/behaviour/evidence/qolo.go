package evidence

import (
	"net/http"
	"slices"
	"strings"
)

// ownPerson is who the canonical request is about.
const ownPerson = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"

// qoloStatuses are the refusals that Qolo documents. What they hold is not.
var qoloStatuses = []int{400, 401, 404}

var qoloRules = rules{
	refused: func(a Answer, body any) doubts {
		_, isText := body.(string)
		return doubts{
			{"not documented", !slices.Contains(qoloStatuses, a.Status)},
			{"neither object, list nor text", body == nil || mistyped[object](body) && mistyped[[]any](body) && !isText},
		}
	},
	// A body without bytes has to be meant: nothing at all is also what is left of an
	// answer that was cut.
	empty: func(a Answer) doubts {
		return doubts{
			{"not documented", !slices.Contains(qoloStatuses, a.Status)},
			{"empty, and not by its own word", a.Length != 0},
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
				// A number names nobody, and is lost like any member of another type.
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
