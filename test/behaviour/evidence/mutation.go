package evidence

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// FromFixture returns a fixture's answer as it comes in good order, over a fresh
// connection.
func FromFixture(c fixtures.Case) Answer {
	a := Answer{Provider: facade.Provider(c.Provider), Status: c.Status, Header: c.Header, Whole: true, Connections: 1}
	return a.with(c.Body)
}

// with returns a with another body, of the length that it claims.
func (a Answer) with(body []byte) Answer {
	a.Body, a.Length = body, int64(len(body))
	return a
}

// errCut is what reading a body ends with that is not whole.
var errCut = errors.New("cut")

type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, errCut }

// Play returns what has the answer come back from memory.
func (a Answer) Play() replay.Answer {
	play := replay.Answer{Status: a.Status, Header: a.Header, Body: a.Body, Connections: make([]bool, a.Connections)}
	switch {
	case !a.Whole:
		play.Reader = io.MultiReader(bytes.NewReader(a.Body), cutReader{})
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

// Mutate returns an answer with one change, and what was changed. The changes are
// of the kind that a server, a proxy or a new version of either makes: none of them
// asks what the library would do with it.
func Mutate(a Answer, pick Pick) (Answer, string) {
	change := oneOf(pick, changes)
	return change(a, pick)
}

var changes = []func(a Answer, pick Pick) (Answer, string){
	withStatus, withMediaType, withEncoding, withConnections, withCut, withMore, withOther,
	inBody(retyped), inBody(doubled), inBody(reworded), inBody(renamed), inBody(removed), inBody(added), inBody(repeated),
}

// statuses are those that some provider documents, their neighbours, and every
// thirteenth of all.
var statuses = func() (all []int) {
	all = []int{
		200, 201, 202, 203, 204, 205, 206, 207, 226, 301, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 412, 413,
		415, 418, 422, 423, 424, 428, 429, 451, 499, 500, 502, 503, 504, 511, 999,
	}
	for status := 100; status < 1000; status += 13 {
		all = append(all, status)
	}
	return all
}()

func withStatus(a Answer, pick Pick) (Answer, string) {
	a.Status = oneOf(pick, statuses)
	return a, fmt.Sprint("status ", a.Status)
}

var mediaTypes = []string{
	"", "application/json", "Application/JSON ; charset=utf-8", "application/problem+json", "application/vnd.api+json", "text/plain",
	"text/html; x=json", "application/jsonp", "application/xml", "json", ";application/json", "application/json, text/html",
	"application/octet-stream", "application/problem+json-seq",
}

func withMediaType(a Answer, pick Pick) (Answer, string) {
	media := oneOf(pick, mediaTypes)
	return a.header("Content-Type", media), "media type " + media
}

// withEncoding says that the body is encoded, which it is or not. (That of gzip is
// undone by net/http, and nobody sees it here.)
func withEncoding(a Answer, pick Pick) (Answer, string) {
	encoding := oneOf(pick, []string{"br", "gzip", "zstd", "identity", "x"})
	a = a.header("Content-Encoding", encoding)
	if pick(2) == 0 {
		return a, "encoding " + encoding + ", by its word alone"
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(a.Body)
	_ = z.Close()
	return a.with(b.Bytes()), "encoding " + encoding
}

// header returns a with a header line of its own, or without it.
func (a Answer) header(name, value string) Answer {
	if a.Header = a.Header.Clone(); a.Header == nil {
		a.Header = http.Header{}
	}
	if value == "" {
		a.Header.Del(name)
	} else {
		a.Header.Set(name, value)
	}
	return a
}

func withConnections(a Answer, pick Pick) (Answer, string) {
	a.Connections, a.Reused = pick(3), pick(2) == 1
	a.Reused = a.Reused && a.Connections > 0
	return a, fmt.Sprintf("%d connections, reused %t", a.Connections, a.Reused)
}

// withCut leaves out the end of the body, of which the client hears or not.
func withCut(a Answer, pick Pick) (Answer, string) {
	n := pick(len(a.Body) + 1)
	a.Body, a.Length, a.Whole = a.Body[:n], -1, pick(2) == 1
	return a, fmt.Sprintf("cut after %d, whole %t", n, a.Whole)
}

// withMore has something in front of the body, or behind it.
func withMore(a Answer, pick Pick) (Answer, string) {
	if pick(2) == 0 {
		front := oneOf(pick, []string{"\ufeff", "\n", ")]}',\n", "{}", "\x00"})
		return a.with(slices.Concat([]byte(front), a.Body)), fmt.Sprintf("%q in front", front)
	}
	behind := oneOf(pick, []string{" ", "{}", string(a.Body), "\x00", ",", "]", "x", "\ufeff", "\n<!-- -->"})
	return a.with(slices.Concat(a.Body, []byte(behind))), fmt.Sprintf("%.20q behind", behind)
}

// withOther has another body altogether.
func withOther(a Answer, pick Pick) (Answer, string) {
	body := oneOf(pick, []string{
		"", " ", "null", "{}", "[]", `""`, `"x"`, "0", "true", "[{}]", "{", "<html>", string(a.Body) + string(a.Body),
		`[` + string(a.Body) + `]`, `{"error":` + string(a.Body) + `}`,
	})
	return a.with([]byte(body)), fmt.Sprintf("the body %.20q", body)
}

// inBody returns a change of what stands in a body of JSON. Another body stays.
func inBody(change func(root *value, pick Pick) string) func(Answer, Pick) (Answer, string) {
	return func(a Answer, pick Pick) (Answer, string) {
		root, ok := read(a.Body)
		if !ok {
			return a, "no change"
		}
		what := change(root, pick)
		var b bytes.Buffer
		root.write(&b)
		return a.with(b.Bytes()), what
	}
}

// values are JSON of all types, and words that decide somewhere.
var values = []string{
	"null", "true", "false", "0", "1", "-1.5", "1e999", `""`, `"x"`, "[]", "{}", "[null]", "[{}]", "[[]]", `{"x":1}`,
	`"ok"`, `"COMMON"`, `"OTHER"`, `"invalid_token"`, `"bad_request"`, `"conflict"`, `[{"code":"gone"}]`, `[{"code":"conflict"}]`,
	`"ERR01"`, `{"code":"ERR01"}`, `{"error_code":null,"widget_data":"dw=="}`, `{"error_code":"ERR01"}`,
	`"` + ownPerson + `"`, `"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"`, `"` + ownCustomer + `"`, `"customer-43"`, `"fulfilled"`, `"failed"`,
}

func oneValue(pick Pick) *value {
	v, ok := read([]byte(oneOf(pick, values)))
	if !ok {
		panic("not JSON")
	}
	return v
}

// within returns every value in v, itself first.
func (v *value) within() []*value {
	all := []*value{v}
	for _, item := range v.items {
		all = append(all, item.within()...)
	}
	for _, m := range v.members {
		all = append(all, m.value.within()...)
	}
	return all
}

// place is a member of an object.
type place struct {
	object *value
	index  int
}

func (p place) member() *member { return &p.object.members[p.index] }

// places returns every member of every object in v.
func (v *value) places() (all []place) {
	for _, one := range v.within() {
		for i := range one.members {
			all = append(all, place{one, i})
		}
	}
	return all
}

// retyped changes a value to another one.
func retyped(root *value, pick Pick) string {
	at := pick(len(root.within()))
	v := oneValue(pick)
	*root.within()[at] = *v
	return fmt.Sprintf("value %d is %s", at, v)
}

// doubled has a member stand twice, the second time in some spelling and with some
// value, before the first or behind it.
func doubled(root *value, pick Pick) string {
	all := root.places()
	if len(all) == 0 {
		return "no change"
	}
	p := oneOf(pick, all)
	twin := *p.member()
	how := oneOf(pick, spellings)(&twin)
	if pick(2) == 1 {
		twin.value = oneValue(pick)
	}
	at := oneOf(pick, []int{0, p.index, p.index + 1, len(p.object.members)})
	what := fmt.Sprintf("%s also stands as %s, %s, at %d", p.member().name, how, twin.value, at)
	p.object.members = slices.Insert(p.object.members, at, twin)
	return what
}

// renamed spells a member in another way.
func renamed(root *value, pick Pick) string {
	all := root.places()
	if len(all) == 0 {
		return "no change"
	}
	m := oneOf(pick, all).member()
	name := m.name
	return fmt.Sprintf("%s is spelled %s", name, oneOf(pick, spellings)(m))
}

// spellings are ways to write a name that readers of JSON take for the same.
var spellings = []func(*member) string{
	func(m *member) string { return m.name },
	func(m *member) string { m.name = strings.ToUpper(m.name); return m.name },
	func(m *member) string { m.name = strings.ToLower(m.name); return m.name },
	func(m *member) string { m.name = strings.ToUpper(m.name[:1]) + m.name[1:]; return m.name },
	// Letters beyond ASCII whose other case is within it: the long s and the Kelvin sign.
	func(m *member) string {
		m.name = strings.NewReplacer("s", "\u017f", "k", "\u212a", "S", "\u017f", "K", "\u212a").Replace(m.name)
		return m.name
	},
	func(m *member) string {
		m.spelled = `"`
		for _, r := range m.name {
			m.spelled += fmt.Sprintf(`\u%04x`, r)
		}
		m.spelled += `"`
		return m.spelled
	},
}

// removed leaves a member out.
func removed(root *value, pick Pick) string {
	all := root.places()
	if len(all) == 0 {
		return "no change"
	}
	p := oneOf(pick, all)
	what := "without " + p.member().name
	p.object.members = slices.Delete(p.object.members, p.index, p.index+1)
	return what
}

// reworded changes a text: to a new word, or to the old one in another form.
func reworded(root *value, pick Pick) string {
	texts := slices.DeleteFunc(root.within(), func(v *value) bool { return v.kind != text })
	if len(texts) == 0 {
		return "no change"
	}
	v := oneOf(pick, texts)
	was := v.text
	v.text = oneOf(pick, []func(string) string{
		strings.ToUpper, strings.ToLower,
		func(s string) string { return strings.ReplaceAll(s, "_", "-") },
		func(s string) string { return s + " " },
		func(s string) string { return " " + s },
		func(s string) string { return s + "\x00" },
		func(s string) string { return s + "_new" },
		func(s string) string { return strings.NewReplacer("s", "\u017f", "k", "\u212a").Replace(s) },
		func(string) string { return "unlisted" },
		func(string) string { return "" },
	})(v.text)
	return fmt.Sprintf("%q is %q", was, v.text)
}

// added gives the root a member of another answer, some of which contradict.
func added(root *value, pick Pick) string {
	if root.kind != object {
		return "no change"
	}
	name := oneOf(pick, []string{
		"result", "error", "errorId", "success", "errors", "data", "code", "error_code", "message", "title", "detail", "type",
		"status", "person_guid", "verificationResults", "customerId", "id", "_links", "x",
	})
	m := member{name: name, value: oneValue(pick)}
	root.members = slices.Insert(root.members, oneOf(pick, []int{0, len(root.members)}), m)
	return fmt.Sprintf("with %s %s", name, m.value)
}

// repeated has an element of a list stand there again, changed.
func repeated(root *value, pick Pick) string {
	lists := slices.DeleteFunc(root.within(), func(v *value) bool { return len(v.items) == 0 })
	if len(lists) == 0 {
		return "no change"
	}
	v := oneOf(pick, lists)
	var b bytes.Buffer
	oneOf(pick, v.items).write(&b)
	again, _ := read(b.Bytes())
	what := reworded(again, pick)
	v.items = slices.Insert(v.items, oneOf(pick, []int{0, len(v.items)}), again)
	return "an element again, where " + what
}

// String returns the value as JSON.
func (v *value) String() string {
	var b bytes.Buffer
	v.write(&b)
	return b.String()
}
