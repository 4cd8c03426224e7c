package contract

import (
	"cmp"
	"io"
	"net/http"
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
// goroutines of next. It must be safe for concurrent use, and quick.
func Transport(next http.RoundTripper, report func(Violation)) http.RoundTripper {
	return &transport{cmp.Or(next, http.DefaultTransport), report}
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
		t.tell(unjudged("", InRequest))
		return t.next.RoundTrip(r)
	}
	sent := r.WithContext(r.Context()) // a RoundTripper must not change its request
	header := r.Header.Clone()         // the caller may change its own before the body is judged
	sent.Body = watch(r.Body, func(b payload) { t.tell(e.request(r.Method, r.URL, header, b)) })
	response, err := t.next.RoundTrip(sent)
	if response != nil && err == nil {
		if response.Request == sent {
			response.Request = r
		}
		status, header := response.StatusCode, response.Header.Clone()
		response.Body = watch(response.Body, func(b payload) { t.tell(e.response(status, header, b)) })
	}
	return response, err
}

func (t *transport) tell(all []Violation) {
	for _, v := range all {
		t.report(v)
	}
}

// watch returns a body that is handed to judge when its end is known. If there is none, that is at
// once.
func watch(from io.ReadCloser, judge func(payload)) io.ReadCloser {
	if from == nil || from == http.NoBody {
		judge(payload{})
		return from
	}
	return &watched{ReadCloser: from, judge: judge}
}

// watched is a body that keeps what is read of it until its end.
type watched struct {
	io.ReadCloser

	mu    sync.Mutex // Close may come while a Read waits
	text  []byte
	judge func(payload) // nil once it was called
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	flaw := ""
	if err != io.EOF {
		flaw = "one that broke off"
	}
	w.keep(p[:n], err != nil, flaw)
	return n, err
}

func (w *watched) Close() error {
	err := w.ReadCloser.Close()
	w.keep(nil, true, "one that was not read to its end")
	return err
}

// keep keeps a part of the body. It hands over all of it at the end, and at the limit.
func (w *watched) keep(part []byte, end bool, flaw string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.judge == nil {
		return
	}
	w.text = append(w.text, part...)
	if len(w.text) > limit {
		end, flaw = true, "a longer one"
	}
	if end {
		w.judge(payload{w.text, flaw})
		w.text, w.judge = nil, nil
	}
}
