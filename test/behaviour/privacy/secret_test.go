package privacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// session is somebody's own type. fmt looks into its unexported fields and may
// not ask what it finds there.
type session struct {
	link    facade.Secret
	pointer *facade.Secret
	links   []facade.Secret
	byName  map[string]facade.Secret
	any     any
	step    facade.NextStep
	result  *facade.Result
	err     error
	client  *facade.Client
	inner   struct{ link facade.Secret }
}

// TestSecret: a secret shows its text to Reveal, and to nobody else.
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
	for how, got := range map[string]string{
		"printed": fmt.Sprint(any(secret)),
		"logged":  slog.AnyValue(secret).Resolve().String(),
		"as JSON": strings.Trim(string(mustJSON(secret)), `"`),
	} {
		if got != "[redacted]" {
			t.Errorf("a secret %s is %q", how, got)
		}
	}
	j := newJudge(t, c)
	j.prints("a secret", secret)
	j.prints("an empty secret", facade.Secret{})

	held := session{
		link: secret, pointer: &secret, links: []facade.Secret{secret}, byName: map[string]facade.Secret{"k": secret}, any: secret,
		step: facade.NextStep{Kind: facade.NextRedirect, URL: secret, Widget: secret},
	}
	held.inner.link = secret
	for _, format := range formats {
		j.text("a secret in somebody's field", fmt.Sprintf(format, held))
		j.text("a secret in somebody's field", fmt.Sprintf(format, &held))
		j.text("a secret in somebody's field", fmt.Sprintf(format, []session{held}))
	}
	for _, handler := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, timeless) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, timeless) },
	} {
		var logged bytes.Buffer
		slog.New(handler(&logged)).Info("m", "secret", secret, "pointer", &secret, "list", []facade.Secret{secret}, "held", held)
		j.text("a secret in a log", logged.String())
	}
	for _, v := range []any{secret, &secret, []facade.Secret{secret}, map[string]any{"k": secret}, struct{ S facade.Secret }{secret}} {
		payload, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		j.text("a secret as JSON", string(payload))
	}
	if payload, err := json.Marshal(map[facade.Secret]int{secret: 1}); err == nil {
		j.text("a secret as a key", string(payload))
	}
}

// TestOutcomesInFields: an outcome that somebody keeps behind a pointer in an
// unexported field shows an address, where it is printed by the usual verbs.
func TestOutcomesInFields(t *testing.T) {
	for _, p := range providers {
		all := plant(p, false)
		all.exchanges(func(*exchange) {}) // plants
		j := newJudge(t, all.canaries)
		client, err := facade.New(all.config)
		if err != nil {
			t.Fatal(err)
		}
		all.exchanges(func(e *exchange) {
			held := session{client: client}
			held.result, held.err = e.start()
			for _, format := range []string{"%v", "%+v", "%#v"} {
				j.text("an outcome in somebody's field", fmt.Sprintf(format, held))
				j.text("an outcome in somebody's field", fmt.Sprintf(format, &held))
			}
		})
	}
}
