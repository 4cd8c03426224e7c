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
func (VaultConfig) Format(f fmt.State, _ rune) { write(f, hidden("VaultConfig")) }

// LogValue implements [slog.LogValuer].
func (VaultConfig) LogValue() slog.Value { return slog.StringValue(hidden("VaultConfig")) }

// Format implements [fmt.Formatter].
func (VaultRequest) Format(f fmt.State, _ rune) { write(f, hidden("VaultRequest")) }

// LogValue implements [slog.LogValuer].
func (VaultRequest) LogValue() slog.Value { return slog.StringValue(hidden("VaultRequest")) }

// Format implements [fmt.Formatter].
func (XGatewayConfig) Format(f fmt.State, _ rune) { write(f, hidden("XGatewayConfig")) }

// LogValue implements [slog.LogValuer].
func (XGatewayConfig) LogValue() slog.Value { return slog.StringValue(hidden("XGatewayConfig")) }

// Format implements [fmt.Formatter].
func (XGatewayRequest) Format(f fmt.State, _ rune) { write(f, hidden("XGatewayRequest")) }

// LogValue implements [slog.LogValuer].
func (XGatewayRequest) LogValue() slog.Value { return slog.StringValue(hidden("XGatewayRequest")) }

// Format implements [fmt.Formatter].
func (ForteConfig) Format(f fmt.State, _ rune) { write(f, hidden("ForteConfig")) }

// LogValue implements [slog.LogValuer].
func (ForteConfig) LogValue() slog.Value { return slog.StringValue(hidden("ForteConfig")) }

// Format implements [fmt.Formatter].
func (ForteRequest) Format(f fmt.State, _ rune) { write(f, hidden("ForteRequest")) }

// LogValue implements [slog.LogValuer].
func (ForteRequest) LogValue() slog.Value { return slog.StringValue(hidden("ForteRequest")) }

// Format implements [fmt.Formatter].
func (ForteAction) Format(f fmt.State, _ rune) { write(f, hidden("ForteAction")) }

// LogValue implements [slog.LogValuer].
func (ForteAction) LogValue() slog.Value { return slog.StringValue(hidden("ForteAction")) }

// Format implements [fmt.Formatter].
func (ForteCustomer) Format(f fmt.State, _ rune) { write(f, hidden("ForteCustomer")) }

// LogValue implements [slog.LogValuer].
func (ForteCustomer) LogValue() slog.Value { return slog.StringValue(hidden("ForteCustomer")) }

// Format implements [fmt.Formatter].
func (ForteWallet) Format(f fmt.State, _ rune) { write(f, hidden("ForteWallet")) }

// LogValue implements [slog.LogValuer].
func (ForteWallet) LogValue() slog.Value { return slog.StringValue(hidden("ForteWallet")) }

// Format implements [fmt.Formatter].
func (ForteSIWE) Format(f fmt.State, _ rune) { write(f, hidden("ForteSIWE")) }

// LogValue implements [slog.LogValuer].
func (ForteSIWE) LogValue() slog.Value { return slog.StringValue(hidden("ForteSIWE")) }

// Format implements [fmt.Formatter].
func (QoloConfig) Format(f fmt.State, _ rune) { write(f, hidden("QoloConfig")) }

// LogValue implements [slog.LogValuer].
func (QoloConfig) LogValue() slog.Value { return slog.StringValue(hidden("QoloConfig")) }

// Format implements [fmt.Formatter].
func (QoloRequest) Format(f fmt.State, _ rune) { write(f, hidden("QoloRequest")) }

// LogValue implements [slog.LogValuer].
func (QoloRequest) LogValue() slog.Value { return slog.StringValue(hidden("QoloRequest")) }

// Format implements [fmt.Formatter].
func (QoloIdentification) Format(f fmt.State, _ rune) { write(f, hidden("QoloIdentification")) }

// LogValue implements [slog.LogValuer].
func (QoloIdentification) LogValue() slog.Value {
	return slog.StringValue(hidden("QoloIdentification"))
}

// Format implements [fmt.Formatter].
func (QoloAnswer) Format(f fmt.State, _ rune) { write(f, hidden("QoloAnswer")) }

// LogValue implements [slog.LogValuer].
func (QoloAnswer) LogValue() slog.Value { return slog.StringValue(hidden("QoloAnswer")) }

// Format implements [fmt.Formatter].
func (QoloDocument) Format(f fmt.State, _ rune) { write(f, hidden("QoloDocument")) }

// LogValue implements [slog.LogValuer].
func (QoloDocument) LogValue() slog.Value { return slog.StringValue(hidden("QoloDocument")) }

// Format implements [fmt.Formatter].
func (QoloImage) Format(f fmt.State, _ rune) { write(f, hidden("QoloImage")) }

// LogValue implements [slog.LogValuer].
func (QoloImage) LogValue() slog.Value { return slog.StringValue(hidden("QoloImage")) }

// Format implements [fmt.Formatter].
func (RebillyConfig) Format(f fmt.State, _ rune) { write(f, hidden("RebillyConfig")) }

// LogValue implements [slog.LogValuer].
func (RebillyConfig) LogValue() slog.Value { return slog.StringValue(hidden("RebillyConfig")) }

// Format implements [fmt.Formatter].
func (RebillyRequest) Format(f fmt.State, _ rune) { write(f, hidden("RebillyRequest")) }

// LogValue implements [slog.LogValuer].
func (RebillyRequest) LogValue() slog.Value { return slog.StringValue(hidden("RebillyRequest")) }

// Format implements [fmt.Formatter].
func (RebillyDocument) Format(f fmt.State, _ rune) { write(f, hidden("RebillyDocument")) }

// LogValue implements [slog.LogValuer].
func (RebillyDocument) LogValue() slog.Value { return slog.StringValue(hidden("RebillyDocument")) }

// Format implements [fmt.Formatter].
func (Question) Format(f fmt.State, _ rune) { write(f, hidden("Question")) }

// LogValue implements [slog.LogValuer].
func (Question) LogValue() slog.Value { return slog.StringValue(hidden("Question")) }

// Format implements [fmt.Formatter].
func (Check) Format(f fmt.State, _ rune) { write(f, hidden("Check")) }

// LogValue implements [slog.LogValuer].
func (Check) LogValue() slog.Value { return slog.StringValue(hidden("Check")) }
