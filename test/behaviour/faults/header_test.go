package faults_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// marker stands in whatever a peer sends that is no answer: no error may quote
// it.
const marker = "k9zx"

// heads are answers whose status line or header is at fault.
var heads = []struct {
	row  string
	text string
	want want
}{
	{"garbage status line", marker + marker + " garbage\r\n\r\n", notHTTP},
	{"cut status line", "HTTP/1.1 20", notHTTP},
	{"cut header", "HTTP/1.1 204 No Content\r\nX-Mark: " + marker, notHTTP},
	{"HTTP/0.9", "<html>" + marker + "</html>", notHTTP},
	{"header without a colon", "HTTP/1.1 201 Created\r\n" + marker + "\r\n\r\n{}", notHTTP},
	{"two Content-Lengths", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", notHTTP},
	{"header flood", "HTTP/1.1 204 No Content\r\n" + strings.Repeat("X-Mark: "+marker+strings.Repeat("a", 100)+"\r\n", 1000) + "\r\n", notHTTP},
	{"header flood", "HTTP/1.1 204 No Content\r\nX-Mark: " + strings.Repeat(marker, 20000) + "\r\n\r\n", notHTTP},
	{"header flood", strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-Mark: "+marker+"\r\n\r\n", 3000), notHTTP},
	{"escape sequences in a header", "HTTP/1.1 204 No Content\r\nX-Request-Id: \x1b[31m" + marker + "\r\n\r\n", notHTTP}, // by net/http
	{"status 999", reply{999, "{}"}.text(), unexpected(999)},
	{"status 099", reply{99, "{}"}.text(), unexpected(99)},
	{"status 101", reply{status: 101}.head("Connection: upgrade", "Upgrade: other"), unexpected(101)},
	{"status 101", reply{status: 101}.head(), unexpected(101)},
	{"a final 1xx", reply{status: 199}.head(), notHTTP},
	{"status 206", reply{206, "{}"}.text(), unexpected(206)},
	{"status 202", reply{202, "{}"}.text(), unexpected(202)},
}

// TestHead is what section 5 of the catalogue says of answers that are none, and
// of statuses that nobody documents.
func TestHead(t *testing.T) {
	for _, c := range heads {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				bothWays(t, func(t *testing.T, client *http.Client) {
					s, url := listen(t, nil, saying(c.text))
					got := callPeer(t.Context(), t, url, p, client)
					w := c.want
					w.documented = documents(t, p, w.status, mediaJSON)
					e := check(t, p, got, w)
					for err := error(e); err != nil; err = errors.Unwrap(err) {
						if text := fmt.Sprintf("%s %v %+v %#v %q", err, err, err, err, err); strings.Contains(text, marker) {
							t.Errorf("the error quotes the answer: %s", text)
						}
					}
					if !s.delivered(t, got) {
						t.Error("no request arrived")
					}
				})
			})
		})
	}
}

// saying reads the request, says text and hangs up.
func saying(text string) script {
	return func(c *call) {
		c.read()
		c.say(text)
		c.hangUp()
	}
}

// TestEarlyHints has an informational answer before the real one.
func TestEarlyHints(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		for _, x := range exchanges()[p] {
			t.Run(x.name, func(t *testing.T) {
				s, url := listen(t, nil, saying("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"+x.text()))
				got := callPeer(t.Context(), t, url, p, nil)
				check(t, p, got, x.whole)
				s.delivered(t, got)
			})
		}
	})
}

// contentTypes are headers of answers that are otherwise in order, and whether
// the body is read under them.
var contentTypes = []struct {
	row   string
	line  string
	media string
	read  bool
}{
	{"Content-Type missing", "X-Not-Content-Type: 1", "", true},
	{"Content-Type in other case", "Content-Type: Application/JSON", mediaJSON, true},
	{"Content-Type in other case", "content-type: APPLICATION/json ; charset=UTF-8", mediaJSON, true},
	{"Content-Type of a problem", "Content-Type: application/problem+json; charset=utf-8", mediaProblem, true},
	{"Content-Type text/html; x=json", "Content-Type: text/html; x=json", "text/html", false},
}

const mediaProblem = "application/problem+json"

// TestContentType is what section 5 of the catalogue says of the Content-Type.
func TestContentType(t *testing.T) {
	for _, c := range contentTypes {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				for _, x := range exchanges()[p] {
					t.Run(x.name, func(t *testing.T) {
						w := x.whole
						if !c.read {
							w = x.unusable
						}
						w.documented = documents(t, p, x.status, c.media)
						// A refusal must come as the provider documents it; a documented code is
						// enough under another JSON type.
						if x.name == "refused" && (c.media == "" || !w.documented && !x.coded) {
							w.started = facade.StartedUnknown
						}
						text := fmt.Sprintf("HTTP/1.1 %d \r\nX-Request-Id: %s\r\n%s\r\n\r\n%s", x.status, requestID, c.line, x.body)
						s, url := listen(t, nil, saying(text))
						got := callPeer(t.Context(), t, url, p, nil)
						check(t, p, got, w)
						s.delivered(t, got)
					})
				}
			})
		})
	}
}

// hostile are request ids that do not belong into a log, and what is made of them.
var hostile = []struct{ row, id, shown string }{
	{"escape sequences in a header", "a\x1b[31mb\x07c", "a [31mb c"},
	{"very long request id", strings.Repeat("x", 1<<20), strings.Repeat("x", 128)},
	{"request id not UTF-8", "a\xffb", "a b"},
}

// TestHostileHeader has request ids that do not belong into a log. They come
// through a transport of the caller's own: net/http takes an answer with a
// control character in its header for none.
func TestHostileHeader(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				for _, x := range exchanges()[p] {
					t.Run(x.name, func(t *testing.T) {
						client := &http.Client{Transport: traced(func(*http.Request) (*http.Response, error) {
							resp := x.response()
							resp.Header.Set("X-Request-Id", c.id)
							return resp, nil
						})}
						got := callPeer(t.Context(), t, "http://127.0.0.1:1", p, client)
						check(t, p, got, x.whole)
						if id := got.requestID(); id != c.shown {
							t.Errorf("request id %q, want %q", id, c.shown)
						}
					})
				}
			})
		})
	}
}

// response is the reply as a transport hands it out.
func (r reply) response() *http.Response {
	return &http.Response{
		StatusCode:    r.status,
		Header:        http.Header{"Content-Type": {mediaJSON}, "X-Request-Id": {requestID}},
		Body:          io.NopCloser(strings.NewReader(r.body)),
		ContentLength: -1,
	}
}

func (o outcome) requestID() string {
	if o.res != nil {
		return o.res.RequestID
	}
	return o.err.(*facade.Error).RequestID
}
