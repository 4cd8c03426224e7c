package faults_test

import (
	"bufio"
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"sync"

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

// head returns the status line and the header, with further lines. Without them,
// nothing tells how long the body is.
func (r reply) head(lines ...string) string {
	head := fmt.Sprintf("HTTP/1.1 %03d %s\r\nX-Request-Id: %s\r\n", r.status, http.StatusText(r.status), requestID)
	return head + strings.Join(append(lines, "Content-Type: "+mediaJSON), "\r\n") + "\r\n\r\n"
}

// text returns the reply as a server in good order sends it.
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

// response is the reply as a transport hands it out, of no known length.
func (r reply) response() *http.Response {
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(r.head()+r.body)), nil)
	if err != nil {
		panic(err)
	}
	return resp
}

// exchange is a reply, and what it means.
type exchange struct {
	provider facade.Provider
	name     string // of its fixture
	reply
	whole    want // with its body
	unusable want // with a body that cannot be read
}

// exchanges are what each provider answers here, by its fixtures: a start that went
// well, other ways to say so, and a refusal.
var exchanges = sync.OnceValue(func() map[facade.Provider][]exchange {
	of := map[facade.Provider][]exchange{}
	for _, d := range fixtures.Descriptors() {
		answers := append(append([]fixtures.Exchange{d.Success}, d.OtherSuccesses...), d.Refusal)
		for _, a := range answers {
			c, whole := wantOf(a.Name)
			bare, unusable := wantOf(a.Bare)
			// Of a status without a body, it has the bytes that are not to be there.
			body := cmp.Or(strings.TrimSpace(string(c.Body)), strings.TrimSpace(string(bare.Body)))
			x := exchange{d.Provider, a.Name, reply{c.Status, body}, whole, unusable}
			of[d.Provider] = append(of[d.Provider], x)
		}
	}
	return of
})

// wantOf returns a fixture, and what its want says.
func wantOf(name string) (fixtures.Case, want) {
	c, err := fixtures.Find(name)
	if err != nil {
		panic(err) // not after TestMain
	}
	v, err := c.Verdict()
	if err != nil {
		panic(err)
	}
	return c, want{v.Kind, v.Started, c.Status, v.SafeToRetry}
}

// ok is the exchange of a start that goes well at p, and refusalOf that of a refusal.
func ok(p facade.Provider) exchange        { return exchanges()[p][0] }
func refusalOf(p facade.Provider) exchange { return exchanges()[p][len(exchanges()[p])-1] }
