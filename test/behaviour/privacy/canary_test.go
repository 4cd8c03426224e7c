package privacy_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// canary is a text that must not be found again.
type canary struct {
	where   string // it was planted
	text    string
	needles []needle
}

// needle is one form of a canary.
type needle struct {
	text string
	fold bool // whatever the case
}

// canaries are what was planted for one call.
type canaries []canary

// plant returns a new canary for a place. The same place has the same canary in
// every process.
func (c *canaries) plant(where string) string {
	h := fnv.New64a()
	h.Write([]byte(where))
	return c.add(where, fmt.Sprintf("Cq%013XzW", h.Sum64()))
}

// plantGUID is plant for a place that takes a GUID alone.
func (c *canaries) plantGUID(where string) string {
	h := fnv.New128a()
	h.Write([]byte(where))
	x := hex.EncodeToString(h.Sum(nil))
	c.add(where+" without dashes", x)
	return c.add(where, strings.Join([]string{x[:8], x[8:12], x[12:16], x[16:20], x[20:]}, "-"))
}

func (c *canaries) add(where, text string) string {
	for _, planted := range *c {
		if planted.where == where {
			return planted.text
		}
	}
	*c = append(*c, canary{where, text, needlesOf(text)})
	return text
}

// needlesOf returns the forms in which a text may leak.
func needlesOf(text string) []needle {
	raw := []byte(text)
	needles := []needle{
		{strings.ToLower(text), true},
		{hex.EncodeToString(raw), true},
		{strings.Trim(fmt.Sprintf("%d", raw), "[]"), true},                                        // 99 97 110
		{strings.Trim(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte"), "{}"), true},         // 0x63, 0x61, 0x6e
		{strings.ToLower(strings.ReplaceAll(fmt.Sprintf("% X", raw), " ", "%")), true},            // %63%61%6e, but for the first
		{fmt.Sprintf("% x", raw), true},                                                           // 63 61 6e
		{strings.ToLower(strings.Trim(fmt.Sprintf("%U", []rune(text)), "[]")), true},              // u+0063 u+0061
		{strings.ReplaceAll(strings.Trim(fmt.Sprintf("%q", []rune(text)), "[]"), `"`, ""), false}, // 'c' 'a' 'n'
	}
	for _, escaped := range []string{url.QueryEscape(text), url.PathEscape(text)} {
		if escaped != text {
			needles = append(needles, needle{strings.ToLower(escaped), true})
		}
	}
	// Base64 has three ways to write a text, by where it begins among the bytes
	// around it; the first and last characters also depend on those.
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString(append(make([]byte, shift), raw...))
		core := strings.TrimRight(whole, "=")
		core = core[(shift*8+5)/6 : len(core)-1]
		needles = append(needles, needle{core, false})
		if other := strings.NewReplacer("+", "-", "/", "_").Replace(core); other != core {
			needles = append(needles, needle{other, false})
		}
	}
	return needles
}

// found returns the places whose canaries are in text, in whatever form.
func (c *canaries) found(text string) (places []string) {
	lower := strings.ToLower(text)
	for _, planted := range *c {
		if slices.ContainsFunc(planted.needles, func(n needle) bool {
			return n.fold && strings.Contains(lower, n.text) || !n.fold && strings.Contains(text, n.text)
		}) {
			places = append(places, planted.where)
		}
	}
	return places
}

// without returns the canaries that no place in shown has. A place that ends in
// a star stands for all that begin with it.
func (c *canaries) without(shown []string) (rest canaries) {
	for _, planted := range *c {
		if !slices.ContainsFunc(shown, func(s string) bool {
			prefix, all := strings.CutSuffix(s, "*")
			place := strings.TrimSuffix(planted.where, " without dashes")
			return place == s || all && strings.HasPrefix(place, prefix)
		}) {
			rest = append(rest, planted)
		}
	}
	return rest
}

// TestCanariesAreFound: the search finds a canary in all the forms that it is
// there to find.
func TestCanariesAreFound(t *testing.T) {
	var c canaries
	for _, text := range []string{c.plant("somewhere"), c.plantGUID("somewhere else")} {
		for name, form := range map[string]string{
			"as it is":            text,
			"in lower case":       strings.ToLower(text),
			"in upper case":       strings.ToUpper(text),
			"hexadecimal":         fmt.Sprintf("%x", text),
			"HEXADECIMAL":         fmt.Sprintf("%X", text),
			"hexadecimal, spaced": fmt.Sprintf("% x", text),
			"bytes":               fmt.Sprintf("%d", []byte(text)),
			"Go bytes":            fmt.Sprintf("%#v", []byte(text)),
			"runes":               fmt.Sprintf("%U", []rune(text)),
			"quoted runes":        fmt.Sprintf("%q", []rune(text)),
			"base64":              base64.StdEncoding.EncodeToString([]byte(text)),
			"base64, shifted":     base64.RawURLEncoding.EncodeToString([]byte("a" + text + "bc")),
			"base64, more":        base64.StdEncoding.EncodeToString([]byte(`{"sub":"` + text + `"}`)),
			"a query":             "?q=" + url.QueryEscape(text) + "&",
		} {
			if len(c.found("before "+form+" after")) == 0 {
				t.Errorf("%s: not found in %s", name, form)
			}
		}
	}
	if places := c.found("nothing to see, Cq, 0123456789abcdef, YWJjZGVmZ2hpamtsbW5vcA=="); places != nil {
		t.Errorf("found what is not there: %v", places)
	}
	if rest := c.without([]string{"somewhere e*"}); len(rest) != 1 || rest[0].where != "somewhere" {
		t.Errorf("left are %v", rest)
	}
}
