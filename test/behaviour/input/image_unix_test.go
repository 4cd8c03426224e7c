//go:build unix

package input_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestImageBecomesPipe puts a named pipe in the place of an image's file: nobody waits
// for what never comes through it, and nothing whole is sent.
func TestImageBecomesPipe(t *testing.T) {
	for _, size := range []int{1000, 300_000} {
		for _, held := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, with somebody at the other end: %t", size, held), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "image")
				if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
					t.Fatal(err)
				}
				image, err := facade.QoloImageFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
				if err := syscall.Mkfifo(file, 0o600); err != nil {
					t.Fatal(err)
				}
				open := func() *os.File { // for both directions, which waits for nobody
					end, err := os.OpenFile(file, os.O_RDWR, 0)
					if err != nil {
						t.Fatal(err)
					}
					return end
				}
				var end *os.File
				if held {
					end = open()
				}
				w := &wire{answer: starts[facade.Qolo]}
				client := w.client(t, fixtures.Config("https://provider.test", facade.Qolo))
				ended := make(chan error, 1)
				go func() {
					_, err := client.Start(t.Context(), photograph(sides[0].put, image))
					ended <- err
				}()
				select {
				case err = <-ended:
				case <-time.After(10 * time.Second): // only where it hangs
					t.Error("the call waits for the pipe")
					if end == nil {
						end = open()
					}
					go func() { _, _ = end.Write(make([]byte, size+1)) }() // to get it out again
					err = <-ended
				}
				_ = end.Close()
				e := failure(t, err)
				if e.Kind != facade.KindInvalidRequest || len(e.Fields) != 1 || e.Fields[0].Path != "document.front" {
					t.Errorf("%v, at fault are %v", e, e.Fields)
				}
				// The library may open a large image only while it sends the request.
				if e.Started == yes || e.Started == unknown && w.calls() == 0 {
					t.Errorf("started %s, after %d requests", e.Started, w.calls())
				}
				quotesNothing(t, err, file)
			})
		}
	}
}
