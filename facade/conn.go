package facade

import (
	"context"
	"encoding/binary"
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
// During the handshake a read ends with a TLS record: crypto/tls would take what
// follows the last one, which may be the answer, out of reach of hold.
//
// A provider may also answer in the middle of an upload, and hang up. net/http
// would take the write that fails upon it for the outcome, so what cannot be sent
// is dropped, and it is left to the reader to find out why.
type answerKeepingConn struct {
	net.Conn
	broken, closed atomic.Bool

	mu      sync.Mutex
	written chan struct{} // closed by the next write

	handshaking atomic.Bool        // from the first TLS record on that was written
	header      [recordHeader]byte // of the TLS record that is being read
	headerRead  int                // bytes of it
	recordLeft  int                // bytes to come behind it
}

// recordHeader is the length of a TLS record's header: one byte of type, two of
// version, two of the length of what follows.
const recordHeader = 5

// recordOfHandshake is the type of a TLS record that no HTTP begins with.
const recordOfHandshake = 22

// hold makes reads wait for the next write. A handshake is over then.
func (c *answerKeepingConn) hold() {
	c.handshaking.Store(false)
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
	switch {
	case c.closed.Load():
		return 0, net.ErrClosed // and not what came before anything was asked
	case !c.handshaking.Load():
		return c.Conn.Read(b)
	case c.recordLeft > 0:
		n, err := c.Conn.Read(b[:min(len(b), c.recordLeft)])
		c.recordLeft -= n
		return n, err
	default:
		n, err := c.Conn.Read(b[:min(len(b), recordHeader-c.headerRead)])
		c.headerRead += copy(c.header[c.headerRead:], b[:n])
		if c.headerRead == recordHeader {
			c.headerRead, c.recordLeft = 0, int(binary.BigEndian.Uint16(c.header[recordHeader-2:]))
		}
		return n, err
	}
}

// Write implements [net.Conn].
func (c *answerKeepingConn) Write(b []byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	if len(b) > 0 && b[0] == recordOfHandshake {
		c.handshaking.Store(true)
	}
	defer c.release() // when something was asked, so that no answer comes before its request is out
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
