package evidence

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// framings are the ways to tell where a body ends, as net/http writes them: by its
// length, in chunks, and by the end of the connection, where nothing tells a cut.
var framings = map[string]func(*http.Response){
	"length":  func(r *http.Response) { r.TransferEncoding = nil },
	"chunked": func(r *http.Response) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} },
	"close":   func(r *http.Response) { r.ContentLength, r.Close = -1, true },
}

// TestCut cuts every fixture at every byte, in each framing, and has net/http read it
// from memory. Of what is missing nothing is concluded; whole, the answer is what its
// fixture says.
func TestCut(t *testing.T) {
	for _, c := range allFixtures(t) {
		want, err := c.Verdict()
		if err != nil {
			t.Fatal(err)
		}
		for framing, frame := range framings {
			text := written(t, c, frame)
			head := bytes.Index(text, []byte("\r\n\r\n")) + len("\r\n\r\n")
			for n := range len(text) + 1 {
				if n < head && framing != "length" {
					continue // where a header is cut, its framing is not told yet
				}
				a := FromFixture(c)
				switch {
				case n < head:
					a = Answer{Provider: a.Provider, Connections: 1}
				case framing == "close":
					a.Body, a.Length = text[head:n], -1
				default:
					a.Whole = n == len(text)
				}
				res, err := replayed(a, replay.Answer{Literal: text[:n]})
				if lie := Judge(a, res, err); lie != "" {
					t.Errorf("test/fixtures/%s.http, framed by %s, cut after %d of %d bytes: %s: %v %v", c.Name, framing, n, len(text), lie, res, err)
				}
				if n == len(text) && framing != "close" && (facade.StartedOf(err) != want.Started && err != nil || (err == nil) != (want.Kind == "")) {
					t.Errorf("test/fixtures/%s.http, framed by %s, with nothing missing: %v %v", c.Name, framing, res, err)
				}
			}
		}
	}
}

// written is a fixture as it goes over the wire.
func written(t *testing.T, c fixtures.Case, frame func(*http.Response)) []byte {
	t.Helper()
	r := &http.Response{
		StatusCode: c.Status, ProtoMajor: 1, ProtoMinor: 1, Header: c.Header.Clone(),
		Body: io.NopCloser(bytes.NewReader(slices.Clone(c.Body))), ContentLength: int64(len(c.Body)),
	}
	frame(r)
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
