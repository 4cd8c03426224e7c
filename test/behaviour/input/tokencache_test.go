package input_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// issuer gives out tokens, token-1 first. The clock is that of the test.
type issuer struct {
	lifetime time.Duration
	takes    time.Duration // a fetch
	fail     error

	fetches int
	atOnce  atomic.Int32
}

func (i *issuer) fetch(ctx context.Context) (string, time.Duration, error) {
	if i.atOnce.Add(1) > 1 {
		panic("two fetches at once")
	}
	defer i.atOnce.Add(-1)
	i.fetches++
	select {
	case <-time.After(i.takes):
	case <-ctx.Done():
		return "", 0, ctx.Err()
	}
	if i.fail != nil {
		return "", 0, i.fail
	}
	return fmt.Sprint("token-", i.fetches), i.lifetime, nil
}

// gives demands a token of a source.
func gives(t *testing.T, source facade.TokenSource, want string) {
	t.Helper()
	if got, err := source(context.Background()); err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// TestCachedTokenIsKept: a token is fetched once, and anew before its end.
func TestCachedTokenIsKept(t *testing.T) {
	for _, c := range []struct{ lifetime, margin time.Duration }{
		{time.Hour, time.Minute},
		{12 * time.Hour, time.Minute},
		{100 * time.Second, 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			i := &issuer{lifetime: c.lifetime, takes: time.Second}
			source := facade.CachedToken(i.fetch)
			gives(t, source, "token-1") // which takes a second of its time
			time.Sleep(c.lifetime - c.margin - time.Second - time.Nanosecond)
			gives(t, source, "token-1")
			time.Sleep(time.Nanosecond)
			gives(t, source, "token-2")
			gives(t, source, "token-2")
			if i.fetches != 2 {
				t.Errorf("%s: %d fetches", c.lifetime, i.fetches)
			}
		})
	}
}

// TestCachedTokenTogether: a thousand callers have one fetch made.
func TestCachedTokenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour, takes: time.Second}
		source := facade.CachedToken(i.fetch)
		var callers sync.WaitGroup
		for range 1000 {
			callers.Go(func() { gives(t, source, "token-1") })
		}
		callers.Wait()
		if i.fetches != 1 {
			t.Errorf("%d fetches", i.fetches)
		}
	})
}

// TestCachedTokenContexts: each caller waits for as long as its own context lasts, and
// one that gives up takes nothing from the others.
func TestCachedTokenContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{lifetime: time.Hour, takes: 10 * time.Second}
		source := facade.CachedToken(i.fetch)
		ask := func(within time.Duration) error {
			ctx, cancel := context.WithTimeout(context.Background(), within)
			defer cancel()
			_, err := source(ctx)
			return err
		}
		var callers sync.WaitGroup
		began := time.Now()
		callers.Go(func() { // fetches first, and gives up
			if err := ask(3 * time.Second); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 3*time.Second {
				t.Errorf("the first: %v after %s", err, time.Since(began))
			}
		})
		synctest.Wait()
		callers.Go(func() { // waits, and gives up
			if err := ask(2 * time.Second); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 2*time.Second {
				t.Errorf("the second: %v after %s", err, time.Since(began))
			}
		})
		callers.Go(func() { // waits, and fetches in its turn
			if err := ask(time.Minute); err != nil || time.Since(began) != 13*time.Second {
				t.Errorf("the third: %v after %s", err, time.Since(began))
			}
		})
		callers.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for range 100 {
			if token, err := source(ctx); !errors.Is(err, context.Canceled) {
				t.Fatalf("%q, %v to a caller who has gone", token, err)
			}
		}
		if i.fetches != 2 {
			t.Errorf("%d fetches", i.fetches)
		}
	})
}

// TestCachedTokenFailures: a failure is not kept, and a token that is good still is
// used although its renewal fails.
func TestCachedTokenFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("auth server down")
		i := &issuer{lifetime: time.Hour, fail: down}
		source := facade.CachedToken(i.fetch)
		for range 2 {
			if token, err := source(context.Background()); !errors.Is(err, down) || token != "" {
				t.Errorf("%q, %v", token, err)
			}
		}
		i.fail = nil
		gives(t, source, "token-3")
		i.fail = down
		time.Sleep(time.Hour - time.Second)
		gives(t, source, "token-3")
		time.Sleep(time.Second)
		if token, err := source(context.Background()); !errors.Is(err, down) {
			t.Errorf("%q, %v after its end", token, err)
		}
		i.fail = nil
		gives(t, source, "token-6")
	})
}

// TestCachedTokenOdd: what is good for no time, or is no token, is not kept.
func TestCachedTokenOdd(t *testing.T) {
	for _, lifetime := range []time.Duration{0, -time.Hour} {
		i := &issuer{lifetime: lifetime}
		source := facade.CachedToken(i.fetch)
		gives(t, source, "token-1")
		gives(t, source, "token-2")
	}
	calls := 0
	source := facade.CachedToken(func(context.Context) (string, time.Duration, error) {
		calls++
		return "", time.Hour, nil
	})
	for range 2 {
		w := &wire{answer: starts[facade.Forte]}
		config := fixtures.Config("https://provider.test", facade.Forte)
		config.Forte.Token = source
		_, err := w.client(t, config).Start(context.Background(), full[facade.Forte]())
		if e := failure(t, err); e.Kind != facade.KindUnauthenticated || w.calls() != 0 {
			t.Errorf("no token: %v", err)
		}
	}
	if calls != 2 {
		t.Errorf("an empty token was kept: %d calls", calls)
	}
	panicking := facade.CachedToken(func(context.Context) (string, time.Duration, error) {
		if calls++; calls == 3 {
			panic("fetch")
		}
		return "token", time.Hour, nil
	})
	func() {
		defer func() { _ = recover() }()
		_, _ = panicking(context.Background())
	}()
	gives(t, panicking, "token")
	if facade.CachedToken(nil) != nil {
		t.Error("a source of nothing")
	}
}
