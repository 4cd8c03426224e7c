package facade

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"runtime"
	"time"
)

// defaultTimeout is how long a call may take if neither its context nor the
// caller's http.Client says.
const defaultTimeout = 30 * time.Second

// endpoint is one provider's operation on the network, and the only place that
// sends a request and reads a response.
type endpoint struct {
	provider Provider
	server   string // the base URL, with a slash at its end
	// header is what all requests have in theirs. They share its values.
	header http.Header

	token      TokenSource // of bearer tokens, nil for none
	tokenField string      // of the Config, for error texts

	documented responses // of the spec
	elsewhere  responses // refusals that the provider's other documentation has
	starts     int       // the status that by itself means a started KYC, 0 for none

	timeout       time.Duration // for a context without a deadline
	callerTimeout time.Duration // the Timeout of the provider's configuration or of the caller's http.Client, 0 for none

	transport http.RoundTripper
	// freshConnection asks the transport for a connection of the call's own, where
	// an answer does not say which customer it is about.
	freshConnection bool
	maxBody         int64
}

// outgoing is a request as its provider's file built it.
type outgoing struct {
	*http.Request
	upload *upload // of its images, nil for none
}

// send makes the call, once, and returns the answer. The error is for a call
// without an answer: once a status has arrived there is none, whatever became
// of the body.
func (e *endpoint) send(ctx context.Context, out outgoing) (*answer, *Error) {
	ctx, cancel := e.deadline(ctx)
	defer cancel()

	if err := e.authorize(ctx, out.Header); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, notSent(ctx, e.provider, KindCanceled, newCause(ctx, err))
	}
	maps.Copy(out.Header, e.header)
	out.Close = e.freshConnection

	w := new(witness)
	resp, err := e.transport.RoundTrip(out.WithContext(w.watch(ctx)))
	if resp != nil {
		return e.read(ctx, w, resp, err), nil
	}
	if err == nil {
		err = errNoAnswer
	}
	return nil, e.lost(ctx, w, err)
}

// deadline bounds the call, including the reading of the answer. The context it
// returns ends with the call in any case.
func (e *endpoint) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if e.callerTimeout > 0 {
		return context.WithTimeout(ctx, e.callerTimeout)
	}
	if _, has := ctx.Deadline(); has {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, e.timeout)
}

// always puts a value into the header of each request.
func (e *endpoint) always(header, value string) {
	e.header = maps.Clone(e.header) // which other endpoints began with too
	e.header.Set(header, value)
}

// limit sets the time that the caller gives each call, if it is not 0.
func (e *endpoint) limit(in *input, field string, timeout time.Duration) {
	in.must(timeout >= 0, field, "must not be negative")
	e.callerTimeout = cmp.Or(timeout, e.callerTimeout)
}

// lost returns the error of a request that got no answer.
func (e *endpoint) lost(ctx context.Context, w *witness, err error) *Error {
	seen, answered := w.seal()
	lost := &Error{Provider: e.provider, Kind: KindUnavailable, Started: seen.started(), cause: newCause(ctx, err)}
	if stopped, ok := stopKind(ctx); ok {
		lost.Kind = stopped
	} else if isTimeout(&cause{err: err}) {
		lost.Kind = KindTimeout // the transport's own
	} else if answered {
		lost.Kind = KindUnexpectedResponse // something came, and it was not HTTP
	}
	return lost
}

// stopKind returns the kind for a context that is done. It asks the context:
// an error may hide it behind a cause of the caller's own.
func stopKind(ctx context.Context) (Kind, bool) {
	switch ctx.Err() {
	case nil:
		return "", false
	case context.DeadlineExceeded:
		return KindTimeout, true
	default:
		return KindCanceled, true
	}
}

var (
	errNoAnswer = errors.New("transport returned neither an answer nor an error")
	errTooLarge = errors.New("answer too large")
)

// read keeps the answer, and closes its body. A RoundTripper that breaks its
// contract may have returned an error beside it: then the body is not whole.
func (e *endpoint) read(ctx context.Context, w *witness, resp *http.Response, err error) *answer {
	a := &answer{provider: e.provider, status: resp.StatusCode, header: resp.Header, mediaType: mediaTypeOf(resp.Header)}
	a.documented = e.documented.has(a.status, a.mediaType)
	if resp.Body != nil {
		defer resp.Body.Close()
	}
	switch {
	case err != nil || resp.Body == nil:
	case a.status == http.StatusNoContent: // has no body, whatever was sent
	case a.status == http.StatusSwitchingProtocols: // has the bare connection for a body, which no deadline ends
	default:
		a.body, err = readAll(ctx, resp.Body, resp.ContentLength, e.maxBody)
	}
	a.cause = newCause(ctx, err)

	a.evidence, _ = w.seal()
	a.evidence.status = a.status
	a.evidence.starts = a.status == e.starts
	a.evidence.documented = a.documented || e.elsewhere.has(a.status, a.mediaType)
	a.evidence.jsonType = isJSONType(a.mediaType)
	a.evidence.empty = err == nil && len(a.body) == 0 && declaresEmpty(resp) && (a.mediaType == "" || a.evidence.jsonType)
	return a
}

// declaresEmpty reports whether the answer says that it has no bytes. Without it, a
// body that a proxy lost, or that a transport does not hand out, looks like an empty
// one.
func declaresEmpty(resp *http.Response) bool {
	return resp.ContentLength == 0 || resp.Body != nil && resp.ContentLength < 0 && len(resp.TransferEncoding) > 0
}

// readAll reads r to its end, or until it fails, gives more than limit bytes or
// ctx is done, and returns what it has either way. size is the expected length,
// if known.
func readAll(ctx context.Context, r io.Reader, size, limit int64) ([]byte, error) {
	if size < 0 {
		size = 512
	}
	// A Content-Length may lie, so no more than this is allocated for it. One byte
	// more, to see the end.
	body := make([]byte, 0, min(size, limit, DefaultMaxResponseBytes)+1)
	for {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return body[:limit], errTooLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, err
		case n == 0: // allowed, but not for ever
			if err := ctx.Err(); err != nil {
				return body, err
			}
			runtime.Gosched()
		case len(body) == cap(body):
			body = append(body, 0)[:len(body)]
		}
	}
}
