package contract_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// canary replaces values, and must not be found in a violation. It does not look like a plain name,
// since a plain name may be shown.
const (
	canary       = "c4nary Jane@doe.example"
	canaryNumber = "730133700173"
)

var token = regexp.MustCompile(`"[^"]*"|[0-9]+|true|false|null`)

// planted returns many forms of a JSON text: with a canary of every type instead of each name and
// value, and around the whole text.
func planted(text string) []string {
	const quoted = `"` + canary + `"`
	all := []string{canary, quoted, text + canary, canary + text, "\ufeff" + canary, "\xff" + canary, canaryNumber}
	for _, at := range token.FindAllStringIndex(text, -1) {
		for _, c := range []string{quoted, canaryNumber, canaryNumber + ".5", "[" + quoted + "]", "{" + quoted + ":1," + quoted + ":" + quoted + "}"} {
			all = append(all, text[:at[0]]+c+text[at[1]:])
		}
	}
	return all
}

// TestNoValueInViolations fills every part of an exchange with canaries, and looks for them in the
// violations.
func TestNoValueInViolations(t *testing.T) {
	found := 0
	for _, fixture := range []string{"vault/400_field", "forte/403_banned", "qolo/200_sample", "rebilly/201_embedded"} {
		canonical := exchangeOf(t, fixture)
		look := func(change change) {
			x := *canonical
			change(&x)
			for _, v := range x.judge(t) {
				found++
				text := strings.ToLower(v.String() + fmt.Sprintf("%#v", v))
				for _, secret := range []string{"c4nary", "jane", canaryNumber, "7.30133"} {
					if strings.Contains(text, secret) {
						t.Fatalf("%s is in %s", secret, v)
					}
				}
				if v.In == "" || v.Expected == "" || v.Found == "" || strings.ContainsAny(v.String(), "\r\n") {
					t.Errorf("not one whole line: %q", v)
				}
			}
		}
		for _, body := range planted(canonical.body) {
			look(func(x *exchange) { x.body = body })
		}
		for _, body := range planted(string(canonical.Body)) {
			look(text(body))
		}
		escaped := url.QueryEscape(canary)
		for _, address := range []string{"", "/" + url.PathEscape(canary)} {
			look(func(x *exchange) {
				x.method = "Jane"
				x.url += address + "?" + escaped + "=" + escaped + "&limit=" + escaped
				x.url = strings.NewReplacer("customer-42", url.PathEscape(canary), "2ae6ba4b", url.PathEscape(canary)).Replace(x.url)
				x.sent, x.Header = http.Header{}, http.Header{}
				for _, name := range []string{"Authorization", "X-Api-Key", "Reb-Apikey", "Content-Type", "X-Ratelimit-Retry-After", "Pagination-Total", canary} {
					x.sent[name], x.Header[name] = []string{canary}, []string{canary}
				}
			})
		}
	}
	if found < 500 {
		t.Errorf("only %d violations were looked at", found)
	}
}
