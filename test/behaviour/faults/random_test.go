package faults_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
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

var seed = flag.Uint64("seed", 1, "which random faults")

// ending is how a random peer leaves a connection.
type ending int

const (
	closes ending = iota
	resets
	stalls  // until the caller cancels
	readsOn // until the caller is gone
)

func (e ending) String() string {
	return [...]string{"closes", "resets", "stalls", "reads on"}[e]
}

// attempt is one call with a random fault.
type attempt struct {
	provider facade.Provider
	image    int // bytes of it, at Qolo
	secure   bool
	dead     bool // nobody listens
	bare     bool // with TLS: the peer breaks off without a handshake
	read     int  // bytes of the request before the peer goes on
	reply    reply
	framed   bool // the reply has a Content-Length
	padding  int  // blanks behind the reply's body
	said     int  // bytes of the reply before the end
	end      ending
	cancel   int // the step at which the caller cancels, beyond the last for never
	turns    int // and how far behind it
	carrier  carrier
}

// carrier is the transport of an attempt.
type carrier int

const (
	own     carrier = iota
	repeats         // sends again what failed, or was refused with a 429 or a 5xx
	leaves          // returns before its attempt has ended
)

func (c carrier) String() string {
	return [...]string{"own", "repeats", "leaves"}[c]
}

// client returns the client of an attempt, nil for the library's own transport,
// and what waits until all that it sends has been sent.
func (a attempt) client() (client *http.Client, settled func()) {
	var sending sync.WaitGroup
	next := facade.NewTransport()
	switch a.carrier {
	case repeats:
		return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
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
		})}, func() {}
	case leaves:
		return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			// As circuit breakers and hedging wrappers do it, with a context of their own.
			detached := r.WithContext(context.WithoutCancel(r.Context()))
			sending.Go(func() {
				if resp, err := next.RoundTrip(detached); err == nil {
					resp.Body.Close()
				}
			})
			for range a.turns * 20 {
				runtime.Gosched()
			}
			return nil, errors.New("gave up waiting")
		})}, sending.Wait
	default:
		return nil, func() {}
	}
}

func (a attempt) String() string {
	type fields attempt // without this method
	return fmt.Sprintf("%+v", fields(a))
}

// statuses are what a random reply may have.
var statuses = []int{200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 409, 422, 429, 500, 503}

// never is a step of a call that does not come.
const never = 6

// draw returns the attempt number i.
func draw(i uint64) attempt {
	random := rand.New(rand.NewPCG(*seed, i))
	oneIn := func(n int) bool { return random.IntN(n) == 0 }
	// size is often small, and now and then as large as it can be.
	size := func(max int) int { return random.IntN(1 + random.IntN(1+random.IntN(1+max))) }

	a := attempt{
		provider: fixtures.Providers()[random.IntN(len(fixtures.Providers()))],
		secure:   oneIn(4),
		dead:     oneIn(20),
		read:     1 << 30,
		framed:   !oneIn(3),
		end:      ending(random.IntN(4)),
		cancel:   never,
		turns:    random.IntN(40),
	}
	a.bare = a.secure && oneIn(4)
	if a.provider == facade.Qolo && oneIn(2) {
		a.image = 1 + size(220<<10)
	}
	if oneIn(3) {
		a.read = size(300 << 10)
	}
	a.reply = exchanges()[a.provider][random.IntN(len(exchanges()[a.provider]))].reply
	if oneIn(3) {
		a.reply.status = statuses[random.IntN(len(statuses))]
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
		a.carrier = carrier(1 + random.IntN(2))
	}
	if a.carrier == leaves && a.end != resets {
		a.end = closes // nobody ends what is left behind
	}
	return a
}

// text is the whole reply.
func (a attempt) text() string {
	body := a.reply.body + strings.Repeat(" ", a.padding)
	if a.framed {
		return a.reply.head(fmt.Sprint("Content-Length: ", len(body))) + body
	}
	return a.reply.head() + body
}

// heard reports whether the peer said the whole head, and so much of the body
// that nothing but blanks can be missing.
func (a attempt) heard() (head, body bool) {
	headEnd := strings.Index(a.text(), "\r\n\r\n") + 4
	return a.said >= headEnd, a.said >= headEnd+len(a.reply.body)
}

// upTo reads so many bytes of a request, or all of it.
func (c *call) upTo(n int) {
	var head []byte
	for n > len(head) && !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		b, err := c.in.ReadByte()
		if err != nil {
			return
		}
		head = append(head, b)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		return // it ends in the head
	}
	_, _ = io.CopyN(io.Discard, c.in, min(r.ContentLength, int64(n-len(head))))
}

// play is the peer's part of an attempt.
func (a attempt) play(c *call) {
	c.upTo(a.read)
	c.say(a.text()[:a.said])
	switch a.end {
	case closes:
		c.hangUp()
	case resets:
		c.reset()
	case stalls:
		c.heard <- struct{}{}
		c.idle()
	case readsOn:
		if !a.framed || a.said < len(a.text()) {
			c.heard <- struct{}{} // the caller would wait for the rest
		}
	}
}

// breakOff is a peer that is none of TLS.
func (a attempt) breakOff(c *call) {
	for range a.read % 300 {
		if _, err := c.in.ReadByte(); err != nil {
			break
		}
	}
	if a.end == resets {
		c.reset()
	} else {
		c.hangUp()
	}
}

// run makes the attempt. It returns what came of it, and the requests that
// arrived.
func (a attempt) run(t *testing.T) (got outcome, deliveries, begun int) {
	play, config, scheme := a.play, (*tls.Config)(nil), "http"
	if a.carrier == repeats && a.turns%2 == 0 {
		// The first attempt starts something and dies; the next one is answered.
		var died atomic.Bool
		play = func(c *call) {
			if died.Swap(true) {
				a.play(c)
				return
			}
			c.upTo(1 << 30)
			c.hangUp()
		}
	}
	if a.secure {
		config, scheme = secure(), "https"
	}
	if a.bare {
		play, config = a.breakOff, nil
	}
	s, url := listen(t, config, play)
	_, address, _ := strings.Cut(url, "://")
	if a.dead {
		s.settle()
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case <-s.heard: // it stalls
			cancel()
		case <-ctx.Done():
		}
	}()
	req := fixtures.Start(a.provider)
	if a.image > 0 {
		req = withImage(facade.QoloImageBytes(picture(a.image)))
	}
	settings := fixtures.Config(scheme+"://"+address, a.provider)
	var settled func()
	settings.HTTPClient, settled = a.client()
	got = start(cancelAt(ctx, cancel, a.cancel, a.turns), t, settings, req)
	cancel()
	settled()
	whole, begun := s.requests()
	if a.bare {
		return got, 0, 0 // what was seen is a handshake
	}
	return got, len(whole), begun
}

// refuses reports whether what was said of the reply is a refusal in words that the
// provider documents.
func (a attempt) refuses() bool {
	text := a.text()
	_, body, _ := strings.Cut(text[:a.said], "\r\n\r\n")
	answer := evidence.Answer{
		Provider: a.provider, Status: a.reply.status, Header: http.Header{"Content-Type": {mediaJSON}}, Body: []byte(body),
		Length: -1, Whole: !a.framed || a.said == len(text), Connections: 1,
	}
	if a.framed {
		answer.Length = int64(len(a.reply.body) + a.padding)
	}
	return evidence.Doubt(answer) == ""
}

// lie returns what is wrong with the outcome of an attempt.
func (a attempt) lie(got outcome, deliveries, begun int) string {
	if err := sound(a.provider, got); err != nil {
		return err.Error()
	}
	head, body := a.heard()
	if begun > 1 && a.carrier != repeats {
		return "double delivery"
	}
	if got.res != nil {
		switch {
		case deliveries == 0 && a.read >= 1<<30:
			return "a success of nothing"
		case a.reply.status != got.res.HTTPStatus || !head || !body && a.reply.status != http.StatusNoContent:
			return "a success that was not said"
		case a.framed && a.said < len(a.text()) && a.reply.status != http.StatusNoContent:
			return "a success of a cut answer"
		}
		return ""
	}
	e := got.err.(*facade.Error)
	undisturbed := a.cancel == never && !a.dead && !a.bare && a.read >= 1<<30 && a.end == closes
	switch {
	case e.HTTPStatus == 0 && e.Started == facade.StartedNo && begun > 0,
		e.Started == facade.StartedNo && begun > 1,
		e.HTTPStatus != 0 && e.Started == facade.StartedNo && !body:
		return "false no"
	case e.HTTPStatus == 0 && e.Started == facade.StartedYes:
		return "a yes that nobody said"
	case e.HTTPStatus == 0 && undisturbed && head && a.carrier == own:
		return "the answer is lost"
	case e.HTTPStatus != 0 && (e.HTTPStatus != a.reply.status || !head):
		return "a status that was not said"
	case e.HTTPStatus != 0 && e.Started == facade.StartedNo && !a.refuses():
		return "a no that was not said"
	case e.HTTPStatus != 0 && e.RequestID != requestID:
		return "the header is lost"
	}
	return ""
}

// TestRandomFaults is section 9 of the catalogue: as many attempts as -soak
// says, each with a peer of its own, whose deliveries are counted when all is
// settled.
func TestRandomFaults(t *testing.T) {
	draw(0).run(t) // what is opened once and kept
	others := goleak.IgnoreCurrent()
	goroutines, descriptors := runtime.NumGoroutine(), openDescriptors()

	figures := map[string]int{"false no": 0, "double delivery": 0}
	for i := range uint64(*soak) {
		a := draw(i)
		got, deliveries, begun := a.run(t)
		if lie := a.lie(got, deliveries, begun); lie != "" {
			figures[lie]++
			t.Errorf("%s: %v %v, %d deliveries, %d begun; seed %d, attempt %d: %v", lie, got.res, got.err, deliveries, begun, *seed, i, a)
		}
		figures["deliveries"] += deliveries
		figures["transport "+a.carrier.String()]++
		if begun > 1 {
			figures["sent again by the transport"]++
		}
		if e, failed := got.err.(*facade.Error); failed {
			figures["started "+e.Started.String()]++
			if e.HTTPStatus != 0 {
				figures["errors with a status"]++
			}
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
	t.Logf("goroutines %d before, %d after; file descriptors %d before, %d after",
		goroutines, runtime.NumGoroutine(), descriptors, openDescriptors())
}

// openDescriptors is how many files and sockets this process has open, and 0
// where that cannot be known.
func openDescriptors() int {
	open, _ := filepath.Glob("/proc/self/fd/*")
	return len(open)
}

// failures are calls that fail in different places.
var failures = []script{
	(*call).hangUp,
	(*call).reset,
	func(c *call) { c.part(); c.reset() },
	saying("HTTP/1.1 20"),
	saying("garbage"),
	saying(reply{status: 201}.head("Content-Length: 10") + "{"),
	saying(reply{status: 307}.head("Location: https://other.example/")),
	saying(reply{500, "{}"}.text()),
}

// TestNothingIsLeft makes 1,000 calls that fail, over one client.
func TestNothingIsLeft(t *testing.T) {
	var turn atomic.Int64
	s, url := listen(t, nil, func(c *call) { failures[int(turn.Add(1))%len(failures)](c) })
	client, err := facade.New(fixtures.Config(url, fixtures.Providers()...))
	if err != nil {
		t.Fatal(err)
	}
	others := goleak.IgnoreCurrent()
	descriptors := openDescriptors()
	for i := range 1000 {
		p := fixtures.Providers()[i%len(fixtures.Providers())]
		res, err := client.Start(t.Context(), fixtures.Start(p))
		if err := sound(p, outcome{res, err}); err != nil || res != nil {
			t.Fatalf("%v (%v)", res, err)
		}
	}
	if _, begun := s.requests(); begun > 1000 {
		t.Errorf("%d requests of 1,000 calls", begun)
	}
	if err := goleak.Find(others); err != nil {
		t.Error(err)
	}
	if now := openDescriptors(); now > descriptors {
		t.Errorf("%d file descriptors are left open", now-descriptors)
	}
}
