package facade

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that does not print itself: every verb of fmt, slog and
// encoding/json show "[redacted]". Reveal gives the text.
//
// The zero Secret holds the empty text.
type Secret struct {
	// A pointer, so that even fmt looking into somebody's unexported field
	// finds an address and not the text.
	text *string
}

// NewSecret returns a Secret that holds text.
func NewSecret(text string) Secret { return Secret{&text} }

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

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// write writes text whatever the verb and its flags.
func write(f fmt.State, text string) { _, _ = io.WriteString(f, text) }
