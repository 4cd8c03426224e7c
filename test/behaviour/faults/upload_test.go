package faults_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/test/fixtures"
)

// withImage is a start at Qolo with one image.
func withImage(image facade.QoloImage) facade.QoloRequest {
	return withImages(image, facade.QoloImage{}, facade.QoloImage{})
}

// withImages is a start at Qolo with three. Its remark looks like the place of
// an image.
func withImages(front, back, face facade.QoloImage) facade.QoloRequest {
	r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	r.Notes = `","front":"","back":"` + "\u2028<&>\\\""
	r.Document = &facade.QoloDocument{
		DocumentType: "PASSPORT", FileType: "BMP", IssuingCountry: "DE",
		Front: front, Back: back, FaceImage: face,
	}
	return r
}

// Images are encoded while they are sent if their base64 is longer than
// plainLimit, in pieces of rawChunk bytes.
const (
	plainLimit = 64 << 10
	rawChunk   = 24 << 10
)

// large is an image that is sent in several pieces.
const large = 100 << 10

// pixels are bytes that repeat in no period.
var pixels = sync.OnceValue(func() []byte {
	b := make([]byte, 8<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
})

// picture returns n bytes, to be left as they are.
func picture(n int) []byte { return pixels()[:n:n] }

// TestUploadBytes demands the bytes that the generated type encodes to, at all
// sizes at which something changes, from memory and from files.
func TestUploadBytes(t *testing.T) {
	plain := plainLimit / 4 * 3
	type sizes struct{ front, back, face int }
	cases := []sizes{
		{1, 1, 1}, {1, large, 2}, {large, 0, 1}, {0, 0, large}, {large, large, large},
		{plain / 3, plain / 3, plain / 3}, {plain / 3, plain / 3, plain/3 + 1},
	}
	for _, edge := range []int{1, rawChunk, plain, 3 * rawChunk} {
		for n := max(1, edge-2); n <= edge+2; n++ {
			cases = append(cases, sizes{front: n}, sizes{n, plain, 0})
		}
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.front, "+", c.back, "+", c.face), func(t *testing.T) {
			dir := t.TempDir()
			for _, from := range []struct {
				row   string
				image func(name string, n int) facade.QoloImage
			}{
				{"bytes", func(_ string, n int) facade.QoloImage { return facade.QoloImageBytes(picture(n)) }},
				{"files", func(name string, n int) facade.QoloImage { return fileImage(t, filepath.Join(dir, name), n) }},
			} {
				t.Run(from.row, func(t *testing.T) {
					image := func(name string, n int) facade.QoloImage {
						if n == 0 {
							return facade.QoloImage{}
						}
						return from.image(name, n)
					}
					s, url := listen(t, nil, saying(ok(facade.Qolo).text()))
					got := start(t.Context(), t, fixtures.Config(url, facade.Qolo),
						withImages(image("front", c.front), image("back", c.back), image("face", c.face)))
					check(t, facade.Qolo, got, ok(facade.Qolo).whole)
					whole, begun := s.requests()
					if len(whole) != 1 || begun != 1 {
						t.Fatalf("%d requests", len(whole))
					}
					sent := whole[0]
					if sent.ContentLength != int64(len(sent.body)) {
						t.Errorf("a length of %d for %d bytes", sent.ContentLength, len(sent.body))
					}
					var body qolo.PerformKYCRequest
					if err := json.Unmarshal(sent.body, &body); err != nil {
						t.Fatal(err)
					}
					if again, err := json.Marshal(body); err != nil || !bytes.Equal(again, sent.body) {
						t.Errorf("not the bytes that the generated type encodes to (%v)", err)
					}
					for _, part := range []struct {
						sent *string
						size int
					}{{body.Document.Front, c.front}, {body.Document.Back, c.back}, {body.Document.FaceImage, c.face}} {
						if (part.sent != nil) != (part.size > 0) {
							t.Fatalf("an image of %d bytes: sent %v", part.size, part.sent != nil)
						}
						if part.sent != nil && *part.sent != encoded(picture(part.size)) {
							t.Errorf("the image of %d bytes is not what it was", part.size)
						}
					}
				})
			}
		})
	}
}

// encoded is base64, by another encoder than the library's.
func encoded(b []byte) string {
	text, err := json.Marshal(b)
	if err != nil {
		panic(err)
	}
	return strings.Trim(string(text), `"`)
}

func fileImage(t *testing.T, file string, n int) facade.QoloImage {
	t.Helper()
	if err := os.WriteFile(file, picture(n), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// spoils are what can become of the file of an image.
var spoils = []struct {
	row   string
	spoil func(file string, size int64) error
	// unopened tells that the file cannot be opened any more.
	unopened bool
	cause    error
}{
	{"ends early by one", func(file string, size int64) error { return os.Truncate(file, size-1) }, false, nil},
	{"ends early at a piece's end", func(file string, size int64) error { return os.Truncate(file, (size-1)/rawChunk*rawChunk) }, false, nil},
	{"ends at once", func(file string, _ int64) error { return os.Truncate(file, 0) }, false, nil},
	{"grows by one", func(file string, size int64) error { return os.Truncate(file, size+1) }, false, nil},
	{"grows by much", func(file string, size int64) error { return os.Truncate(file, 3*size) }, false, nil},
	{"disappears", func(file string, _ int64) error { return os.Remove(file) }, true, fs.ErrNotExist},
	{"becomes a directory", func(file string, _ int64) error {
		return errors.Join(os.Remove(file), os.Mkdir(file, 0o700))
	}, true, nil},
}

// What comes of an image that is not what it was: one that is small or cannot be
// opened is refused before anything is sent.
var (
	spoiledBefore    = want{kind: facade.KindInvalidRequest, started: facade.StartedNo}
	spoiledWhileSent = want{kind: facade.KindInvalidRequest}
)

// TestUploadSpoiled changes an image's file after it was named: nothing whole
// is sent, and the error names the image.
func TestUploadSpoiled(t *testing.T) {
	for _, c := range spoils {
		t.Run(c.row, func(t *testing.T) {
			for _, size := range []int{1000, large, 4 * rawChunk} {
				for _, at := range []string{"front", "back", "face_image"} {
					t.Run(fmt.Sprint(size, " ", at), func(t *testing.T) {
						file := filepath.Join(t.TempDir(), "image")
						bad := fileImage(t, file, size)
						if err := c.spoil(file, int64(size)); err != nil {
							t.Fatal(err)
						}
						images := map[string]facade.QoloImage{}
						for _, name := range []string{"front", "back", "face_image"} {
							images[name] = facade.QoloImageBytes(picture(size))
						}
						images[at] = bad
						s, url := listen(t, nil, saying(ok(facade.Qolo).text()))
						got := start(t.Context(), t, fixtures.Config(url, facade.Qolo),
							withImages(images["front"], images["back"], images["face_image"]))
						w := spoiledWhileSent
						if size == 1000 || c.unopened {
							w = spoiledBefore
						}
						checkSpoiled(t, s, got, w, at, file)
						if e := got.err; c.cause != nil && !errors.Is(e, c.cause) {
							t.Errorf("%v hides %v", e, c.cause)
						}
					})
				}
			}
		})
	}
}

// checkSpoiled demands that the image at this member was refused, nothing whole
// was sent and the file is closed.
func checkSpoiled(t *testing.T, s *peer, got outcome, w want, at, file string) {
	t.Helper()
	e := check(t, facade.Qolo, got, w)
	if len(e.Fields) != 1 || e.Fields[0].Path != "document."+at {
		t.Errorf("the fields at fault are %v, want %s", e.Fields, at)
	}
	if whole, begun := s.requests(); len(whole) != 0 || begun > 1 {
		t.Errorf("%d of %d requests were whole", len(whole), begun)
	}
	if isOpen(file) {
		t.Error("the file is left open")
	}
	if strings.Contains(e.Error(), file) {
		t.Errorf("the error names the file: %v", e)
	}
}

// isOpen reports whether this process has the file open, where it can be known.
func isOpen(file string) bool {
	open, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range open {
		if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, file) {
			return true
		}
	}
	return false
}

// TestUploadSpoiledWhileSent changes the file when a part of the request has
// been read, over a pipe, so that nothing is sent ahead of the reader.
func TestUploadSpoiledWhileSent(t *testing.T) {
	for _, c := range []struct {
		row   string
		spoil func(file string) error
	}{
		{"ends early", func(file string) error { return os.Truncate(file, large-1) }},
		{"grows", func(file string) error { return os.Truncate(file, large+1) }},
	} {
		t.Run(c.row, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "image")
			image := fileImage(t, file, large)
			s := piped(t, func(c2 *call) {
				c2.part()
				if err := c.spoil(file); err != nil {
					t.Error(err)
				}
				if c2.read() {
					c2.say(ok(facade.Qolo).text())
				}
			})
			config := fixtures.Config("http://127.0.0.1:1", facade.Qolo)
			config.HTTPClient = dialThrough(s.dial)
			got := start(t.Context(), t, config, withImage(image))
			checkSpoiled(t, s, got, spoiledWhileSent, "front", file)
		})
	}
}

// TestUploadOfVanishedFile keeps what was opened: the request is whole.
func TestUploadOfVanishedFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "image")
	image := fileImage(t, file, large)
	s := piped(t, func(c *call) {
		_, _ = io.ReadFull(io.TeeReader(c.Conn, &c.seen), make([]byte, 50<<10)) // it is open by now
		if err := os.Remove(file); err != nil {
			t.Error(err)
		}
		c.rest()
		c.say(ok(facade.Qolo).text())
	})
	config := fixtures.Config("http://127.0.0.1:1", facade.Qolo)
	config.HTTPClient = dialThrough(s.dial)
	got := start(t.Context(), t, config, withImage(image))
	check(t, facade.Qolo, got, ok(facade.Qolo).whole)
	s.delivered(t, got)
}

// refusals are early answers to an upload.
var refusals = []struct {
	reply
	want want
}{
	{reply{401, `{"title":"no"}`}, want{kind: facade.KindUnauthenticated, started: facade.StartedNo, status: 401, documented: true}},
	{reply{413, "{}"}, want{kind: facade.KindInvalidRequest, status: 413}},
}

// afterwards are what a peer does behind its early answer, and how often it is tried.
var afterwards = []struct {
	row   string
	then  func(c *call)
	times int
}{
	{"and reads on", func(*call) {}, 2},
	{"and reads no more", func(c *call) { c.idle(); c.reset() }, 2},
	// The answer races with the reset behind it. The long header gives the reset
	// a good start.
	{"and hangs up", (*call).hangUp, 20},
}

// TestUploadAnsweredEarly has the peer answer while the body is being sent: the
// answer wins. What the caller does with the image's bytes once Start has
// returned is their own affair, whatever the transport still sends.
func TestUploadAnsweredEarly(t *testing.T) {
	for _, c := range afterwards {
		for _, r := range refusals {
			t.Run(fmt.Sprint(r.status, " ", c.row), func(t *testing.T) {
				image := bytes.Clone(picture(3 << 20)) // more than sockets take at first
				text := r.head("X-Long: "+strings.Repeat("x", 60<<10), fmt.Sprint("Content-Length: ", len(r.body))) + r.body
				for i := range c.times {
					config := []*tls.Config{nil, secure()}[i%2]
					s, url := listen(t, config, func(call *call) {
						call.part()
						call.say(text)
						c.then(call)
					})
					got := start(t.Context(), t, fixtures.Config(url, facade.Qolo), withImage(facade.QoloImageBytes(image)))
					clear(image)
					check(t, facade.Qolo, got, r.want)
					s.delivered(t, got)
				}
			})
		}
	}
}

// TestUploadCancelled stops in the middle of the body: the file is closed.
func TestUploadCancelled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "image")
	image := fileImage(t, file, 8<<20)
	s, url := listen(t, nil, func(c *call) {
		c.part()
		c.heard <- struct{}{}
		c.idle()
		c.reset()
	})
	got := start(cancelled(nil)(t, s), t, fixtures.Config(url, facade.Qolo), withImage(image))
	check(t, facade.Qolo, got, mayHaveStop)
	if s.delivered(t, got) {
		t.Error("a whole request arrived")
	}
	if isOpen(file) {
		t.Error("the file is left open")
	}
}

// TestUploadTwice has a transport that reads the body twice, as one that signs
// or replays requests does.
func TestUploadTwice(t *testing.T) {
	image := picture(large)
	var bodies [2][]byte
	client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		bodies[0], _ = io.ReadAll(r.Body)
		again, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		bodies[1], _ = io.ReadAll(again)
		return ok(facade.Qolo).response(), errors.Join(r.Body.Close(), again.Close())
	})}
	config := fixtures.Config("http://127.0.0.1:1", facade.Qolo)
	config.HTTPClient = client
	got := start(t.Context(), t, config, withImage(facade.QoloImageBytes(image)))
	check(t, facade.Qolo, got, ok(facade.Qolo).whole)
	if len(bodies[0]) == 0 || !bytes.Equal(bodies[0], bodies[1]) {
		t.Errorf("two bodies of %d and %d bytes differ", len(bodies[0]), len(bodies[1]))
	}
}

// TestUploadReadTooLate has a transport that reads on after it gave the answer:
// it gets nothing of the image any more, from no reading of the body.
func TestUploadReadTooLate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "image")
	for _, c := range []struct {
		row   string
		image facade.QoloImage
	}{
		{"bytes", facade.QoloImageBytes(picture(large))},
		{"file", fileImage(t, file, large)},
	} {
		t.Run(c.row, func(t *testing.T) {
			var sent *http.Request
			client := &http.Client{Transport: traced(func(r *http.Request) (*http.Response, error) {
				sent = r
				_, _ = io.ReadFull(r.Body, make([]byte, large/2))
				return refusals[0].response(), nil
			})}
			config := fixtures.Config("http://127.0.0.1:1", facade.Qolo)
			config.HTTPClient = client
			got := start(t.Context(), t, config, withImage(c.image))
			check(t, facade.Qolo, got, refusals[0].want)

			again, err := sent.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			for _, body := range []io.ReadCloser{sent.Body, again} {
				if more, err := io.ReadAll(body); err == nil || len(more) > 0 {
					t.Errorf("read %d bytes more (%v)", len(more), err)
				}
			}
			if isOpen(file) {
				t.Error("the file is left open")
			}
		})
	}
}
