package privacy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// renderings returns everything that fmt and log/slog make of v, and of a pointer to it. What holds
// v asks it in the same ways.
func renderings(v any) (texts []string) {
	shapes := []any{v}
	if reflect.TypeOf(v).Kind() != reflect.Pointer {
		pointer := reflect.New(reflect.TypeOf(v))
		pointer.Elem().Set(reflect.ValueOf(v))
		shapes = append(shapes, pointer.Interface())
	}
	for _, shape := range shapes {
		// %#v and %d do not ask for the methods String and Error.
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			texts = append(texts, fmt.Sprintf(format, shape))
		}
		switch shape := shape.(type) {
		case fmt.Stringer:
			texts = append(texts, shape.String())
		case error:
			texts = append(texts, shape.Error())
		}
		var logged bytes.Buffer
		slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "k", shape)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", shape)
		texts = append(texts, logged.String())
	}
	return texts
}

// notIn demands that no canary is in a text.
func (c *canaries) notIn(t *testing.T, what, text string) {
	t.Helper()
	if places := c.found(text); places != nil {
		t.Errorf("%s: %.200q shows what was planted in %q", what, text, places)
	}
}

// notInJSON demands that no canary is in the JSON of v, which it returns.
func (c *canaries) notInJSON(t *testing.T, what string, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	c.notIn(t, what+" as JSON", string(text))
	return string(text)
}

// notPrinted demands that no canary is in anything that v prints as, nor the error that it wraps,
// nor its parts.
func (c *canaries) notPrinted(t *testing.T, what string, v any) {
	t.Helper()
	all := append(parts(v), v)
	if err, ok := v.(error); ok && errors.Unwrap(err) != nil {
		all = append(all, errors.Unwrap(err))
		c.notInJSON(t, "the cause of "+what, errors.Unwrap(err))
	}
	for _, v := range all {
		for _, text := range renderings(v) {
			c.notIn(t, fmt.Sprintf("%s, %T", what, v), text)
		}
	}
}

// redacted demands that each part of v shows [redacted] however it is turned into text, and no
// canary.
func (c *canaries) redacted(t *testing.T, what string, v any) {
	t.Helper()
	c.notPrinted(t, what, v)
	for _, part := range parts(v) {
		marshalled := strings.Trim(c.notInJSON(t, what, part), `"`)
		for _, got := range []string{fmt.Sprint(part), fmt.Sprintf("%#v", part), slog.AnyValue(part).Resolve().String(), marshalled} {
			if got != "[redacted]" {
				t.Errorf("%T: %q; embed facade.Private in it", part, got)
			}
		}
	}
}

// plain are types whose values are words for the merchant: applications ask for them by name, and
// nothing prints them by itself. Of a cause, nobody has more than a pointer.
var plain = []string{"FieldError", "Reason", "cause"}

// parts returns every struct of package facade in v, at any depth, unless it is empty or of a type in
// plain.
func parts(v any) (all []any) {
	walk(reflect.ValueOf(v), "", func(part reflect.Value, _ string) {
		isOfFacade := part.Kind() == reflect.Struct && path.Base(part.Type().PkgPath()) == "facade"
		if isOfFacade && !part.IsZero() && !slices.Contains(plain, part.Type().Name()) {
			all = append(all, part.Interface())
		}
	})
	return all
}

// TestInput: configurations and requests do not print their contents. Nor does anything that holds
// them, such as the client.
func TestInput(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		all := plant(d, nil)
		client, err := facade.New(all.config)
		if err != nil {
			t.Fatal(err)
		}
		all.canaries.redacted(t, "the configuration", all.config)
		all.canaries.redacted(t, "the request", all.request)
		all.canaries.redacted(t, "the client", client)
	}
}

// TestSecret: a secret shows its text only through Reveal, also in a type of an application. fmt
// looks into the unexported fields of such a type, but cannot call the methods of what it finds
// there.
func TestSecret(t *testing.T) {
	var c canaries
	secret := facade.NewSecret(c.plant("secret"))
	c.redacted(t, "secrets", []facade.Secret{secret})
	c.notPrinted(t, "secrets in somebody's fields", struct {
		link   facade.Secret
		links  []facade.Secret
		byName map[string]facade.Secret
		step   facade.NextStep
	}{secret, []facade.Secret{secret}, map[string]facade.Secret{"k": secret}, facade.NextStep{URL: secret, Widget: secret}})
}
