// Command cost measures how many starts the worker makes in a second. In the same run it measures
// how many empty jobs the queue does, and how many starts the sandbox takes without a queue. It
// uses one, two and four processes, on SQLite and on Postgres.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"example.test/durable/ledger"
	"example.test/durable/postgres"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

var (
	jobs   = flag.Int("jobs", 2000, "jobs of each measurement")
	rounds = flag.Int("rounds", 3, "how many rounds; the median of them counts")
	out    = flag.String("out", "", "a file for the page, besides standard output")
	role   = flag.String("role", "", "of a process that this command starts")
)

// calls is how many jobs a process runs at once, and poll is how often it looks for more. River's
// defaults suit jobs that take longer than a call to a sandbox.
const (
	calls = 50
	poll  = 10 * time.Millisecond
)

func main() {
	flag.Parse()
	ctx := context.Background()
	var err error
	switch *role {
	case "empty":
		err = workEmpty(ctx)
	case "direct":
		err = startDirectly(ctx)
	default:
		err = run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sample is what is measured, and with how many processes.
type sample struct {
	database string
	what     string
	workers  int
}

var processes = []int{1, 2, 4}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "durable-cost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	worker := filepath.Join(dir, "worker")
	if text, err := exec.Command("go", "build", "-o", worker, "./worker").CombinedOutput(); err != nil {
		return fmt.Errorf("the worker does not build: %w: %s", err, text)
	}
	server, err := postgres.Start(ctx)
	if err != nil {
		return err
	}
	defer server.Close()

	tokens := filepath.Join(dir, "tokens")
	if err := writeTokens(tokens); err != nil {
		return err
	}
	all := map[sample][]measured{}
	for round := range *rounds {
		for _, n := range processes {
			rate, err := direct(n)
			if err != nil {
				return err
			}
			s := sample{"", directly, n}
			all[s] = append(all[s], measured{rate: rate})
			for i, s := range []sample{{sqlite, empty, n}, {sqlite, starts, n}, {postgresql, empty, n}, {postgresql, starts, n}} {
				fresh := fmt.Sprintf("cost-%d-%d-%d", round, n, i)
				b := bench{worker: worker, tokens: tokens, processes: n, database: filepath.Join(dir, fresh)}
				if s.database == postgresql {
					if b.database, err = server.Database(ctx, fresh); err != nil {
						return err
					}
					b.database += "?pool_max_conns=10"
				}
				measure := emptyJobs
				if s.what == starts {
					measure = realStarts
				}
				m, err := measure(ctx, b)
				if err != nil {
					return fmt.Errorf("%s, %s, %d processes: %w", s.database, s.what, n, err)
				}
				all[s] = append(all[s], m)
				fmt.Fprintf(os.Stderr, "round %d: %-8s %-10s %d processes: %.0f/s\n", round+1, s.database, s.what, n, m.rate)
			}
		}
	}
	page := pageOf(all)
	fmt.Print(page)
	if *out == "" {
		return nil
	}
	return os.WriteFile(*out, []byte(page), 0o644)
}

// writeTokens writes the tokens of the customers at Vault.
func writeTokens(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	for n := range *jobs {
		c := customer(n)
		if c.Provider != facade.Vault {
			continue
		}
		token := fixtures.Of(c.Provider).Customer.Form.Write(c.Customer)
		if err := os.WriteFile(filepath.Join(dir, c.Customer), []byte(token), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// These are measured.
const (
	sqlite, postgresql = "SQLite", "Postgres"
	empty, starts      = "empty jobs", "starts"
	directly           = "without a queue"
)

// median returns the middle value of all rounds, and the smallest and the largest.
func median(all []measured, value func(measured) float64) (middle, least, most float64) {
	var values []float64
	for _, m := range all {
		values = append(values, value(m))
	}
	slices.Sort(values)
	return values[len(values)/2], values[0], values[len(values)-1]
}

// customer returns the nth customer.
func customer(n int) ledger.Customer {
	return ledger.NewCustomer(sandbox.Providers()[n%len(sandbox.Providers())], n)
}
