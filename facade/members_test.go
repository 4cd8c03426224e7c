package facade

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestLookFor holds the look at members to what encoding/json does with the same
// text: it calls UnmarshalJSON each time it takes a member for the one named.
func TestLookFor(t *testing.T) {
	members := []member{
		{name: "status", is: isText, denies: true},
		{name: "kinds", is: isList | isObject},
		{name: "list", is: isList, of: []member{{name: "key", is: isText}}},
		{name: "object", is: isObject, of: []member{{name: "key", is: isText | isNumber}}},
	}
	tests := []struct {
		text string
		want found
	}{
		{`{}`, found{}},
		{`{"status":""}`, found{}},
		{`{"status":null}`, found{}},
		{`{"status":"x"}`, found{denies: true}},
		{` { "status" : "x" , "STATUS" : null } `, found{doubled: true, denies: true}},
		{`{"status":"","Status":"x"}`, found{doubled: true, denies: true}},
		{`{"\u0073tatus":"","ſtatus":""}`, found{doubled: true}},
		{`{"status":"a\"b\\","other":{"status":1},"status2":2}`, found{denies: true}},
		{`{"status":"\\\\\"","x":"}{][,\""}`, found{denies: true}},
		{`{"status":1}`, found{mistyped: true, denies: true}},
		{`{"status":{}}`, found{mistyped: true}},
		{`{"status":[ ]}`, found{mistyped: true}},
		{`{"status":[null]}`, found{mistyped: true, denies: true}},
		{`{"status":false}`, found{mistyped: true, denies: true}},
		{`{"list":[{"key":"a"},{"KEY":"b"}]}`, found{}},
		{`{"list":[{"key":"a","Key":"b"}]}`, found{doubled: true}},
		{`{"list":[null,{}]}`, found{}},
		{`{"list":[1]}`, found{mistyped: true}},
		{`{"list":[{"key":[["x"],{"key":1}]}]}`, found{mistyped: true}},
		{`{"list":{"key":1}}`, found{mistyped: true}},
		{`{"list":[],"list":[]}`, found{doubled: true}},
		{`{"object":{"key":-1.5e3,"other":[[],{}]}}`, found{}},
		{`{"object":{"key":"1","\u004bey":2}}`, found{doubled: true}},
		{`{"object":{"Key":1}}`, found{doubled: false}},
		{`{"object":{"key":true}}`, found{mistyped: true}},
		{`{"object":[]}`, found{mistyped: true}},
		{`{"kinds":{"key":1,"key":2}}`, found{}},
		{`{"other":"status","status\n":"x"}`, found{}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := lookFor(members, []byte(tt.text))
			if got != tt.want || !ok {
				t.Errorf("got %+v, %t, want %+v", got, ok, tt.want)
			}
			if met := metTwice(t, tt.text); met != got.doubled {
				t.Errorf("doubled is %t, and encoding/json met a member twice: %t", got.doubled, met)
			}
		})
	}
}

// times counts how often encoding/json takes a member for the one named.
type times int

func (n *times) UnmarshalJSON([]byte) error { *n++; return nil }

type keyTimes struct {
	Key times `json:"key"`
}

func metTwice(t *testing.T, text string) bool {
	t.Helper()
	var top struct {
		Status times `json:"status"`
		Kinds  times `json:"kinds"`
		List   times `json:"list"`
		Object times `json:"object"`
	}
	var inner struct {
		List   []keyTimes `json:"list"`
		Object keyTimes   `json:"object"`
	}
	if err := json.Unmarshal([]byte(text), &top); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal([]byte(text), &inner) // mistyped members stay empty
	twice := top.Status > 1 || top.Kinds > 1 || top.List > 1 || top.Object > 1 || inner.Object.Key > 1
	for _, element := range inner.List {
		twice = twice || element.Key > 1
	}
	return twice
}

// TestLookForBounds has more elements than an answer may have, in every form that
// costs memory to decode.
func TestLookForBounds(t *testing.T) {
	members := []member{{name: "list", is: isList | isObject, of: []member{{name: "inner", is: isList}}}}
	many := func(n int, format string) string {
		elements := make([]string, n)
		for i := range elements {
			elements[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
		}
		return strings.Join(elements, ",")
	}
	tests := map[string]string{
		"objects":              `{"list":[` + many(maxElements+1, `{}`) + `]}`,
		"numbers":              `{"list":[` + many(maxElements+1, `0`) + `]}`,
		"elements of elements": `{"list":[{"inner":[` + many(maxElements, `""`) + `]}]}`,
		"members":              `{"list":{` + many(maxElements+1, `"#":[]`) + `}}`,
		"elements of members":  `{"list":{"a":[` + many(maxElements, `0`) + `]}}`,
		"the same member":      `{` + many(maxElements+2, `"list":[]`) + `}`,
		"names with escapes":   `{` + many(maxElements+1, `"\u0061#":0`) + `}`,
	}
	for name, text := range tests {
		if _, ok := lookFor(members, []byte(text)); ok {
			t.Errorf("%s: more than %d are taken", name, maxElements)
		}
	}
	if _, ok := lookFor(members, []byte(`{"list":[`+many(maxElements, `{}`)+`],"other":[`+many(maxElements+1, `{}`)+`]}`)); !ok {
		t.Errorf("%d elements are refused", maxElements)
	}
}

// FuzzLookFor: no text, JSON or not, makes the look panic or run on, and what it
// says of doubled members is what encoding/json meets.
func FuzzLookFor(f *testing.F) {
	for _, seed := range []string{
		`{"status":"x","Status":null}`, `{"list":[{"key":1,"KEY":2}]}`, `{"object":{"\u006bey":1,"key":2}}`,
		`{"status"`, `{"`, `{"a\`, `[`, `{"list":[}`, `{"list":[,]}`, `{"status":}`, `{,}`, "{\"a\":\"\\\\\"", ``,
	} {
		f.Add([]byte(seed))
	}
	members := []member{
		{name: "status", is: isText},
		{name: "kinds", is: isList | isObject},
		{name: "list", is: isList, of: []member{{name: "key", is: isText}}},
		{name: "object", is: isObject, of: []member{{name: "key", is: isText}}},
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, _ := lookFor(members, text)
		if !json.Valid(text) || firstByte(text) != '{' || got.mistyped {
			return
		}
		if met := metTwice(t, string(text)); met != got.doubled {
			t.Errorf("doubled is %t, and encoding/json met a member twice: %t", got.doubled, met)
		}
	})
}
