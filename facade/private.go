package facade

import "fmt"

// Private keeps what it is embedded in out of print: fmt, log/slog and every
// encoder that asks for a text, such as encoding/json, show "[redacted]".
// Configurations and requests embed it, since they hold credentials and personal
// data in plain fields, which are pleasant to fill in. Leave it as it is.
type Private struct{}

// Format implements [fmt.Formatter].
func (Private) Format(f fmt.State, _ rune) { write(f, redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (Private) MarshalText() ([]byte, error) { return []byte(redacted), nil }
