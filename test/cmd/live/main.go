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
// With FIND=1 it starts nothing. It looks up how the customer stands, with facade.Client.Find, and
// prints the finding.
//
// It exits with 0 only if an answer came and keeps to the document; with 1 if the exchange broke
// the document or could not be judged, or no answer came; and with 2 if nothing was done because a
// variable is missing or wrong.
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

// folder is where the fixtures are, from the root of the module.
const folder = "test/fixtures"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Environ(), os.Stdout, folder)
	stop()
	os.Exit(code)
}

const (
	exitFine   = 0
	exitBroken = 1
	exitMisuse = 2
)

// run is the command. It returns the exit code.
func run(ctx context.Context, environ []string, w io.Writer, folder string) int {
	s, err := readSettings(environ)
	if err != nil {
		fmt.Fprintln(w, err)
		return exitMisuse
	}
	var mu sync.Mutex // the transport reports from its own goroutines
	var found []contract.Violation
	s.config.HTTPClient = &http.Client{Transport: contract.Transport(facade.NewTransport(), func(v contract.Violation) {
		mu.Lock()
		defer mu.Unlock()
		found = append(found, v)
	})}
	client, err := facade.New(s.config)
	if err != nil {
		fmt.Fprintln(w, err)
		return exitMisuse
	}
	if s.find {
		err = look(ctx, w, client, s)
	} else {
		err = start(ctx, w, client, s, folder)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, v := range found {
		fmt.Fprintln(w, v)
	}
	switch {
	case err != nil:
		fmt.Fprintln(w, err) // the facade promises that it holds no data
		return exitBroken
	case len(found) > 0:
		return exitBroken
	}
	fmt.Fprintln(w, "the exchange keeps to the document")
	return exitFine
}

// look prints how the customer of the request stands.
func look(ctx context.Context, w io.Writer, client *facade.Client, s *settings) error {
	finding, err := client.Find(ctx, s.request, facade.Attempt{})
	if err == nil {
		fmt.Fprintln(w, finding)
	}
	return err
}

// outcome is what a want.json holds.
type outcome struct {
	Result *facade.Result `json:"result,omitempty"`
	Error  *facade.Error  `json:"error,omitempty"`
}

// start starts KYC, and prints and records the outcome. It fails if no answer came.
func start(ctx context.Context, w io.Writer, client *facade.Client, s *settings, folder string) error {
	var came outcome
	var err error
	came.Result, err = client.Start(ctx, s.request)
	if errors.As(err, &came.Error) && came.Error.HTTPStatus == 0 {
		return err
	}
	shown := outcome{came.Result.Redacted(), came.Error}
	if !s.message {
		shown.Error = came.Error.Redacted()
	}
	text, err := json.MarshalIndent(shown, "", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s answered:\n%s\n", s.provider, text)
	if !s.record {
		return nil
	}
	name, err := record(folder, s, came)
	if err == nil {
		fmt.Fprintln(w, "recorded, to be read before it is committed:", name)
	}
	return err
}
