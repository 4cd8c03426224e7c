package privacy_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// quoting are errors that have data in their texts, as the standard library and
// others make them.
func quoting(text string) []error {
	_, badTime := time.Parse(time.RFC3339, text)
	_, badNumber := strconv.Atoi(text)
	_, badURL := url.Parse("https://" + text + ":port")
	certificate := &x509.Certificate{DNSNames: []string{text}}
	return []error{
		errors.New(text),
		chatty{text},
		&url.Error{Op: "Post", URL: "https://user:" + text + "@" + text, Err: errors.New(text)},
		&net.OpError{Op: "dial " + text, Net: "tcp", Addr: &net.UnixAddr{Name: text, Net: "unix"}, Err: errors.New(text)},
		&net.DNSError{Err: "no such host", Name: text, Server: text, IsNotFound: true},
		&net.DNSError{Err: text, Name: text, IsTimeout: true},
		&net.AddrError{Err: text, Addr: text},
		&net.ParseError{Type: "IP address", Text: text},
		net.InvalidAddrError(text),
		x509.HostnameError{Certificate: certificate, Host: text},
		x509.UnknownAuthorityError{Cert: certificate},
		x509.CertificateInvalidError{Cert: certificate, Reason: x509.NameMismatch, Detail: text},
		&tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{certificate}, Err: x509.HostnameError{Certificate: certificate, Host: text}},
		tls.RecordHeaderError{Msg: text, RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}},
		textproto.ProtocolError("malformed MIME header line: " + text),
		&textproto.Error{Code: 500, Msg: text},
		&fs.PathError{Op: "open", Path: text, Err: fs.ErrNotExist},
		&json.UnmarshalTypeError{Value: text, Type: reflect.TypeFor[int](), Field: text},
		badTime, badNumber, badURL,
		fmt.Errorf("%s: %w", text, io.ErrUnexpectedEOF),
		fmt.Errorf("%s: %w", text, context.Canceled),
		errors.Join(errors.New(text), chatty{text}, context.DeadlineExceeded),
	}
}

// chatty is an error that answers every question with its text.
type chatty struct{ text string }

func (c chatty) Error() string                { return c.text }
func (c chatty) String() string               { return c.text }
func (c chatty) GoString() string             { return c.text }
func (c chatty) Format(f fmt.State, _ rune)   { fmt.Fprint(f, c.text) }
func (c chatty) MarshalText() ([]byte, error) { return []byte(c.text), nil }
func (c chatty) Is(error) bool                { return false }
func (c chatty) Unwrap() error                { return errors.New(c.text) }
func (c chatty) Timeout() bool                { return true }
func (c chatty) Temporary() bool              { return true }

// failing is a RoundTripper and a body that fail.
type failing struct {
	roundTrip, read, close error
}

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if f.roundTrip != nil {
		return nil, f.roundTrip
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: f, Request: r}, nil
}

func (f failing) Read(b []byte) (int, error) { return copy(b, `{"result":`), f.read }

func (f failing) Close() error { return f.close }

// judgeFault judges an error in all its forms, the payload included: no word of
// it is a provider's.
func (all *planted) judgeFault(t *testing.T, what string, err error) {
	t.Helper()
	j := newJudge(t, all.canaries)
	j.prints(what, err)
	var kycErr *facade.Error
	if !errors.As(err, &kycErr) {
		t.Errorf("%s: not an error of the facade's: %T", what, err)
		return
	}
	for _, inner := range chain(err) {
		j.text(what+" as JSON", string(mustJSON(inner)))
	}
}

// ask has a planted call ask source for its token, and reports whether there is
// one to ask for.
func (all *planted) ask(source facade.TokenSource) bool {
	return fixtures.Of(all.provider).SetToken(&all.config, source)
}

// TestQuotingErrors: an error that has data in its text is described, and not
// quoted, wherever it comes from; errors.Is and errors.As still find it.
func TestQuotingErrors(t *testing.T) {
	for _, p := range providers {
		all := plant(p, true)
		faults := quoting(all.canaries.plant("fault"))
		for i, fault := range faults {
			name := fmt.Sprintf("%s fault %d, %T", p, i, fault)
			_, err := all.startOver(failing{roundTrip: fault})
			all.judgeFault(t, name+" of the transport", err)
			if !errors.Is(err, fault) && reflect.TypeOf(fault).Comparable() {
				t.Errorf("%s: errors.Is does not find it", name)
			}

			_, err = all.startOver(failing{read: fault})
			if p != facade.XGateway || err != nil {
				all.judgeFault(t, name+" of the body", err)
			}
			_, err = all.startOver(failing{read: io.EOF, close: fault})
			all.judgeFault(t, name+" of closing the body", err)

			asked := plant(p, true)
			asked.canaries.plant("fault")
			if asked.ask(func(context.Context) (string, error) { return asked.canaries.plant("token"), fault }) {
				_, err = asked.startOver(refuser{})
				asked.judgeFault(t, name+" of the token source", err)
			}

			ctx, cancel := context.WithCancelCause(context.Background())
			cancel(fault)
			client, err := facade.New(all.config)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Start(ctx, all.request)
			all.judgeFault(t, name+" as the cause of a context", err)
		}
	}
}

// TestBadTokens: a token that cannot be sent is not quoted.
func TestBadTokens(t *testing.T) {
	for _, form := range spoilt {
		all := plant(facade.Forte, true)
		token := strings.ReplaceAll(form, here, all.canaries.plant("token"))
		all.config.Forte.Token = func(context.Context) (string, error) { return token, nil }
		if _, err := all.startOver(refuser{}); err.(*facade.Error).HTTPStatus == 0 {
			all.judgeFault(t, "a bad token", err)
		}
	}
}

// TestImages: neither the bytes of an image nor the name of its file are quoted,
// whether it is sent in one piece or while it is read.
func TestImages(t *testing.T) {
	for _, size := range []int{1, 10_000} {
		all := plant(facade.Qolo, true)
		image := []byte(strings.Repeat(all.canaries.plant("image"), size))
		file := filepath.Join(t.TempDir(), all.canaries.plant("file")+".bmp")
		document := all.request.(*facade.QoloRequest).Document
		for name, change := range map[string]func() error{
			"sent":    func() error { return nil },
			"cut":     func() error { return os.Truncate(file, int64(len(image)-1)) },
			"grown":   func() error { return os.Truncate(file, int64(len(image)+1)) },
			"removed": func() error { return os.Remove(file) },
		} {
			if err := os.WriteFile(file, image, 0o600); err != nil {
				t.Fatal(err)
			}
			var err error
			if document.Front, err = facade.QoloImageFile(file); err != nil {
				t.Fatal(err)
			}
			if err := change(); err != nil {
				t.Fatal(err)
			}
			newJudge(t, all.canaries).prints("the image", document.Front)
			_, err = all.startOver(reader{})
			all.judgeFault(t, fmt.Sprintf("an image of %d bytes, %s", len(image), name), err)
			if sent := err.(*facade.Error).HTTPStatus != 0; sent != (name == "sent") {
				t.Errorf("an image of %d bytes, %s: %v", len(image), name, err)
			}
		}
	}
}

// reader is a RoundTripper that reads a body to its end, and quotes it if it
// cannot.
type reader struct{}

func (reader) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil {
		return nil, fmt.Errorf("after %q: %w", body, err)
	}
	return refuser{}.RoundTrip(r)
}
