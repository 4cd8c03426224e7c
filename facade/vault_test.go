package facade

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestSubject: the customer of a Vault token is who it says, if that can be read.
func TestSubject(t *testing.T) {
	claims := func(text string) string { return "e30." + base64.RawURLEncoding.EncodeToString([]byte(text)) + ".c2ln" }
	for token, want := range map[string]string{
		claims(`{"sub":"c-1","exp":1}`): "c-1",
		"e30=." + base64.URLEncoding.EncodeToString([]byte(`{"sub":"c-12"}`)) + ".c2ln": "c-12",
		claims(`{"sub":"çà??>>"}`):                           "çà??>>",
		claims(`{"sub":"\u001b[31mc"}`):                      " [31mc",
		claims(`{"sub":"` + strings.Repeat("é", 201) + `"}`): strings.Repeat("é", 200),
		claims(`{}`):           "",
		claims(`{"sub":1}`):    "",
		claims(`{"sub":"c-1"`): "",
		"e30.{}.c2ln":          "",
		strings.Replace(claims(`{"sub":"c-1"}`), ".c2ln", "*.c2ln", 1): "",
		strings.TrimSuffix(claims(`{"sub":"c-1"}`), ".c2ln"):           "",
		"token": "",
	} {
		if got := subject(token); got != want {
			t.Errorf("%s: %q, want %q", token, got, want)
		}
	}
}
