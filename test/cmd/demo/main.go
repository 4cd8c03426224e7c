// Command demo starts KYC at all providers, against the sandbox on
// loopback, and prints what came of it: for each provider a start and a refusal,
// and one reply that was lost, with the look-up that settles it.
//
// With -json it prints the normalized outcomes instead, as an application would
// hand them to its other services.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// act is what happens at a provider.
type act struct {
	provider facade.Provider
	what     string
	scenario string
	// before and after are the look-ups around the start, "" for none.
	before, after string
}

// found is what the look-up after a start is called.
const found = "looked up"

// acts are a start and a refusal at each provider, and one reply that is lost: a status
// that changes from before the start tells that it began.
func acts() (all []act) {
	for _, d := range fixtures.Descriptors() {
		all = append(all,
			act{provider: d.Provider, what: d.Success.What, scenario: d.Success.Name},
			act{provider: d.Provider, what: d.Refusal.What, scenario: d.Refusal.Name})
		if d.Provider == facade.XGateway {
			all = append(all, act{d.Provider, "reply lost", sandbox.FaultLostReply,
				"xgateway/find/200_pending_kyc_data", "xgateway/find/200_kyc_pending"})
		}
	}
	return all
}

// outcome is what came of one start, a result or an error, or of a look-up.
type outcome struct {
	What    string          `json:"what"`
	Result  *facade.Result  `json:"result,omitempty"`
	Error   *facade.Error   `json:"error,omitempty"`
	Finding *facade.Finding `json:"finding,omitempty"`
}

func main() {
	asJSON := flag.Bool("json", false, "print the normalized outcomes as JSON")
	flag.Parse()
	if err := run(os.Stdout, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer, asJSON bool) error {
	outcomes, err := play()
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false) // the links have ampersands
		return encoder.Encode(outcomes)
	}
	return table(w, outcomes)
}

// play starts KYC once for each act.
func play() ([]outcome, error) {
	var mu sync.Mutex
	var wrong []error
	s, err := sandbox.Start(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, err)
	})
	if err != nil {
		return nil, err
	}
	client, err := facade.New(s.Config())
	if err != nil {
		s.Close()
		return nil, err
	}
	var outcomes []outcome
	for _, act := range acts() {
		outcomes = append(outcomes, act.play(client, s)...)
	}
	s.Close()
	return outcomes, errors.Join(wrong...)
}

// play starts KYC once, with the look-ups around it.
func (a act) play(client *facade.Client, s *sandbox.Sandbox) []outcome {
	ctx, request := context.Background(), fixtures.Start(a.provider)
	var attempt facade.Attempt
	if a.before != "" {
		s.Use(a.provider, a.before, a.scenario, a.after)
		before, err := client.Find(ctx, request, attempt)
		if err != nil {
			return []outcome{failed(found, err)}
		}
		attempt.Before = before
	} else {
		s.Use(a.provider, a.scenario)
	}
	attempt.At = time.Now()
	res, err := client.Start(ctx, request)
	outcomes := []outcome{{What: a.what, Result: res}}
	if err != nil {
		outcomes[0] = failed(a.what, err)
	}
	if a.after == "" {
		return outcomes
	}
	finding, err := client.Find(ctx, request, attempt)
	if err != nil {
		return append(outcomes, failed(found, err))
	}
	return append(outcomes, outcome{What: found, Finding: finding})
}

func failed(what string, err error) outcome {
	o := outcome{What: what}
	errors.As(err, &o.Error)
	return o
}

func table(w io.Writer, outcomes []outcome) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "PROVIDER\tWHAT HAPPENED\tSTATUS OR KIND\tSTARTED\tNEXT STEP\tPROVIDER'S OWN WORD")
	for _, o := range outcomes {
		fmt.Fprintln(t, strings.Join(o.row(), "\t"))
	}
	return t.Flush()
}

func (o outcome) row() []string {
	if res := o.Result; res != nil {
		return []string{string(res.Provider), o.What, string(res.Status), "yes", string(res.Next.Kind),
			cmp.Or(res.ProviderStatus, res.Level, "-")}
	}
	if f := o.Finding; f != nil {
		return []string{string(f.Provider), o.What, string(f.Status), f.ThisAttempt.String(), string(f.Next.Kind), f.ProviderStatus}
	}
	e := o.Error
	return []string{string(e.Provider), o.What, string(e.Kind), e.Started.String(),
		cmp.Or(string(e.Next.Kind), "-"), cmp.Or(e.Code, e.Message, "-")}
}
