package bench

import (
	"fmt"
	"math/rand/v2"
	"os"
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
}

// String names the upload in the table.
func (u Upload) String() string {
	size := fmt.Sprintf("%d KB", u.Size>>10)
	if u.Size >= 1<<20 {
		size = fmt.Sprintf("%d MB", u.Size>>20)
	}
	return fmt.Sprintf("%d x %s", u.Count, size)
}

// Uploads are the sizes that are measured.
var Uploads = []Upload{{1, 10 << 10}, {1, 1 << 20}, {3, 10 << 20}}

// Picture returns n bytes that repeat in no period.
func Picture(n int) []byte {
	picture := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(picture)
	return picture
}
