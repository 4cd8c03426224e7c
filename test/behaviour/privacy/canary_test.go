// Package privacy_test plants a canary in every text that goes into the facade or comes back from a
// provider. It then looks for the canaries in everything that can be printed or logged of what the
// facade returns.
//
// A text may need a form to be accepted, such as that of a URL. Then the form is put around its
// canary. New fields of configurations, requests and results are found by reflection, and new
// members of answers by their fixtures.
package privacy_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary is a text that must not come up again.
type canary struct {
	where   string // where it was planted
	text    string
	needles []string // the forms in which it may leak, in lower case
}

// canaries are what was planted for one call.
type canaries []canary

// plant returns the canary for a place. It is a GUID, since some places take no other text.
func (c *canaries) plant(where string) string {
	return c.add(where, fmt.Sprintf("c0ffee00-dead-4bad-8bad-%012x", 7919*len(*c)))
}

func (c *canaries) add(where, text string) string {
	if i := slices.IndexFunc(*c, func(planted canary) bool { return planted.where == where }); i >= 0 {
		return (*c)[i].text
	}
	// fmt can print bytes in more forms. Whatever shows in one of them also shows by %v.
	needles := []string{strings.ToLower(text), strings.Trim(fmt.Sprint([]byte(text)), "[]")}
	// Base64 writes a text in one of three ways, depending on where the text begins among the bytes
	// around it. Its first and last characters also depend on those bytes, so they are cut off.
	for shift := range 3 {
		whole := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
		needles = append(needles, strings.ToLower(whole[(shift*8+5)/6:len(whole)-1]))
	}
	*c = append(*c, canary{where, text, needles})
	return text
}

// found returns the places whose canaries are in text, in any form.
func (c *canaries) found(text string) (places []string) {
	text = strings.ToLower(text)
	for _, planted := range *c {
		if slices.ContainsFunc(planted.needles, func(needle string) bool { return strings.Contains(text, needle) }) {
			places = append(places, planted.where)
		}
	}
	return places
}

// TestCanariesAreFound: the search finds a canary in each form that it must find.
func TestCanariesAreFound(t *testing.T) {
	var c canaries
	text := c.plant("somewhere")
	for _, form := range []string{
		strings.ToUpper(text), fmt.Sprint([]byte(text)), base64.StdEncoding.EncodeToString([]byte(text)),
		base64.RawURLEncoding.EncodeToString([]byte("a" + text + "bc")), base64.StdEncoding.EncodeToString([]byte(`{"` + text + `"}`)),
	} {
		if len(c.found("before "+form+" after")) != 1 {
			t.Errorf("%s: not found in %s", text, form)
		}
	}
}
