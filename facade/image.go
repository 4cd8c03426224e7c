package facade

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// QoloImage is an image of known size, read when it is sent and not before. The
// zero QoloImage is no image.
type QoloImage struct {
	size int64
	open func() (io.ReadCloser, error)
}

// QoloImageBytes returns an image of these bytes, which must not change until
// Start has returned.
func QoloImageBytes(image []byte) QoloImage {
	return QoloImage{int64(len(image)), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(image)), nil
	}}
}

// QoloImageFile returns the image in a file, which must not change until Start
// has returned. It fails if there is no such file, or if it is not a regular one.
func QoloImageFile(file string) (QoloImage, error) {
	info, err := os.Stat(file)
	if err != nil {
		return QoloImage{}, err
	}
	if !info.Mode().IsRegular() {
		return QoloImage{}, fmt.Errorf("%s is not a regular file", file)
	}
	return QoloImage{info.Size(), func() (io.ReadCloser, error) { return os.Open(file) }}, nil
}

// base64 returns the image as base64 text. It fails if the image cannot be read,
// or has more or fewer bytes than it had when it was made.
func (i QoloImage) base64() (string, error) {
	source, err := i.open()
	if err != nil {
		return "", err
	}
	defer source.Close()
	var text strings.Builder
	text.Grow(int(i.encodedSize()))
	encoder := base64.NewEncoder(base64.StdEncoding, &text)
	n, err := io.Copy(encoder, io.LimitReader(source, i.size+1))
	if err == nil && n != i.size {
		err = errBroken
	}
	_ = encoder.Close() // a Builder takes everything
	return text.String(), err
}

// encodedSize returns the length of the image as base64 text.
func (i QoloImage) encodedSize() int64 { return (i.size + 2) / 3 * 4 }

// MarshalJSON fails unless i is no image: an image is a source of bytes, not the
// bytes. It keeps a request that is put in a queue from losing its images unseen.
func (i QoloImage) MarshalJSON() ([]byte, error) {
	if i.open != nil {
		return nil, errors.New("a QoloImage has no JSON: keep the file or the bytes instead")
	}
	return []byte("null"), nil
}

// image demands an image that has bytes, and not too many, or none at all.
func (in *input) image(field path, image QoloImage, max int64) {
	in.must(image.open == nil || image.size > 0, field, "must not be empty")
	if image.size > max {
		in.must(false, field, fmt.Sprintf("must have at most %d bytes", max))
	}
}
