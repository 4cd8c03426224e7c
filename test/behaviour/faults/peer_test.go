package faults_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// A script plays the provider on one connection. When it returns, the peer reads
// on until the client is gone, unless the script has closed the connection.
type script func(c *call)

// peer is a provider that runs a script on every connection, and keeps what it
// was sent.
type peer struct {
	script   script
	over     chan struct{} // closed when the client's call is over
	heard    chan struct{} // gets a value when a whole request was read
	settled  sync.Once
	unlisten func()
	handlers sync.WaitGroup

	mu    sync.Mutex
	calls []*call
}

// call is one connection to a peer.
type call struct {
	net.Conn
	*peer
	tcp  *net.TCPConn // nil on a pipe
	in   *bufio.Reader
	seen bytes.Buffer // all that was read
	cut  bool         // closed by the script
}

func newPeer(s script) *peer {
	return &peer{script: s, over: make(chan struct{}), heard: make(chan struct{}, 1), unlisten: func() {}}
}

// piped is a peer that is dialled through pipes.
func piped(t *testing.T, s script) *peer {
	p := newPeer(s)
	t.Cleanup(p.settle)
	return p
}

// listen opens the peer on a loopback port, with TLS unless config is nil, and
// returns its base URL.
func listen(t *testing.T, config *tls.Config, s script) (*peer, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newPeer(s)
	p.unlisten = func() { _ = l.Close() }
	p.handlers.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.handlers.Go(func() { p.serve(conn, config) })
		}
	})
	t.Cleanup(p.settle)
	if config == nil {
		return p, "http://" + l.Addr().String()
	}
	return p, "https://" + l.Addr().String()
}

// dial connects to the peer through a pipe: for a fake clock, which does not
// advance while anybody waits for a socket.
func (p *peer) dial(context.Context, string, string) (net.Conn, error) {
	client, own := net.Pipe()
	p.handlers.Go(func() { p.serve(own, nil) })
	return client, nil
}

func (p *peer) serve(conn net.Conn, config *tls.Config) {
	c := &call{Conn: conn, peer: p}
	c.tcp, _ = conn.(*net.TCPConn)
	defer conn.Close()
	if config != nil {
		secure := tls.Server(conn, config)
		if secure.Handshake() != nil {
			return
		}
		c.Conn = secure
	}
	c.in = bufio.NewReader(io.TeeReader(c.Conn, &c.seen))
	p.mu.Lock()
	p.calls = append(p.calls, c)
	p.mu.Unlock()

	p.script(c)
	if !c.cut {
		_, _ = io.Copy(io.Discard, c.in)
	}
}

// settle ends the peer once the client's call is over, and waits for all that is
// still under way. What is counted after it is final.
func (p *peer) settle() {
	p.settled.Do(func() {
		close(p.over)
		p.unlisten()
		p.handlers.Wait()
	})
}

// requests returns the requests that arrived whole, over all connections, and
// the number of those of which at least a byte came.
func (p *peer) requests() (whole []*request, begun int) {
	p.settle()
	for _, c := range p.calls {
		got, more := parse(c.seen.Bytes())
		whole = append(whole, got...)
		begun += len(got)
		if more {
			begun++
		}
	}
	return whole, begun
}

// request is one that arrived whole.
type request struct {
	*http.Request
	body []byte
}

// parse returns the whole requests in what was read of a connection, and whether
// a further one had begun.
func parse(seen []byte) (whole []*request, more bool) {
	in := bufio.NewReader(bytes.NewReader(seen))
	for {
		if _, err := in.Peek(1); err != nil {
			return whole, false
		}
		r, err := http.ReadRequest(in)
		if err != nil {
			return whole, true
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return whole, true
		}
		whole = append(whole, &request{r, body})
	}
}

// read reads one whole request. It reports false if none came.
func (c *call) read() bool {
	r, err := http.ReadRequest(c.in)
	if err != nil {
		return false
	}
	if _, err = io.Copy(io.Discard, r.Body); err != nil {
		return false
	}
	select {
	case c.heard <- struct{}{}:
	default:
	}
	return true
}

// say sends text. Whether the client still hears it is no concern of a peer.
func (c *call) say(text string) { _, _ = io.WriteString(c.Conn, text) }

// hangUp ends the connection in good order.
func (c *call) hangUp() {
	c.cut = true
	_ = c.Close()
}

// reset ends the connection with a TCP reset.
func (c *call) reset() {
	c.cut = true
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

// idle does nothing until the client's call is over.
func (c *call) idle() { <-c.over }

// rest reads what is left of a request whose beginning is among what was seen.
func (c *call) rest() {
	begun := bytes.NewReader(bytes.Clone(c.seen.Bytes()))
	r, err := http.ReadRequest(bufio.NewReader(io.MultiReader(begun, c.in)))
	if err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}
