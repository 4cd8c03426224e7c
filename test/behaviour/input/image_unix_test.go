//go:build unix

package input_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestImageFiles: when an image is sent, its file must still be there, with the size that it had.
// Otherwise the call fails, and does not send a whole request.
func TestImageFiles(t *testing.T) {
	for what, change := range map[string]func(file string, size int64) error{
		"shorter": func(file string, size int64) error { return os.Truncate(file, size-1) },
		"longer":  func(file string, size int64) error { return os.Truncate(file, size+1) },
		"removed": func(file string, _ int64) error { return os.Remove(file) },
		// The call must not wait for a named pipe: this test would hang.
		"a pipe": func(file string, _ int64) error { return errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)) },
	} {
		for _, size := range []int64{3000, 300_000} {
			file := filepath.Join(t.TempDir(), "front.bmp")
			if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
				t.Fatal(err)
			}
			image, err := facade.QoloImageFile(file)
			if err := errors.Join(err, change(file, size)); err != nil {
				t.Fatal(err)
			}
			config, request := canonical(facade.Qolo), pictured(facade.QoloDocument{DocumentType: "PASSPORT", Front: image})
			config.Qolo.MaxImageBytes = size - 1
			refused(t, replay.StartWith(t.Context(), config, request, teapot), "document.front")
			config.Qolo.MaxImageBytes = size
			e := replay.StartWith(t.Context(), config, request, teapot)
			started := facade.StartedNo
			if e.Sent != nil { // a large file is read while it is sent, and so a part may have arrived
				started = facade.StartedUnknown
			}
			var failed *facade.Error
			if !errors.As(e.Err, &failed) || failed.Kind != facade.KindInvalidRequest || failed.Started != started ||
				len(failed.Fields) != 1 || failed.Fields[0].Path != "document.front" || e.Body != nil {
				t.Errorf("%s, with %d bytes before: %v, sent %d bytes, want started %s and no whole body",
					what, size, e.Err, len(e.Body), started)
			}
		}
	}
}
