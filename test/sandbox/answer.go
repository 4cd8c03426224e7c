package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// replay returns a function that answers with a fixture. Where the fixture repeats the id of its
// own customer, the answer has the customer of the call.
func replay(f fixtures.Case) func(*call) {
	d := fixtures.Of(facade.Provider(f.Provider))
	id := cmp.Or(d.Lookup(f.Operation).Echoed, d.Customer.ID)
	return func(c *call) {
		body := f.Body
		if d.Customer.Echoed {
			body = bytes.ReplaceAll(body, quoted(id), quoted(c.customer))
			body = bytes.ReplaceAll(body, quoted(strings.ToUpper(id)), quoted(strings.ToUpper(c.customer)))
		}
		c.answer(f.Status, f.Header, body, len(body))
	}
}

func quoted(text string) []byte {
	quoted, _ := json.Marshal(text) // a string always encodes
	return quoted
}

// lostReply closes the connection without an answer. (A handler that only returned would answer
// 200.)
func lostReply(*call) { panic(http.ErrAbortHandler) }

// slow waits for the client to give up, or for the server to close.
func slow(c *call) {
	<-c.request.Context().Done()
	lostReply(c)
}

func badGateway(c *call) {
	page := []byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n")
	c.answer(http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}}, page, len(page))
}

// cutBody returns a function that answers with the first half of a fixture's body.
func cutBody(f fixtures.Case) func(*call) {
	return func(c *call) { c.answer(f.Status, f.Header, f.Body, len(f.Body)/2) }
}

// answer puts a response with the first bytes of its body on the wire as it is, and closes the
// connection. net/http would not write the statuses and bodies that a provider should not send, and
// it would add headers to the others.
func (c *call) answer(status int, header http.Header, body []byte, bytes int) {
	conn, buffered, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return // the server only speaks HTTP/1.1, so the connection is gone
	}
	defer conn.Close()
	fmt.Fprintf(buffered, "HTTP/1.1 %03d %s\r\n", status, http.StatusText(status))
	_ = header.Write(buffered)
	if status != http.StatusNoContent {
		fmt.Fprintf(buffered, "Content-Length: %d\r\n", len(body))
	}
	_, _ = buffered.WriteString("Connection: close\r\n\r\n")
	_, _ = buffered.Write(body[:bytes])
	_ = buffered.Flush() // if the client is gone, nobody needs the answer
}
