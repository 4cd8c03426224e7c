package facade

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// issuer gives out tokens, token-1 first. The clock is that of the test.
type issuer struct {
	lifetime time.Duration
	takes    time.Duration // a fetch
	fail     error
	fetches  int
	busy     sync.Mutex
}

func (i *issuer) fetch(ctx context.Context) (string, time.Duration, error) {
	if !i.busy.TryLock() {
		panic("two fetches at once")
	}
	defer i.busy.Unlock()
	i.fetches++
	select {
	case <-time.After(i.takes):
		return fmt.Sprint("token-", i.fetches), i.lifetime, i.fail
	case <-ctx.Done():
		return "", 0, ctx.Err()
	}
}

// gives demands a token of a source.
func gives(t *testing.T, source TokenSource, want string) {
	t.Helper()
	if got, err := source(t.Context()); err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// fails demands an error of a source, and no token.
func fails(ctx context.Context, t *testing.T, source TokenSource, want error) {
	t.Helper()
	if got, err := source(ctx); !errors.Is(err, want) || got != "" {
		t.Errorf("got %q, %v; want %v", got, err, want)
	}
}

// TestCachedTokenIsKept: a token is fetched once, and anew before its end.
func TestCachedTokenIsKept(t *testing.T) {
	for lifetime, margin := range map[time.Duration]time.Duration{12 * time.Hour: time.Minute, 100 * time.Second: 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			source := CachedToken((&issuer{lifetime: lifetime, takes: time.Second}).fetch)
			gives(t, source, "token-1") // which takes a second of its time
			time.Sleep(lifetime - margin - time.Second - time.Nanosecond)
			gives(t, source, "token-1")
			time.Sleep(time.Nanosecond)
			gives(t, source, "token-2")
			gives(t, source, "token-2")
		})
	}
}

// TestCachedTokenTogether: many callers have one fetch made.
func TestCachedTokenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := CachedToken((&issuer{lifetime: time.Hour, takes: time.Second}).fetch)
		var callers sync.WaitGroup
		for range 1000 {
			callers.Go(func() { gives(t, source, "token-1") })
		}
		callers.Wait()
	})
}

// TestCachedTokenContexts: each caller waits for as long as its own context lasts, and
// one that gives up takes nothing from the others.
func TestCachedTokenContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour, takes: 10 * time.Second}
		source := CachedToken(i.fetch)
		began := time.Now()
		var callers sync.WaitGroup
		for _, c := range []struct{ within, took time.Duration }{
			{3 * time.Second, 3 * time.Second}, // fetches first, and gives up
			{2 * time.Second, 2 * time.Second}, // waits, and gives up
			{time.Minute, 13 * time.Second},    // waits, and fetches in its turn
		} {
			callers.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), c.within)
				defer cancel()
				_, err := source(ctx)
				if gaveUp := errors.Is(err, context.DeadlineExceeded); gaveUp != (c.took == c.within) || time.Since(began) != c.took {
					t.Errorf("within %s: %v after %s", c.within, err, time.Since(began))
				}
			})
			synctest.Wait()
		}
		callers.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 { // of two cases that are ready, select takes either
			fails(ctx, t, source, context.Canceled)
		}
		if i.fetches != 2 {
			t.Errorf("%d fetches", i.fetches)
		}
	})
}

// TestCachedTokenFailures: a failure is not kept, and a token that is good still is used
// although its renewal fails.
func TestCachedTokenFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("auth server down")
		i := &issuer{lifetime: time.Hour, fail: down}
		source := CachedToken(i.fetch)
		fails(t.Context(), t, source, down)
		fails(t.Context(), t, source, down)
		i.fail = nil
		gives(t, source, "token-3")
		i.fail, i.takes = down, time.Minute
		time.Sleep(time.Hour - 30*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		fails(ctx, t, source, context.DeadlineExceeded) // the call is over, whatever the token is
		i.takes = 0
		gives(t, source, "token-3")
		time.Sleep(29 * time.Second)
		fails(t.Context(), t, source, down)
		i.fail = nil
		gives(t, source, "token-7")
	})
}

// TestCachedTokenOdd: what is good for no time, or is no token, is not kept; and a panic
// of a fetch leaves the source as it was.
func TestCachedTokenOdd(t *testing.T) {
	for _, lifetime := range []time.Duration{0, -time.Hour} {
		source := CachedToken((&issuer{lifetime: lifetime}).fetch)
		gives(t, source, "token-1")
		gives(t, source, "token-2")
	}
	token := ""
	source := CachedToken(func(context.Context) (string, time.Duration, error) {
		if token == "panic" {
			panic("fetch")
		}
		return token, time.Hour, nil
	})
	gives(t, source, "")
	token = "panic"
	func() {
		defer func() { _ = recover() }()
		_, _ = source(t.Context())
	}()
	token = "token"
	gives(t, source, "token")
	if CachedToken(nil) != nil {
		t.Error("a source of nothing")
	}
}
