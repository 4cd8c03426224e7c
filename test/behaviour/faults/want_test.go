package faults_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
)

// want is what a call must come to. No kind is for a Result.
type want struct {
	kind       facade.Kind
	started    facade.Started
	status     int
	documented bool
	safe       bool // to retry
}

// Calls without an answer.
var (
	neverLeft     = want{kind: facade.KindUnavailable, started: facade.StartedNo, safe: true}
	neverLeftLate = want{kind: facade.KindTimeout, started: facade.StartedNo, safe: true}
	neverLeftStop = want{kind: facade.KindCanceled, started: facade.StartedNo}
	mayHaveLeft   = want{kind: facade.KindUnavailable}
	mayHaveLate   = want{kind: facade.KindTimeout}
	mayHaveStop   = want{kind: facade.KindCanceled}
	notHTTP       = want{kind: facade.KindUnexpectedResponse}
)

// unexpected is the answer of a status that nobody documents.
func unexpected(status int) want {
	return want{kind: facade.KindUnexpectedResponse, status: status}
}

// outcome is what a call came to.
type outcome struct {
	res *facade.Result
	err error
}

// start makes one call with a client of its own.
func start(ctx context.Context, t *testing.T, config facade.Config, req facade.Request) outcome {
	t.Helper()
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	res, err := client.Start(ctx, req)
	return outcome{res, err}
}

// check holds the outcome of a call to p to what is wanted, and to what every
// outcome must be. It returns the error, nil for a Result.
func check(t *testing.T, p facade.Provider, got outcome, w want) *facade.Error {
	t.Helper()
	if err := sound(p, got); err != nil {
		t.Fatal(err)
	}
	if got.res != nil {
		have := want{status: got.res.HTTPStatus, documented: got.res.Documented}
		if have != w {
			t.Fatalf("got %v (%+v), want %+v", got.res, have, w)
		}
		return nil
	}
	e := got.err.(*facade.Error)
	have := want{e.Kind, e.Started, e.HTTPStatus, e.Documented, e.SafeToRetry()}
	if have != w {
		t.Fatalf("got %v (%+v), want %+v", e, have, w)
	}
	return e
}

// sound returns what is wrong with an outcome whatever caused it: it is exactly
// one of Result and Error, the error has a kind and a provider, and an answer
// has its status and header.
func sound(p facade.Provider, got outcome) error {
	if (got.res == nil) == (got.err == nil) {
		return fmt.Errorf("result %v and error %v: want exactly one", got.res, got.err)
	}
	if got.res != nil {
		if got.res.Provider != p || got.res.Status == "" || got.res.HTTPStatus/100 != 2 || got.res.RawHeader() == nil {
			return fmt.Errorf("half a result: %v", got.res)
		}
		return nil
	}
	var e *facade.Error
	if !errors.As(got.err, &e) || e != got.err {
		return fmt.Errorf("the error is a %T", got.err)
	}
	switch {
	case e.Provider != p || e.Kind == "" || e.Error() == "":
		return fmt.Errorf("half an error: %v", e)
	case (e.HTTPStatus == 0) != (e.RawHeader() == nil):
		return fmt.Errorf("status %d with header %v", e.HTTPStatus, e.RawHeader())
	case e.HTTPStatus == 0 && (e.RawBody() != nil || e.Documented):
		return fmt.Errorf("an answer without a status: %v", e)
	case e.SafeToRetry() && e.Started != facade.StartedNo:
		return fmt.Errorf("safe to retry, although it may have been started: %v", e)
	}
	return nil
}

// delivered fails unless the peer got at most one request, and returns whether
// it got one. Of a start that is said to have never left, nothing may have
// arrived.
func (p *peer) delivered(t *testing.T, got outcome) bool {
	t.Helper()
	whole, begun := p.requests()
	if begun > 1 {
		t.Fatalf("%d requests, %d of them whole, from one call", begun, len(whole))
	}
	var e *facade.Error
	if errors.As(got.err, &e) && e.Started == facade.StartedNo && e.HTTPStatus == 0 && begun > 0 {
		t.Fatalf("%v: but a request arrived", e)
	}
	if got.res != nil && len(whole) == 0 {
		t.Fatalf("%v: but no request arrived", got.res)
	}
	return len(whole) == 1
}

// reply is an answer of a provider.
type reply struct {
	status int
	body   string
}

const (
	mediaJSON = "application/json"
	requestID = "req-7"
)

// head returns the status line and the header, with further lines and without
// any that tells how long the body is.
func (r reply) head(lines ...string) string {
	head := fmt.Sprintf("HTTP/1.1 %03d %s\r\nX-Request-Id: %s\r\n", r.status, http.StatusText(r.status), requestID)
	if !strings.Contains(strings.ToLower(strings.Join(lines, "\n")), "content-type:") {
		lines = append(lines, "Content-Type: "+mediaJSON)
	}
	return head + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// text returns the reply as a server in good order sends it.
func (r reply) text() string {
	if r.status == http.StatusNoContent {
		return r.head()
	}
	return r.head(fmt.Sprint("Content-Length: ", len(r.body))) + r.body
}

// exchange is a reply, and what it means.
type exchange struct {
	name string
	reply
	whole    want // with its body
	unusable want // with a body that cannot be read
	// coded tells that it is a refusal with a code that the provider documents.
	coded bool
}

// exchanges are what each provider answers here, by its fixtures: a start that went
// well, other ways to say so, and a refusal.
var exchanges = sync.OnceValue(func() map[facade.Provider][]exchange {
	of := map[facade.Provider][]exchange{}
	for _, d := range fixtures.Descriptors() {
		all := []exchange{exchangeOf("ok", d.Success)}
		for _, other := range d.OtherSuccesses {
			all = append(all, exchangeOf("another ok", other))
		}
		of[d.Provider] = append(all, exchangeOf("refused", d.Refusal))
	}
	return of
})

// exchangeOf returns the exchange of two fixtures. Of a status without a body, it has
// the bytes that are not to be there.
func exchangeOf(name string, x fixtures.Exchange) exchange {
	whole, w := wantOf(x.Name)
	bare, unusable := wantOf(x.Bare)
	body := cmp.Or(strings.TrimSpace(string(whole.Body)), strings.TrimSpace(string(bare.Body)))
	return exchange{name, reply{whole.Status, body}, w, unusable, x.DocumentedCode}
}

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
	return c, want{v.Kind, v.Started, c.Status, v.Documented, v.SafeToRetry}
}

// ok is the exchange of a start that goes well at p.
func ok(p facade.Provider) exchange { return exchanges()[p][0] }

// refusalOf is the exchange of a refusal.
func refusalOf(p facade.Provider) exchange { return exchanges()[p][len(exchanges()[p])-1] }

// documents reports whether the document of p has the status with the media type.
func documents(t *testing.T, p facade.Provider, status int, media string) bool {
	t.Helper()
	spec, err := inventory.Spec(string(p))
	if err != nil {
		t.Fatal(err)
	}
	response, ok := spec.Responses[strconv.Itoa(status)]
	return ok && (len(response.Content) == 0 || slices.Contains(response.Content, media))
}

// call makes the canonical start at a peer, whose client is the library's own
// unless client brings another.
func callPeer(ctx context.Context, t *testing.T, url string, p facade.Provider, client *http.Client) outcome {
	t.Helper()
	config := fixtures.Config(url, p)
	config.HTTPClient = client
	return start(ctx, t, config, fixtures.Start(p))
}
