package privacy_test

import (
	"fmt"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// session is a type of an application. fmt looks into its unexported fields, but cannot call the
// methods of what it finds there.
type session struct {
	link   facade.Secret
	links  []facade.Secret
	byName map[string]facade.Secret
	step   facade.NextStep
}

// TestSecret: a secret shows its text only through Reveal.
func TestSecret(t *testing.T) {
	var c canaries
	text := c.plant("secret")
	secret := facade.NewSecret(text)
	if secret.Reveal() != text || secret.IsZero() || !secret.Equal(facade.NewSecret(text)) || secret.Equal(facade.Secret{}) {
		t.Error("the secret is not what was put in")
	}
	if zero := (facade.Secret{}); zero.Reveal() != "" || !zero.IsZero() || !zero.Equal(facade.NewSecret("")) {
		t.Error("the zero secret is not empty")
	}
	redacted(t, secret)
	redacted(t, facade.Secret{})
	j := newJudge(t, c)
	j.prints("a secret", secret)
	for _, v := range []any{&secret, []facade.Secret{secret}, map[string]any{"k": secret}, struct{ S facade.Secret }{secret}} {
		j.text("a secret as JSON", string(mustJSON(t, v)))
	}
	held := session{secret, []facade.Secret{secret}, map[string]facade.Secret{"k": secret}, facade.NextStep{URL: secret, Widget: secret}}
	for _, format := range formats {
		j.text("a secret in somebody's field", fmt.Sprintf(format, held)+fmt.Sprintf(format, &held))
	}
}
