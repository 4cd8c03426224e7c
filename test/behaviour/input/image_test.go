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

// photograph starts KYC with this front image, and allows images of at most limit bytes.
func photograph(t *testing.T, w *wire, front facade.QoloImage, limit int64) error {
	t.Helper()
	config := canonical(facade.Qolo)
	config.Qolo.MaxImageBytes = limit
	r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	r.Document = &facade.QoloDocument{DocumentType: "PASSPORT", Front: front}
	_, err := client(t, config, w).Start(t.Context(), r)
	return err
}

// TestImageFiles: an image may be given as a file. When it is sent, the file must still be there,
// with the size that it had. A large file is read while it is sent.
func TestImageFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "front.bmp")
	if _, err := facade.QoloImageFile(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
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
				within := new(wire)
				refused(t, within, photograph(t, within, image, size-1), "document.front")
				w := &wire{answer: success(facade.Qolo)}
				err = photograph(t, w, image, size)
				if now == size {
					if err != nil || !strings.Contains(w.sent[0].body, `"front":"`+base64.StdEncoding.EncodeToString(want)+`"`) {
						t.Errorf("not sent as it is: %v", err)
					}
					return
				}
				started := facade.StartedNo
				if size == 300_000 && now >= 0 {
					started = facade.StartedUnknown // a part of the request was sent
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
