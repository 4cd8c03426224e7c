package evidence

import (
	"net/http"
	"slices"
	"strings"
)

// ownPerson is who the canonical request is about.
const ownPerson = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"

var qoloRules = rules{refused: refusedByQolo, empty: emptyAtQolo, confirmed: confirmedByQolo}

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
