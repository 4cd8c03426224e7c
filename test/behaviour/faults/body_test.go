package faults_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// bodies are the faults behind a status that has arrived: what the peer sends
// for an answer, the largest body accepted (0 for the default), and whether the
// answer can be used all the same.
var bodies = []struct {
	row   string
	text  func(r reply) string
	limit func(body int) int
	whole bool
}{
	{"close-delimited", func(r reply) string { return r.head() + r.body }, nil, true},
	{"Content-Length too long", func(r reply) string {
		return r.head(fmt.Sprint("Content-Length: ", len(r.body)+10)) + r.body
	}, nil, false},
	{"chunked cut", func(r reply) string {
		return r.head("Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n", len(r.body), r.body)
	}, nil, false},
	{"close-delimited cut", func(r reply) string { return r.head() + r.body[:len(r.body)-1] }, nil, false},
	{"over the limit by one", reply.text, func(body int) int { return body - 1 }, false},
	{"exactly the limit", reply.text, func(body int) int { return body }, true},
	{"gzip in order", func(r reply) string { return r.head(gzipped) + zip(r.body) }, nil, true},
	{"gzip over the limit by one", func(r reply) string { return r.head(gzipped) + zip(r.body) }, func(body int) int { return body - 1 }, false},
	{"gzip exactly the limit", func(r reply) string { return r.head(gzipped) + zip(r.body) }, func(body int) int { return body }, true},
	{"gzip bomb", func(r reply) string { return r.head(gzipped) + zip(r.body) + blanks() }, func(int) int { return 4096 }, false},
	{"gzip broken", func(r reply) string { return r.head(gzipped) + r.body }, nil, false},
	{"gzip broken", func(r reply) string { z := zip(r.body); return r.head(gzipped) + z[:len(z)-6] }, nil, false},
	{"gzip broken", func(r reply) string { z := []byte(zip(r.body)); z[len(z)-7] ^= 1; return r.head(gzipped) + string(z) }, nil, false},
	{"Content-Encoding br", func(r reply) string { return r.head("Content-Encoding: br") + "\x0b\x02\x80{}\x03" }, nil, false},
	{"extra bytes after the body", func(r reply) string { return r.text() + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }, nil, true},
	{"no body", func(r reply) string { return r.head("Content-Length: 0") }, nil, false},
}

const gzipped = "Content-Encoding: gzip"

func zip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}

// blanks are 8 MiB of them in 8 KiB, which may follow any other gzip.
var blanks = sync.OnceValue(func() string { return zip(strings.Repeat(" ", 8<<20)) })

// TestBody is section 6 of the catalogue: the status decides, and the answer's
// header and what came of its body are kept.
func TestBody(t *testing.T) {
	for _, c := range bodies {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				for _, x := range exchanges()[p] {
					t.Run(x.name, func(t *testing.T) {
						bothWays(t, func(t *testing.T, client *http.Client) {
							s, url := listen(t, nil, saying(c.text(x.reply)))
							config := fixtures.Config(url, p)
							config.HTTPClient = client
							limit := 1 << 20
							if c.limit != nil {
								limit = c.limit(len(x.body))
								config.MaxResponseBytes = int64(limit)
							}
							got := start(t.Context(), t, config, fixtures.Start(p))
							w := x.unusable
							if c.whole || c.row == "no body" && p == facade.Qolo && x.name == "refused" {
								w = x.whole // Qolo documents no error body
							}
							check(t, p, got, w)
							if got.requestID() != requestID {
								t.Errorf("the header is lost: request id %q", got.requestID())
							}
							if raw := got.raw(); len(raw) > limit {
								t.Errorf("a body of %d bytes, with a limit of %d", len(raw), limit)
							}
							s.delivered(t, got)
						})
					})
				}
			})
		})
	}
}

// raw is the body of the answer, as it was kept.
func (o outcome) raw() []byte {
	if o.res != nil {
		return o.res.RawBody()
	}
	return o.err.(*facade.Error).RawBody()
}

// TestKeptBody demands what had come of a body that was cut.
func TestKeptBody(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		for _, x := range exchanges()[p] {
			t.Run(x.name, func(t *testing.T) {
				cut := x.body[:len(x.body)/2]
				s, url := listen(t, nil, saying(x.head(fmt.Sprint("Content-Length: ", len(x.body)))+cut))
				got := callPeer(t.Context(), t, url, p, nil)
				check(t, p, got, x.unusable)
				if x.status == http.StatusNoContent {
					cut = ""
				}
				if string(got.raw()) != cut {
					t.Errorf("kept %q of the body, want %q", got.raw(), cut)
				}
				s.delivered(t, got)
			})
		}
	})
}

// TestBodyReset has the connection reset in the middle of the body.
func TestBodyReset(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		for _, x := range exchanges()[p] {
			t.Run(x.name, func(t *testing.T) {
				bothWays(t, func(t *testing.T, client *http.Client) {
					s, url := listen(t, nil, func(c *call) {
						c.read()
						c.say(x.head(fmt.Sprint("Content-Length: ", len(x.body))) + x.body[:1])
						c.reset()
					})
					got := callPeer(t.Context(), t, url, p, client)
					check(t, p, got, x.unusable)
					s.delivered(t, got)
				})
			})
		}
	})
}

// noContents are ways to send a 204 that has no business with a body.
var noContents = []struct {
	row  string
	text func(r reply) string
}{
	{"204 with a content type and no body", reply.text},
	{"204 with a content type and no body", func(r reply) string { return r.head("Content-Length: 0") }},
	{"204 with a body", func(r reply) string { return r.head(fmt.Sprint("Content-Length: ", len(r.body))) + r.body }},
	{"204 with a body", func(r reply) string { return r.head("Transfer-Encoding: chunked") + "2\r\n{}\r\n0\r\n\r\n" }},
	{"204 with a body", func(r reply) string { return r.head() + "<html>not JSON</html>" }},
}

// TestNoContent is what section 6 of the catalogue says of the 204. That the
// standard logger stays silent is seen by TestMain.
func TestNoContent(t *testing.T) {
	x := ok(facade.XGateway)
	for _, c := range noContents {
		t.Run(c.row, func(t *testing.T) {
			bothWays(t, func(t *testing.T, client *http.Client) {
				s, url := listen(t, nil, saying(c.text(x.reply)))
				got := callPeer(t.Context(), t, url, facade.XGateway, client)
				check(t, facade.XGateway, got, x.whole)
				if len(got.raw()) != 0 {
					t.Errorf("a body: %q", got.raw())
				}
				s.delivered(t, got)
			})
		})
	}
}

// oddBodies are bodies that fail as only a transport can make them.
var oddBodies = []struct {
	row   string
	body  func(body string) io.ReadCloser
	whole bool
}{
	{"Read failing", func(body string) io.ReadCloser {
		return oddBody{io.MultiReader(strings.NewReader(body), failingReader{}), nil}
	}, false},
	{"Read failing", func(string) io.ReadCloser { return oddBody{failingReader{}, nil} }, false},
	{"Close failing", func(body string) io.ReadCloser { return oddBody{strings.NewReader(body), errOdd} }, true},
	{"no body at all", func(string) io.ReadCloser { return nil }, false},
}

// TestBodyOfTransport has bodies that fail as only a transport of the caller's
// own can make them.
func TestBodyOfTransport(t *testing.T) {
	for _, c := range oddBodies {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				for _, x := range exchanges()[p] {
					t.Run(x.name, func(t *testing.T) {
						count := &counting{next: traced(func(*http.Request) (*http.Response, error) {
							resp := x.response()
							resp.Body = c.body(x.body)
							return resp, nil
						})}
						got := callPeer(t.Context(), t, "http://127.0.0.1:1", p, &http.Client{Transport: count})
						w := x.unusable
						if c.whole {
							w = x.whole
						}
						check(t, p, got, w)
						if x.status == http.StatusNoContent && len(got.raw()) != 0 {
							t.Errorf("a 204 with a body: %q", got.raw())
						}
						count.check(t)
					})
				}
			})
		})
	}
}

var errOdd = errors.New("an odd body")

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errOdd }

type oddBody struct {
	io.Reader
	closing error
}

func (b oddBody) Close() error { return b.closing }
