// Command serve is the sandbox for applications in any language: it serves the
// five providers on loopback until it is interrupted.
//
// It prints every scenario with the customer that chooses it, and the five base
// URLs. What an application does wrong is answered in the provider's own form
// and printed as well.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// serve serves until ctx is done.
func serve(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(w)
	port := flags.Int("port", 8480, "the first of five ports in a row; 0 takes any that are free")
	var chosen uses
	flags.Var(&chosen, "use", "`provider=scenario,...` for its next requests, in this order; may be repeated")
	if err := flags.Parse(args); err != nil {
		return err
	}

	out := &output{w: w}
	s, err := sandbox.StartAt(*port, out.failure)
	var taken *net.OpError
	if errors.As(err, &taken) {
		return fmt.Errorf("%w; -port chooses other ports, as make sandbox PORT=9000 does", err)
	}
	if err != nil {
		return err
	}
	defer s.Close()
	for _, use := range chosen {
		s.Use(use.provider, use.scenarios...)
	}
	if err := out.serving(scenarios(s) + "\n" + addresses(s) + "\nserving until interrupted\n"); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// output is where the sandbox's reports go: into the error of the command at
// first, and on paper as soon as it serves.
type output struct {
	mu       sync.Mutex
	w        io.Writer
	ready    bool
	failures []error
}

func (o *output) failure(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ready {
		fmt.Fprintln(o.w, err)
		return
	}
	o.failures = append(o.failures, err)
}

// serving prints text, unless something has failed already.
func (o *output) serving(text string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := errors.Join(o.failures...); err != nil {
		return err
	}
	o.ready = true
	_, err := io.WriteString(o.w, text)
	return err
}

// use is what the flag of that name asks for.
type use struct {
	provider  facade.Provider
	scenarios []string
}

type uses []use

// String implements [flag.Value].
func (u *uses) String() string { return "" }

// Set implements [flag.Value].
func (u *uses) Set(text string) error {
	provider, list, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("not of the form provider=scenario,scenario")
	}
	*u = append(*u, use{facade.Provider(provider), strings.Split(list, ",")})
	return nil
}

func scenarios(s *sandbox.Sandbox) string {
	return table(func(t io.Writer) {
		for _, p := range sandbox.Providers() {
			fmt.Fprintf(t, "%s scenario\tcustomer\n", p)
			for _, name := range sandbox.Scenarios(p) {
				customer := "(an address of its own, below)"
				if name != sandbox.FaultConnectionRefused {
					customer = s.Customer(p, name)
				}
				fmt.Fprintf(t, "  %s\t%s\n", name, customer)
			}
		}
	})
}

func addresses(s *sandbox.Sandbox) string {
	return table(func(t io.Writer) {
		for _, p := range sandbox.Providers() {
			fmt.Fprintf(t, "%s\t%s\t%s\n", p, s.URL(p), "answers "+sandbox.Default(p)+" if nothing is chosen")
		}
		fmt.Fprintf(t, "none\t%s\trefuses connections\n", s.UnreachableURL())
	})
}

func table(rows func(t io.Writer)) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	rows(t)
	_ = t.Flush() // into memory
	return b.String()
}
