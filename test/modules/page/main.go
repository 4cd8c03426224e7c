// Command page is the sandbox for people, and for applications in any language. Until it is
// interrupted, it serves the five providers on loopback. On a sixth port it serves a page that
// shows what every answer means and what has arrived.
//
// A wrong request of an application is answered in the provider's own form, shown on the page, and
// printed.
//
// It is a module of its own, since those who import the library do not need its files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

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
	flags := flag.NewFlagSet("page", flag.ContinueOnError)
	flags.SetOutput(w)
	port := flags.Int("port", 8480, "the first of six ports in a row; 0 takes any that are free")
	var chosen uses
	flags.Var(&chosen, "scenario", "`scenario,...` for the next requests to their providers, the last one again and again; "+
		"provider=scenario,... for a fault of one provider; may be repeated")
	if err := flags.Parse(args); err != nil {
		return err
	}

	out := &output{w: w}
	s, err := sandbox.StartAt(*port, out.failure)
	var taken *net.OpError
	if errors.As(err, &taken) {
		return fmt.Errorf("%w; PORT=9000 behind make sandbox chooses other ports", err)
	}
	if err != nil {
		return err
	}
	defer s.Close()
	for _, use := range chosen {
		s.Use(use.provider, use.scenarios...)
	}
	h, err := handler(s)
	if err != nil {
		return err
	}
	at := *port
	if at != 0 {
		at += len(sandbox.Providers())
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", at))
	if err != nil {
		return fmt.Errorf("page: %w; PORT=9000 behind make sandbox chooses other ports", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	defer func() { _ = server.Close() }() // nothing is lost by it
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	address := "Open http://" + listener.Addr().String() + "/ in a browser.\n"
	if err := out.serving(address + "\n" + addresses(s) + "\n" + address); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return err
	}
}

// output receives the sandbox's reports. Before the command serves, they become its error; after
// that, they are printed.
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

// serving prints text, unless something has already failed.
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

// use is what one flag -scenario asks for.
type use struct {
	provider  facade.Provider
	scenarios []string
}

type uses []use

// String implements [flag.Value].
func (u *uses) String() string { return "" }

// Set implements [flag.Value].
func (u *uses) Set(text string) error {
	if provider, list, ok := strings.Cut(text, "="); ok {
		u.add(facade.Provider(provider), strings.Split(list, ",")...)
		return nil
	}
	for name := range strings.SplitSeq(text, ",") {
		provider, _, ok := strings.Cut(name, "/")
		switch {
		case !ok:
			return errors.New("a scenario is such as forte/200_banned or fault/slow")
		case provider == "fault":
			for _, p := range sandbox.Providers() {
				u.add(p, name)
			}
		default:
			u.add(facade.Provider(provider), name)
		}
	}
	return nil
}

// add adds scenarios after those of the same provider.
func (u *uses) add(p facade.Provider, scenarios ...string) {
	for i := range *u {
		if (*u)[i].provider == p {
			(*u)[i].scenarios = append((*u)[i].scenarios, scenarios...)
			return
		}
	}
	*u = append(*u, use{p, scenarios})
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
