package facade

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// witness sees what becomes of a request, over all attempts that the transport
// makes. The errors of net/http cannot tell: the same ones come before and
// after the request was written.
type witness struct {
	trace httptrace.ClientTrace

	asked     atomic.Bool // a connection was asked for
	connected atomic.Bool // and had: from here on bytes may flow
	answered  atomic.Bool // the first byte of an answer came
}

func (w *witness) watch(ctx context.Context) context.Context {
	w.trace.GetConn = func(string) { w.asked.Store(true) }
	w.trace.GotConn = func(httptrace.GotConnInfo) { w.connected.Store(true) }
	w.trace.GotFirstResponseByte = func() { w.answered.Store(true) }
	return httptrace.WithClientTrace(ctx, &w.trace)
}

// started tells what is known without an answer: that the request never left if
// no connection was ever had, and otherwise nothing. A transport that does not
// report to httptrace proves nothing.
func (w *witness) started() Started {
	if w.asked.Load() && !w.connected.Load() {
		return StartedNo
	}
	return StartedUnknown
}
