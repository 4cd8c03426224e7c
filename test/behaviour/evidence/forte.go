package evidence

import (
	"net/http"
	"slices"
	"strings"
)

var forteRules = rules{
	refused: refusedByForte, refusedBy: http.StatusOK, confirmed: confirmedByForte,
	startedBy: http.StatusCreated, started: func(body *value) bool {
		for _, data := range body.all("data") {
			if data.says("error_code") {
				return false
			}
		}
		return !body.says("error")
	},
}

// forteStatuses are those of a refusal that Forte documents.
var forteStatuses = []int{200, 401, 403, 406, 415, 422, 429}

// forteCodes are the documented codes of Forte, the last two upstream.
var forteCodes = []string{"ERR01", "ERR03", "ERR15"}

func refusedByForte(a Answer, body *value) (Verdict, string) {
	switch {
	case body.kind != object:
		return Nothing, "no object"
	case body.twice("data", "error"):
		return Nothing, "a member stands twice"
	}
	data, failure := body.one("data"), body.one("error")
	if data.twice("error_code", "widget_data") {
		return Nothing, "a member stands twice"
	}
	if a.Status == http.StatusOK {
		switch {
		case !data.one("error_code").is("ERR01"):
			return Nothing, "not ERR01"
		case failure != nil:
			return Open, "banned, with an error object beside it"
		default:
			return Refused, ""
		}
	}
	code, message := failure.one("code"), failure.one("message")
	switch {
	case failure == nil:
		return Nothing, "no error"
	case failure.kind != object:
		return Nothing, "a member of another type"
	case failure.twice("code", "message"):
		return Nothing, "a member stands twice"
	case code.mistyped(text, number) || message.mistyped(text):
		return Nothing, "a member of another type"
	case code == nil && message == nil:
		return Nothing, "neither code nor message"
	case data.one("widget_data").words() && !data.has("error_code"):
		return Nothing, "the data of a start"
	case !a.documentedIn(forteStatuses, mediaJSON) && (code == nil || !slices.Contains(forteCodes, code.text)):
		return Nothing, "not documented"
	case data != nil:
		return Open, "data beside the error"
	case !code.words() && !message.words() && (code == nil || code.kind != number):
		return Open, "an empty text"
	case code != nil && code.kind == number && strings.ContainsAny(code.text, ".eE"):
		return Open, "a number that is no integer"
	default:
		return Refused, ""
	}
}

func confirmedByForte(a Answer, body *value) bool {
	data := body.one("data")
	if a.Status != http.StatusCreated || data == nil || data.kind != object || body.twice("data", "error") || data.twice("error_code", "widget_data") {
		return false
	}
	// A code at the top is a mark of a refusal too, whatever it is called.
	if body.says("error") || body.says("code") || body.says("error_code") {
		return false
	}
	code := data.one("error_code")
	return (code == nil || code.is("")) && data.one("widget_data").words()
}
