package facade

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// QoloImage is an image of known size, read when it is sent and not before. The
// zero QoloImage is no image.
type QoloImage struct {
	size int64
	open func() (imageSource, error)
	// file is its path, empty for an image whose bytes are the caller's.
	file string

	Private
}

// imageSource is an image that is open for reading, from several places at once.
type imageSource interface {
	io.ReaderAt
	io.Closer
}

// QoloImageBytes returns an image of these bytes, which must not change until
// Start has returned.
func QoloImageBytes(image []byte) QoloImage {
	return QoloImage{
		size: int64(len(image)),
		open: func() (imageSource, error) { return bytesSource{bytes.NewReader(image)}, nil },
	}
}

type bytesSource struct{ *bytes.Reader }

// Close implements [io.Closer].
func (bytesSource) Close() error { return nil }

// QoloImageFile returns the image in a file, which must not change until Start
// has returned. It fails if there is no such file, or if it is not a regular one;
// the error's text does not hold the file's name.
func QoloImageFile(file string) (QoloImage, error) {
	opened, err := openRegular(file)
	if err != nil {
		return QoloImage{}, newStepCause(context.Background(), "image file", err)
	}
	defer func() { _ = opened.Close() }()
	info, err := opened.Stat()
	if err != nil {
		return QoloImage{}, newStepCause(context.Background(), "image file", err)
	}
	return QoloImage{
		size: info.Size(),
		open: func() (imageSource, error) { return openRegular(file) },
		file: file,
	}, nil
}

var (
	errNotRegular   = errors.New("not a regular file")
	errImageChanged = errors.New("image changed after it was made")
)

// openRegular opens a regular file. It does not wait, as opening a pipe would.
func openRegular(file string) (*os.File, error) {
	opened, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		_ = opened.Close()
		return nil, err
	}
	return opened, nil
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
	n, err := io.Copy(encoder, io.NewSectionReader(source, 0, i.size+1))
	if err == nil && n != i.size {
		err = errImageChanged
	}
	_ = encoder.Close() // a Builder takes everything
	return text.String(), err
}

// encodedSize returns the length of the image as base64 text.
func (i QoloImage) encodedSize() int64 { return (i.size + 2) / 3 * 4 }

// image demands an image that has bytes, and not too many, or none at all.
func (in *input) image(field string, image QoloImage, max int64) {
	in.must(image.open == nil || image.size > 0, field, "must not be empty")
	if image.size > max {
		in.must(false, field, fmt.Sprintf("must have at most %d bytes", max))
	}
}
