package facade

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"
)

// cause stands for an error whose text may quote what was sent or received: a
// URL, a header line, a body. It prints what kind of error it was, in words of
// its own, while errors.Is and errors.As look into the error itself.
type cause struct {
	err error
	// ctx is what the context says, and the caller's cause for it. The error may
	// hide either: with a cause of the caller's own, errors.Is(err,
	// context.Canceled) is false for what net/http returns.
	ctx error
	// step is what failed, in words without data; empty for the exchange itself.
	step string
}

// newCause returns the cause for err under ctx, and nil for no error.
func newCause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return newStepCause(ctx, "", err)
}

// newStepCause returns the cause for a step that failed with err under ctx. The
// step alone may say it all: then err is nil.
func newStepCause(ctx context.Context, step string, err error) error {
	return &cause{err: err, ctx: errors.Join(ctx.Err(), context.Cause(ctx)), step: step}
}

// Error returns a description without data.
func (c *cause) Error() string {
	for _, known := range causes {
		if known.is(c) {
			if c.step != "" {
				return c.step + ": " + known.text
			}
			return known.text
		}
	}
	return cmp.Or(c.step, "other failure")
}

// Is reports whether the error, or what the context says, is target.
func (c *cause) Is(target error) bool {
	return errors.Is(c.err, target) || errors.Is(c.ctx, target)
}

// As finds target in the error, or in what the context says.
func (c *cause) As(target any) bool {
	return errors.As(c.err, target) || errors.As(c.ctx, target)
}

// Format implements [fmt.Formatter]: every verb prints the description.
func (c *cause) Format(f fmt.State, _ rune) { write(f, c.Error()) }

// causes are the descriptions, the first that fits being the one.
var causes = []struct {
	text string
	is   func(*cause) bool
}{
	{"deadline exceeded", is(context.DeadlineExceeded)},
	{"canceled", is(context.Canceled)},
	{"host name not resolved", as[*net.DNSError]},
	{"connection refused", is(syscall.ECONNREFUSED)},
	{"connection reset", is(syscall.ECONNRESET)},
	{"connection broken while sending", is(syscall.EPIPE)},
	{"certificate not trusted", as[*tls.CertificateVerificationError]},
	{"certificate of another host", as[x509.HostnameError]},
	{"not a TLS server", as[tls.RecordHeaderError]},
	{"TLS alert", as[tls.AlertError]},
	{"timeout", isTimeout},
	{"connection closed", is(io.EOF)},
	{"connection closed", is(io.ErrUnexpectedEOF)},
	{"answer too large", is(errTooLarge)},
	{"answer has too many elements", is(errTooManyElements)},
	{"connection speaks HTTP/2", is(errHTTP2)},
	{"too many open files", isOutOfFiles},
	{"no such file", is(fs.ErrNotExist)},
	{"not a regular file", is(errNotRegular)},
	{"file not readable", as[*fs.PathError]},
	{"image changed", is(errImageChanged)},
}

func is(target error) func(*cause) bool {
	return func(c *cause) bool { return c.Is(target) }
}

func as[T error](c *cause) bool {
	var target T
	return c.As(&target)
}

func isOutOfFiles(c *cause) bool { return c.Is(syscall.EMFILE) || c.Is(syscall.ENFILE) }

func isTimeout(c *cause) bool {
	var timeout net.Error
	return c.As(&timeout) && timeout.Timeout()
}
