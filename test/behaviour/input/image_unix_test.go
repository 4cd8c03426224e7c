//go:build unix

package input_test

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestImageBecomesPipe puts a named pipe in the place of an image's file. The call must not wait
// for the pipe: this test would hang.
func TestImageBecomesPipe(t *testing.T) {
	for _, size := range []int64{small, large} {
		sendChanged(t, size, func(file string) error {
			return errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600))
		}, facade.StartedNo)
	}
}
