package facade

import (
	"context"
	"time"
)

// CachedToken returns a source that keeps the token of fetch for as long as it is
// good. fetch returns a token, and for how long it is good from the call on.
//
// The source is safe for concurrent use. It makes one fetch at a time; a caller who
// needs a token meanwhile waits, for as long as its own context lasts. The token is
// fetched again when a tenth of its time is left, or a minute, whichever is less, so
// that it does not end on its way; if that fails, it is used to its end. Any other
// failure is the caller's alone: the next one fetches with its own context. A token
// that the provider revokes before its time is kept until then.
//
// For a nil fetch it returns nil, which New refuses where a token is needed.
func CachedToken(fetch func(ctx context.Context) (token string, lifetime time.Duration, err error)) TokenSource {
	if fetch == nil {
		return nil
	}
	var (
		turn       = make(chan struct{}, 1) // held by who reads or writes the rest
		token      string
		renew, end time.Time
	)
	return func(ctx context.Context) (string, error) {
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if err := ctx.Err(); err != nil { // of two cases that are ready, select takes either
			return "", err
		}
		now := time.Now()
		if now.Before(renew) {
			return token, nil
		}
		fetched, lifetime, err := fetch(ctx)
		switch {
		case err != nil && time.Now().Before(end) && ctx.Err() == nil:
			return token, nil
		case err != nil:
			return "", err
		case isCredential(fetched):
			token, renew, end = fetched, now.Add(lifetime-min(lifetime/10, time.Minute)), now.Add(lifetime)
		}
		return fetched, nil
	}
}
