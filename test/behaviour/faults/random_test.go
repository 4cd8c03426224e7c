package faults_test

import (
	"context"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
)

var (
	soak = flag.Int("soak", 400, "number of random faults")
	seed = flag.Uint64("seed", 1, "which random faults")
)

// attempt is one call with random faults.
type attempt struct {
	*scene
	said        string // what the peer sends of the reply
	cancelAfter int    // turns of the processor until the caller cancels, 0 for never
	carrier     string // the transport: "own" of the library, or one that "repeats" or "leaves"
	left        sync.WaitGroup
	undisturbed bool // nothing keeps the answer from the caller
}

// statuses are those that a random reply may have.
var statuses = []int{200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 409, 422, 429, 500, 503}

// draw returns the attempt number i.
func draw(t *testing.T, i uint64) *attempt {
	random := rand.New(rand.NewPCG(*seed, i))
	oneIn := func(n int) bool { return random.IntN(n) == 0 }
	// size is often small, and sometimes as large as max.
	size := func(max int) int { return random.IntN(1 + random.IntN(1+random.IntN(1+max))) }

	replies := exchanges()[fixtures.Providers()[random.IntN(len(fixtures.Providers()))]]
	x := replies[random.IntN(len(replies))]
	if oneIn(3) {
		x.status = statuses[random.IntN(len(statuses))]
	}
	if oneIn(3) {
		x.body += strings.Repeat(" ", size(300<<10))
	}
	a := &attempt{scene: newScene(t, x, nil), carrier: "own", said: x.framed(len(x.body)) + x.body}
	if oneIn(3) {
		a.said = a.said[:random.IntN(len(a.said)+1)]
	}
	if oneIn(8) {
		a.cancelAfter = 1 + size(2000)
	}
	if x.provider == facade.Qolo && oneIn(2) {
		sending(1 + size(220<<10))(a.scene)
	}
	if oneIn(4) {
		overSecured(a.scene)
	}
	if oneIn(20) {
		a.url = nobody
	}
	read, ends := math.MaxInt, []func(c *call){(*call).hangUp, (*call).reset, func(c *call) { c.cancel(nil) }}
	if oneIn(3) {
		read = size(300 << 10)
	}
	end := random.IntN(len(ends))
	unanswered := 0 // requests that get no answer
	switch random.IntN(8) {
	case 0:
		a.carrier, unanswered = "repeats", random.IntN(2)
		a.use(roundTripper(repeating))
	case 1:
		a.carrier, end = "leaves", end%2 // no cancel would reach the connection that is left
		a.use(a.leaving(random.IntN(800)))
	}
	var requests atomic.Int32
	a.peer.script = func(c *call) {
		c.upTo(int64(read))
		if int(requests.Add(1)) > unanswered {
			c.say(a.said)
		}
		ends[end](c)
	}
	a.undisturbed = a.carrier == "own" && a.cancelAfter == 0 && a.url != nobody && read == math.MaxInt && end == 0
	return a
}

// repeating is a transport that repeats a request that failed, or that was refused with a 429 or a
// 5xx.
func repeating(r *http.Request) (*http.Response, error) {
	for tries := 1; ; tries++ {
		resp, err := facade.NewTransport().RoundTrip(r)
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

// leaving is a transport that returns before its attempt has ended, after some turns of the
// processor, and goes on with a context of its own. Circuit breakers and hedging wrappers do this.
func (a *attempt) leaving(turns int) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		a.left.Go(func() {
			resp, err := facade.NewTransport().RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
			if err == nil {
				resp.Body.Close()
			}
		})
		yield(turns)
		return nil, errors.New("gave up waiting")
	}
}

// yield lets others have the processor for this many turns.
func yield(turns int) {
	for range turns {
		runtime.Gosched()
	}
}

// run makes the attempt. It returns how many requests began to arrive.
func (a *attempt) run() (begun int) {
	a.open()
	if a.cancelAfter > 0 {
		go func() {
			yield(a.cancelAfter)
			a.peer.cancel(nil)
		}()
	}
	a.start()
	a.peer.cancel(nil)
	a.left.Wait()
	_, begun = a.peer.requests()
	return begun
}

// lie returns what is wrong with the outcome of an attempt.
func (a *attempt) lie(begun int) string {
	_, body, came := strings.Cut(a.said, "\r\n\r\n")
	answer := evidence.Answer{
		Provider: a.provider, Header: http.Header{"Content-Type": {mediaJSON}}, Body: []byte(body),
		Length: int64(len(a.body)), Whole: len(body) == len(a.body), Connections: begun,
	}
	if status, _, _ := a.received(); status != 0 && came {
		answer.Status, answer.Connections = a.status, max(begun, 1)
	} else if came && a.undisturbed {
		return "the answer is lost"
	}
	if begun > 1 && a.carrier != "repeats" {
		return "double delivery"
	}
	lie := evidence.Judge(answer, a.res, a.err)
	if lie != "" && !a.undisturbed {
		answer.Whole = false // a reset or a cancel may have taken a part of it
		lie = evidence.Judge(answer, a.res, a.err)
	}
	return lie
}

// TestRandomFaults makes as many random attempts as -soak says. Each has a peer of its own. The
// requests are counted when nothing runs any more.
func TestRandomFaults(t *testing.T) {
	draw(t, 0).run() // opens what the process opens once and keeps
	others, descriptors := goleak.IgnoreCurrent(), len(openDescriptors())
	figures := map[string]int{}
	for i := range uint64(*soak) {
		a := draw(t, i)
		begun := a.run()
		outcome := "results"
		if a.err != nil {
			outcome = "started " + facade.StartedOf(a.err).String()
		}
		figures[outcome]++
		figures["transport "+a.carrier]++
		if lie := a.lie(begun); lie != "" {
			t.Errorf("%s: %v %v, %d requests begun; seed %d, attempt %d; the peer says %q", lie, a.res, a.err, begun, *seed, i, a.said)
		}
	}
	if err := goleak.Find(others); err != nil { // also waits for those that close a connection
		t.Error(err)
	}
	if now := len(openDescriptors()); now > descriptors {
		t.Errorf("%d file descriptors are left open", now-descriptors)
	}
	t.Logf("seed %d, %d cases: %v", *seed, *soak, figures)
}

// openDescriptors lists the files and sockets that this process has open, if that can be known.
func openDescriptors() []string {
	open, _ := filepath.Glob("/proc/self/fd/*")
	return open
}
