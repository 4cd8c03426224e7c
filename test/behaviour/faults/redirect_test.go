package faults_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// redirects are where a redirect points to: a URL made of that of a second
// peer, which would answer every start with a success, of one without TLS, of a
// dead one, and of the first.
var redirects = []struct {
	row      string
	location func(other, plain, dead, same string) string
}{
	{"to another host", func(other, _, _, _ string) string { return "Location: " + other + "/" + marker }},
	{"to another host by its name alone", func(other, _, _, _ string) string {
		return "Location: " + strings.TrimPrefix(other, "https:") + "/" + marker
	}},
	{"to the same host", func(_, _, _, same string) string { return "Location: " + same + "/" + marker }},
	{"to the same host by a path", func(_, _, _, _ string) string { return "Location: /" + marker }},
	{"to plain http", func(_, plain, _, _ string) string { return "Location: " + plain + "/" + marker }},
	{"to a dead host", func(_, _, dead, _ string) string { return "Location: " + dead + "/" + marker }},
	{"without a Location", func(_, _, _, _ string) string { return "X-Not-Location: " + marker }},
	{"with an empty Location", func(_, _, _, _ string) string { return "Location:" }},
	{"with a bad Location", func(_, _, _, _ string) string { return "Location: http://[" + marker + "%zz" }},
}

// TestRedirect is what section 8 of the catalogue says of redirects.
func TestRedirect(t *testing.T) {
	for _, c := range redirects {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(status, " ", c.row), func(t *testing.T) {
				each(t, func(t *testing.T, p facade.Provider) {
					other, otherURL := listen(t, secure(), saying(ok(p).text()))
					plain, plainURL := listen(t, nil, saying(ok(p).text()))
					var location string
					first, url := listen(t, secure(), func(c *call) {
						c.read()
						c.say(reply{status: status}.head(location, "Content-Length: 0"))
						c.hangUp()
					})
					location = c.location(otherURL, plainURL, "https://"+deadPort(t), url)

					got := callPeer(t.Context(), t, url, p, eager())
					e := check(t, p, got, unexpected(status))
					if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, marker) {
						t.Errorf("the error quotes the Location: %s", text)
					}
					if !first.delivered(t, got) {
						t.Error("no request arrived")
					}
					for _, elsewhere := range []*peer{other, plain} {
						if _, begun := elsewhere.requests(); begun != 0 {
							t.Error("a request went to another host")
						}
					}
				})
			})
		}
	}
}

// eager is a client that would follow any redirect.
func eager() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
}
