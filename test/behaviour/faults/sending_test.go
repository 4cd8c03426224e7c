package faults_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// sendingFaults are those between the first byte of the request and the first byte of
// the answer: section 4 of the catalogue.
var sendingFaults = []fault{
	{name: "write fails after 0 bytes", script: (*call).idle, setup: failing(0), want: mayHaveLeft, partly: true},
	{name: "write fails after 1 byte", script: (*call).idle, setup: failing(1), want: mayHaveLeft, partly: true},
	{name: "write fails after many bytes", script: (*call).idle, setup: failing(100), want: mayHaveLeft, partly: true},
	{name: "peer reads a part, then resets", script: func(c *call) { c.part(); c.reset() }, want: mayHaveLeft, partly: true},
	{name: "closes after reading all", script: func(c *call) { c.read(); c.hangUp() }, want: mayHaveLeft},
	{name: "resets after reading all", script: func(c *call) { c.read(); c.reset() }, want: mayHaveLeft},
	{name: "cancelled by the caller", script: (*call).silent, setup: cancelled(nil), want: mayHaveStop, is: context.Canceled},
	{name: "cancelled by the caller with a cause", script: (*call).silent, setup: cancelled(errors.New("a cause")), want: mayHaveStop, is: context.Canceled},
	// The answer is there before the request is sent, and none is lost. That net/http
	// prints none of them either is seen by TestMain. With its answer, the client may
	// hang up before all of the request is out.
	{name: "answered at once", each: true, script: answerAtOnce, setup: sendLate, want: whole, then: repeated(19, whole), partly: true},
	{name: "answered at once with TLS", each: true, script: answerAtOnce, setup: both(overSecured, sendLate), want: whole, then: repeated(4, whole), partly: true},
}

// failing has connections fail to write after n bytes.
func failing(n int) func(s *scene) {
	return dialing(func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return failingConn{conn, n}, err
	})
}

type failingConn struct {
	net.Conn
	room int
}

func (c failingConn) Write(b []byte) (int, error) {
	n, _ := c.Conn.Write(b[:min(c.room, len(b))])
	return n, &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}
}

// cancelled cancels the call once the peer has heard enough of it.
func cancelled(cause error) func(s *scene) {
	return func(s *scene) {
		ctx, cancel := context.WithCancelCause(s.ctx)
		s.ctx = ctx
		go func() {
			select {
			case <-s.peer.heard:
				cancel(cause)
			case <-s.Context().Done():
				cancel(nil)
			}
		}()
	}
}

// timeFaults are those of time, from sections 4 to 6 of the catalogue. The calls have
// no deadline of their own unless they are given one.
var timeFaults = []fault{
	{name: "never reads", script: (*call).idle, lasts: byDefault, want: mayHaveLate, is: context.DeadlineExceeded, partly: true},
	{name: "silent until the deadline", script: (*call).silent, lasts: byDefault, want: mayHaveLate, is: context.DeadlineExceeded},
	{name: "silent until the context's deadline", script: (*call).silent, setup: within(time.Second), lasts: exactly(time.Second), want: mayHaveLate, is: context.DeadlineExceeded},
	{name: "silent until the deadline with a cause", script: (*call).silent, setup: func(s *scene) {
		ctx, cancel := context.WithTimeoutCause(s.ctx, time.Second, errors.New("a cause"))
		s.Cleanup(cancel)
		s.ctx = ctx
	}, lasts: exactly(time.Second), want: mayHaveLate, is: context.DeadlineExceeded},
	{name: "silent until the client's timeout", script: (*call).silent, setup: timeout(7 * time.Second), lasts: exactly(7 * time.Second), want: mayHaveLate},
	{name: "silent until the client's timeout, longer than the library's", script: (*call).silent, setup: timeout(20 * time.Minute), lasts: exactly(20 * time.Minute), want: mayHaveLate},
	{name: "silent until the client's timeout, before the context's", script: (*call).silent, setup: both(timeout(7*time.Second), within(time.Hour)), lasts: exactly(7 * time.Second), want: mayHaveLate},
	{name: "silent until the context's, before the client's timeout", script: (*call).silent, setup: both(timeout(7*time.Second), within(time.Second)), lasts: exactly(time.Second), want: mayHaveLate},
	{name: "four silent minutes and then the answer", script: answerAfter(4 * time.Minute), lasts: func(p facade.Provider) time.Duration {
		return min(4*time.Minute, byDefault(p))
	}, want: func(s *scene) want {
		if byDefault(s.provider) > 4*time.Minute {
			return s.whole
		}
		return mayHaveLate(s)
	}},
	{name: "a context with a later deadline than the library's", script: answerAfter(20 * time.Minute), setup: within(time.Hour), lasts: exactly(20 * time.Minute), want: whole},
	{name: "early hints, and then silence", script: stalls(func(reply) string { return "HTTP/1.1 103 Early Hints\r\n\r\n" }), lasts: byDefault, want: mayHaveLate, is: context.DeadlineExceeded},
	{name: "status 101, and then silence", script: stalls(func(reply) string {
		return reply{status: 101}.head("Connection: upgrade", "Upgrade: other")
	}), lasts: exactly(0), want: unexpected(101)},
	{name: "stall in the middle of the body", script: stalls(func(r reply) string {
		return r.framed(len(r.body)) + r.body[:len(r.body)-1]
	}), lasts: inBody, want: unusable},
	{name: "one byte a second until the deadline", script: func(c *call) {
		c.read()
		c.say(c.head())
		for _, b := range c.body + strings.Repeat(" ", 1000) {
			if !c.wait(time.Second) {
				return
			}
			c.say(string(b))
		}
	}, lasts: inBody, want: unusable},
}

// stalls reads the request, and says text and no more.
func stalls(text func(r reply) string) script {
	return func(c *call) {
		c.read()
		c.say(text(c.reply))
		c.idle()
	}
}

// byDefault is how long a provider is waited for if the context does not say.
func byDefault(p facade.Provider) time.Duration { return fixtures.Of(p).Timeout }

// inBody is how long a call waits for the rest of a body: a 204 has none.
func inBody(p facade.Provider) time.Duration {
	if ok(p).status == http.StatusNoContent {
		return 0
	}
	return byDefault(p)
}

// timeout gives the caller's http.Client one.
func timeout(d time.Duration) func(s *scene) {
	return func(s *scene) { s.config.HTTPClient.Timeout = d }
}

// wait reports whether so much time has gone by before the client's call was over.
func (c *call) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-c.over:
		return false
	}
}

func answerAfter(d time.Duration) script {
	return func(c *call) {
		c.read()
		if c.wait(d) {
			c.say(c.text())
		}
	}
}

// answerAtOnce answers as soon as there is a connection.
func answerAtOnce(c *call) {
	c.say(c.text())
	c.heard <- struct{}{}
	c.upTo(1 << 30)
}

// sendLate has the request sent when the peer has said something, and whoever reads
// has had time to see it.
func sendLate(s *scene) {
	s.ctx = httptrace.WithClientTrace(s.ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		<-s.peer.heard
		for range 100 {
			runtime.Gosched()
		}
	}})
}
