package facade

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// defaultTimeout is how long a call may take if neither its context nor the
// caller's http.Client says.
const defaultTimeout = 30 * time.Second

// endpoint is one provider's operation on the network, and the only place that
// sends a request and reads a response.
type endpoint struct {
	provider Provider
	// prepared is what the generated code builds of the request, once. Each call
	// sends a copy of it.
	prepared *http.Request
	token    TokenSource // of the bearer token, nil for none
	spec     documented
	timeout  time.Duration // for a context without a deadline

	transport http.RoundTripper
	patience  time.Duration // the caller's http.Client.Timeout, 0 for none
	limit     int64         // bytes of a body
}

// call is what one call adds to the prepared request.
type call struct {
	customer string  // takes the place of someone in the path
	token    string  // of the customer's own, sent as bearer token
	body     any     // sent as JSON
	upload   *upload // sent instead of body
}

// someone stands for the customer in the path of a prepared request, behind
// whatever the base URL has.
const someone = "00000000-0000-0000-0000-000000000000"

// address returns the path with the customer in the place of someone.
func address(path, customer string) string {
	at := strings.LastIndex(path, someone)
	return path[:at] + customer + path[at+len(someone):]
}

// write puts the call into its copy of the prepared request.
func (c call) write(req *http.Request) error {
	if c.customer != "" {
		escaped := address(req.URL.EscapedPath(), url.PathEscape(c.customer))
		req.URL.Path, req.URL.RawPath = address(req.URL.Path, c.customer), escaped
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	switch {
	case c.upload != nil:
		req.ContentLength, req.GetBody = c.upload.length, c.upload.open
	case c.body != nil:
		text, err := json.Marshal(c.body)
		if err != nil {
			return err
		}
		req.ContentLength, req.GetBody = int64(len(text)), func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(text)), nil
		}
	default:
		return nil
	}
	var err error
	req.Body, err = req.GetBody()
	return err
}

// authorize puts the token into the header of a request, if its source gives one.
func (e *endpoint) authorize(ctx context.Context, header http.Header) error {
	if e.token == nil {
		return nil
	}
	token, err := e.token(ctx)
	if err != nil {
		return errors.Join(errTokenSource, err)
	}
	if !presentable(token) {
		return errToken
	}
	header.Set("Authorization", "Bearer "+token)
	return nil
}

// send makes the call, once, and returns the answer. The error is for a call
// without an answer: once a status has arrived there is none, whatever became
// of the body.
func (e *endpoint) send(ctx context.Context, c call) (*answer, *Error) {
	ctx, cancel := e.deadline(ctx)
	defer cancel()

	w := new(witness)
	req := e.prepared.Clone(w.watch(ctx))
	if err := c.write(req); err != nil {
		return nil, unsent(ctx, e.provider, KindInvalidRequest, err)
	}
	if err := e.authorize(ctx, req.Header); err != nil {
		return nil, unsent(ctx, e.provider, KindUnauthenticated, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, unsent(ctx, e.provider, KindCanceled, err)
	}

	resp, err := e.transport.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNoAnswer
	}
	if err != nil {
		if resp != nil { // from a RoundTripper that breaks its contract, and that heard something
			w.connected.Store(true)
			if resp.Body != nil {
				_ = resp.Body.Close()
			}
		}
		return nil, e.lost(ctx, w, err)
	}
	return e.read(ctx, resp), nil
}

// deadline bounds the call, including the reading of the answer.
func (e *endpoint) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if e.patience > 0 {
		return context.WithTimeout(ctx, e.patience)
	}
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, e.timeout)
}

// lost returns the error of a request that got no answer.
func (e *endpoint) lost(ctx context.Context, w *witness, err error) *Error {
	lost := &Error{Provider: e.provider, Kind: KindUnavailable, Started: w.started(), cause: because(ctx, err)}
	if stopped, ok := stopKind(ctx); ok {
		lost.Kind = stopped
	} else if isTimeout(&cause{err: err}) {
		lost.Kind = KindTimeout // the transport's own
	} else if w.answered.Load() {
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

// read keeps the answer, and closes its body.
func (e *endpoint) read(ctx context.Context, resp *http.Response) *answer {
	a := &answer{provider: e.provider, status: resp.StatusCode, header: resp.Header, mediaType: mediaTypeOf(resp.Header)}
	a.documented = e.spec.has(a.status, a.mediaType)
	if resp.Body == nil {
		return a
	}
	defer resp.Body.Close()
	switch a.status {
	case http.StatusNoContent: // has no body, whatever was sent
	case http.StatusSwitchingProtocols: // has the bare connection for a body, which no deadline ends
	default:
		body, err := readAll(resp.Body, resp.ContentLength, e.limit)
		a.body, a.cause = body, because(ctx, err)
	}
	return a
}

// readAll reads r to its end, or until it fails or gives more than limit bytes,
// and returns what it has either way. size is the expected length, if known.
func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	if size < 0 {
		size = 512
	}
	// The claim is not worth more memory than this; one byte more, to see the end.
	body := make([]byte, 0, min(size, limit, DefaultMaxResponseBytes)+1)
	for {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if int64(len(body)) > limit {
			return body[:limit], errTooLarge
		}
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return body, err
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
	}
}
