package facade_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/qolo"
)

const person = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"

// roundTripper is a function as a transport.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// notes look like the place of an image in the JSON.
const notes = `","front":"","face_image":"` + "\u2028<&>\\\""

// upload starts KYC at Qolo with one image, over a transport that reads the body
// as it likes.
func upload(t *testing.T, image facade.QoloImage, read roundTripper) error {
	t.Helper()
	return uploadTwo(t, image, facade.QoloImage{}, read)
}

// uploadTwo is upload with an image of the customer's face as well.
func uploadTwo(t *testing.T, front, face facade.QoloImage, read roundTripper) error {
	t.Helper()
	client, err := facade.New(facade.Config{
		Qolo:       &facade.QoloConfig{BaseURL: facade.QoloDevelopment, Token: facade.StaticToken("token")},
		HTTPClient: &http.Client{Transport: read},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Start(t.Context(), facade.QoloRequest{
		PersonGUID: person,
		Notes:      notes,
		Document:   &facade.QoloDocument{DocumentType: "PASSPORT", Front: front, FaceImage: face},
	})
	return err
}

func confirmed() (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(bytes.NewReader([]byte(`{"person_guid":"` + person + `"}`))),
	}, nil
}

// Images are sent in pieces of rawChunk bytes if their base64, taken together, is
// longer than plainLimit, and are put together in memory otherwise.
const (
	rawChunk   = 12 << 10
	plainLimit = 64 << 10
)

// TestUploadPieces reads the body in pieces of all kinds, twice, and wants what
// the generated client would send: the way in which an image is sent, and the one
// in which it is read, leave no trace in the bytes. After the call, large images
// cannot be read any more.
func TestUploadPieces(t *testing.T) {
	picture := make([]byte, 8*rawChunk)
	_, _ = rand.NewChaCha8([32]byte{}).Read(picture)
	for _, edge := range []int{rawChunk, plainLimit / 8 * 3, 6 * rawChunk} {
		for size := edge - 3; size <= edge+3; size++ {
			front, face := picture[:size], picture[1:size+1]
			want := marshal(t, front, face)
			for _, piece := range []int{3, 4, 1021, 4096, 32<<10 - 1, 32 << 10, 1 << 20} {
				t.Run(fmt.Sprintf("%d in pieces of %d", size, piece), func(t *testing.T) {
					one, other := facade.QoloImageBytes(front), facade.QoloImageBytes(face)
					var late io.Reader
					err := uploadTwo(t, one, other, func(r *http.Request) (*http.Response, error) {
						again, err := r.GetBody()
						last, failed := r.GetBody()
						if err := errors.Join(err, failed); err != nil {
							t.Fatal(err)
						}
						late = last
						for _, body := range []io.ReadCloser{r.Body, again} {
							if got := inPieces(t, body, piece); !bytes.Equal(got, want) {
								t.Errorf("%d bytes are not the %d of the generated client", len(got), len(want))
							}
							body.Close()
						}
						if r.ContentLength != int64(len(want)) {
							t.Errorf("a length of %d for %d bytes", r.ContentLength, len(want))
						}
						return confirmed()
					})
					if err != nil {
						t.Error(err)
					}
					if n, err := io.Copy(io.Discard, late); edge == 6*rawChunk && (n != 0 || err == nil) {
						t.Errorf("%d bytes can be read after the call (%v)", n, err)
					}
				})
			}
		}
	}
}

// marshal is the plain way: what the generated client sends.
func marshal(t *testing.T, front, face []byte) []byte {
	t.Helper()
	perform, notes, kind := true, notes, "PASSPORT"
	frontText, faceText := base64.StdEncoding.EncodeToString(front), base64.StdEncoding.EncodeToString(face)
	body, err := json.Marshal(qolo.PerformKYCRequest{
		PerformKYC: &perform, Notes: &notes,
		Document: &qolo.Document{DocumentType: &kind, Front: &frontText, FaceImage: &faceText},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func inPieces(t *testing.T, r io.Reader, size int) (all []byte) {
	t.Helper()
	piece := make([]byte, size)
	for {
		n, err := r.Read(piece)
		all = append(all, piece[:n]...)
		if err == io.EOF {
			return all
		}
		if err != nil || n == 0 {
			t.Fatalf("read %d bytes, %v", n, err)
		}
	}
}

// shrinking returns an image in a file, and what cuts the file short.
func shrinking(t *testing.T, size int64) (image facade.QoloImage, shrink func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return image, func() {
		if err := os.Truncate(file, size/2); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUploadDelivered has an image that breaks when it is read once more: what
// was handed out whole before may have arrived.
func TestUploadDelivered(t *testing.T) {
	image, shrink := shrinking(t, 8*rawChunk)
	err := upload(t, image, func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Fatal(err)
		}
		shrink()
		for range 2 {
			again, err := r.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, again); err == nil {
				t.Error("a broken image is whole")
			}
		}
		return nil, errors.New("connection lost")
	})
	var e *facade.Error
	if !errors.As(err, &e) || e.Kind != facade.KindUnavailable || e.Started != facade.StartedUnknown {
		t.Errorf("got %v", err)
	}
}

// TestUploadTimesOut has a call whose time is up when its image breaks: that is
// what the caller hears.
func TestUploadTimesOut(t *testing.T) {
	image, shrink := shrinking(t, 8*rawChunk)
	shrink()
	synctest.Test(t, func(t *testing.T) {
		err := upload(t, image, func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		if !errors.Is(err, facade.KindTimeout) {
			t.Errorf("got %v", err)
		}
	})
}

// TestUnreadableImage has a folder in the place of the file when the call begins:
// nothing is sent, and the error says why.
func TestUnreadableImage(t *testing.T) {
	for _, size := range []int64{1, 8 * rawChunk} {
		file := filepath.Join(t.TempDir(), "image")
		if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		image, err := facade.QoloImageFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
			t.Fatal(err)
		}
		err = upload(t, image, func(*http.Request) (*http.Response, error) {
			t.Error("a request was sent")
			return nil, errors.New("not reached")
		})
		var e *facade.Error
		if !errors.As(err, &e) || e.Kind != facade.KindInvalidRequest || e.Started != facade.StartedNo ||
			!strings.HasSuffix(err.Error(), "not a regular file") {
			t.Errorf("an image of %d bytes: %v", size, err)
		}
	}
}

// TestUploadStaysBroken has a transport that reads on after the image failed, and
// once more from the beginning: it never gets a whole body, nor an end of one. A
// part of it may have arrived despite that, so the start is unknown.
func TestUploadStaysBroken(t *testing.T) {
	image, shrink := shrinking(t, 8*rawChunk)
	shrink()
	err := upload(t, image, func(r *http.Request) (*http.Response, error) {
		again, err := r.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []io.ReadCloser{r.Body, again} {
			var total int64
			for range 100 {
				n, err := body.Read(make([]byte, 32<<10))
				total += int64(n)
				if err == io.EOF {
					t.Error("the body has an end")
				}
			}
			if total >= r.ContentLength {
				t.Errorf("%d of %d bytes were handed out", total, r.ContentLength)
			}
		}
		return nil, errors.New("gave up")
	})
	var e *facade.Error
	if !errors.As(err, &e) || e.Kind != facade.KindInvalidRequest || e.Started != facade.StartedUnknown ||
		len(e.Fields) != 1 || e.Fields[0].Path != "document.front" {
		t.Errorf("got %v", err)
	}
}
