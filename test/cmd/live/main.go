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
// Only headers on an allow-list are kept. Everything in the body is replaced that is not on a short
// list of codes and words. Read both files before you commit them.
//
// With FIND=1 it starts nothing. It looks up how the customer stands, with facade.Client.Find. Either
// way it succeeds only if an answer came and keeps to the document.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
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
	if err == nil || errors.As(err, &came.Error) && came.Error.HTTPStatus > 0 {
		err = s.report(ctx, w, came, folder)
	}
	mu.Lock()
	defer mu.Unlock()
	return errors.Join(err, violations)
}

// settings holds what the environment says.
type settings struct {
	fixtures.Descriptor // of the provider

	record, message, find bool

	config   facade.Config
	request  facade.Request
	customer string // as an answer may repeat it
}

// report prints the outcome of an answer and records it, as far as the settings say so.
func (s *settings) report(ctx context.Context, w io.Writer, came outcome, folder string) error {
	shown := outcome{came.Finding.Redacted(), came.Result.Redacted(), came.Error}
	if !s.message {
		shown.Error = came.Error.Redacted()
	}
	fmt.Fprintf(w, "%s answered:\n", s.Provider)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(shown); err != nil || !s.record {
		return err
	}
	return s.write(ctx, w, folder, came)
}

const prefix = "KYCSTART_"

func variable(p facade.Provider, name string) string {
	return prefix + strings.ToUpper(string(p)) + "_" + name
}

// readSettings reads the environment. The error says what is missing, or which values are valid if
// one is not.
func readSettings(environ []string) (*settings, error) {
	env := make(map[string]string)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	var valid []string
	for _, d := range fixtures.Descriptors() {
		for _, one := range d.Live.Settings {
			valid = append(valid, variable(d.Provider, one.Name))
		}
	}
	for name := range env {
		if strings.HasPrefix(name, prefix) && !slices.Contains(valid, name) {
			return nil, fmt.Errorf("live: no variable %s, there are:\n\t%s", name, strings.Join(valid, "\n\t"))
		}
	}

	s := &settings{Descriptor: fixtures.Of(facade.Provider(env["PROVIDER"]))}
	if s.Provider == "" {
		return nil, fmt.Errorf("live: PROVIDER is %q, it must be one of %q", env["PROVIDER"], fixtures.Providers())
	}
	for name, set := range map[string]*bool{"RECORD": &s.record, "MESSAGE": &s.message, "FIND": &s.find} {
		if *set = env[name] == "1"; !*set && strings.Trim(env[name], "0") != "" {
			return nil, fmt.Errorf("live: %s is %q, it must be 1, 0 or not set", name, env[name])
		}
	}
	if s.find && s.record {
		return nil, errors.New("live: FIND looks a customer up, and RECORD is for a start: set one of them")
	}
	var missing, others []string
	values := make(map[string]string)
	for _, one := range s.Live.Settings {
		name := variable(s.Provider, one.Name)
		value := cmp.Or(env[name], one.Fallback)
		values[one.Name] = value
		if one.Customer {
			s.customer = value
		}
		switch {
		case one.Fallback != "" || one.Optional:
			others = append(others, name+", "+one.About+": "+cmp.Or(value, "not needed"))
		case value == "":
			missing = append(missing, name+", "+one.About)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("live: nothing was done: a run at %s needs\n\t%s\nand takes\n\t%s",
			s.Provider, strings.Join(missing, "\n\t"), strings.Join(others, "\n\t"))
	}
	if slices.Contains(s.Live.Production, strings.TrimRight(values["BASE_URL"], "/")) {
		return nil, fmt.Errorf("live: %s is production, where a run would start a real KYC", variable(s.Provider, "BASE_URL"))
	}
	var err error
	if s.config, s.request, err = s.Live.Start(values); err != nil {
		return nil, fmt.Errorf("live: %s%w", variable(s.Provider, ""), err)
	}
	return s, nil
}
