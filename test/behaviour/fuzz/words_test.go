package fuzz_test

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// words are the places of an outcome that hold a provider's words, and how many characters they are
// cut to. A question's key is not among them: it is handed on unchanged, or not at all.
var words = map[string]int{
	"/checks/0/date": 200, "/checks/0/document_type": 200, "/checks/0/method": 200, "/checks/0/provider_name": 200,
	"/checks/0/provider_reference": 200, "/checks/0/reason_code": 200, "/checks/0/response_code": 200, "/checks/0/result": 200,
	"/id": 200, "/level": 200, "/provider_status": 200, "/next/questions/0/options/0": 1000, "/next/questions/0/prompt": 1000,
	"/code": 200, "/message": 1000, "/display_message": 1000, "/fields/0/path": 200, "/fields/0/message": 1000,
	"/reasons/0/code": 200, "/reasons/0/message": 1000,
}

// eachValue calls test with every value in the JSON body of every fixture. with judges the fixture
// with another value in that place, and returns the outcome.
func eachValue(t *testing.T, test func(name string, value any, with func(other any) map[string]any)) {
	t.Helper()
	for _, c := range fixtures.Starts() {
		body, err := jsontree.Decode(c.Body)
		if err != nil {
			continue
		}
		for _, pointer := range jsontree.Pointers(body) {
			test(c.Name+" "+pointer, jsontree.All(body, pointer)[0], func(other any) map[string]any {
				c.Body = jsontree.Encode(jsontree.With(body, pointer, other))
				return judge(t, evidence.FromFixture(c)).(map[string]any)
			})
		}
	}
}

// TestWords puts a hostile text in the place of every value of every answer. No word of an outcome
// may be longer than words says, or shorter. judge demands that it is one line.
func TestWords(t *testing.T) {
	const mark = "✂"
	hostile := mark + "\x1b]0;title\x07\x00\r\n\u2028\u202e\u2066" + strings.Repeat("é", 1500)
	seen := map[string]int{}
	eachValue(t, func(name string, _ any, with func(other any) map[string]any) {
		outcomes := []any{with(hostile)}
		if strings.HasSuffix(name, "/invalidFields") { // a map, whose keys are words too
			outcomes = append(outcomes, with(map[string]any{hostile: []any{map[string]any{"message": "m"}}}))
		}
		eachText(outcomes, "", func(place, text string) {
			place = strings.TrimPrefix(place, "/0")
			if !strings.Contains(text, mark) {
				return
			}
			if seen[place] = utf8.RuneCountInString(text); seen[place] != words[place] {
				t.Errorf("test/fixtures/%s with a hostile text: %s has %d characters", name, place, seen[place])
			}
		})
	})
	if !maps.Equal(seen, words) {
		t.Errorf("a hostile text shows in the members %v, want %v", slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(words)))
	}
}

// TestMistyped puts a value of another type in the place of every value of every answer. The answer
// must mean what it means with null there, or nothing that can be relied upon. What is around the
// value must be kept.
func TestMistyped(t *testing.T) {
	eachValue(t, func(name string, value any, with func(other any) map[string]any) {
		var other any = map[string]any{}
		switch value.(type) {
		case nil:
			return
		case map[string]any, []any:
			other = true
		}
		got, want := with(other), with(nil)
		if got["kind"] != nil { // no start is confirmed
			for _, member := range []string{"kind", "started", "safe_to_retry"} {
				got[member] = want[member]
			}
			if want["kind"] == nil {
				return
			}
		}
		for _, next := range []any{got["next"], want["next"]} {
			if next, ok := next.(map[string]any); ok {
				delete(next, "widget")
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("test/fixtures/%s is another type, and the outcome is\n%v\nwant\n%v", name, got, want)
		}
	})
}

// TestTolerated: a success with odd, harmless members and white space is still a success.
func TestTolerated(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		c, err := fixtures.Find(d.Success.Name)
		if err != nil {
			t.Fatal(err)
		}
		c.Body = bytes.Replace(c.Body, []byte("{"), []byte(" \r\n\t{\"x\":1e999,\"\":\"\xff\",\"x\":[[{}]],"), 1)
		if judge(t, evidence.FromFixture(c)).(map[string]any)["status"] == nil {
			t.Errorf("%s with odd members is not a success", c.Name)
		}
	}
}
