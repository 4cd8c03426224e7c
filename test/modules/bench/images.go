package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
)

// Images are the images of one start, all of them the same.
type Images struct {
	Count int // one to three: front, back, face
	Bytes []byte
	// File is where the bytes are, if Bytes is nil: what a contender holds of them
	// in memory is then its own affair.
	File string
}

// Read returns the bytes of one image.
func (i Images) Read() ([]byte, error) {
	if i.File == "" {
		return i.Bytes, nil
	}
	return os.ReadFile(i.File)
}

// Upload is a size of images that is measured.
type Upload struct {
	Count, Size int
	Senders     int // that send them at once
}

// String names the upload in the table.
func (u Upload) String() string {
	size := fmt.Sprintf("%d KB", u.Size>>10)
	if u.Size >= 1<<20 {
		size = fmt.Sprintf("%d MB", u.Size>>20)
	}
	name := fmt.Sprintf("%d x %s", u.Count, size)
	if u.Senders > 1 {
		name += fmt.Sprintf(" by %d at once", u.Senders)
	}
	return name
}

// LargestUpload is the one that goals are set for.
var LargestUpload = Upload{3, 10 << 20, 1}

// Uploads are the sizes that are measured.
var Uploads = []Upload{
	{1, 10 << 10, 1}, {1, 1 << 20, 1}, LargestUpload,
	{1, 10 << 10, 4}, {1, 1 << 20, 4}, {3, 10 << 20, 4},
}

// AtOnce returns what makes an exchange so many times, all at the same time.
func AtOnce(senders int, exchange Exchange) Exchange {
	if senders == 1 {
		return exchange
	}
	return func(ctx context.Context) (string, error) {
		words, failures := make([]string, senders), make([]error, senders)
		var group sync.WaitGroup
		for i := range senders {
			group.Go(func() { words[i], failures[i] = exchange(ctx) })
		}
		group.Wait()
		return words[0], errors.Join(failures...)
	}
}

// Picture returns n bytes that repeat in no period.
func Picture(n int) []byte {
	picture := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(picture)
	return picture
}
