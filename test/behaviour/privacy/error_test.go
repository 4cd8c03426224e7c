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
	"github.com/kycstart/kycstart/test/internal/replay"
)

// spoilt are texts with a canary in them. Most fields refuse them.
var spoilt = []string{
	here, here + "\xff", "/" + here + "/..", here + "\r\nX: " + here, " " + here + " ", "Bearer " + here, strings.Repeat(here, 500),
	"javascript:" + here, "https://" + here + ":" + here + "@" + here + ".example", "http://" + here + ".example", "https://" + here + ":port/", "%zz" + here,
	"https://x.example/?" + here, "https://x.example/#" + here, "https://[" + here, "0x" + here,
}

// TestRefusedInput: a refusal quotes neither what it refuses, in whatever field, nor the token of a
// source. A client without providers does not quote the request. A text that is not refused is sent
// unchanged: encoding/json would send U+FFFD in place of a broken byte.
func TestRefusedInput(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		refusals := 0
		for _, place := range plant(d, nil).canaries {
			for _, form := range spoilt {
				all := plant(d, map[string]string{place.where: form})
				e := all.start(t.Context(), replay.Answer{Status: http.StatusTeapot})
				if strings.Contains(string(e.Body), `\ufffd`) {
					t.Errorf("%s is sent with U+FFFD in place of a broken byte", place.where)
				}
				if e.Err.(*facade.Error).HTTPStatus == 0 { // TestAnswers covers errors with an answer
					refusals++
					all.judge(t, "the refusal of "+place.where, e.Err)
				}
			}
		}
		if refusals < 20 {
			t.Errorf("%s: %d refusals: too few of them to prove anything", d.Provider, refusals)
		}
		all := plant(d, nil)
		_, err := new(facade.Client).Start(t.Context(), all.request)
		all.judge(t, "not configured", err)
	}
}

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
			transport := all.start(t.Context(), replay.Answer{Err: fault})
			body := io.MultiReader(strings.NewReader(`{"result":`), iotest.ErrReader(fault))
			for from, e := range map[string]replay.Exchange{
				"the transport":     transport,
				"the body":          all.start(t.Context(), replay.Answer{Status: http.StatusOK, Reader: body}),
				"a context's cause": all.start(canceled, replay.Answer{}),
				"the token source":  asking.start(t.Context(), replay.Answer{Status: http.StatusTeapot}),
			} {
				all.judge(t, fmt.Sprintf("%s, %T of %s", d.Provider, fault, from), e.Err)
			}
			if reflect.TypeOf(fault).Comparable() && !errors.Is(transport.Err, fault) {
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
	if err := os.WriteFile(file, []byte("BM"), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err = errors.Join(err, os.Remove(file)); err != nil {
		t.Fatal(err)
	}
	all.request.(*facade.QoloRequest).Document.Front = image
	all.canaries.redacted(t, "a request with a file", all.request)
	all.judge(t, "a file that is gone", all.start(t.Context(), replay.Answer{Status: http.StatusTeapot}).Err)
	for _, odd := range []string{file, filepath.Dir(file), file + "\x00", file + strings.Repeat("long", 1000)} {
		_, err := facade.QoloImageFile(odd)
		all.canaries.notPrinted(t, "a file that is not an image", err)
	}
}

// judge looks for canaries in an error in all its forms. The payload is one of them: here it has no
// words of a provider.
func (all *planted) judge(t *testing.T, what string, err error) {
	t.Helper()
	kycErr, ok := err.(*facade.Error)
	if !ok {
		t.Fatalf("%s: not an error of package facade: %T", what, err)
	}
	all.canaries.notPrinted(t, what, err)
	all.canaries.notInJSON(t, what, err)
	if cause := errors.Unwrap(kycErr.Redacted()); cause != nil {
		t.Errorf("%s: the record keeps the cause: %v", what, cause)
	}
	all.canaries.notIn(t, "its fields", fmt.Sprintf("%+v", kycErr.Fields))
}
