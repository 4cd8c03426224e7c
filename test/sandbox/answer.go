package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// faults are the scenarios that no fixture holds.
var faults = []struct {
	name     string
	scenario scenario
}{
	{FaultLostReply, lostReply},
	{FaultSlow, slow},
	{Fault502HTML, badGateway},
	{FaultCutBody, cutBody},
	{FaultConnectionRefused, notRefused},
}

// replay returns the scenario that answers with a fixture.
func replay(c fixtures.Case) scenario {
	return func(p *provider, to *call) {
		to.send(c.Status, c.Header, addressed(p.name, to.operation, c.Body, to.customer))
	}
}

// addressed is the body of a fixture as it would be for this customer.
func addressed(p facade.Provider, operation string, body []byte, customer string) []byte {
	d := fixtures.Of(p)
	echo := d.Customer.ID
	if id := d.Lookup(operation).Echoed; id != "" {
		echo = id // of a process
	}
	if !d.Customer.Echoed {
		return body
	}
	body = bytes.ReplaceAll(body, quoted(echo), quoted(customer))
	return bytes.ReplaceAll(body, quoted(strings.ToUpper(echo)), quoted(strings.ToUpper(customer)))
}

func quoted(text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // of a string: no error is possible
	}
	return quoted
}

func lostReply(_ *provider, c *call) { c.drop() }

func slow(p *provider, c *call) {
	select {
	case <-c.request.Context().Done():
	case <-p.sandbox.closing:
	}
	c.drop()
}

func badGateway(_ *provider, c *call) {
	c.send(http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}},
		[]byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n"))
}

// cutBody cuts the success of a provider, and where that has no body the refusal.
func cutBody(p *provider, c *call) {
	d := fixtures.Of(p.name)
	whole, err := fixtures.Find(d.Success.Name)
	if err == nil && len(whole.Body) == 0 {
		whole, err = fixtures.Find(d.Refusal.Name)
	}
	if err != nil {
		p.sandbox.report(err)
		c.drop()
		return
	}
	c.write(whole.Status, whole.Header, len(whole.Body), whole.Body[:len(whole.Body)/2])
}

var errNotRefused = errors.New("sandbox: " + FaultConnectionRefused + " needs the client of Sandbox.HTTPClient, and another one has connected")

func notRefused(p *provider, c *call) {
	p.sandbox.report(errNotRefused)
	c.drop()
}

// send answers with a whole response.
func (c *call) send(status int, header http.Header, body []byte) {
	c.write(status, header, len(body), body)
}

// write puts a response on the wire as it is and closes the connection.
// net/http would not write the statuses and bodies that a provider should not
// send, and would add to the others.
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
	_ = w.Flush() // a client that has gone away misses its answer
}

// drop closes the connection without an answer. (A handler that merely returned
// would answer 200.)
func (c *call) drop() {
	if conn, _ := c.hijack(); conn != nil {
		_ = conn.Close()
	}
}

func (c *call) hijack() (net.Conn, *bufio.Writer) {
	conn, buffered, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return nil, nil // HTTP/1.1 alone is served, so the connection is gone
	}
	return conn, buffered.Writer
}
