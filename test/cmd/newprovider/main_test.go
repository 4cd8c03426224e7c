package main

import "testing"

// TestNames: a name that cannot be a key is refused before anything is written.
func TestNames(t *testing.T) {
	t.Chdir("../../..")
	for _, c := range []struct{ name, goName, want string }{
		{"acme", "", "Acme"}, {"acme", "AcMe", "AcMe"},
		{"", "", ""}, {"Acme", "", ""}, {"acme-pay", "", ""}, {"1acme", "", ""}, {"switch", "", ""},
		{"acme", "acme", ""}, {"acme", "Other", ""},
		{"rebilly", "", ""}, {"token", "", ""}, {"descriptor", "", ""}, // a file is there already
	} {
		if goName, _, err := naming(c.name, c.goName); goName != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q, %q: %q, %v, want %q", c.name, c.goName, goName, err, c.want)
		}
	}
}
