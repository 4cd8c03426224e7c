package input_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// sides are the images of a document.
var sides = []struct {
	name string
	put  func(*facade.QoloDocument, facade.QoloImage)
}{
	{"front", func(d *facade.QoloDocument, i facade.QoloImage) { d.Front = i }},
	{"back", func(d *facade.QoloDocument, i facade.QoloImage) { d.Back = i }},
	{"face_image", func(d *facade.QoloDocument, i facade.QoloImage) { d.FaceImage = i }},
}

func photograph(put func(*facade.QoloDocument, facade.QoloImage), image facade.QoloImage) facade.Request {
	return qolo(func(r *facade.QoloRequest) {
		r.Document = &facade.QoloDocument{DocumentType: "PASSPORT"}
		put(r.Document, image)
	})
}

// TestImages: images are refused by their size, and otherwise sent whole.
func TestImages(t *testing.T) {
	for _, side := range sides {
		for _, c := range []struct {
			name  string
			limit int64 // 0 is for the default
			size  int
			says  string // why it is refused, "" if it is not
		}{
			{"nothing", 0, 0, "must not be empty"},
			{"one byte", 0, 1, ""},
			{"limit", 1000, 1000, ""},
			{"limit and one", 1000, 1001, "at most 1000 bytes"},
			{"large limit", 1 << 20, 1 << 20, ""},
			{"large limit and one", 1 << 20, 1<<20 + 1, "at most 1048576 bytes"},
			{"default limit", 0, facade.DefaultMaxImageBytes, ""},
			{"default limit and one", 0, facade.DefaultMaxImageBytes + 1, "at most 16777216 bytes"},
		} {
			if c.size >= facade.DefaultMaxImageBytes && side.name != "front" {
				continue // one is large enough
			}
			t.Run(side.name+" "+c.name, func(t *testing.T) {
				image := bytes.Repeat([]byte{0xd8}, c.size)
				w := &wire{answer: starts[facade.Qolo]}
				config := fixtures.Config("https://provider.test", facade.Qolo)
				config.Qolo.MaxImageBytes = c.limit
				_, err := w.client(t, config).Start(t.Context(), photograph(side.put, facade.QoloImageBytes(image)))
				if c.says != "" {
					e := refused(t, w, err, "document."+side.name)
					if !strings.Contains(e.Fields[0].Message, c.says) {
						t.Errorf("%q does not say %q", e.Fields[0].Message, c.says)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if !sends(w, side.name, image) {
					t.Error("another image was sent")
				}
			})
		}
	}
}

// sends reports whether an image was sent as a member of the document.
func sends(w *wire, side string, image []byte) bool {
	return strings.Contains(w.sent[0].body, `"`+side+`":"`+base64.StdEncoding.EncodeToString(image)+`"`)
}

// TestNoImage: the zero image is none.
func TestNoImage(t *testing.T) {
	w := &wire{answer: starts[facade.Qolo]}
	if _, err := w.start(t, photograph(sides[0].put, facade.QoloImage{})); err != nil {
		t.Fatal(err)
	}
	if want := `"document":{"document_type":"PASSPORT"}`; !strings.Contains(w.sent[0].body, want) {
		t.Errorf("sent %s, want %s in it", w.sent[0].body, want)
	}
}

// TestImageFiles: an image in a file is as good as its bytes, and must be there.
func TestImageFiles(t *testing.T) {
	folder := t.TempDir()
	if _, err := facade.QoloImageFile(filepath.Join(folder, "missing.bmp")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := facade.QoloImageFile(folder); err == nil {
		t.Error("a folder is taken for an image")
	}
	for _, c := range []struct {
		name   string
		size   int
		change func(file string) error
		whole  bool
		// begun tells that a part of the request was sent before the image failed.
		begun bool
	}{
		{"untouched", 3000, func(string) error { return nil }, true, false},
		{"removed", 3000, os.Remove, false, false},
		{"cut", 3000, func(file string) error { return os.Truncate(file, 2999) }, false, false},
		{"grown", 3000, func(file string) error { return os.Truncate(file, 3001) }, false, false},
		{"large untouched", 300_000, func(string) error { return nil }, true, false},
		{"large removed", 300_000, os.Remove, false, false},
		{"large cut", 300_000, func(file string) error { return os.Truncate(file, 299_999) }, false, true},
		{"large cut to nothing", 300_000, func(file string) error { return os.Truncate(file, 0) }, false, true},
		{"large grown", 300_000, func(file string) error { return os.Truncate(file, 300_001) }, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(folder, fmt.Sprintf("%d.bmp", c.size))
			want := bytes.Repeat([]byte("BM"), c.size/2)
			if err := os.WriteFile(file, want, 0o600); err != nil {
				t.Fatal(err)
			}
			image, err := facade.QoloImageFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.change(file); err != nil {
				t.Fatal(err)
			}
			w := &wire{answer: starts[facade.Qolo]}
			_, err = w.start(t, photograph(sides[0].put, image))
			if c.whole {
				if err != nil || !sends(w, "front", want) {
					t.Errorf("not sent as it is: %v", err)
				}
				return
			}
			e := failure(t, err)
			started := no
			if c.begun {
				started = unknown
			}
			if e.Kind != facade.KindInvalidRequest || e.Started != started || len(e.Fields) != 1 || e.Fields[0].Path != "document.front" {
				t.Errorf("%v, at fault are %v", e, e.Fields)
			}
			if w.calls() == 1 && json.Valid([]byte(w.sent[0].body)) {
				t.Error("a whole request was sent")
			}
			quotesNothing(t, err, file)
		})
	}
}

// TestImageFileErrors: a file's name is often the customer's, and no error has it.
func TestImageFileErrors(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "jane-doe")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file string
		is         error
	}{
		{"missing", filepath.Join(folder, "missing.bmp"), fs.ErrNotExist},
		{"a folder", folder, nil},
		{"no name", "jane-doe\x00.bmp", nil},
		{"too long a name", filepath.Join(folder, strings.Repeat("jane-doe", 1000)), nil},
	} {
		_, err := facade.QoloImageFile(c.file)
		if err == nil {
			t.Fatalf("%s: no error", c.name)
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v hides %v", c.name, err, c.is)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if text := fmt.Sprintf("%s %v %+v %#v %q", e, e, e, e, e); strings.Contains(text, "jane-doe") || strings.Contains(text, "missing.bmp") {
				t.Errorf("%s: the error names the file: %s", c.name, text)
			}
		}
	}
}
