package contract

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

// limit is how much of a body Transport keeps in order to judge it.
const limit = 1 << 20

// Transport returns a RoundTripper that hands every request to next once, and hands back the
// response and the error. Meanwhile it judges the requests that go to an endpoint of a provider,
// and their responses, as Request and Response do.
//
// A nil next stands for http.DefaultTransport, which may use HTTP/2 and may repeat a request.
// Around the facade, pass facade.NewTransport() instead.
//
// Nothing is changed, delayed or read ahead. A request or a response is judged when the end of its
// body is reached or the body is closed, by what next or the caller has read of it. What could not
// be judged is reported as a Violation that is Unchecked: a request that goes elsewhere; a body of
// more than 1 MiB; a body that broke, that was not read to its end, or that is encoded (gzip). If
// next itself repeats a request, only the body of the first attempt is seen.
//
// report is called from RoundTrip and from the Read and Close of the bodies, so also from
// goroutines of next. It must be safe for concurrent use, and quick. If it is nil, nothing is
// judged.
func Transport(next http.RoundTripper, report func(Violation)) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	if report == nil {
		return next
	}
	return &transport{next: next, report: report}
}

type transport struct {
	next   http.RoundTripper
	report func(Violation)
}

// CloseIdleConnections passes the call on to the wrapped transport.
func (t *transport) CloseIdleConnections() {
	if next, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		next.CloseIdleConnections()
	}
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	e := endpointFor(endpoints(), r)
	if e == nil {
		f := unjudged("", InRequest, "an endpoint of "+strings.Join(Providers(), ", "), "another")
		f[0].Pointer = "path"
		t.tell(f)
		return t.next.RoundTrip(r)
	}
	sent := r.WithContext(r.Context()) // a RoundTripper must not change its request
	header := r.Header.Clone()         // the caller may change its own before the body is judged
	sent.Body = t.watch(r.Body, r.ContentLength, func(b body) []Violation { return e.request(r.Method, r.URL, header, b) })
	response, err := t.next.RoundTrip(sent)
	if response != nil && err == nil {
		if response.Request == sent {
			response.Request = r
		}
		status, header := response.StatusCode, response.Header.Clone()
		judge := func(b body) []Violation { return e.response(status, header, b) }
		response.Body = t.watch(response.Body, response.ContentLength, judge)
	}
	return response, err
}

func (t *transport) tell(all []Violation) {
	for _, v := range all {
		t.report(v)
	}
}

// watch returns a body that is judged when its end is known. If there is none, that is at once.
func (t *transport) watch(from io.ReadCloser, length int64, judge func(body) []Violation) io.ReadCloser {
	if from == nil || from == http.NoBody {
		t.tell(judge(body{}))
		return from
	}
	return &watched{ReadCloser: from, length: length, end: func(b body) { t.tell(judge(b)) }}
}

// Why a body cannot be judged.
const (
	tooLong = "a longer one"
	broken  = "one that broke off"
	unread  = "one that was not read to its end"
)

// watched is a body that keeps what is read of it until its end.
type watched struct {
	io.ReadCloser
	length int64 // as announced; -1 if it was not announced, or 0 for a request

	mu   sync.Mutex // Close may come while a Read waits
	text []byte
	end  func(body) // nil once it was called
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.mu.Lock()
	if w.end != nil {
		w.text = append(w.text, p[:n]...)
	}
	long := len(w.text) > limit
	w.mu.Unlock()
	switch {
	case long:
		w.finish(tooLong)
	case err == io.EOF:
		w.finish("")
	case err != nil:
		w.finish(broken)
	}
	return n, err
}

func (w *watched) Close() error {
	err := w.ReadCloser.Close()
	w.finish(unread)
	return err
}

// finish ends the watch, the first time it is called. A body of the announced length is complete,
// even if its end was not seen.
func (w *watched) finish(flaw string) {
	w.mu.Lock()
	end, text := w.end, w.text
	w.end, w.text = nil, nil
	w.mu.Unlock()
	if end == nil {
		return
	}
	if w.length > 0 && int64(len(text)) == w.length && flaw != tooLong {
		flaw = ""
	}
	end(body{there: true, text: text, flaw: flaw})
}
