package faults_test

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
)

var seed = flag.Uint64("seed", 1, "which random faults")

// attempt is one call with a random fault.
type attempt struct {
	exchange exchange
	image    int // bytes of an image, at Qolo
	secure   bool
	dead     bool // nobody listens
	bare     bool // with TLS: the peer resets without a handshake
	read     int  // bytes of the request before the peer goes on
	framed   bool // the reply has a Content-Length
	padding  int  // blanks after the reply's body
	said     int  // bytes of the reply that the peer sends
	// end is how the peer leaves the connection: it closes, resets, waits until the caller cancels,
	// or reads on until the caller is gone.
	end    string
	cancel int // the step at which the caller cancels, never for none
	turns  int // turns of the processor between that step and the cancel
	// carrier is the transport: the library's own, one that repeats a request that failed or was
	// refused with a 429 or a 5xx, or one that returns before its attempt has ended.
	carrier string
}

// statuses are those that a random reply may have.
var statuses = []int{200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 409, 422, 429, 500, 503}

// never is a step that no call reaches, and all is more bytes than any request has.
const (
	never = 6
	all   = 1 << 30
)

// draw returns the attempt number i.
func draw(i uint64) attempt {
	random := rand.New(rand.NewPCG(*seed, i))
	oneIn := func(n int) bool { return random.IntN(n) == 0 }
	// size is often small, and sometimes as large as max.
	size := func(max int) int { return random.IntN(1 + random.IntN(1+random.IntN(1+max))) }

	p := fixtures.Providers()[random.IntN(len(fixtures.Providers()))]
	a := attempt{
		secure:  oneIn(4),
		dead:    oneIn(20),
		read:    all,
		framed:  !oneIn(3),
		end:     []string{"closes", "resets", "waits", "reads on"}[random.IntN(4)],
		cancel:  never,
		turns:   random.IntN(40),
		carrier: "own",
	}
	a.bare = a.secure && oneIn(4)
	if p == facade.Qolo && oneIn(2) {
		a.image = 1 + size(220<<10)
	}
	if oneIn(3) {
		a.read = size(300 << 10)
	}
	a.exchange = exchanges()[p][random.IntN(len(exchanges()[p]))]
	if oneIn(3) {
		a.exchange.status = statuses[random.IntN(len(statuses))]
	}
	if oneIn(3) {
		a.padding = size(300 << 10)
	}
	a.said = len(a.text())
	if oneIn(3) {
		a.said = random.IntN(a.said + 1)
	}
	if oneIn(8) {
		a.cancel = random.IntN(never)
	}
	if oneIn(4) {
		a.carrier = []string{"repeats", "leaves"}[random.IntN(2)]
	}
	if a.carrier == "leaves" && a.end != "resets" {
		a.end = "closes" // nobody would end the connection that is left
	}
	return a
}

// text is the whole reply.
func (a attempt) text() string {
	body := a.exchange.body + strings.Repeat(" ", a.padding)
	if a.framed {
		return a.exchange.framed(len(body)) + body
	}
	return a.exchange.head() + body
}

// play is what the peer does in an attempt.
func (a attempt) play(c *call) {
	if a.carrier == "repeats" && a.turns%2 == 0 && c.nth == 1 {
		c.upTo(all) // the provider may have started KYC; the next request is answered
		c.hangUp()
		return
	}
	c.upTo(int64(a.read))
	c.say(a.text()[:a.said])
	switch {
	case a.end == "closes":
		c.hangUp()
	case a.end == "resets":
		c.reset()
	case a.end == "waits":
		c.heard <- struct{}{}
		c.idle()
	case !a.framed || a.said < len(a.text()):
		c.heard <- struct{}{} // the caller would wait for the rest
	}
}

// transport is the transport of an attempt that does not use the library's own. sending counts the
// requests that still run when it has returned.
func (a attempt) transport(sending *sync.WaitGroup) roundTripper {
	next := facade.NewTransport()
	return func(r *http.Request) (*http.Response, error) {
		if a.carrier == "leaves" {
			// Circuit breakers and hedging wrappers do this, with a context of their own.
			detached := r.WithContext(context.WithoutCancel(r.Context()))
			sending.Go(func() {
				if resp, err := next.RoundTrip(detached); err == nil {
					resp.Body.Close()
				}
			})
			yield(a.turns * 20)
			return nil, errors.New("gave up waiting")
		}
		for tries := 1; ; tries++ {
			resp, err := next.RoundTrip(r)
			passes := err != nil || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500
			if !passes || tries == 3 || r.Context().Err() != nil {
				return resp, err
			}
			if resp != nil {
				resp.Body.Close()
			}
			if r.GetBody != nil {
				r.Body, _ = r.GetBody()
			}
		}
	}
}

// run makes the attempt. It returns its outcome, and how many requests began to arrive.
func (a attempt) run(t *testing.T) (got outcome, begun int) {
	s := newScene(t, a.exchange, a.play)
	switch {
	case a.bare:
		s.peer.script = func(c *call) { c.upTo(int64(a.read % 300)); c.reset() }
		overTLS(s)
	case a.secure:
		overSecured(s)
	}
	if a.image > 0 {
		sending(a.image)(s)
	}
	var sending sync.WaitGroup
	if a.carrier != "own" {
		s.use(a.transport(&sending))
	}
	cancelled(nil)(s) // when the peer waits
	cancel := a.cancels(s)
	s.open()
	if a.dead {
		s.peer.settle()
	}
	s.start()
	s.client.CloseIdleConnections()
	cancel()
	sending.Wait()
	_, begun = s.peer.requests()
	return s.outcome, begun
}

// yield lets others have the processor for this many turns.
func yield(turns int) {
	for range turns {
		runtime.Gosched()
	}
}

// cancels makes the caller cancel at a step of the call.
func (a attempt) cancels(s *scene) context.CancelFunc {
	ctx, cancel := context.WithCancel(s.ctx)
	then := func(at int) {
		if at == a.cancel {
			go func() { yield(a.turns); cancel() }()
		}
	}
	s.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { then(0) },
		ConnectStart:         func(string, string) { then(1) },
		GotConn:              func(httptrace.GotConnInfo) { then(2) },
		WroteHeaders:         func() { then(3) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { then(4) },
		GotFirstResponseByte: func() { then(5) },
	})
	return cancel
}

// lie returns what is wrong with the outcome of an attempt.
func (a attempt) lie(got outcome, begun int) string {
	if err := sound(a.exchange.provider, got); err != nil {
		return err.Error()
	}
	status, id, _ := got.received()
	text := a.text()
	_, body, said := strings.Cut(text[:a.said], "\r\n\r\n")
	undisturbed := a.cancel == never && !a.dead && !a.bare && a.read == all && a.end == "closes"
	switch {
	case begun > 1 && a.carrier != "repeats":
		return "double delivery"
	case got.res != nil && begun == 0 && a.read == all:
		return "a success, although no request arrived"
	case status != 0 && (!said || status != a.exchange.status):
		return "a status that was not said"
	case status != 0 && id != requestID:
		return "the header is lost"
	case status == 0 && said && undisturbed && a.carrier == "own":
		return "the answer is lost"
	}
	answer := evidence.Answer{
		Provider: a.exchange.provider, Status: status, Header: http.Header{"Content-Type": {mediaJSON}}, Body: []byte(body),
		Length: -1, Whole: !a.framed || a.said == len(text), Connections: max(begun, 1),
	}
	if a.framed {
		answer.Length = int64(len(a.exchange.body) + a.padding)
	}
	if status == 0 {
		answer.Connections = begun
	}
	return evidence.Judge(answer, got.res, got.err)
}

// TestRandomFaults makes as many random attempts as -soak says. Each has a peer of its own. The
// requests are counted when nothing runs any more.
func TestRandomFaults(t *testing.T) {
	draw(0).run(t) // opens what the process opens once and keeps
	others, descriptors := goleak.IgnoreCurrent(), openDescriptors()

	figures := map[string]int{"false no": 0}
	for i := range uint64(*soak) {
		a := draw(i)
		got, begun := a.run(t)
		e, failed := got.err.(*facade.Error)
		if lie := a.lie(got, begun); lie != "" {
			if failed && e.Started == facade.StartedNo {
				lie = "false no: " + lie
				figures["false no"]++
			}
			t.Errorf("%s: %v %v, %d requests begun; seed %d, attempt %d: %+v", lie, got.res, got.err, begun, *seed, i, a)
		}
		figures["transport "+a.carrier]++
		if failed {
			figures["started "+e.Started.String()]++
		} else {
			figures["results"]++
		}
	}
	if err := goleak.Find(others); err != nil {
		t.Error(err)
	}
	if now := openDescriptors(); now > descriptors {
		t.Errorf("%d file descriptors are left open", now-descriptors)
	}
	t.Logf("seed %d, %d cases: %v", *seed, *soak, figures)
}

// openDescriptors returns how many files and sockets this process has open, or 0 where that cannot
// be known.
func openDescriptors() int {
	open, _ := filepath.Glob("/proc/self/fd/*")
	return len(open)
}
