package privacy_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// quoting returns errors that have this text in their own. The standard library and others make
// such errors.
func quoting(text string) []error {
	certificate := &x509.Certificate{DNSNames: []string{text}}
	return []error{
		errors.New(text),
		chatty{text},
		&url.Error{Op: "Post", URL: "https://user:" + text + "@" + text, Err: errors.New(text)},
		&net.OpError{Op: "dial " + text, Net: "tcp", Addr: &net.UnixAddr{Name: text, Net: "unix"}, Err: errors.New(text)},
		&net.DNSError{Err: text, Name: text, Server: text, IsTimeout: true},
		x509.HostnameError{Certificate: certificate, Host: text},
		&tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{certificate}, Err: x509.HostnameError{Certificate: certificate, Host: text}},
		tls.RecordHeaderError{Msg: text, RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}},
		&fs.PathError{Op: "open", Path: text, Err: fs.ErrNotExist},
		fmt.Errorf("%s: %w", text, io.ErrUnexpectedEOF),
		fmt.Errorf("%s: %w", text, context.Canceled),
		errors.Join(errors.New(text), chatty{text}, context.DeadlineExceeded),
	}
}

// chatty is an error that shows its text however it is asked.
type chatty struct{ text string }

func (c chatty) Error() string                { return c.text }
func (c chatty) Format(f fmt.State, _ rune)   { fmt.Fprint(f, c.text) }
func (c chatty) MarshalText() ([]byte, error) { return []byte(c.text), nil }
func (c chatty) Timeout() bool                { return true }
func (c chatty) Temporary() bool              { return true }

// failing is a body that fails.
type failing struct{ read, close error }

func (f failing) Read(b []byte) (int, error) { return copy(b, `{"result":`), f.read }
func (f failing) Close() error               { return f.close }

// TestQuotingErrors: an error that has data in its text is described and not quoted, wherever it
// comes from. errors.Is still finds it.
func TestQuotingErrors(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		all := plant(d, nil)
		for _, fault := range quoting(all.canaries.plant("fault")) {
			over := func(body io.ReadCloser, err error) func() (*facade.Result, error) {
				return func() (*facade.Result, error) {
					return all.start(t.Context(), func(*http.Request, []byte) (*http.Response, error) {
						if err != nil {
							return nil, err
						}
						return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, nil
					})
				}
			}
			canceled, cancel := context.WithCancelCause(t.Context())
			cancel(fault)
			for from, start := range map[string]func() (*facade.Result, error){
				"the transport":     over(nil, fault),
				"the body":          over(failing{fault, nil}, nil),
				"closing the body":  over(failing{io.EOF, fault}, nil),
				"a context's cause": func() (*facade.Result, error) { return all.start(canceled, refuse) },
				"the token source": func() (*facade.Result, error) {
					asked := *all
					asked.config = plant(d, nil).config
					d.SetToken(&asked.config, func(context.Context) (string, error) { return "", fault })
					return asked.start(t.Context(), refuse)
				},
			} {
				_, err := start()
				what := fmt.Sprintf("%s, %T of %s", d.Provider, fault, from)
				all.judge(t, what, err)
				if from == "the transport" && reflect.TypeOf(fault).Comparable() && !errors.Is(err, fault) {
					t.Errorf("%s: errors.Is does not find it", what)
				}
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
	redacted(t, image)
	all.request.(*facade.QoloRequest).Document.Front = image
	_, err = all.start(t.Context(), refuse)
	all.judge(t, "a file that is gone", err)
	for _, odd := range []string{file, filepath.Dir(file), file + "\x00", file + strings.Repeat("long", 1000)} {
		_, err := facade.QoloImageFile(odd)
		newJudge(t, all.canaries).prints("a file that is not an image", err)
	}
}
