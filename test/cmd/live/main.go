// Command live starts KYC once at a provider's own sandbox, watched by package contract. It prints
// the normalized outcome and every point in which the exchange broke the provider's document.
//
//	PROVIDER=rebilly KYCSTART_REBILLY_API_KEY=... go run ./test/cmd/live
//
// The provider and its credentials come from environment variables. Without them, the command
// prints which ones are missing and which others there are. The base URL is the provider's sandbox
// unless KYCSTART_<PROVIDER>_BASE_URL says otherwise. Production is refused.
//
// What it prints holds no data from the answer. MESSAGE=1 adds the provider's own words about a
// refusal, as they came: they may be personal.
//
// With RECORD=1 the answer becomes a new fixture, with the outcome that the facade makes of it.
// Only headers on an allow-list are kept. Tokens, links, ids, times and texts are replaced, and so
// is everything else that is not on a short list of codes and words. What is printed is replaced in
// the same way. Read both files before you commit them.
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
	"slices"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
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
	var finding *facade.Finding
	var came outcome
	if s.find {
		finding, err = client.Find(ctx, s.request, facade.Attempt{})
	} else {
		came.Result, err = client.Start(ctx, s.request)
		errors.As(err, &came.Error)
	}
	mu.Lock()
	defer mu.Unlock()
	switch a := came.answer(); {
	case finding != nil:
		fmt.Fprintln(w, finding)
	case a.Status != 0:
		a.Provider = string(s.provider)
		err = show(ctx, w, s, came, redacted(a, fixtures.Of(s.provider), s.customer), found, folder)
	}
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

// outcome is what a want.json holds.
type outcome struct {
	Result *facade.Result `json:"result,omitempty"`
	Error  *facade.Error  `json:"error,omitempty"`
}

// answer returns what the provider sent back. The status is 0 if no answer came.
func (o outcome) answer() fixtures.Case {
	switch {
	case o.Result != nil:
		return fixtures.Case{Status: o.Result.HTTPStatus, Header: o.Result.RawHeader(), Body: o.Result.RawBody()}
	case o.Error != nil:
		return fixtures.Case{Status: o.Error.HTTPStatus, Header: o.Error.RawHeader(), Body: o.Error.RawBody()}
	}
	return fixtures.Case{}
}

// facts returns what programs act on. It holds no data.
func (o outcome) facts() string {
	if o.Error != nil {
		return fmt.Sprintf("%s, started: %s, HTTP status %d", o.Error.Kind, o.Error.Started, o.Error.HTTPStatus)
	}
	return fmt.Sprintf("%s, next %s, HTTP status %d", o.Result.Status, o.Result.Next.Kind, o.Result.HTTPStatus)
}

// show prints the outcome of a start as the facade makes it of the answer a, which is the one that
// came, without its data. If it was asked to, it also prints the provider's own words, and records
// the answer.
func show(ctx context.Context, w io.Writer, s *settings, came outcome, a fixtures.Case, found []contract.Violation, folder string) error {
	e := replay.StartContext(ctx, fixtures.Start(s.provider), replay.Answer{Status: a.Status, Header: a.Header, Body: a.Body})
	shown := outcome{Result: e.Result}
	errors.As(e.Err, &shown.Error)
	if came.facts() != shown.facts() {
		return fmt.Errorf("the outcome changes when the data of the answer is replaced: it was %s, and becomes %s", came.facts(), shown.facts())
	}
	text, err := json.MarshalIndent(shown, "", "  ")
	if err != nil {
		return err
	}
	a.Want = append(text, '\n')
	fmt.Fprintf(w, "%s answered %03d:\n%s", s.provider, a.Status, a.Want)
	if e := came.Error; s.message && e != nil {
		words, err := json.MarshalIndent(map[string]any{"message": e.Message, "reasons": e.Reasons, "fields": e.Fields}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "the provider says, as it came: %s\n", words)
	}
	if !s.record {
		return nil
	}
	a.Rejected = slices.ContainsFunc(found, func(v contract.Violation) bool { return v.In == contract.InResponse })
	name, err := record(folder, a)
	if err == nil {
		fmt.Fprintln(w, "recorded, to be read before it is committed:", name)
	}
	return err
}
