package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing/iotest"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// FromFixture returns a fixture's answer: whole, and over a fresh connection.
func FromFixture(c fixtures.Case) Answer {
	a := Answer{Provider: facade.Provider(c.Provider), Status: c.Status, Header: c.Header, Whole: true, Connections: 1}
	return a.with(c.Body)
}

// with returns a copy of a with another body and the length of that body.
func (a Answer) with(body []byte) Answer {
	a.Body, a.Length = body, int64(len(body))
	return a
}

// Play returns the answer in the form that package replay plays from memory.
func (a Answer) Play() replay.Answer {
	play := replay.Answer{Status: a.Status, Header: a.Header, Body: a.Body, Connections: make([]bool, a.Connections)}
	switch {
	case !a.Whole:
		play.Reader = io.MultiReader(bytes.NewReader(a.Body), iotest.ErrReader(io.ErrUnexpectedEOF))
	case a.Length < 0:
		play.Reader = bytes.NewReader(a.Body)
	}
	if a.Connections > 0 {
		play.Connections[a.Connections-1] = a.Reused
	}
	return play
}

// Pick chooses one of the numbers from 0 to n-1.
type Pick func(n int) int

func oneOf[T any](pick Pick, from []T) T { return from[pick(len(from))] }

// Mutate returns an answer with one change. A server, a proxy or a new version of either could make
// such a change. The changes were chosen without regard to what the library does with them.
func Mutate(a Answer, pick Pick) Answer {
	a.Header = a.Header.Clone()
	if a.Header == nil {
		a.Header = http.Header{}
	}
	switch pick(12) {
	case 0:
		a.Status = oneOf(pick, statuses)
	case 1:
		a.Header.Set("Content-Type", oneOf(pick, mediaTypes))
	case 2: // only the header claims an encoding: a body that is really encoded would not be JSON
		a.Header.Set("Content-Encoding", oneOf(pick, []string{"br", "gzip", "identity", "x"}))
	case 3:
		a.Connections = pick(3)
		a.Reused = pick(2) == 1 && a.Connections > 0
	case 4: // the end of the body is missing, and the client may learn of that or not
		a.Body, a.Length, a.Whole = a.Body[:pick(len(a.Body)+1)], -1, pick(2) == 1
	case 5:
		return a.with(bytes.ReplaceAll([]byte(oneOf(pick, bodies)), []byte("…"), a.Body))
	default:
		return changedBody(a, pick)
	}
	return a
}

// statuses are the statuses that some provider documents, their neighbours, and odd ones.
var statuses = []int{
	100, 200, 201, 202, 203, 204, 205, 206, 226, 299, 301, 304, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 412, 413,
	415, 418, 422, 424, 428, 429, 451, 499, 500, 502, 503, 504, 511, 600, 999,
}

var mediaTypes = []string{
	"", "application/json", "Application/JSON ; charset=utf-8", "application/problem+json", "application/vnd.api+json", "text/plain",
	"text/html; x=json", "application/jsonp", "application/xml", "json", ";application/json", "application/json, text/html",
	"application/octet-stream", "application/problem+json-seq",
}

// bodies replace a body, which may be a part of them.
var bodies = []string{
	"", " ", "null", "{}", "[]", `""`, `"x"`, "0", "true", "[{}]", "{", "<html>", "[…]", `{"data":…}`,
	"\ufeff…", "\n…", ")]}',\n…", "{}…", "\x00…", "… ", "…{}", "……", "…\x00", "…,", "…]", "…x", "…\ufeff", "…\n<!-- -->",
}

// values are JSON values of all types, and words that decide what some answer means.
var values = []string{
	"null", "true", "false", "0", "1", "-1.5", "1e999", `""`, `"x"`, "[]", "{}", "[null]", "[{}]", "[[]]", `{"x":1}`,
	`"ok"`, `"COMMON"`, `"OTHER"`, `"invalid_token"`, `"bad_request"`, `"conflict"`, `[{"code":"gone"},{"code":"conflict"}]`,
	`"ERR01"`, `{"code":"ERR01"}`, `{"error_code":null,"widget_data":"dw=="}`, `{"error_code":"ERR01"}`,
	`"` + ownPerson + `"`, `"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"`, `"` + ownCustomer + `"`, `"customer-43"`, `"fulfilled"`, `"failed"`,
}

// names are names of members. Most of them decide what some answer means.
var names = []string{
	"error", "errors", "errorId", "result", "success", "data", "error_code", "widget_data", "code", "message", "title", "type",
	"status", "person_guid", "verificationResults", "customerId", "id", "_links", "x",
}

// folded writes s and k as the two letters beyond ASCII whose other case is an ASCII letter: the long
// s and the Kelvin sign.
var folded = strings.NewReplacer("s", "\u017f", "k", "\u212a", "S", "\u017f", "K", "\u212a")

// spellings are ways to write a name that JSON readers take for the same name.
var spellings = []func(name string) string{
	strings.Clone, strings.ToUpper, strings.ToLower, folded.Replace,
	func(name string) (escaped string) {
		for _, letter := range name {
			escaped += fmt.Sprintf(`\u%04x`, letter)
		}
		return escaped
	},
}

// member matches the name of a member and all that comes before its value.
var member = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"\s*:\s*`)

// changedBody changes a member of a JSON body: it has another value, name or spelling, or another
// member comes beside it, which may have the same name. Other bodies stay as they are.
func changedBody(a Answer, pick Pick) Answer {
	members := member.FindAllSubmatchIndex(a.Body, -1)
	if len(members) == 0 {
		return a
	}
	at := oneOf(pick, members)
	before, name, rest := a.Body[:at[0]], string(a.Body[at[2]:at[3]]), a.Body[at[1]:]
	var old json.RawMessage
	if json.NewDecoder(bytes.NewReader(rest)).Decode(&old) != nil {
		return a
	}
	value := oneOf(pick, values)
	if text := strings.Trim(string(old), `"`); len(text) < len(old) && pick(2) == 1 {
		value = `"` + oneOf(pick, []string{
			strings.ToLower(text), strings.ReplaceAll(text, "_", "-"), text + " ", " " + text, text + `\u0000`, text + "_new",
			folded.Replace(text), "unlisted", "",
		}) + `"`
	}
	write := func(name, value string) string { return `"` + name + `":` + value }
	was, spelled := write(name, string(old)), oneOf(pick, spellings)(name)
	beside := write(oneOf(pick, []string{name, spelled, oneOf(pick, names)}), oneOf(pick, []string{value, string(old)}))
	changed := oneOf(pick, []string{
		write(name, value), write(spelled, string(old)), write(oneOf(pick, names), string(old)), was + "," + beside, beside + "," + was,
	})
	return a.with(slices.Concat(before, []byte(changed), rest[len(old):]))
}
