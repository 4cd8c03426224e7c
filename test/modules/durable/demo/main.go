// Command demo enqueues twenty starts at the five providers of the sandbox. Some of them go wrong.
// It runs them and prints what became of each.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"example.test/durable"
	"example.test/durable/ledger"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// befalls says what happens to the first delivery of each provider's starts.
var befalls = []struct {
	what string
	fate ledger.Fate
}{{"all well", ledger.Answered}, {"reply lost", ledger.LostReply}, {"start lost", ledger.LostStart}, {"rate limit", ledger.Limited}}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "durable")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	world, err := sandbox.Start(nil)
	if err != nil {
		return err
	}
	defer world.Close()
	providers := ledger.New(world)
	defer providers.Close()
	fates := map[ledger.Key]ledger.Fate{}
	providers.Fate = func(key ledger.Key, nth int) ledger.Fate {
		if nth > 1 {
			return ledger.Answered
		}
		return fates[key]
	}
	queue, err := open(ctx, providers, filepath.Join(dir, "kyc.db"))
	if err != nil {
		return err
	}
	defer queue.Close()
	if err := queue.Migrate(ctx); err != nil {
		return err
	}

	var customers []ledger.Customer
	for _, p := range sandbox.Providers() {
		for _, b := range befalls {
			c := ledger.NewCustomer(p, len(customers))
			customers, fates[c.Key] = append(customers, c), b.fate
			first, err := queue.Enqueue(ctx, c.Own, c.Request())
			if err != nil {
				return err
			}
			if !first {
				return fmt.Errorf("the database has a start of %s already: take an empty one", c.Own)
			}
		}
	}
	if first, err := queue.Enqueue(ctx, customers[0].Own, customers[0].Request()); first || err != nil {
		return fmt.Errorf("a customer was enqueued twice: %t %w", first, err)
	}
	if err := queue.Start(ctx); err != nil {
		return err
	}
	if err := ended(ctx, queue); err != nil {
		return err
	}
	if err := queue.Stop(ctx); err != nil {
		return err
	}
	return report(ctx, queue, providers, customers)
}

// open opens the queue with a worker for it. Outside a demo, its times would be minutes and hours.
func open(ctx context.Context, providers *ledger.Ledger, file string) (*durable.Queue, error) {
	client, err := facade.New(providers.Config())
	if err != nil {
		return nil, err
	}
	worker := &durable.Worker{
		KYC: client, Fetch: ledger.Fetch,
		CallTimeout: 2 * time.Second, Pause: time.Second, Grace: 500 * time.Millisecond, Patience: 3 * time.Second,
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return durable.Open(ctx, cmp.Or(os.Getenv("DATABASE_URL"), file), key, worker, river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 10}},
		FetchPollInterval: 100 * time.Millisecond,
		Logger:            slog.New(slog.DiscardHandler), // the errors are in the table
	})
}

// ended waits until every start has ended.
func ended(ctx context.Context, queue *durable.Queue) error {
	for range time.Tick(100 * time.Millisecond) {
		rows, err := queue.List(ctx)
		if err != nil {
			return err
		}
		open := 0
		for _, row := range rows {
			if row.State == durable.Waiting || row.State == durable.Sending {
				open++
			}
		}
		if open == 0 {
			return nil
		}
	}
	return nil
}

func report(ctx context.Context, queue *durable.Queue, providers *ledger.Ledger, customers []ledger.Customer) error {
	rows, err := queue.List(ctx)
	if err != nil {
		return err
	}
	jobs, err := queue.Jobs(ctx, river.NewJobListParams().First(1000))
	if err != nil {
		return err
	}
	accounts, wrong := providers.Accounts()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CUSTOMER\tPROVIDER\tFIRST\tINTENT\tDELIVERIES\tPROCESSES\tQUEUE\tATTEMPTS\tSNOOZES\tREASON")
	for n, c := range customers {
		row := durable.Row{}
		for _, r := range rows {
			if r.Customer == c.Own && r.Provider == c.Provider {
				row = r
			}
		}
		account, what := accounts[c.Key], befalls[n%len(befalls)]
		if d := fixtures.Of(c.Provider); what.fate == ledger.Limited && d.Limited() == d.Refusal.Name {
			what.what = "refused" // no rate limit is documented
		}
		job, snoozes := jobOf(jobs.Jobs, c)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%d\t%d\t%s\n", c.Own, c.Provider, what.what, row.State,
			account.Deliveries, len(account.Processes), job.State, job.Attempt, snoozes, row.Reason)
		if len(account.Processes) > 1 || account.Again[ledger.ForNoReason] > 0 {
			wrong = append(wrong, fmt.Errorf("%s was started twice", c.Own))
		}
	}
	_ = w.Flush() // writes to standard output
	if len(wrong) > 0 {
		return fmt.Errorf("%d things went wrong, the first: %w", len(wrong), wrong[0])
	}
	return nil
}

func jobOf(jobs []*rivertype.JobRow, c ledger.Customer) (*rivertype.JobRow, int) {
	for _, row := range jobs {
		var job durable.Job
		if json.Unmarshal(row.EncodedArgs, &job) == nil && job.Customer == c.Own && job.Provider == c.Provider {
			var metadata struct{ Snoozes int }
			_ = json.Unmarshal(row.Metadata, &metadata) // a job without snoozes has none
			return row, metadata.Snoozes
		}
	}
	return &rivertype.JobRow{State: "gone"}, 0
}
