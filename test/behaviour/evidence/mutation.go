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
	return oneOf(pick, changes)(a, pick)
}

var changes = []func(a Answer, pick Pick) Answer{
	func(a Answer, pick Pick) Answer {
		a.Status = oneOf(pick, statuses)
		return a
	},
	func(a Answer, pick Pick) Answer {
		a.Header.Set("Content-Type", oneOf(pick, mediaTypes))
		return a
	},
	// Only the header claims an encoding. A body that is really encoded would not be JSON.
	func(a Answer, pick Pick) Answer {
		a.Header.Set("Content-Encoding", oneOf(pick, []string{"br", "gzip", "identity", "x"}))
		return a
	},
	func(a Answer, pick Pick) Answer {
		a.Connections = pick(3)
		a.Reused = pick(2) == 1 && a.Connections > 0
		return a
	},
	// The end of the body is missing. The client may learn of that or not.
	func(a Answer, pick Pick) Answer {
		a.Body, a.Length, a.Whole = a.Body[:pick(len(a.Body)+1)], -1, pick(2) == 1
		return a
	},
	func(a Answer, pick Pick) Answer {
		return a.with(slices.Concat([]byte(oneOf(pick, []string{"\ufeff", "\n", ")]}',\n", "{}", "\x00"})), a.Body))
	},
	func(a Answer, pick Pick) Answer {
		behind := oneOf(pick, []string{" ", "{}", string(a.Body), "\x00", ",", "]", "x", "\ufeff", "\n<!-- -->"})
		return a.with(slices.Concat(a.Body, []byte(behind)))
	},
	func(a Answer, pick Pick) Answer {
		return a.with([]byte(oneOf(pick, []string{
			"", " ", "null", "{}", "[]", `""`, `"x"`, "0", "true", "[{}]", "{", "<html>",
			"[" + string(a.Body) + "]", `{"data":` + string(a.Body) + "}", string(bytes.ReplaceAll(a.Body, []byte(`"`), []byte("'"))),
		})))
	},
	inBody(anything, retyped), inBody(isMember, doubled), inBody(isMember, renamed), inBody(isMember, removed),
	inBody(isText, reworded), inBody(isObject, added), inBody(isItem, repeated),
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

// values are JSON values of all types, and words that decide what some answer means.
var values = []string{
	"null", "true", "false", "0", "1", "-1.5", "1e999", `""`, `"x"`, "[]", "{}", "[null]", "[{}]", "[[]]", `{"x":1}`,
	`"ok"`, `"COMMON"`, `"OTHER"`, `"invalid_token"`, `"bad_request"`, `"conflict"`, `[{"code":"gone"}]`, `[{"code":"conflict"}]`,
	`"ERR01"`, `{"code":"ERR01"}`, `{"error_code":null,"widget_data":"dw=="}`, `{"error_code":"ERR01"}`,
	`"` + ownPerson + `"`, `"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"`, `"` + ownCustomer + `"`, `"customer-43"`, `"fulfilled"`, `"failed"`,
}

// spot is a value within a JSON text. from is its first byte, and to is just after its last byte.
type spot struct {
	from, to int
	// name is where the name of a member begins, and nameEnd is just after it.
	name, nameEnd int
	kind          byte // the first byte of the value
	in            byte // "{" for a member, "[" for an item, 0 for the whole text
}

func anything(spot) bool   { return true }
func isMember(s spot) bool { return s.in == '{' }
func isItem(s spot) bool   { return s.in == '[' }
func isText(s spot) bool   { return s.kind == '"' }
func isObject(s spot) bool { return s.kind == '{' }

// spots returns every value within a JSON text. The first one is the whole text.
func spots(body []byte) (all []spot) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	ahead := func() int {
		at := int(d.InputOffset())
		return at + len(body[at:]) - len(bytes.TrimLeft(body[at:], " \t\r\n,:"))
	}
	var read func(s spot)
	read = func(s spot) {
		s.from = ahead()
		s.kind = body[s.from]
		at := len(all)
		all = append(all, s)
		token, _ := d.Token()
		if _, ok := token.(json.Delim); ok {
			for d.More() {
				child := spot{in: s.kind}
				if s.kind == '{' {
					child.name = ahead()
					_, _ = d.Token()
					child.nameEnd = int(d.InputOffset())
				}
				read(child)
			}
			_, _ = d.Token()
		}
		all[at].to = int(d.InputOffset())
	}
	read(spot{})
	return all
}

// inBody makes a change at one of the spots of a JSON body. It leaves other bodies as they are.
func inBody(at func(spot) bool, change func(body string, s spot, pick Pick) string) func(Answer, Pick) Answer {
	return func(a Answer, pick Pick) Answer {
		if !json.Valid(a.Body) {
			return a
		}
		all := slices.DeleteFunc(spots(a.Body), func(s spot) bool { return !at(s) })
		if len(all) == 0 {
			return a
		}
		return a.with([]byte(change(string(a.Body), oneOf(pick, all), pick)))
	}
}

// put replaces a part of a body.
func put(body string, from, to int, text string) string { return body[:from] + text + body[to:] }

func retyped(body string, s spot, pick Pick) string {
	return put(body, s.from, s.to, oneOf(pick, values))
}

// doubled adds a second member of the same name, in some spelling and with some value. It comes
// before the first one or after it.
func doubled(body string, s spot, pick Pick) string {
	name, value := oneOf(pick, spellings)(body[s.name:s.nameEnd]), body[s.from:s.to]
	if pick(2) == 1 {
		value = oneOf(pick, values)
	}
	if pick(2) == 1 {
		return put(body, s.name, s.name, name+":"+value+",")
	}
	return put(body, s.to, s.to, ","+name+":"+value)
}

// spellings are ways to write a name that JSON readers take for the same name. The long s and the
// Kelvin sign are letters beyond ASCII whose other case is an ASCII letter.
var spellings = []func(quoted string) string{
	func(name string) string { return name },
	strings.ToUpper,
	strings.ToLower,
	strings.NewReplacer("s", "\u017f", "k", "\u212a", "S", "\u017f", "K", "\u212a").Replace,
	func(name string) string {
		return `"` + regexp.MustCompile(`[^"]`).ReplaceAllStringFunc(strings.Trim(name, `"`), func(letter string) string {
			return fmt.Sprintf(`\u%04x`, []rune(letter)[0])
		}) + `"`
	},
}

func renamed(body string, s spot, pick Pick) string {
	return put(body, s.name, s.nameEnd, oneOf(pick, spellings)(body[s.name:s.nameEnd]))
}

func removed(body string, s spot, _ Pick) string {
	before, after := strings.TrimRight(body[:s.name], " \t\r\n"), strings.TrimLeft(body[s.to:], " \t\r\n")
	if rest, more := strings.CutPrefix(after, ","); more {
		return before + rest
	}
	return strings.TrimSuffix(before, ",") + after
}

// reworded replaces a text with a new word, or with the old one in another form.
func reworded(body string, s spot, pick Pick) string {
	text := body[s.from+1 : s.to-1]
	return put(body, s.from+1, s.to-1, oneOf(pick, []string{
		strings.ToLower(text), strings.ReplaceAll(text, "_", "-"), text + " ", " " + text, text + `\u0000`, text + "_new",
		strings.NewReplacer("s", "\u017f", "k", "\u212a").Replace(text), "unlisted", "",
	}))
}

// added adds a member to an object. Most of its names decide what some answer means.
func added(body string, s spot, pick Pick) string {
	name := oneOf(pick, []string{
		"error", "errors", "errorId", "result", "success", "data", "error_code", "widget_data", "code", "message", "title", "type",
		"status", "person_guid", "verificationResults", "customerId", "id", "_links", "x",
	})
	member := `"` + name + `":` + oneOf(pick, values)
	if strings.TrimSpace(body[s.from+1:s.to-1]) != "" {
		member += ","
	}
	return put(body, s.from+1, s.from+1, member)
}

// repeated adds a copy of a list's item, with another word in it.
func repeated(body string, s spot, pick Pick) string {
	again := inBody(isText, reworded)(Answer{Body: []byte(body[s.from:s.to])}, pick)
	if pick(2) == 1 {
		return put(body, s.from, s.from, string(again.Body)+",")
	}
	return put(body, s.to, s.to, ","+string(again.Body))
}
