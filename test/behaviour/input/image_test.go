package input_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// photograph starts KYC with an image on one side of a document.
func photograph(t *testing.T, w *wire, side string, image facade.QoloImage, limit int64) error {
	t.Helper()
	r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	r.Document = &facade.QoloDocument{DocumentType: "PASSPORT"}
	*map[string]*facade.QoloImage{"front": &r.Document.Front, "back": &r.Document.Back, "face_image": &r.Document.FaceImage}[side] = image
	config := canonical(facade.Qolo)
	config.Qolo.MaxImageBytes = limit
	_, err := client(t, config, w).Start(t.Context(), r)
	return err
}

// sends reports whether an image was sent as a member of the document.
func sends(w *wire, side string, image []byte) bool {
	return len(w.sent) == 1 && strings.Contains(w.sent[0].body, `"`+side+`":"`+base64.StdEncoding.EncodeToString(image)+`"`)
}

// TestImages: images are refused by their size, and otherwise sent whole.
func TestImages(t *testing.T) {
	for _, side := range []string{"front", "back", "face_image"} {
		for _, c := range []struct {
			limit int64 // 0 is for the default
			size  int
			says  string // why it is refused, "" if it is not
		}{
			{0, 0, "must not be empty"},
			{0, 1, ""},
			{1000, 1000, ""},
			{1000, 1001, "at most 1000 bytes"},
			{0, 16 << 20, ""},
			{0, 16<<20 + 1, "at most 16777216 bytes"},
		} {
			if c.size >= 16<<20 && side != "front" {
				continue // one is large enough
			}
			t.Run(fmt.Sprintf("%s of %d bytes, limit %d", side, c.size, c.limit), func(t *testing.T) {
				image := bytes.Repeat([]byte{0xd8}, c.size)
				w := &wire{answer: success(facade.Qolo)}
				err := photograph(t, w, side, facade.QoloImageBytes(image), c.limit)
				if c.says != "" {
					if e := refused(t, w, err, "document."+side); !strings.Contains(e.Fields[0].Message, c.says) {
						t.Errorf("%q does not say %q", e.Fields[0].Message, c.says)
					}
				} else if err != nil || !sends(w, side, image) {
					t.Errorf("not sent as it is: %v", err)
				}
			})
		}
	}
}

// TestImageFiles: an image in a file is as good as its bytes, and must be there, with
// the size that it had. A large one is read while it is sent.
func TestImageFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "front.bmp")
	if _, err := facade.QoloImageFile(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := facade.QoloImageFile(filepath.Dir(file)); err == nil {
		t.Error("a folder is taken for an image")
	}
	for _, size := range []int64{3000, 300_000} {
		for _, now := range []int64{size, size - 1, size + 1, -1} { // -1 is for a file that is gone
			t.Run(fmt.Sprintf("%d bytes, and then %d", size, now), func(t *testing.T) {
				want := bytes.Repeat([]byte("BM"), int(size)/2)
				if err := os.WriteFile(file, want, 0o600); err != nil {
					t.Fatal(err)
				}
				image, err := facade.QoloImageFile(file)
				if err != nil {
					t.Fatal(err)
				}
				change := func() error { return os.Truncate(file, now) }
				if now < 0 {
					change = func() error { return os.Remove(file) }
				}
				if err := change(); err != nil {
					t.Fatal(err)
				}
				w := &wire{answer: success(facade.Qolo)}
				err = photograph(t, w, "front", image, 0)
				if now == size {
					if err != nil || !sends(w, "front", want) {
						t.Errorf("not sent as it is: %v", err)
					}
					return
				}
				started := no
				if size == 300_000 && now >= 0 {
					started = unknown // a part of the request was sent
				}
				if e := failure(t, err); e.Kind != facade.KindInvalidRequest || e.Started != started || len(e.Fields) != 1 || e.Fields[0].Path != "document.front" {
					t.Errorf("%v, at fault are %v", e, e.Fields)
				}
				if len(w.sent) == 1 && json.Valid([]byte(w.sent[0].body)) {
					t.Error("a whole request was sent")
				}
			})
		}
	}
}
