package facade

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Secret is a text that does not print itself: every verb of fmt, slog and
// encoding/json show "[redacted]". Reveal gives the text.
//
// The zero Secret holds the empty text.
type Secret struct {
	// A pointer, so that fmt finds an address and not the text where it cannot ask
	// for more: in an unexported field of another type.
	text *string
}

// NewSecret returns a Secret that holds text.
func NewSecret(text string) Secret { return Secret{&text} }

// secretOf returns a Secret that holds text, the zero one for none.
func secretOf(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return NewSecret(text)
}

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the text is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Equal reports whether s and other hold the same text.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// Format implements [fmt.Formatter].
func (s Secret) Format(f fmt.State, _ rune) { write(f, redacted) }

// String implements [fmt.Stringer].
func (s Secret) String() string { return redacted }

// MarshalText implements [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// write writes text whatever the verb and its flags.
func write(f fmt.State, text string) { _, _ = io.WriteString(f, text) }
