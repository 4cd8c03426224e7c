package facade

import (
	"bytes"
	"encoding/json"
)

// member is a member of an answer that decides what the answer means, or that
// holds such members. encoding/json matches names without regard to case and
// takes the last of several, so it reads an answer that says two things as if it
// said one. A provider's table therefore names what must not stand twice.
type member struct {
	name string
	is   jsonKinds
	// of are the members of the object, or of each object in the list.
	of []member
	// denies tells that a value here, unless it is null, "", {} or [], is a mark of
	// a refusal.
	denies bool
	// verbatim tells that the text of the value is wanted.
	verbatim bool
}

// jsonKinds is a set of kinds of JSON values. Null is of no kind: it counts as
// absent.
type jsonKinds int

const (
	isText jsonKinds = 1 << iota
	isNumber
	isBool
	isList
	isObject

	isAny = isText | isNumber | isBool | isList | isObject
)

// found is what a look at the members of a body found.
type found struct {
	whole    bool // the body arrived to its end and is one JSON object
	doubled  bool // a member stands twice in one object
	mistyped bool // a member is of another kind than documented
	denies   bool // a mark of a refusal is there, whatever else the body says

	verbatim string // the text of the member that is wanted so
}

// maxElements is how many elements the lists of a table may have, all together:
// two bytes of JSON can become hundreds of bytes in Go.
const maxElements = 10_000

// lookFor looks for members in an object, in one pass. It does not check that the
// text is JSON; what it found counts only if encoding/json takes the text too. It
// reports false if the lists have too many elements.
func lookFor(members []member, text []byte) (found, bool) {
	s := scan{text: text}
	s.space()
	s.object(members, false)
	return s.found, s.elements <= maxElements
}

// scan is a pass over JSON text.
type scan struct {
	text     []byte
	at       int
	elements int
	found
}

// object passes over an object and reports whether it is empty. Where an object
// is the other form of a list, its members and the elements in them count.
func (s *scan) object(members []member, isOtherForm bool) (empty bool) {
	empty = true
	var seen uint // bits by the index in members
	s.at++        // the opening brace
	for s.space() == '"' {
		empty = false
		if isOtherForm {
			s.elements++
		}
		i := indexOf(members, s.name())
		if s.space() == ':' {
			s.at++
		}
		s.space()
		switch {
		case i >= 0:
			if seen&(1<<i) != 0 {
				s.doubled = true
				s.elements++ // encoding/json reads it once more
			}
			seen |= 1 << i
			s.value(&members[i])
		case isOtherForm && s.space() == '[':
			s.list(nil)
		default:
			s.skip()
		}
		if s.space() == ',' {
			s.at++
		}
	}
	s.at++ // the closing brace
	return empty
}

// list passes over a list and reports whether it is empty. With members, its
// elements must be objects.
func (s *scan) list(members []member) (empty bool) {
	empty = true
	s.at++ // the opening bracket
	for c := s.space(); c != ']' && c != 0; c = s.space() {
		empty = false
		s.elements++
		start := s.at
		switch {
		case members == nil || c == 'n':
			s.skip()
		case c == '{':
			s.object(members, false)
		default:
			s.mistyped = true
			s.skip()
		}
		if s.space() == ',' {
			s.at++
		}
		if s.at == start {
			return empty // not JSON
		}
	}
	s.at++ // the closing bracket
	return empty
}

// value passes over the value of a member.
func (s *scan) value(m *member) {
	var kind jsonKinds
	var empty bool
	start := s.at
	switch s.space() {
	case '{':
		kind = isObject
		if m.is&isList != 0 {
			empty = s.object(nil, true)
		} else {
			empty = s.object(m.of, false)
		}
	case '[':
		kind, empty = isList, s.list(m.of)
	case '"':
		kind, empty = isText, len(s.quoted()) == len(`""`)
	case 'n':
		s.skip()
		return
	case 't', 'f':
		kind = isBool
		s.skip()
	default:
		kind = isNumber
		s.skip()
	}
	s.mistyped = s.mistyped || kind&m.is == 0
	s.denies = s.denies || m.denies && !empty
	if m.verbatim {
		s.verbatim = string(s.text[start:min(s.at, len(s.text))])
	}
}

// skip passes over a value, whatever is in it.
func (s *scan) skip() {
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			s.quoted()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return // the end of what a number or a word stands in
			}
			depth--
			if depth == 0 {
				s.at++
				return
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return
			}
		}
		s.at++
	}
}

// name passes over the name of a member and returns it. One with an escape costs
// memory to read, so it counts as an element.
func (s *scan) name() []byte {
	quoted := s.quoted()
	if bytes.IndexByte(quoted, '\\') < 0 {
		return bytes.Trim(quoted, `"`)
	}
	s.elements++
	var name string
	if s.elements > maxElements || json.Unmarshal(quoted, &name) != nil {
		return nil
	}
	return []byte(name)
}

// quoted passes over a text and returns it with its quotes.
func (s *scan) quoted() []byte {
	start := s.at
	for s.at++; ; {
		length := bytes.IndexByte(s.text[s.at:], '"')
		if length < 0 {
			s.at = len(s.text)
			return s.text[start:]
		}
		end := s.at + length
		before := end
		for s.text[before-1] == '\\' {
			before--
		}
		s.at = end + 1
		if (end-before)%2 == 0 { // an odd number of backslashes escapes the quote
			return s.text[start:s.at]
		}
	}
}

// space passes over white space and returns the byte behind it, 0 at the end.
func (s *scan) space() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// indexOf returns the index of the member that encoding/json matches with name,
// and -1 for none.
func indexOf(members []member, name []byte) int {
	for i := range members {
		if bytes.EqualFold(name, []byte(members[i].name)) {
			return i
		}
	}
	return -1
}
