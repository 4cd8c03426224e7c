// Command live starts KYC once at a provider's own sandbox, through package
// contract, and prints the normalized outcome and every point on which the
// exchange left the provider's document.
//
//	PROVIDER=rebilly KYCSTART_REBILLY_API_KEY=... go run ./test/cmd/live
//
// The provider and its credentials come from environment variables; without
// them it prints which are missing and which others there are. The base URL is
// that of the provider's sandbox unless KYCSTART_<PROVIDER>_BASE_URL says
// otherwise; production is refused.
//
// What it prints has no data of the answer in it. MESSAGE=1 adds what the provider
// says of a refusal in its own words, as it came: it may be personal.
//
// With RECORD=1 the answer becomes a new fixture, with the outcome that the
// facade makes of it. Headers are taken over by an allow-list. Tokens, links,
// ids, times and texts are replaced, and so is everything else that is not on a
// short list of codes and words. What is printed is replaced in the same way.
// Read both files before they are committed.
//
// With FIND=1 it starts nothing: it asks how the customer stands, by facade.Client.Find,
// and prints what a finding prints.
//
// It exits with 0 only if an answer came and keeps to the document; with 1 if the
// exchange left it or could not be judged, or no answer came; and with 2 if nothing
// was done: a variable is missing or wrong.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
)

// folder is where fixtures are, from the root of the module.
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

// run is the command: it returns its exit code.
func run(ctx context.Context, environ []string, w io.Writer, folder string) int {
	s, err := readSettings(environ)
	if err != nil {
		fmt.Fprintln(w, err)
		return exitMisuse
	}
	var found violations
	s.config.HTTPClient = &http.Client{Transport: contract.Transport(transport(), found.add)}
	client, err := facade.New(s.config)
	if err != nil {
		fmt.Fprintln(w, err)
		return exitMisuse
	}
	if s.find {
		err = look(ctx, w, client, s.request)
	} else {
		err = start(ctx, w, client, s, &found, folder)
	}
	code := exitFine
	for _, v := range found.all() {
		fmt.Fprintln(w, v)
		code = exitBroken
	}
	if err != nil {
		fmt.Fprintln(w, err) // without data, by the facade's promise
		return exitBroken
	}
	if code == exitFine {
		fmt.Fprintln(w, "the exchange keeps to the document")
	}
	return code
}

// look prints how the customer of a request stands.
func look(ctx context.Context, w io.Writer, client *facade.Client, request facade.Request) error {
	finding, err := client.Find(ctx, request, facade.Attempt{})
	if err == nil {
		fmt.Fprintln(w, finding)
	}
	return err
}

// start starts KYC, and prints and records what came of it, without the data of the
// answer.
func start(ctx context.Context, w io.Writer, client *facade.Client, s *settings, found *violations, folder string) error {
	res, err := client.Start(ctx, s.request)
	came := outcome{res, err}
	a, ok := came.answer(s.provider)
	if !ok {
		return err
	}
	a = a.redacted(s.customer)
	shown := a.outcome(ctx)
	if came.facts() != shown.facts() {
		return fmt.Errorf("%s, which is no longer so with the data of the answer replaced: %s", came.facts(), shown.facts())
	}
	text, err := shown.json()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s answered %03d:\n%s", a.provider, a.status, text)
	if s.message {
		fmt.Fprint(w, came.message())
	}
	if !s.record {
		return nil
	}
	name, err := a.record(folder, text, found.all())
	if err == nil {
		fmt.Fprintln(w, "recorded, to be read before it is committed:", name)
	}
	return err
}

// transport is as the facade's own is: HTTP/1.1 alone and one connection a
// call, for the same reasons.
func transport() *http.Transport {
	t := &http.Transport{DisableKeepAlives: true, Protocols: new(http.Protocols)}
	t.Protocols.SetHTTP1(true)
	return t
}

// violations are collected from the goroutines of a transport.
type violations struct {
	mu   sync.Mutex
	list []contract.Violation
}

func (f *violations) add(v contract.Violation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, v)
}

func (f *violations) all() []contract.Violation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}
