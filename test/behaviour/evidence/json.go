package evidence

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// kind is the type of a JSON value.
type kind int

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// value is a JSON value with everything that stands in it, in order.
type value struct {
	kind    kind
	text    string // of a text; true or false; the digits of a number as they stand
	items   []*value
	members []member
}

// member is a member of an object. Its name may stand there twice.
type member struct {
	name string
	// spelled is the name as JSON text, if it is to be written in another way than
	// the usual one.
	spelled string
	value   *value
}

// read returns the one value of a JSON text, and false if it is anything else.
func read(body []byte) (*value, bool) {
	if !json.Valid(body) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return next(d), true
}

// next reads one value of a text that is known to be JSON.
func next(d *json.Decoder) *value {
	token, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch token := token.(type) {
	case nil:
		return &value{}
	case bool:
		if token {
			return &value{kind: boolean, text: "true"}
		}
		return &value{kind: boolean, text: "false"}
	case json.Number:
		return &value{kind: number, text: token.String()}
	case string:
		return &value{kind: text, text: token}
	}
	v := &value{kind: list}
	if token == json.Delim('{') {
		v.kind = object
	}
	for d.More() {
		if v.kind == list {
			v.items = append(v.items, next(d))
			continue
		}
		name := next(d).text
		v.members = append(v.members, member{name: name, value: next(d)})
	}
	_, _ = d.Token() // the closing bracket
	return v
}

// all returns the values of every member of that name, in whatever case it is
// spelled: readers of JSON differ in which of them they take.
func (v *value) all(name string) (values []*value) {
	if v == nil {
		return nil
	}
	for _, m := range v.members {
		if strings.EqualFold(m.name, name) {
			values = append(values, m.value)
		}
	}
	return values
}

// one returns the value of the only member of that name, nil if there is none or
// if it is null.
func (v *value) one(name string) *value {
	if values := v.all(name); len(values) == 1 && values[0].kind != null {
		return values[0]
	}
	return nil
}

// has tells whether there is a member of that name that is not null.
func (v *value) has(name string) bool {
	for _, one := range v.all(name) {
		if one.kind != null {
			return true
		}
	}
	return false
}

// says tells whether there is a member of that name with something in it.
func (v *value) says(name string) bool {
	for _, one := range v.all(name) {
		switch one.kind {
		case number:
			return true
		case boolean:
			if one.text == "true" {
				return true
			}
		default:
			if one.text != "" || len(one.items)+len(one.members) > 0 {
				return true
			}
		}
	}
	return false
}

// twice tells whether one of the members stands there more than once.
func (v *value) twice(names ...string) bool {
	for _, name := range names {
		if len(v.all(name)) > 1 {
			return true
		}
	}
	return false
}

// is tells whether v is that text.
func (v *value) is(word string) bool { return v != nil && v.kind == text && v.text == word }

// mistyped tells whether v says something, of another type than these.
func (v *value) mistyped(kinds ...kind) bool {
	return v != nil && !slices.Contains(kinds, v.kind)
}

// words tells whether v is a text with something in it.
func (v *value) words() bool { return v != nil && v.kind == text && v.text != "" }

// write appends v as JSON text.
func (v *value) write(b *bytes.Buffer) {
	switch v.kind {
	case null:
		b.WriteString("null")
	case boolean, number:
		b.WriteString(v.text)
	case text:
		b.Write(quoted(v.text))
	case list:
		b.WriteByte('[')
		for i, item := range v.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteByte(',')
			}
			if m.spelled != "" {
				b.WriteString(m.spelled)
			} else {
				b.Write(quoted(m.name))
			}
			b.WriteByte(':')
			m.value.write(b)
		}
		b.WriteByte('}')
	}
}

func quoted(s string) []byte {
	encoded, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return encoded
}
