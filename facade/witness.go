package facade

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
)

// witness sees what becomes of a request, over all attempts that the transport
// makes. The errors of net/http cannot tell: the same ones come before and
// after the request was written.
type witness struct {
	trace httptrace.ClientTrace

	mu          sync.Mutex
	asked       bool // a connection was asked for
	connections int  // that were had: from the first on, bytes may flow
	reused      bool // one of them had served before
	answered    bool // the first byte of an answer came
	sealed      bool // the call is over

	dials int // by the library's own dial
	last  *answerKeepingConn
}

// witnessKey finds the witness in the context of its call.
type witnessKey struct{}

// watch returns a context under which w sees every connection.
func (w *witness) watch(ctx context.Context) context.Context {
	w.trace = httptrace.ClientTrace{
		GetConn:              func(string) { w.note(func() { w.asked = true }) },
		GotConn:              w.gotConn,
		GotFirstResponseByte: func() { w.note(func() { w.answered = true }) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { w.note(w.holdForRequest) },
	}
	return httptrace.WithClientTrace(context.WithValue(ctx, witnessKey{}, w), &w.trace)
}

// witnessIn returns the witness of the call that ctx belongs to, nil for none.
func witnessIn(ctx context.Context) *witness {
	w, _ := ctx.Value(witnessKey{}).(*witness)
	return w
}

func (w *witness) note(what func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what()
}

func (w *witness) gotConn(info httptrace.GotConnInfo) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sealed {
		// Some wrappers return before their attempt ends. What was said of this call
		// must stay true, so nothing is sent any more.
		closeUnsent(info.Conn)
		return
	}
	w.connections++
	w.reused = w.reused || info.Reused
}

// closeUnsent closes a connection without another byte, not even TLS's own.
func closeUnsent(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if conn != nil {
		_ = conn.Close()
	}
}

// dialed notes a connection of the library's own dial.
func (w *witness) dialed(conn *answerKeepingConn) {
	if w == nil {
		return // the transport is used for something else
	}
	w.note(func() { w.dials, w.last = w.dials+1, conn })
}

// holdForRequest makes reads on a connection whose TLS handshake is done wait for
// the request. Of several connections it is not known which one is meant.
func (w *witness) holdForRequest() {
	if w.dials == 1 {
		w.last.hold()
	}
}

// startOver reports whether another attempt may be made, since no connection was
// had so far, and prepares for it.
func (w *witness) startOver() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.connections > 0 {
		return false
	}
	w.dials = 0
	return true
}

// seal ends the watch and returns what was seen: a connection that comes later is
// closed before the request goes out on it. Nothing was sent if a connection was
// asked for and none was had; a transport that does not report to httptrace gives
// no evidence. It also tells whether an answer began.
func (w *witness) seal() (seen evidence, answered bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sealed = true
	return evidence{
		unsent:      w.asked && w.connections == 0,
		connections: w.connections,
		reused:      w.reused,
	}, w.answered
}
