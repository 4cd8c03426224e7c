package input_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// sendChanged sends an image in a file of this size. The file is changed before. Then the call must
// fail, and not send a whole request.
func sendChanged(t *testing.T, size int64, change func(file string) error, want facade.Started) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "front.bmp")
	if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err := errors.Join(err, change(file)); err != nil {
		t.Fatal(err)
	}
	config, request := canonical(facade.Qolo), pictured(facade.QoloDocument{DocumentType: "PASSPORT", Front: image})
	config.Qolo.MaxImageBytes = size - 1
	refused(t, replay.StartWith(t.Context(), config, request, teapot), "document.front")
	config.Qolo.MaxImageBytes = size
	e := replay.StartWith(t.Context(), config, request, teapot)
	var failed *facade.Error
	if !errors.As(e.Err, &failed) || failed.Kind != facade.KindInvalidRequest || failed.Started != want ||
		len(failed.Fields) != 1 || failed.Fields[0].Path != "document.front" || e.Body != nil {
		t.Errorf("an image of %d bytes: %v, sent %d bytes, want started %s and no whole body", size, e.Err, len(e.Body), want)
	}
}

const small, large = 3000, 300_000

// TestImageFiles: when an image is sent, its file must still be there, with the size that it had.
// A large file is read while it is sent: then a part of the request may have arrived.
func TestImageFiles(t *testing.T) {
	for size, want := range map[int64]facade.Started{small: facade.StartedNo, large: facade.StartedUnknown} {
		sendChanged(t, size, func(file string) error { return os.Truncate(file, size-1) }, want)
		sendChanged(t, size, func(file string) error { return os.Truncate(file, size+1) }, want)
		sendChanged(t, size, os.Remove, facade.StartedNo)
	}
}
