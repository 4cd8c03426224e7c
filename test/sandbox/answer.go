package sandbox

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/test/fixtures"
)

// replay returns a function that answers with a fixture.
func replay(f fixtures.Case) func(*provider, *call) {
	return func(p *provider, c *call) { c.send(f.Status, f.Header, p.addressed(c, f.Body)) }
}

// addressed returns the body of a fixture with the customer of the call in it.
func (p *provider) addressed(c *call, body []byte) []byte {
	if !p.Customer.Echoed {
		return body
	}
	id := cmp.Or(p.Lookup(c.operation).Echoed, p.Customer.ID)
	body = bytes.ReplaceAll(body, quoted(id), quoted(c.customer))
	return bytes.ReplaceAll(body, quoted(strings.ToUpper(id)), quoted(strings.ToUpper(c.customer)))
}

func quoted(text string) []byte {
	quoted, _ := json.Marshal(text) // a string always encodes
	return quoted
}

func lostReply(_ *provider, c *call) { c.drop() }

// slow waits for the client to give up, or for the server to close.
func slow(_ *provider, c *call) {
	<-c.request.Context().Done()
	c.drop()
}

func badGateway(_ *provider, c *call) {
	c.send(http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}},
		[]byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n"))
}

// cutBody cuts the provider's success in half. If that has no body, it cuts the refusal.
func cutBody(p *provider, c *call) {
	whole, err := fixtures.Find(p.Success.Name)
	if err == nil && len(whole.Body) == 0 {
		whole, err = fixtures.Find(p.Refusal.Name)
	}
	if err != nil {
		p.sandbox.report(err)
		c.drop()
		return
	}
	c.write(whole.Status, whole.Header, len(whole.Body), whole.Body[:len(whole.Body)/2])
}

func notRefused(p *provider, c *call) {
	p.sandbox.report(errors.New("sandbox: " + FaultConnectionRefused + " needs the client of Sandbox.HTTPClient, but another one has connected"))
	c.drop()
}

// send answers with a complete response.
func (c *call) send(status int, header http.Header, body []byte) {
	c.write(status, header, len(body), body)
}

// write puts a response on the wire as it is and closes the connection. net/http would not write
// the statuses and bodies that a provider should not send, and it would add headers to the others.
func (c *call) write(status int, header http.Header, length int, body []byte) {
	conn, w := c.hijack()
	if conn == nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(w, "HTTP/1.1 %03d %s\r\n", status, http.StatusText(status))
	_ = header.Write(w)
	if status != http.StatusNoContent {
		fmt.Fprintf(w, "Content-Length: %d\r\n", length)
	}
	_, _ = w.WriteString("Connection: close\r\n\r\n")
	_, _ = w.Write(body)
	_ = w.Flush() // if the client is gone, nobody needs the answer
}

// drop closes the connection without an answer. (A handler that only returned would answer 200.)
func (c *call) drop() {
	if conn, _ := c.hijack(); conn != nil {
		_ = conn.Close()
	}
}

func (c *call) hijack() (net.Conn, *bufio.Writer) {
	conn, buffered, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return nil, nil // the server only speaks HTTP/1.1, so the connection is gone
	}
	return conn, buffered.Writer
}
