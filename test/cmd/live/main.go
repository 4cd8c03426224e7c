// Command live starts KYC once at a provider's own sandbox, watched by package contract. It prints
// the normalized outcome and every point in which the exchange broke the provider's document.
//
//	PROVIDER=rebilly KYCSTART_REBILLY_API_KEY=... go run ./test/cmd/live
//
// The provider and its credentials come from environment variables. Without them, the command
// prints which ones are missing and which others there are. The base URL is the provider's sandbox
// unless KYCSTART_<PROVIDER>_BASE_URL says otherwise. Production is refused.
//
// What it prints may be logged: it holds no data but ids. MESSAGE=1 adds the provider's own words
// about a refusal, as they came: they may be personal.
//
// With RECORD=1 the answer becomes a new fixture, with the outcome that the facade makes of it.
// Only headers on an allow-list are kept. Tokens, links, ids, times and texts are replaced, and so
// is everything else that is not on a short list of codes and words. Read both files before you
// commit them.
//
// With FIND=1 it starts nothing. It looks up how the customer stands, with facade.Client.Find.
//
// It succeeds only if an answer came and keeps to the document.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Environ(), os.Stdout, "test/fixtures")
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // the facade and package contract promise that it holds no data
		os.Exit(1)
	}
	fmt.Println("the exchange keeps to the document")
}

// outcome is what became of the call. That of a start is what a want.json holds.
type outcome struct {
	Finding *facade.Finding `json:"finding,omitempty"`
	Result  *facade.Result  `json:"result,omitempty"`
	Error   *facade.Error   `json:"error,omitempty"`
}

// run prints the outcome, and records the answer in the folder of fixtures. Its error has a line for
// every violation.
func run(ctx context.Context, environ []string, w io.Writer, folder string) error {
	s, err := readSettings(environ)
	if err != nil {
		return err
	}
	var mu sync.Mutex // the transport reports from its own goroutines
	var violations error
	s.config.HTTPClient = &http.Client{Transport: contract.Transport(facade.NewTransport(), func(v contract.Violation) {
		mu.Lock()
		defer mu.Unlock()
		violations = errors.Join(violations, errors.New(v.String()))
	})}
	client, err := facade.New(s.config)
	if err != nil {
		return err
	}
	var came outcome
	if s.find {
		came.Finding, err = client.Find(ctx, s.request, facade.Attempt{})
	} else {
		came.Result, err = client.Start(ctx, s.request)
	}
	if !errors.As(err, &came.Error) || came.Error.HTTPStatus > 0 {
		err = s.report(w, came, folder)
	}
	mu.Lock()
	defer mu.Unlock()
	return errors.Join(err, violations)
}

// report prints the outcome of an answer and records it, as far as the settings say so.
func (s *settings) report(w io.Writer, came outcome, folder string) error {
	shown := outcome{came.Finding.Redacted(), came.Result.Redacted(), came.Error}
	if !s.message {
		shown.Error = came.Error.Redacted()
	}
	text, err := json.MarshalIndent(shown, "", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s answered:\n%s\n", s.Provider, text)
	if !s.record {
		return nil
	}
	name, err := s.write(folder, came)
	if err == nil {
		fmt.Fprintln(w, "recorded, to be read before it is committed:", name)
	}
	return err
}
