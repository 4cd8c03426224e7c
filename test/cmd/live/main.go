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
		fmt.Fprintln(w, err) // the facade promises that it holds no data
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

// start starts KYC, and prints and records the outcome without the data of the answer.
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
		return fmt.Errorf("the outcome changes when the data of the answer is replaced: it was %s, and becomes %s", came.facts(), shown.facts())
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

// transport is like the facade's own: HTTP/1.1 only and one connection for each call, for the same
// reasons.
func transport() *http.Transport {
	t := &http.Transport{DisableKeepAlives: true, Protocols: new(http.Protocols)}
	t.Protocols.SetHTTP1(true)
	return t
}

// violations collects violations from the goroutines of a transport.
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
