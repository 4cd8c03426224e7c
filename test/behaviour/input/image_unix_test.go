//go:build unix

package input_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// TestImageBecomesPipe puts a named pipe in the place of an image's file. The call must not wait
// for the pipe, and nothing is sent.
func TestImageBecomesPipe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(file, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)); err != nil {
		t.Fatal(err)
	}
	w, ended := new(wire), make(chan error, 1)
	go func() { ended <- photograph(t, w, image, 1000) }()
	select {
	case err := <-ended:
		refused(t, w, err, "document.front")
	case <-time.After(10 * time.Second): // reached only if the call hangs
		t.Fatal("the call waits for the pipe")
	}
}
