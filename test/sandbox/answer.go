package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/test/contract"
)

// answer answers a good request. Where the answer repeats the id of the fixtures' customer, it has
// the customer of the request.
func (p *provider) answer(w http.ResponseWriter, r *http.Request, s scenario, customer string) {
	body := s.Body
	if p.Customer.Echoed {
		id := cmp.Or(p.Lookup(s.Operation).Echoed, p.Customer.ID)
		body = bytes.ReplaceAll(body, quoted(id), quoted(customer))
		body = bytes.ReplaceAll(body, quoted(strings.ToUpper(id)), quoted(strings.ToUpper(customer)))
	}
	length := len(body)
	switch s.Name {
	case FaultSlow:
		<-r.Context().Done() // until the client gives up, or the server closes
		fallthrough
	case FaultLostReply:
		hangUp()
	case FaultCutBody:
		body = body[:length/2]
	}
	write(w, s.Status, s.Header, body, length)
}

// hangUp ends a handler without an answer. (One that only returned would answer 200.)
func hangUp() { panic(http.ErrAbortHandler) }

func quoted(text string) []byte {
	quoted, _ := json.Marshal(text) // a string always encodes
	return quoted
}

// maxReasons is the longest message that a provider allows. Forte documents it.
const maxReasons = 1000

// refuse answers a wrong request in the provider's own form, and reports it. Both name every
// mistake, and hold no value of the request.
func (p *provider) refuse(w http.ResponseWriter, r *sent, wrong []contract.Violation) {
	status := p.Rejection.Status
	switch at, header, _ := strings.Cut(wrong[0].Pointer, ":"); {
	case at == "path" && header == "" || at == "method":
		status = http.StatusNotFound
	case at == "header" && strings.EqualFold(header, p.Credential):
		status = http.StatusUnauthorized
	}
	reasons := make([]string, len(wrong))
	for i, v := range wrong {
		reasons[i] = cmp.Or(v.Pointer, "body") + ": expected " + v.Expected + ", found " + v.Found
	}
	p.sandbox.arrivals.add(p.Provider, r, "", wrong)
	p.sandbox.report(fmt.Errorf("sandbox: wrong request to %s, answered %d:\n\t%s",
		p.Provider, status, strings.Join(reasons, "\n\t")))

	text := strings.Join(reasons, "; ")
	object := p.Rejection.Body(status, strings.ToValidUTF8(text[:min(len(text), maxReasons)], ""))
	body, _ := json.Marshal(object) // texts and numbers always encode
	write(w, status, http.Header{"Content-Type": {p.Rejection.MediaType}}, body, len(body))
}

// write puts a response on the wire as it is, and closes the connection. The length is that of the
// whole body. net/http would not write the statuses and bodies that a provider should not send, and
// it would add headers to the others.
func write(w http.ResponseWriter, status int, header http.Header, body []byte, length int) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the server only speaks HTTP/1.1, so the connection is gone
	}
	defer conn.Close()
	fmt.Fprintf(buffered, "HTTP/1.1 %03d %s\r\n", status, http.StatusText(status))
	_ = header.Write(buffered)
	if status != http.StatusNoContent {
		fmt.Fprintf(buffered, "Content-Length: %d\r\n", length)
	}
	_, _ = buffered.WriteString("Connection: close\r\n\r\n")
	_, _ = buffered.Write(body)
	_ = buffered.Flush() // if the client is gone, nobody needs the answer
}
