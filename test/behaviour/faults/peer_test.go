package faults_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// reply is an answer of a provider.
type reply struct {
	status int
	body   string
}

const (
	mediaJSON = "application/json"
	requestID = "req-7"
)

// head returns the status line and the header, with these further lines. Unless one of them does,
// nothing tells how long the body is.
func (r reply) head(lines ...string) string {
	head := fmt.Sprintf("HTTP/1.1 %03d %s\r\nX-Request-Id: %s\r\n", r.status, http.StatusText(r.status), requestID)
	return head + strings.Join(append(lines, "Content-Type: "+mediaJSON), "\r\n") + "\r\n\r\n"
}

// text returns the reply as a correct server sends it.
func (r reply) text() string {
	if r.status == http.StatusNoContent {
		return r.head()
	}
	return r.framed(len(r.body)) + r.body
}

// framed returns the head of a body of this length.
func (r reply) framed(length int, lines ...string) string {
	return r.head(append(lines, fmt.Sprint("Content-Length: ", length))...)
}

// exchange is a reply, and what it means.
type exchange struct {
	provider facade.Provider
	name     string // of its fixture
	reply
	whole    want // with its body
	unusable want // with a body that cannot be read
}

// exchanges are two answers of each provider, taken from its fixtures: to a start that went well,
// and a refusal.
var exchanges = sync.OnceValue(func() map[facade.Provider][]exchange {
	of := map[facade.Provider][]exchange{}
	for _, d := range fixtures.Descriptors() {
		for _, a := range []fixtures.Exchange{d.Success, d.Refusal} {
			c, whole := wantOf(a.Name)
			bare, unusable := wantOf(a.Bare)
			// A 204 must have no body. Here it gets the body of the other fixture, which a faulty
			// peer may send.
			body := cmp.Or(strings.TrimSpace(string(c.Body)), strings.TrimSpace(string(bare.Body)))
			x := exchange{d.Provider, a.Name, reply{c.Status, body}, whole, unusable}
			of[d.Provider] = append(of[d.Provider], x)
		}
	}
	return of
})

// wantOf returns a fixture, and the outcome that its want file demands.
func wantOf(name string) (fixtures.Case, want) {
	c, err := fixtures.Find(name)
	if err != nil {
		panic(err) // TestEveryProviderIsDescribed says what to do
	}
	return c, want{c.Verdict.Kind, c.Verdict.Started, c.Status}
}

// ok returns the exchange of a start that goes well at p, and refusalOf returns that of a refusal.
func ok(p facade.Provider) exchange        { return exchanges()[p][0] }
func refusalOf(p facade.Provider) exchange { return exchanges()[p][1] }

// A script plays the provider on one connection. When it returns, the peer reads
// on until the client is gone, unless the script has closed the connection.
type script func(c *call)

// peer is a provider that runs a script on every connection, and keeps what it receives.
type peer struct {
	exchange // what the peer answers
	script   script
	secure   *tls.Config             // nil for no TLS
	cancel   context.CancelCauseFunc // cancels the client's calls, as their caller does
	over     chan struct{}           // closed when the client's calls are over
	said     chan struct{}           // gets a value from a script that has said what it had to say
	listener net.Listener
	// settle ends the peer once the client's calls are over, and waits for everything that still
	// runs. What is counted after it is final.
	settle   func()
	handlers sync.WaitGroup

	mu    sync.Mutex
	calls []*call
}

// call is one connection to a peer.
type call struct {
	net.Conn
	*peer
	below net.Conn // the connection below TLS
	in    *bufio.Reader
	seen  bytes.Buffer // all that was read
}

// newPeer returns a peer that listens on a loopback port. Without a script it reads the request,
// answers with x, and hangs up.
func newPeer(t *testing.T, x exchange, s script) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s == nil {
		s = says(reply.text)
	}
	p := &peer{exchange: x, script: s, over: make(chan struct{}), said: make(chan struct{}, 1), listener: l}
	p.settle = sync.OnceFunc(func() {
		close(p.over)
		_ = p.listener.Close()
		p.handlers.Wait()
	})
	t.Cleanup(p.settle)
	return p
}

func (p *peer) address() string { return p.listener.Addr().String() }

// open makes the peer accept connections, and returns its base URL.
func (p *peer) open() string {
	p.handlers.Go(func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			p.handlers.Go(func() { p.serve(conn) })
		}
	})
	if p.secure == nil {
		return "http://" + p.address()
	}
	return "https://" + p.address()
}

// dial connects to the peer through a pipe. A fake clock needs that: it does not advance while
// anybody waits for a socket.
func (p *peer) dial(context.Context, string, string) (net.Conn, error) {
	client, own := net.Pipe()
	p.handlers.Go(func() { p.serve(own) })
	return client, nil
}

func (p *peer) serve(conn net.Conn) {
	c := &call{Conn: conn, peer: p, below: conn}
	defer conn.Close()
	if p.secure != nil {
		secured := tls.Server(conn, p.secure)
		if secured.Handshake() != nil {
			return
		}
		c.Conn = secured
	}
	// bufio has no smaller buffer. A script must not read more than it means to.
	c.in = bufio.NewReaderSize(io.TeeReader(c.Conn, &c.seen), 16)
	p.mu.Lock()
	p.calls = append(p.calls, c)
	p.mu.Unlock()

	p.script(c)
	_, _ = io.Copy(io.Discard, c.in)
}

// handshake is the first byte of a TLS handshake. No HTTP request begins with it.
const handshake = 22

// requests returns how many requests began to arrive, over all connections, and how many of them
// arrived whole.
func (p *peer) requests() (whole, begun int) {
	p.settle()
	for _, c := range p.calls {
		in := bufio.NewReader(&c.seen)
		for {
			if first, err := in.Peek(1); err != nil || first[0] == handshake {
				break
			}
			begun++
			if readRequest(in) == nil {
				break
			}
			whole++
		}
	}
	return whole, begun
}

// readRequest reads a request with its body. It returns nil if the request is not whole.
func readRequest(in *bufio.Reader) *http.Request {
	r, err := http.ReadRequest(in)
	if err != nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r
}

// upTo reads at most n bytes of a request. It returns nil if they are not the whole request.
func (c *call) upTo(n int64) *http.Request {
	return readRequest(bufio.NewReaderSize(io.LimitReader(c.in, n), 16))
}

// part reads the beginning of a request.
func (c *call) part() { _, _ = c.in.Peek(1) }

// read reads one whole request. It returns nil if none came.
func (c *call) read() *http.Request { return c.upTo(math.MaxInt64) }

// say sends text. The peer does not check whether the client still receives it.
func (c *call) say(text string) { _, _ = io.WriteString(c.Conn, text) }

// hangUp closes the connection.
func (c *call) hangUp() { _ = c.Close() }

// reset ends the connection with a TCP reset.
func (c *call) reset() {
	_ = c.below.(*net.TCPConn).SetLinger(0)
	_ = c.below.Close()
}

// idle does nothing until the client's calls are over.
func (c *call) idle() { <-c.over }

// keep answers one request after another.
func (c *call) keep() {
	for c.read() != nil {
		c.say(c.text())
	}
}

// stalls reads the request, sends what text makes of the reply, and then sends no more.
func stalls(text func(r reply) string) script {
	return func(c *call) {
		c.read()
		c.say(text(c.reply))
	}
}

// says reads the request, sends what text makes of the reply, and hangs up.
func says(text func(r reply) string) script {
	return func(c *call) {
		stalls(text)(c)
		c.hangUp()
	}
}

// saying reads the request, sends text and hangs up.
func saying(text string) script { return says(func(reply) string { return text }) }
