package facade

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"sync"
)

// upload is a JSON body whose images are encoded while it is sent, so that it
// is never in memory as a whole. Its length is known, and it can be read again.
//
// An image that ends early, grows or fails ends the body short of its length.
type upload struct {
	texts  []string // the JSON before, between and after the images
	images []uploadImage
	length int64

	mu        sync.Mutex // the transport may read on after it gave the answer
	over      bool
	delivered bool         // the last byte was handed to the transport
	broken    *uploadImage // the image that could not be read as promised
	cause     error        // and why
}

// uploadImage is an image and its member in the JSON.
type uploadImage struct {
	QoloImage
	member string
	text   *string     // the member of the generated body
	source imageSource // while the upload lasts
}

func encodedSize(images []uploadImage) (n int64) {
	for _, image := range images {
		n += image.encodedSize()
	}
	return n
}

var (
	errUploadOver = errors.New("call is over")
	errNoMember   = errors.New("body has no empty member for the image")
)

// newUpload returns the body made of text, a JSON text in which the member of
// each image is an empty string, in the order of images. That member cannot be
// mistaken for something inside a text: there, its quotes would be escaped. It
// opens the images: one that cannot be opened is returned with the error.
func newUpload(text string, images []uploadImage) (*upload, *uploadImage, error) {
	u := &upload{images: images}
	for i := range images {
		image := &images[i]
		member := `"` + image.member + `":"`
		before, after, ok := strings.Cut(text, member+`"`)
		if !ok {
			u.finish()
			return nil, image, errNoMember // not in this order, or not there
		}
		source, err := image.open()
		if err != nil {
			u.finish()
			return nil, image, err
		}
		image.source = source
		u.texts = append(u.texts, before+member)
		u.length += image.encodedSize()
		text = `"` + after
	}
	u.texts = append(u.texts, text)
	for _, t := range u.texts {
		u.length += int64(len(t))
	}
	return u, nil, nil
}

// reader returns the body from its beginning.
func (u *upload) reader() (io.ReadCloser, error) { return &uploadReader{upload: u}, nil }

// finish ends all reading: nothing of the caller's is touched after it. A nil
// upload has nothing to finish.
func (u *upload) finish() {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	for _, image := range u.images {
		if image.source != nil {
			_ = image.source.Close()
		}
	}
}

// explain returns what really failed: the call, or an image of its body.
func (u *upload) explain(failed *Error) *Error {
	if u == nil || failed.Kind == KindCanceled || failed.Kind == KindTimeout {
		return failed
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken == nil || u.delivered {
		return failed
	}
	e := refuseImage(context.Background(), u.broken, u.cause)
	e.Started = failed.Started // a part of the body may have arrived
	return e
}

// refuseImage returns the error of a call whose image could not be read as
// promised: it changed or went away after it was made. Too many open files are
// none of the image's fault, and pass.
func refuseImage(ctx context.Context, image *uploadImage, err error) *Error {
	e := refuse(Qolo, "document."+image.member, "must stay readable, at the size it had, until the call is over")
	e.cause = newCause(ctx, err)
	if isOutOfFiles(&cause{err: err}) {
		e.Kind, e.Fields = KindUnavailable, nil
	}
	return e
}

// The base64 of three bytes is a group of four characters. Only the last group of
// an image has padding, so pieces that divide by three can be encoded one by one.
const (
	groupSize = 4
	rawChunk  = 12 << 10 // fills a TLS record
)

// uploadReader is one reading of an upload.
type uploadReader struct {
	upload *upload
	part   int    // of texts, and of images one step later
	text   string // to be handed out next
	read   int64  // bytes of the image that were handed out
	left   int64  // and that are still to come
	raw    []byte
}

// Read implements [io.Reader].
func (r *uploadReader) Read(b []byte) (int, error) {
	u := r.upload
	u.mu.Lock()
	defer u.mu.Unlock()
	for {
		switch {
		case u.over:
			return 0, errUploadOver
		case u.broken != nil:
			return 0, errImageChanged
		case r.text != "":
			n := copy(b, r.text)
			r.text = r.text[n:]
			u.delivered = u.delivered || r.text == "" && r.part == len(u.texts)
			return n, nil
		case r.left == 0 && r.part == len(u.texts):
			return 0, io.EOF
		case r.left == 0:
			r.text = u.texts[r.part]
			if r.part < len(u.images) {
				r.read, r.left = 0, u.images[r.part].size
			}
			r.part++
		case len(b) < groupSize:
			group := make([]byte, groupSize)
			r.text = string(group[:r.encode(group)])
		default:
			if n := r.encode(b); n > 0 {
				return n, nil
			}
		}
	}
}

// Close implements [io.Closer]. The images are closed when the call is over.
func (*uploadReader) Close() error { return nil }

// encode puts the next piece of the image into b, which has room for a group, and
// returns its length: 0 if the image fails. With the last piece it looks for the
// image's end: the text behind it, without which the body is not whole, has not
// been handed out yet.
func (r *uploadReader) encode(b []byte) int {
	if r.raw == nil {
		r.raw = make([]byte, rawChunk)
	}
	image := &r.upload.images[r.part-1]
	raw := r.raw[:min(r.left, rawChunk, int64(len(b)/groupSize*3))]
	if err := r.readAt(image, raw); err != nil {
		r.upload.broken, r.upload.cause = image, err
		return 0
	}
	base64.StdEncoding.Encode(b, raw)
	r.read += int64(len(raw))
	r.left -= int64(len(raw))
	return base64.StdEncoding.EncodedLen(len(raw))
}

// readAt fills raw with the next bytes of the image, and demands its end behind
// the last ones. A file is read without the lock: a disk may keep it waiting, and
// finish must not wait with it.
func (r *uploadReader) readAt(image *uploadImage, raw []byte) error {
	if image.file != "" {
		r.upload.mu.Unlock()
		defer r.upload.mu.Lock()
	}
	if n, err := image.source.ReadAt(raw, r.read); n < len(raw) {
		if errors.Is(err, io.EOF) {
			err = errImageChanged
		}
		return err
	}
	if int64(len(raw)) == r.left {
		if n, _ := image.source.ReadAt(make([]byte, 1), image.size); n > 0 {
			return errImageChanged
		}
	}
	return nil
}
