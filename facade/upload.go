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
// An image that ends early, grows or fails ends the body short of its length:
// the provider never gets a whole request.
type upload struct {
	texts  []string // the JSON before, between and after the images
	images []uploadImage
	length int64

	mu        sync.Mutex // the transport may read on after it gave the answer
	over      bool
	passes    []*pass
	delivered bool         // the last byte was handed to the transport
	broken    *uploadImage // the image that could not be read as promised
	cause     error        // and why
}

// uploadImage is an image and its member in the JSON.
type uploadImage struct {
	QoloImage
	name string
	text *string
}

func encodedSize(images []uploadImage) (n int64) {
	for _, image := range images {
		n += image.encodedSize()
	}
	return n
}

// refuseImage returns the error of a call whose image could not be read as
// promised: it changed or went away after it was made.
func refuseImage(ctx context.Context, image uploadImage, err error) *Error {
	e := refuse(Qolo, name("document."+image.name), "must stay readable, at the size it had, until the call is over")
	e.cause = because(ctx, err)
	return e
}

var (
	errBroken = errors.New("image could not be read as promised")
	errOver   = errors.New("call is over")
)

// newUpload returns the body made of text, a JSON text in which the member of
// each image, in the order of images, is an empty string. That member cannot be mistaken for something
// inside a text: there, its quotes would be escaped.
func newUpload(text string, images []uploadImage) *upload {
	u := &upload{images: images}
	for _, image := range images {
		member := `"` + image.name + `":"`
		before, after, _ := strings.Cut(text, member+`"`)
		u.texts = append(u.texts, before+member)
		u.length += image.encodedSize()
		text = `"` + after
	}
	u.texts = append(u.texts, text)
	for _, t := range u.texts {
		u.length += int64(len(t))
	}
	return u
}

// open returns the body from its beginning.
func (u *upload) open() (io.ReadCloser, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	p := &pass{upload: u}
	u.passes = append(u.passes, p)
	return p, nil
}

// finish ends all reading: nothing of the caller's is touched after it. A nil
// upload has nothing to finish.
func (u *upload) finish() {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	for _, p := range u.passes {
		p.drop()
	}
}

// explain returns what really failed: the call, or an image of its body. In the
// latter case nothing was started, if no whole body was ever handed out.
func (u *upload) explain(failed *Error) *Error {
	if u == nil || failed.Kind == KindCanceled || failed.Kind == KindTimeout {
		return failed
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken == nil || u.delivered {
		return failed
	}
	return refuseImage(context.Background(), *u.broken, u.cause)
}

// The base64 of three bytes is a group of four characters. Only the last group of
// an image has padding, so pieces that divide by three can be encoded one by one.
const (
	groupSize = 4
	rawChunk  = 24 << 10 // fills the buffers of io.Copy
)

// pass is one reading of an upload.
type pass struct {
	upload *upload
	part   int    // of texts, and of images one step later
	text   string // to be handed out next
	image  io.ReadCloser
	left   int64 // bytes of image still to come
	raw    []byte
}

// Read implements [io.Reader].
func (p *pass) Read(b []byte) (int, error) {
	u := p.upload
	u.mu.Lock()
	defer u.mu.Unlock()
	for {
		switch {
		case u.over:
			return 0, errOver
		case u.broken != nil:
			return 0, errBroken
		case p.text != "":
			n := copy(b, p.text)
			p.text = p.text[n:]
			u.delivered = u.delivered || p.text == "" && p.part == len(u.texts)
			return n, nil
		case p.image == nil && p.part == len(u.texts):
			return 0, io.EOF
		case p.image == nil:
			p.advance()
		case len(b) < groupSize:
			group := make([]byte, groupSize)
			p.text = string(group[:p.encode(group)])
		default:
			if n := p.encode(b); n > 0 {
				return n, nil
			}
		}
	}
}

// Close implements [io.Closer].
func (p *pass) Close() error {
	p.upload.mu.Lock()
	defer p.upload.mu.Unlock()
	p.drop()
	return nil
}

func (p *pass) drop() {
	if p.image != nil {
		_ = p.image.Close()
		p.image = nil
	}
}

// advance makes the next text ready, and opens the image behind it.
func (p *pass) advance() {
	u := p.upload
	p.text = u.texts[p.part]
	if p.part < len(u.images) {
		image, err := u.images[p.part].open()
		if err != nil {
			p.fail(&u.images[p.part], err)
			return
		}
		p.image, p.left = image, u.images[p.part].size
	}
	p.part++
}

// encode puts the next piece of the image into b, which has room for a group, and
// returns its length: 0 if the image fails. With the last piece it looks for the
// image's end: the text behind it, without which the body is not whole, has not
// been handed out yet.
func (p *pass) encode(b []byte) int {
	if p.raw == nil {
		p.raw = make([]byte, rawChunk)
	}
	image := &p.upload.images[p.part-1]
	raw := p.raw[:min(p.left, rawChunk, int64(len(b)/groupSize*3))]
	if _, err := io.ReadFull(p.image, raw); err != nil {
		p.fail(image, err)
		return 0
	}
	base64.StdEncoding.Encode(b, raw)
	p.left -= int64(len(raw))
	if p.left == 0 {
		if _, err := io.ReadFull(p.image, p.raw[:1]); err != io.EOF {
			p.fail(image, errBroken)
			return 0
		}
		p.drop()
	}
	return base64.StdEncoding.EncodedLen(len(raw))
}

// fail ends the upload, in this reading and in every other one.
func (p *pass) fail(image *uploadImage, err error) {
	p.drop()
	p.upload.broken, p.upload.cause = image, err
}
