package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// quoting returns errors that have this text in their own.
func quoting(text string) []error {
	return []error{
		chatty{text},
		&url.Error{Op: "Post", URL: "https://user:" + text + "@" + text, Err: errors.New(text)},
		&net.DNSError{Err: text, Name: text, Server: text, IsTimeout: true},
		&fs.PathError{Op: "open", Path: text, Err: fs.ErrNotExist},
		fmt.Errorf("%s: %w", text, context.Canceled),
		errors.Join(errors.New(text), io.ErrUnexpectedEOF),
	}
}

// chatty is an error that shows its text however it is asked.
type chatty struct{ text string }

func (c chatty) Error() string                { return c.text }
func (c chatty) Format(f fmt.State, _ rune)   { fmt.Fprint(f, c.text) }
func (c chatty) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// TestQuotingErrors: an error that has data in its text is described and not quoted, wherever it
// comes from. errors.Is still finds it.
func TestQuotingErrors(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		all, asking := plant(d, nil), plant(d, nil)
		for _, fault := range quoting(all.canaries.plant("fault")) {
			canceled, cancel := context.WithCancelCause(t.Context())
			cancel(fault)
			d.SetToken(&asking.config, func(context.Context) (string, error) { return "", fault })
			_, transport := all.start(t.Context(), func(*http.Request, []byte) (*http.Response, error) { return nil, fault })
			_, body := all.start(t.Context(), func(*http.Request, []byte) (*http.Response, error) {
				body := io.MultiReader(strings.NewReader(`{"result":`), iotest.ErrReader(fault))
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body)}, nil
			})
			_, cause := all.start(canceled, refuse)
			_, token := asking.start(t.Context(), refuse)
			for from, err := range map[string]error{
				"the transport": transport, "the body": body, "a context's cause": cause, "the token source": token,
			} {
				all.judge(t, fmt.Sprintf("%s, %T of %s", d.Provider, fault, from), err)
			}
			if reflect.TypeOf(fault).Comparable() && !errors.Is(transport, fault) {
				t.Errorf("%s: errors.Is does not find %T", d.Provider, fault)
			}
		}
	}
}

// TestImageFiles: if the file of an image cannot be read, the error does not quote its name, which
// often has the customer's name in it.
func TestImageFiles(t *testing.T) {
	all := plant(fixtures.Of(facade.Qolo), nil)
	file := filepath.Join(t.TempDir(), all.canaries.plant("file")+".bmp")
	j := newJudge(t, all.canaries)
	if err := os.WriteFile(file, []byte("BM"), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err = errors.Join(err, os.Remove(file)); err != nil {
		t.Fatal(err)
	}
	all.request.(*facade.QoloRequest).Document.Front = image
	j.redacted("a request with a file", all.request)
	_, err = all.start(t.Context(), refuse)
	all.judge(t, "a file that is gone", err)
	for _, odd := range []string{file, filepath.Dir(file), file + "\x00", file + strings.Repeat("long", 1000)} {
		_, err := facade.QoloImageFile(odd)
		j.prints("a file that is not an image", err)
	}
}
