package faults_test

import (
	"bytes"
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

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// withImages is a start at Qolo with up to three images, the front first. Its remark
// looks like the place of an image.
func withImages(images ...facade.QoloImage) facade.QoloRequest {
	images = append(images, make([]facade.QoloImage, 2)...)
	r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	r.Notes = `","front":"","back":"` + "\u2028<&>\\\""
	r.Document = &facade.QoloDocument{
		DocumentType: "PASSPORT", FileType: "BMP", IssuingCountry: "DE",
		Front: images[0], Back: images[1], FaceImage: images[2],
	}
	return r
}

// Images are encoded while they are sent if their base64 is longer than 64 KiB, which
// are plainLimit bytes, in pieces of rawChunk bytes. A large image has several.
const (
	plainLimit = 48 << 10
	rawChunk   = 24 << 10
	large      = 100 << 10
)

// pixels are bytes that repeat in no period.
var pixels = sync.OnceValue(func() []byte {
	b := make([]byte, 8<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
})

// picture returns n bytes, to be left as they are.
func picture(n int) []byte { return pixels()[:n:n] }

// sending sends images of these sizes: the bytes of the front, then of the others, 0
// for none.
func sending(sizes ...int) func(s *scene) {
	return func(s *scene) {
		var images []facade.QoloImage
		for _, n := range sizes {
			image := facade.QoloImage{}
			if n > 0 {
				image = facade.QoloImageBytes(picture(n))
			}
			images = append(images, image)
		}
		s.request = withImages(images...)
	}
}

// sendingFile sends images of this size, the one at this place from a file.
func sendingFile(size, place int) func(s *scene) {
	return func(s *scene) {
		s.file = filepath.Join(s.TempDir(), "image")
		if err := os.WriteFile(s.file, picture(size), 0o600); err != nil {
			s.Fatal(err)
		}
		image, err := facade.QoloImageFile(s.file)
		if err != nil {
			s.Fatal(err)
		}
		other := facade.QoloImageBytes(picture(size))
		images := []facade.QoloImage{other, other, other}
		images[place] = image
		s.request = withImages(images...)
	}
}

// sent demands images of these sizes, in the bytes that the generated type encodes to.
func sent(sizes ...int) func(s *scene) {
	return func(s *scene) {
		r := s.arrived(1)[0]
		if r.ContentLength != int64(len(r.body)) {
			s.Errorf("a length of %d for %d bytes", r.ContentLength, len(r.body))
		}
		var body qolo.PerformKYCRequest
		if err := json.Unmarshal(r.body, &body); err != nil {
			s.Fatal(err)
		}
		if again, err := json.Marshal(body); err != nil || !bytes.Equal(again, r.body) {
			s.Errorf("not the bytes that the generated type encodes to (%v)", err)
		}
		for i, member := range []*string{body.Document.Front, body.Document.Back, body.Document.FaceImage} {
			var want *string
			if i < len(sizes) && sizes[i] > 0 {
				encoded, _ := json.Marshal(picture(sizes[i])) // by another encoder than the library's
				text := strings.Trim(string(encoded), `"`)
				want = &text
			}
			if (member == nil) != (want == nil) || member != nil && *member != *want {
				s.Errorf("image %d is not what it was", i+1)
			}
		}
		s.closed()
	}
}

// closed fails if this process has the file still open, where that can be known.
func (s *scene) closed() {
	open, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range open {
		if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, s.file) && s.file != "" {
			s.Error("the file is left open")
		}
	}
}

// spoiled demands that the image at this place was refused, and nothing whole was sent.
func spoiled(place int) func(s *scene) {
	return func(s *scene) {
		e := s.failure()
		if at := []string{"front", "back", "face_image"}[place]; len(e.Fields) != 1 || e.Fields[0].Path != "document."+at {
			s.Errorf("the fields at fault are %v, want %s", e.Fields, at)
		}
		if strings.Contains(e.Error(), s.file) {
			s.Errorf("the error names the file: %v", e)
		}
		s.arrived(0)
		s.closed()
	}
}

// An image that is not what it was is refused before anything is sent, if it is small
// or cannot be opened.
var (
	spoiledBefore    = always(want{kind: facade.KindInvalidRequest, started: facade.StartedNo})
	spoiledWhileSent = always(want{kind: facade.KindInvalidRequest})
)

// uploadFaults are those of images, which are read while they are sent.
var uploadFaults = func() (all []fault) {
	add := func(f fault) {
		f.at = facade.Qolo
		all = append(all, f)
	}
	for _, sizes := range [][]int{
		{1, 1, 1}, {1, large, 2}, {large, 0, 1}, {0, 0, large}, {large, large, large}, {rawChunk - 1, plainLimit},
		{plainLimit / 3, plainLimit / 3, plainLimit / 3}, {plainLimit / 3, plainLimit / 3, plainLimit/3 + 1},
	} {
		add(fault{name: fmt.Sprint("in good order ", sizes), setup: sending(sizes...), want: whole, also: sent(sizes...)})
	}
	for place, size := range []int{1000, large, 4 * rawChunk} {
		add(fault{name: fmt.Sprint("file in good order ", size), setup: sendingFile(size, place), want: whole, also: sent(size, size, size)})
		for _, c := range []struct {
			name  string
			spoil func(file string) error
			// unopened tells that the file cannot be opened any more.
			unopened bool
			is       error
		}{
			{"ends early by one", truncating(size - 1), false, nil},
			{"ends early at a piece's end", truncating((size - 1) / rawChunk * rawChunk), false, nil},
			{"ends at once", truncating(0), false, nil},
			{"grows by one", truncating(size + 1), false, nil},
			{"grows by much", truncating(3 * size), false, nil},
			{"disappears", os.Remove, true, fs.ErrNotExist},
			{"becomes a directory", func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) }, true, nil},
		} {
			w := spoiledWhileSent
			if size == 1000 || c.unopened {
				w = spoiledBefore
			}
			add(fault{name: fmt.Sprint("file ", c.name, " ", size), setup: both(sendingFile(size, place), func(s *scene) {
				if err := c.spoil(s.file); err != nil {
					s.Fatal(err)
				}
			}), want: w, partly: true, is: c.is, also: spoiled(place)})
		}
	}
	// Over a pipe, nothing is sent ahead of the reader.
	for name, size := range map[string]int{"ends early": large - 1, "grows": large + 1} {
		add(fault{name: "file " + name + " while it is sent", setup: changing(truncating(size)), lasts: exactly(0),
			want: spoiledWhileSent, partly: true, also: spoiled(0)})
	}
	add(fault{name: "file disappears while it is sent", setup: changing(os.Remove), lasts: exactly(0), want: whole, also: sent(large, large, large)})

	// The answer comes while the body is being sent, and wins.
	for _, early := range []struct {
		reply
		want expectation
	}{
		{reply{401, `{"title":"no"}`}, always(want{kind: facade.KindUnauthenticated, started: facade.StartedNo, status: 401})},
		{reply{413, "{}"}, always(want{kind: facade.KindInvalidRequest, status: 413})},
	} {
		for _, c := range []struct {
			name  string
			then  func(c *call)
			times int
		}{
			{"and reads on", func(*call) {}, 2},
			{"and reads no more", func(c *call) { c.idle(); c.reset() }, 1},
			// The answer races with the reset behind it. The long header gives the reset
			// a good start.
			{"and hangs up", (*call).hangUp, 10},
		} {
			answer := func(call *call) {
				call.part()
				call.say(early.framed(len(early.body), "X-Long: "+strings.Repeat("x", 60<<10)) + early.body)
				c.then(call)
			}
			add(fault{name: fmt.Sprint(early.status, " early, ", c.name), script: answer, setup: sendingLent,
				want: early.want, then: repeated(c.times-1, early.want), partly: true})
			add(fault{name: fmt.Sprint(early.status, " early with TLS, ", c.name), script: answer, setup: both(sendingLent, func(s *scene) { s.peer.secure = secure() }),
				want: early.want, then: repeated(c.times-1, early.want), partly: true})
		}
	}
	add(fault{name: "cancelled in the middle", script: func(c *call) {
		c.part()
		c.heard <- struct{}{}
		c.idle()
		c.reset()
	}, setup: both(sendingFile(8<<20, 0), cancelled(nil)), want: mayHaveStop, partly: true, also: func(s *scene) { s.arrived(0); s.closed() }})

	// A transport that reads on when the call is over gets nothing of the image any
	// more, from no reading of the body.
	for name, setup := range map[string]func(s *scene){"bytes": sending(large), "file": sendingFile(large, 0)} {
		var late *http.Request
		add(fault{name: name + " read too late", setup: both(setup, through(func(s *scene, r *http.Request) (*http.Response, error) {
			replay.Connect(r, replay.Fresh)
			late = r
			_, _ = io.ReadFull(r.Body, make([]byte, large/2))
			return s.response(), nil
		})), want: whole, also: func(s *scene) {
			again, err := late.GetBody()
			if err != nil {
				s.Fatal(err)
			}
			for _, body := range []io.ReadCloser{late.Body, again} {
				if more, err := io.ReadAll(body); err == nil || len(more) > 0 {
					s.Errorf("read %d bytes more (%v)", len(more), err)
				}
			}
			s.closed()
		}})
	}
	return all
}()

func truncating(size int) func(file string) error {
	return func(file string) error { return os.Truncate(file, int64(size)) }
}

// changing changes the file of a large image when a part of the request has been read.
func changing(change func(file string) error) func(s *scene) {
	return both(sendingFile(large, 0), func(s *scene) {
		s.peer.script = func(c *call) {
			c.part()
			if err := change(s.file); err != nil {
				s.Error(err)
			}
			if c.read() != nil {
				c.say(c.text())
			}
		}
	})
}

// sendingLent sends an image of more than sockets take at first. What the caller does
// with its bytes once Start has returned is their own affair, whatever the transport
// still sends.
func sendingLent(s *scene) {
	image := bytes.Clone(picture(3 << 20))
	s.request = withImages(facade.QoloImageBytes(image))
	s.between = func() { clear(image) }
}
