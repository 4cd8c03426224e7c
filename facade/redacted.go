package facade

import (
	"fmt"
	"log/slog"
)

// Configurations and requests hold credentials and personal data in plain
// fields, so that they are pleasant to fill in. Printed or logged by accident,
// they show their name alone, and so does the client that was made of them.
// encoding/json sees the fields: a request that is put in a queue is meant to
// come out again. Questions and checks are about a person, and print as little.
//
// Those of a provider stand at the end of its file.

func hidden(name string) string { return "facade." + name + "{" + redacted + "}" }

// Format implements [fmt.Formatter].
func (Config) Format(f fmt.State, _ rune) { write(f, hidden("Config")) }

// LogValue implements [slog.LogValuer].
func (Config) LogValue() slog.Value { return slog.StringValue(hidden("Config")) }

// Format implements [fmt.Formatter].
func (Client) Format(f fmt.State, _ rune) { write(f, hidden("Client")) }

// LogValue implements [slog.LogValuer].
func (Client) LogValue() slog.Value { return slog.StringValue(hidden("Client")) }

// Format implements [fmt.Formatter].
func (Question) Format(f fmt.State, _ rune) { write(f, hidden("Question")) }

// LogValue implements [slog.LogValuer].
func (Question) LogValue() slog.Value { return slog.StringValue(hidden("Question")) }

// Format implements [fmt.Formatter].
func (Check) Format(f fmt.State, _ rune) { write(f, hidden("Check")) }

// LogValue implements [slog.LogValuer].
func (Check) LogValue() slog.Value { return slog.StringValue(hidden("Check")) }
