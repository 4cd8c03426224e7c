// Command demo runs against a sandbox on loopback. At each provider it makes one start that
// succeeds and one that is refused. It also loses one reply, and finds out with a look-up whether
// that start happened. It prints each outcome, or with -json the normalized ones, as an application
// would hand them to its other services. It fails if the sandbox reports a failure.
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
	"text/tabwriter"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// outcome is the result or error of one start, or of a look-up.
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
	var failed error // reports come one after another, as the calls do
	s, err := sandbox.Start(func(err error) { failed = errors.Join(failed, err) })
	if err != nil {
		return err
	}
	outcomes, err := play(s)
	s.Close()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false) // the links have ampersands
		return encoder.Encode(outcomes)
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "PROVIDER\tWHAT HAPPENED\tSTATUS OR KIND\tSTARTED\tNEXT STEP\tPROVIDER'S OWN WORD")
	for _, o := range outcomes {
		fmt.Fprintln(t, strings.Join(o.row(), "\t"))
	}
	return t.Flush()
}

// play makes a start and gets a refusal at each provider, and loses one reply. The look-up then
// finds a status that differs from the one before the start, so the start did happen.
func play(s *sandbox.Sandbox) (outcomes []outcome, err error) {
	client, err := facade.New(s.Config())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	start := func(p facade.Provider, what string) {
		res, err := client.Start(ctx, fixtures.Start(p))
		o := outcome{What: what, Result: res}
		errors.As(err, &o.Error)
		outcomes = append(outcomes, o)
	}
	for _, d := range fixtures.Descriptors() {
		s.Use(d.Provider, d.Success.Name, d.Refusal.Name)
		start(d.Provider, d.Success.What)
		start(d.Provider, d.Refusal.What)
		if d.Provider != facade.XGateway {
			continue
		}
		s.Use(d.Provider, "xgateway/find/200_pending_kyc_data", sandbox.FaultLostReply, "xgateway/find/200_kyc_pending")
		before, err := client.Find(ctx, d.Request, facade.Attempt{})
		if err != nil {
			return nil, err
		}
		attempt := facade.Attempt{Before: before, At: time.Now()}
		start(d.Provider, "reply lost")
		finding, err := client.Find(ctx, d.Request, attempt)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome{What: "looked up", Finding: finding})
	}
	return outcomes, nil
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
