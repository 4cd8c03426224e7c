package faults_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// An image of large bytes is encoded while it is sent, in several pieces. One of huge bytes is more
// than what sockets buffer.
const (
	large = 100 << 10
	huge  = 3 << 20
)

// sending is a start at Qolo with an image of n bytes in a file.
func sending(n int) func(s *scene) {
	return func(s *scene) {
		picture := make([]byte, n)
		_, _ = rand.NewChaCha8([32]byte{}).Read(picture)
		file := filepath.Join(s.TempDir(), "image")
		err := os.WriteFile(file, picture, 0o600)
		image, err2 := facade.QoloImageFile(file)
		if err := errors.Join(err, err2); err != nil {
			s.Fatal(err)
		}
		r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
		r.Document = &facade.QoloDocument{DocumentType: "PASSPORT", Front: image}
		s.request = r
	}
}

// uploadFaults are faults with images, which are read while they are sent. Which bytes are sent, and
// what becomes of the files, is tested in facade/qolo_upload_test.go and
// behaviour/input/image_test.go.
var uploadFaults = func() (all []fault) {
	all = append(all, fault{name: "a reset in the middle of an image", script: func(c *call) { c.part(); c.reset() },
		setup: sending(huge), want: mayHaveLeft, partly: true})
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
		for _, security := range []func(s *scene){steps(), overSecured} {
			tooLarge := always(want{kind: facade.KindInvalidRequest, status: 413})
			all = append(all, fault{name: fmt.Sprint("answered early by a peer that ", then.name), script: func(c *call) {
				c.part()
				// The long header gives the peer time for its next step before the client has read
				// the answer.
				c.say(reply{status: 413}.framed(0, "X-Long: "+strings.Repeat("x", 60<<10)))
				then.do(c)
			}, setup: steps(security, sending(huge)), want: tooLarge, then: repeated(then.more, tooLarge), partly: true})
		}
	}
	// A transport that reads on after the call gets no more of the image, neither from the body nor
	// from a new body of GetBody.
	var late *http.Request
	all = append(all, fault{name: "an image that is read too late", setup: steps(sending(large), answering(func(s *scene, r *http.Request) *http.Response {
		late = r
		_, _ = io.ReadFull(r.Body, make([]byte, large/2))
		return s.response()
	})), want: whole, partly: true, also: func(s *scene) {
		again, _ := late.GetBody()
		for _, body := range []io.ReadCloser{late.Body, again} {
			if more, err := io.ReadAll(body); err == nil || len(more) > 0 {
				s.Errorf("%d more bytes of the image can be read after the call (%v)", len(more), err)
			}
		}
	}})
	for i := range all {
		all[i].only = atQolo
	}
	return all
}()
