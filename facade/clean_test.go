package facade

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestClean: what comes from the network is bounded, and fit for a line of a log.
func TestClean(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"plain", "8ac1f5d2", "8ac1f5d2"},
		{"8 characters", strings.Repeat("é", 8), strings.Repeat("é", 8)},
		{"9 characters", strings.Repeat("é", 9), strings.Repeat("é", 8)},
		{"a megabyte", strings.Repeat("7", 1<<20), "77777777"},
		{"escape sequences", "\x1b]0;t\x07id", " ]0;t id"},
		{"line ends", "a\r\nb\x85", "a  b "},
		{"another direction", "a\u202eb\u2066c\u200e", "a b c "},
		{"line separators", "a\u2028b\u2029", "a b "},
		{"Latin-1", "caf\xe9", "caf "},
		{"broken UTF-8 at the cut", "aaaaaaa\xe2\x82", "aaaaaaa "},
		{"a long character at the cut", "aaaaaaa😀", "aaaaaaa😀"},
	} {
		if got := clean(c.text, 8); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		} else if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 8 {
			t.Errorf("%s: %q is not 8 characters of UTF-8", c.name, got)
		}
	}
}

func TestIsBlank(t *testing.T) {
	for _, text := range []string{"", " ", "\t\n", "\u00a0\u3000", "\u200b", "\ufeff", "\u3164", "\u200b\ufeff\u3164", "\u2800", "\u180e", "\ufe0f", "\x00"} {
		if !isBlank(text) {
			t.Errorf("%q has something to be seen", text)
		}
	}
	for _, text := range []string{"a", " a ", "\u200ba", "é", "日", "😀", ".", "\u0301"} {
		if isBlank(text) {
			t.Errorf("%q has nothing to be seen", text)
		}
	}
}
