package facade

import (
	"context"
	"io/fs"
	"syscall"
	"testing"
)

// TestRefuseImage: an image that cannot be opened is the image's fault, unless this
// process has too many files open: that passes.
func TestRefuseImage(t *testing.T) {
	for _, c := range []struct {
		err    error
		kind   Kind
		fields int
		safe   bool
	}{
		{syscall.EMFILE, KindUnavailable, 0, true},
		{syscall.ENFILE, KindUnavailable, 0, true},
		{syscall.EACCES, KindInvalidRequest, 1, false},
		{syscall.ENOENT, KindInvalidRequest, 1, false},
		{errImageChanged, KindInvalidRequest, 1, false},
	} {
		e := refuseImage(context.Background(), &uploadImage{member: "front"}, &fs.PathError{Op: "open", Path: "secret.bmp", Err: c.err})
		if e.Kind != c.kind || len(e.Fields) != c.fields || e.SafeToRetry() != c.safe || e.Started != StartedNo {
			t.Errorf("%v: %v, safe to retry: %t, fields %v", c.err, e, e.SafeToRetry(), e.Fields)
		}
	}
}
