package transports

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/origin"
)

// late is the library's own transport with a number of held dials. The first dials, up to that
// number, connect only after they are released, or fail when their context ends.
type late struct {
	*http.Transport
	released chan struct{}
	attempts sync.WaitGroup // the attempts that are under way

	mu      sync.Mutex
	dials   int // how many dials are still to be held
	answers []*http.Response
}

func newLate(dials int) *late {
	l := &late{Transport: facade.NewTransport(), released: make(chan struct{}), dials: dials}
	dial := l.DialContext
	l.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if l.holds() {
			select {
			case <-l.released:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return dial(ctx, network, address)
	}
	return l
}

// holds reports whether this dial must be held.
func (l *late) holds() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dials--
	return l.dials >= 0
}

// RoundTrip implements [http.RoundTripper].
func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	l.attempts.Add(1)
	defer l.attempts.Done()
	resp, err := l.Transport.RoundTrip(r)
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.answers = append(l.answers, resp)
	}
	return resp, err
}

// release lets the held dials connect and waits until all attempts have ended. It then closes the
// answers that nobody wants, and with them their connections.
func (l *late) release() {
	close(l.released)
	l.attempts.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, resp := range l.answers {
		_ = resp.Body.Close()
	}
}

// TestAbandoned uses transports that return before their attempt has ended. The attempt is still
// connecting when the library says that nothing was started, and it connects after that. Under the
// fake clock, a second passes as soon as everything waits for it.
func TestAbandoned(t *testing.T) {
	within := breaker(time.Second)
	hedging := func(next http.RoundTripper) http.RoundTripper { return hedge(next, time.Second, time.Second) }
	for _, c := range []struct {
		name   string
		wrap   func(next http.RoundTripper) http.RoundTripper
		held   int // dials
		before int // deliveries before the verdict
	}{
		{"hystrix-go, after its timeout", within, 1, 0},
		{"hystrix-go, detached", func(next http.RoundTripper) http.RoundTripper {
			return within(detached(next))
		}, 1, 0},
		{"a hedge that gives up", hedging, 2, 0},
		{"a hedge of which one attempt was refused", hedging, 1, 1},
		{"a hedge of which one attempt was refused, detached", func(next http.RoundTripper) http.RoundTripper {
			return hedging(detached(next))
		}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				behind := origin.Listen(t, origin.Fixture(t, limited(p)))
				synctest.Test(t, func(t *testing.T) {
					transport := newLate(c.held)
					// If the library sets the deadline itself, it also cancels what is left of an
					// attempt. This deadline is the caller's.
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					start(ctx, t, newClient(t, behind.URL, p, c.wrap(transport)), p, facade.StartedNo)
					if n := behind.Deliveries(); n != c.before {
						t.Errorf("%d deliveries before the verdict, want %d: the test tests something else", n, c.before)
					}
					transport.release()
				})
				if n := behind.Settle(t); n != c.before {
					t.Errorf("%d deliveries after the verdict", n-c.before)
				}
			})
		})
	}
}
