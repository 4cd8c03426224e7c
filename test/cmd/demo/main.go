// Command demo starts KYC at all five providers, against the sandbox on
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

// acts are what happens at the providers.
var acts = []struct {
	provider facade.Provider
	what     string
	scenario string
}{
	{facade.Vault, "start", "vault/200_ok"},
	{facade.Vault, "country not served", "vault/400_country_blocked_for_registration"},
	{facade.XGateway, "start", "xgateway/204_started"},
	{facade.XGateway, "profile incomplete", "xgateway/400_precondition_failed"},
	{facade.XGateway, "reply lost", sandbox.FaultLostReply},
	{facade.Forte, "start", "forte/201_started"},
	{facade.Forte, "customer banned", "forte/200_banned"},
	{facade.Qolo, "start", "qolo/200_questions_of_two_checks"},
	{facade.Qolo, "no such person", "qolo/404_detail"},
	{facade.Rebilly, "start", "rebilly/201_gathering"},
	{facade.Rebilly, "fields invalid", "rebilly/422_json"},
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
	for _, act := range acts {
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
