package main

import (
	"strings"
	"testing"
)

// TestNames: a name that cannot be a key is refused before anything is written. The error says what
// is allowed.
func TestNames(t *testing.T) {
	t.Chdir("../../..")
	for _, c := range []struct{ name, goName, want string }{
		{"", "", "make provider NAME=acme"},
		{"Acme", "", "small letters"},
		{"acme-pay", "", "small letters"},
		{"1acme", "", "beginning with a letter"},
		{"switch", "", "no keyword of Go"},
		{"acme", "acme", "beginning with a capital"},
		{"acme", "Other", "the same letters"},
		{"rebilly", "", "there already"},
	} {
		if _, err := naming(c.name, c.goName); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %q: %v, want %q in it", c.name, c.goName, err, c.want)
		}
	}
	if goName, err := naming("acme", ""); err != nil || goName != "Acme" {
		t.Errorf("%q, %v", goName, err)
	}
}
