package schemacheck

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// decode returns the value of a JSON text, and pointers to the properties that
// stand in it more than once; the last of them is the one in the value. If the
// text is no JSON text, flaw says so in words that hold nothing of it. The
// schema serves only to tell names from keys, which a pointer must not show.
func decode(s *openapi3.Schema, text []byte) (value any, repeated []string, flaw string) {
	switch {
	case len(text) == 0:
		return nil, nil, "no body"
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return nil, nil, "a byte order mark"
	case !utf8.Valid(text):
		return nil, nil, "bytes that are not UTF-8"
	}
	// Read once as a whole, which bounds the depth, and then token by token,
	// which shows the properties that a map would swallow.
	var whole json.RawMessage
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&whole); err != nil {
		return nil, nil, Amount(len(text), "byte") + " that cannot be read as JSON"
	}
	if rest := bytes.TrimLeft(text[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, nil, Amount(len(rest), "byte") + " behind the value"
	}
	t := tokens{Decoder: json.NewDecoder(bytes.NewReader(whole))}
	t.UseNumber()
	value = t.value(s)
	return value, t.repeated, ""
}

// tokens builds a value out of a text that is known to be JSON.
type tokens struct {
	*json.Decoder
	path     []string // to the value at hand, as it may be shown
	repeated []string
}

func (t *tokens) value(s *openapi3.Schema) any {
	token, _ := t.Token()
	switch token {
	case json.Delim('{'):
		object := make(map[string]any)
		for t.More() {
			key, _ := t.Token()
			name, _ := key.(string)
			child, shown, _ := property(s, name)
			t.path = append(t.path, shown)
			if _, again := object[name]; again && len(t.repeated) < most {
				t.repeated = append(t.repeated, pointer(t.path))
			}
			object[name] = t.value(child)
			t.path = t.path[:len(t.path)-1]
		}
		_, _ = t.Token()
		return object
	case json.Delim('['):
		array := []any{}
		for t.More() {
			t.path = append(t.path, strconv.Itoa(len(array)))
			array = append(array, t.value(items(s)))
			t.path = t.path[:len(t.path)-1]
		}
		_, _ = t.Token()
		return array
	}
	return token
}
