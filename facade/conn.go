package facade

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// dial connects, with a timeout of ten seconds.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	keeping := &answerKeepingConn{Conn: conn}
	keeping.hold()
	witnessIn(ctx).dialed(keeping)
	return keeping, nil
}

// answerKeepingConn is a connection on which no answer is lost that comes early.
//
// A provider may answer before it is asked. net/http would throw that away and
// print it to the standard logger, so a read waits for the first write: that of
// the request or, with TLS, of the handshake, behind which hold is called again.
//
// A provider may also answer in the middle of an upload, and hang up. net/http
// would take the write that fails upon it for the outcome, so what cannot be sent
// is dropped, and it is left to the reader to find out why.
type answerKeepingConn struct {
	net.Conn
	broken, closed atomic.Bool

	mu      sync.Mutex
	written chan struct{} // closed by the next write
}

// hold makes reads wait for the next write.
func (c *answerKeepingConn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = make(chan struct{})
}

// release lets reads go on.
func (c *answerKeepingConn) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.written:
	default:
		close(c.written)
	}
}

func (c *answerKeepingConn) awaitWrite() {
	c.mu.Lock()
	written := c.written
	c.mu.Unlock()
	<-written
}

// Read implements [net.Conn].
func (c *answerKeepingConn) Read(b []byte) (int, error) {
	c.awaitWrite()
	if c.closed.Load() {
		return 0, net.ErrClosed // and not what came before anything was asked
	}
	return c.Conn.Read(b)
}

// Write implements [net.Conn].
func (c *answerKeepingConn) Write(b []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	c.release()
	if !c.broken.Load() {
		n, err := c.Conn.Write(b)
		if err == nil {
			return n, nil
		}
		c.broken.Store(true)
	}
	return len(b), nil
}

// Close implements [net.Conn].
func (c *answerKeepingConn) Close() error {
	c.closed.Store(true)
	c.release()
	return c.Conn.Close()
}
