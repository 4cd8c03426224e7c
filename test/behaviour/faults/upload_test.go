package faults_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/test/fixtures"
)

// An image of more than plainLimit bytes is encoded while it is sent, in pieces of rawChunk bytes.
// A large image has several pieces.
const (
	plainLimit = 48 << 10
	rawChunk   = 24 << 10
	large      = 100 << 10
)

// picture returns n bytes without a repeating pattern. They are the same for every call.
func picture(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

// sending is a start at Qolo with images of these sizes, 0 for none: the front, which is in a file,
// the back and the face. Its notes look like the place of an image in the JSON.
func sending(sizes ...int) func(s *scene) {
	return func(s *scene) {
		r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
		r.Notes = `","front":"","back":"` + "\u2028<&>\\\""
		r.Document = &facade.QoloDocument{DocumentType: "PASSPORT", FileType: "BMP", IssuingCountry: "DE"}
		s.request, s.file = r, filepath.Join(s.TempDir(), "image")
		places := []*facade.QoloImage{&r.Document.Front, &r.Document.Back, &r.Document.FaceImage}
		for i, n := range sizes {
			if n > 0 {
				*places[i] = facade.QoloImageBytes(picture(n))
			}
		}
		if len(sizes) > 0 && sizes[0] > 0 {
			err := os.WriteFile(s.file, picture(sizes[0]), 0o600)
			image, err2 := facade.QoloImageFile(s.file)
			if err := errors.Join(err, err2); err != nil {
				s.Fatal(err)
			}
			r.Document.Front = image
		}
	}
}

// sent demands images of these sizes in the request, and the bytes that the generated type encodes
// to.
func sent(sizes ...int) func(s *scene) {
	return func(s *scene) {
		whole, _ := s.peer.requests()
		sent, _ := io.ReadAll(whole[0].Body)
		var body qolo.PerformKYCRequest
		err := json.Unmarshal(sent, &body)
		again, _ := json.Marshal(body)
		if err != nil || !bytes.Equal(again, sent) || whole[0].ContentLength != int64(len(sent)) {
			s.Fatalf("%d bytes of length %d are not what the generated type encodes to (%v)", len(sent), whole[0].ContentLength, err)
		}
		for i, n := range append(sizes, 0, 0)[:3] {
			var got []byte
			if member := []*string{body.Document.Front, body.Document.Back, body.Document.FaceImage}[i]; member != nil {
				got, _ = base64.StdEncoding.DecodeString(*member)
			}
			if !slices.Equal(got, picture(n)) {
				s.Errorf("image %d of %d bytes did not arrive as it was", i+1, n)
			}
		}
	}
}

// uploadFaults are faults with images, which are read while they are sent. What becomes of the
// files is tested in facade/qolo_upload_test.go and behaviour/input/image_test.go.
var uploadFaults = func() (all []fault) {
	for _, sizes := range [][]int{
		{1, large, 2}, {large, 0, 1}, {0, 0, large}, {rawChunk - 1, plainLimit}, {plainLimit / 3, plainLimit / 3, plainLimit/3 + 1},
	} {
		all = append(all, fault{name: fmt.Sprint("whole images of sizes ", sizes), setup: sending(sizes...), want: whole, also: sent(sizes...)})
	}
	all = append(all, fault{name: "a reset in the middle of an image", script: func(c *call) { c.part(); c.reset() },
		setup: sending(0, 3<<20), want: mayHaveLeft, partly: true})
	// The answer comes while the body is being sent. The call must return that answer.
	for _, then := range []struct {
		name string
		do   func(c *call)
		more int // calls, to win a race
	}{
		{"reads on", func(*call) {}, 1},
		{"reads no more", func(c *call) { c.idle(); c.reset() }, 0},
		{"hangs up", (*call).hangUp, 9},
	} {
		for _, secured := range []bool{false, true} {
			tooLarge := always(want{kind: facade.KindInvalidRequest, status: 413})
			all = append(all, fault{name: fmt.Sprint("answered early by a peer that ", then.name, ", with TLS: ", secured), script: func(c *call) {
				c.part()
				// The long header gives the peer time for its next step before the client has read
				// the answer.
				c.say(reply{status: 413}.framed(0, "X-Long: "+strings.Repeat("x", 60<<10)))
				then.do(c)
			}, setup: func(s *scene) {
				if secured {
					s.peer.secure = secure()
				}
				// The image is larger than what sockets buffer. Once Start has returned, the caller
				// may overwrite it, whatever the transport still sends.
				image := bytes.Clone(picture(3 << 20))
				sending()(s)
				s.request.(facade.QoloRequest).Document.Front = facade.QoloImageBytes(image)
				s.between = func() { clear(image) }
			}, want: tooLarge, then: repeated(then.more, tooLarge), partly: true})
		}
	}
	// A transport that reads on after the call gets no more of the image, neither from the body nor
	// from a new body of GetBody.
	var late *http.Request
	all = append(all, fault{name: "an image that is read too late", setup: steps(sending(large), carrying(1, 1, func(s *scene, r *http.Request) *http.Response {
		late = r
		_, _ = io.ReadFull(r.Body, make([]byte, large/2))
		return s.response()
	}, nil)), want: whole, also: func(s *scene) {
		again, _ := late.GetBody()
		for _, body := range []io.ReadCloser{late.Body, again} {
			if more, err := io.ReadAll(body); err == nil || len(more) > 0 {
				s.Errorf("%d more bytes of the image can be read after the call (%v)", len(more), err)
			}
		}
		open, _ := filepath.Glob("/proc/self/fd/*") // where there is such a folder
		for _, fd := range open {
			if target, _ := os.Readlink(fd); target == s.file {
				s.Error("the file is left open")
			}
		}
	}})
	for i := range all {
		all[i].only = atQolo
	}
	return all
}()
