package faults_test

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/kycstart/kycstart/facade"
)

// headFaults are faults of the status line and the header.
var headFaults = []fault{
	{name: "garbage status line", script: saying(marker + marker + " garbage\r\n\r\n"), want: notHTTP},
	{name: "cut header", script: saying("HTTP/1.1 204 No Content\r\nX-Mark: " + marker), want: notHTTP},
	{name: "HTTP/0.9", script: saying("<html>" + marker + "</html>"), want: notHTTP},
	{name: "header without a colon", script: saying("HTTP/1.1 201 Created\r\n" + marker + "\r\n\r\n{}"), want: notHTTP},
	{name: "two Content-Lengths", script: saying("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "), want: notHTTP},
	{name: "flood of headers", script: saying("HTTP/1.1 204 No Content\r\n" + strings.Repeat("X-Mark: "+marker+strings.Repeat("a", 100)+"\r\n", 1000) + "\r\n"), want: notHTTP},
	{name: "flood of hints", script: saying(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-Mark: "+marker+"\r\n\r\n", 3000)), want: notHTTP},
	{name: "escape sequences in a header", script: saying("HTTP/1.1 204 No Content\r\nX-Request-Id: \x1b[31m" + marker + "\r\n\r\n"), want: notHTTP}, // by net/http
	{name: "status 999", script: saying(reply{999, "{}"}.text()), want: unexpected(999)},
	{name: "status 099", script: saying(reply{99, "{}"}.text()), want: unexpected(99)},
	{name: "a final 1xx", script: saying(reply{status: 199}.head()), want: notHTTP},
	{name: "status 206", script: saying(reply{206, "{}"}.text()), want: unexpected(206)},
	{name: "early hints", each: true, script: says(func(r reply) string {
		return "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" + r.text()
	}), want: whole},
	// A header limit of the caller's transport replaces the library's limit.
	{name: "long header, no limit of the caller's", script: longHeader, setup: keeping, want: notHTTP},
	{name: "long header, within the caller's limit", script: longHeader, setup: using(func(own *http.Transport) {
		own.MaxResponseHeaderBytes = 1 << 20
	}), want: whole},
}

var longHeader = says(func(r reply) string { return r.head("X-Long: "+strings.Repeat("x", 100<<10)) + r.body })

// bodyFaults are faults of the body, after a status has arrived. The status decides what the answer
// means. The header and the part of the body that came are kept. (Answers cut at every byte are in
// package evidence.)
var bodyFaults = []fault{
	{name: "close-delimited", each: true, script: says(func(r reply) string { return r.head() + r.body }), want: whole},
	{name: "close-delimited and empty", each: true, script: says(func(r reply) string { return r.head() }), want: unusable},
	// Qolo documents no error object, so an empty body may be its own if the answer says that it ends.
	{name: "chunked and empty", only: atQolo, setup: refusal, script: says(func(r reply) string {
		return r.head("Transfer-Encoding: chunked") + "0\r\n\r\n"
	}), want: refused},
	{name: "chunked and cut before the first byte", each: true, script: says(func(r reply) string { return r.head("Transfer-Encoding: chunked") }), want: unusable},
	{name: "close-delimited cut", each: true, script: says(func(r reply) string { return r.head() + r.body[:len(r.body)-1] }), want: unusable},
	{name: "chunked cut", each: true, script: says(chunked), want: unusable},
	{name: "cut in the middle", each: true, script: says(func(r reply) string { return r.framed(len(r.body)) + r.body[:len(r.body)/2] }),
		setup: func(s *scene) {
			s.Cleanup(func() {
				if _, _, got := s.received(); s.status != http.StatusNoContent && string(got) != s.body[:len(s.body)/2] {
					s.Errorf("kept %q of the body %q", got, s.body)
				}
			})
		}, want: unusable},
	{name: "reset in the middle", each: true, script: func(c *call) {
		c.read()
		c.say(c.framed(len(c.body)) + c.body[:1])
		c.reset()
	}, want: unusable},
	{name: "over the limit by one", each: true, setup: limit(-1), want: unusable},
	{name: "exactly the limit", each: true, setup: limit(0), want: whole},
	{name: "gzip exactly the limit", each: true, script: zipped(zip), setup: limit(0), want: whole},
	{name: "gzip bomb", each: true, script: zipped(func(body string) string { return zip(body) + blanks() }), setup: limit(4096), want: unusable},
	{name: "gzip cut", each: true, script: zipped(func(body string) string { z := zip(body); return z[:len(z)-6] }), want: unusable},
	{name: "Content-Encoding br", each: true, script: says(func(r reply) string { return r.head("Content-Encoding: br") + "\x0b\x02\x80{}\x03" }), want: unusable},
	{name: "extra bytes after the body", each: true, script: says(func(r reply) string { return r.text() + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }), want: whole},
	// A 204 has no body, whatever was sent. TestMain checks that nothing was written to the
	// standard logger.
	{name: "204 with a body", only: atXGateway, script: says(func(r reply) string { return r.framed(len(r.body)) + r.body }), want: whole},
	{name: "204 with a body of no length", only: atXGateway, script: says(func(r reply) string { return r.head() + "<html>not JSON</html>" }), want: whole},

	{name: "204 with the caller's body", only: atXGateway, setup: wrapping(func(_ *scene, _ *http.Request, resp *http.Response) {
		resp.Body.Close()
		resp.Body = io.NopCloser(strings.NewReader("<html>not JSON</html>"))
	}), want: whole},
	{name: "no body at all", each: true, setup: bodiless, want: unusable},
	{name: "no body at all, chunked", each: true, script: says(chunked), setup: bodiless, want: unusable},
}

// chunked is an answer whose last chunk, the empty one, is missing.
func chunked(r reply) string {
	return r.head("Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n", len(r.body), r.body)
}

// bodiless is a transport of the caller's that drops the bodies of answers.
var bodiless = wrapping(func(_ *scene, _ *http.Request, resp *http.Response) {
	resp.Body.Close()
	resp.Body = nil
})

// limit sets MaxResponseBytes to the length of the answer's body plus above.
func limit(above int) func(s *scene) {
	return func(s *scene) { s.config.MaxResponseBytes = int64(len(s.body) + above) }
}

func zipped(body func(string) string) script {
	return says(func(r reply) string { return r.head("Content-Encoding: gzip") + body(r.body) })
}

func zip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}

// blanks is a gzip stream of 8 KiB that unpacks to 8 MiB of blanks. It may follow any other gzip
// stream.
var blanks = sync.OnceValue(func() string { return zip(strings.Repeat(" ", 8<<20)) })

// redirectFaults are redirects. The caller's http.Client would follow them, and keep cookies. OTHER
// is a host that would answer each start with a success.
var redirectFaults = func() (all []fault) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, line := range []string{"Location: OTHER/", "Location: SAME/", "Location: /", "Location: http://[%", "X-No-Location: "} {
			all = append(all, fault{name: fmt.Sprint(status, " ", line), want: unexpected(status), setup: func(s *scene) {
				other := newPeer(s.T, s.exchange, nil)
				line := strings.NewReplacer("OTHER", other.open(), "SAME", "http://"+s.peer.address()).Replace(line) + marker
				s.peer.script = saying(reply{status: status}.framed(0, line, "Set-Cookie: a=theirs"))
				follow := func(*http.Request, []*http.Request) error { return nil }
				s.config.HTTPClient = &http.Client{Jar: untouchable{}, CheckRedirect: follow}
				s.Cleanup(func() {
					if _, begun := other.requests(); begun != 0 {
						s.Error("a request went to another host")
					}
				})
			}})
		}
	}
	return all
}()

// untouchable is a cookie jar that panics when it is used.
type untouchable struct{ http.CookieJar }

// answers are the answers that proxies, gateways and content networks give in their own name, as
// literal HTTP. Those of nginx and HAProxy were recorded by test/modules/intermediaries, in front
// of an origin that had read the whole POST. The others were written by hand after what is known of
// them. The first header of each file says which.
//
//go:embed testdata/intermediaries/*.http
var answers embed.FS

// indistinguishable are the answers that cannot be told from a refusal of the provider's own. They
// are whole, and have members, a status and a media type that it documents. Started is no for them.
// That is wrong if the provider had read the request before, and no client can see it. For every
// other answer Started is unknown.
var indistinguishable = map[string][]facade.Provider{
	// Qolo documents 400, 401 and 404, and no error object. An empty body without a media type may
	// be Qolo's own, and so may any whole JSON.
	"haproxy_404_empty":    {facade.Qolo},
	"cloudfront_404_empty": {facade.Qolo},
	"haproxy_404_json":     {facade.Qolo},
	"nginx_404_json":       {facade.Qolo},
	"aws_api_gateway_400":  {facade.Qolo},
	"aws_api_gateway_401":  {facade.Qolo},
	"aws_api_gateway_404":  {facade.Qolo},
	"kong_404":             {facade.Qolo},
	"cloudflare_400":       {facade.Qolo}, // X Gateway has the same members, but its codes are texts
	"aspnet_404_problem":   {facade.Qolo}, // Rebilly documents no 404

	// Vault documents an error that is a text, for these statuses.
	"spring_gateway_400": {facade.Vault, facade.Qolo},
	"spring_gateway_404": {facade.Vault, facade.Qolo},
	// Rebilly documents problem objects, which have a status.
	"spring_gateway_403": {facade.Vault, facade.Rebilly},
	"aspnet_401_problem": {facade.Qolo, facade.Rebilly},
	// Forte documents an error with a code and a message.
	"google_api_403": {facade.Forte},
}

// intermediaryFaults are the answers of somebody between the library and the provider. The provider
// may have read the request or not. Each file in the folder is a case.
var intermediaryFaults = func() (all []fault) {
	const folder = "testdata/intermediaries"
	files, _ := answers.ReadDir(folder)
	for _, file := range files {
		text, _ := answers.ReadFile(folder + "/" + file.Name())
		var minor, status int
		if _, err := fmt.Sscanf(string(text), "HTTP/1.%d %d ", &minor, &status); err != nil {
			panic(fmt.Sprint(file.Name(), ": ", err))
		}
		name := strings.TrimSuffix(file.Name(), ".http")
		all = append(all, fault{name: name, script: saying(string(text)), want: func(s *scene) want {
			if slices.Contains(indistinguishable[name], s.provider) {
				return want{anyKind, facade.StartedNo, status}
			}
			return want{anyKind, facade.StartedUnknown, status}
		}})
	}
	return all
}()
