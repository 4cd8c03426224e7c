package facade

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest words of an answer that are exposed, in characters.
const (
	maxMessage   = 1000
	maxWord      = 200 // codes, identifiers, levels, paths of fields
	maxRequestID = 128
	maxLink      = 8000 // more than browsers and servers agree to take
)

// clean makes text from the network fit for a line of a log: valid UTF-8, at
// most max characters, a space for each one that does not print.
func clean(text string, max int) string {
	if len(text) <= max && isPrintableASCII(text) {
		return text // as nearly all are
	}
	text = text[:min(len(text), utf8.UTFMax*max)]
	text = strings.Map(func(r rune) rune {
		if isControlOrBidi(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	if len(text) > max && utf8.RuneCountInString(text) > max {
		text = string([]rune(text)[:max])
	}
	return text
}

// isPrintableASCII reports whether text has printable ASCII and spaces alone.
func isPrintableASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// isVisibleASCII reports whether text has visible ASCII alone, as a URL and a
// credential do.
func isVisibleASCII(text string) bool { return isPrintableASCII(text) && !strings.Contains(text, " ") }

// isControlOrBidi reports a character that makes a text look like another: a
// control, the end of a line or a paragraph, or a change of the writing
// direction.
func isControlOrBidi(r rune) bool {
	return unicode.IsControl(r) || r > unicode.MaxLatin1 && unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// isBlank reports whether nothing of text can be seen: it is empty, or has
// spaces, joiners and fillers alone.
func isBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		const brailleBlank = 0x2800
		return r != brailleBlank && !unicode.IsSpace(r) && !unicode.IsControl(r) &&
			!unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	})
}
