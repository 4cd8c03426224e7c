// Command demo starts KYC at all providers, against the sandbox on
// loopback, and prints what came of it: for each provider a start and a refusal,
// and one reply that was lost.
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

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// act is what happens at a provider.
type act struct {
	provider facade.Provider
	what     string
	scenario string
}

// acts are a start and a refusal at each provider, and one reply that is lost.
func acts() (all []act) {
	for _, d := range fixtures.Descriptors() {
		all = append(all, act{d.Provider, d.Success.What, d.Success.Name}, act{d.Provider, d.Refusal.What, d.Refusal.Name})
		if d.Provider == facade.XGateway {
			all = append(all, act{d.Provider, "reply lost", sandbox.FaultLostReply})
		}
	}
	return all
}

// outcome is what came of one start: a result or an error.
type outcome struct {
	What   string         `json:"what"`
	Result *facade.Result `json:"result,omitempty"`
	Error  *facade.Error  `json:"error,omitempty"`
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
		s.Use(act.provider, act.scenario)
		res, err := client.Start(context.Background(), fixtures.Start(act.provider))
		o := outcome{What: act.what, Result: res}
		errors.As(err, &o.Error)
		outcomes = append(outcomes, o)
	}
	s.Close()
	return outcomes, errors.Join(wrong...)
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
	e := o.Error
	return []string{string(e.Provider), o.What, string(e.Kind), e.Started.String(),
		cmp.Or(string(e.Next.Kind), "-"), cmp.Or(e.Code, e.Message, "-")}
}
