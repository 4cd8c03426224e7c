package crash

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"strings"

	"github.com/riverqueue/river"

	"example.test/durable"
	"example.test/durable/ledger"

	"github.com/kycstart/kycstart/test/sandbox"
)

// judge compares the intents, the providers and the queue.
func (r *run) judge(ctx context.Context, rows []durable.Row) {
	t := r.t
	t.Helper()
	accounts, wrong := r.providers.Accounts()
	for _, err := range wrong {
		t.Error(err)
	}
	states, again, deliveries, lookUps, twice := map[string]int{}, map[string]int{}, 0, 0, 0
	received := map[ledger.Key]int{}
	for _, p := range sandbox.Providers() {
		for _, one := range r.sandbox.Received(p) {
			received[ledger.Key{Provider: p, Customer: one.Customer()}]++
		}
	}
	intents := map[string]durable.Row{}
	for _, row := range rows {
		intents[row.Customer] = row
	}
	for _, c := range r.customers {
		row, account := intents[c.Own], accounts[c.Key]
		states[row.State]++
		deliveries, lookUps = deliveries+account.Deliveries, lookUps+account.LookUps
		for why, n := range account.Again {
			again[why] += n
		}
		if account.Again[ledger.ForNoReason] > 0 || len(account.Processes) > 1 {
			twice++
			t.Errorf("%s is started twice at %s: %d deliveries, %d processes", c.Own, c.Provider, account.Deliveries, len(account.Processes))
		}
		if account.Deliveries != received[c.Key] {
			t.Errorf("%s: the ledger has %d deliveries, and the sandbox %d", c.Own, account.Deliveries, received[c.Key])
		}
		has := len(account.Processes) > 0
		switch row.State {
		case durable.Started, durable.Settled:
			if !has {
				t.Errorf("%s is %s at %s, and has no process", c.Own, row.State, c.Provider)
			}
		case durable.Refused:
			if has {
				t.Errorf("%s is refused at %s, and has a process", c.Own, c.Provider)
			}
		}
	}
	t.Logf("%d customers, %d deliveries, %d look-ups answered: %v", len(r.customers), deliveries, lookUps, states)
	t.Logf("second deliveries: %v; customers started twice: %d", again, twice)

	jobs := map[string]int{}
	params := river.NewJobListParams().First(10000)
	list, err := r.queue.Jobs(ctx, params)
	if err != nil {
		t.Fatal(err)
	}
	rescued := 0
	for _, job := range list.Jobs {
		jobs[string(job.State)]++
		for _, e := range job.Errors {
			if strings.Contains(e.Error, "Stuck job rescued") {
				rescued++
			}
		}
	}
	t.Logf("the queue's own view: %v; runs that it found dead and ran again: %d", jobs, rescued)
	if jobs["completed"]+jobs["cancelled"] != len(r.customers) {
		t.Errorf("jobs of %d customers: %v", len(r.customers), jobs)
	}
	r.searchFiles(r.logs)
}

// searchFiles demands that the files of a directory hold nothing about a customer.
func (r *run) searchFiles(dir string) {
	r.t.Helper()
	files := 0
	all := os.DirFS(dir)
	err := fs.WalkDir(all, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := fs.ReadFile(all, path)
		files++
		for _, secret := range []string{"person-0", "7c0ffee0-", "shop.example", "gather.example"} {
			if bytes.Contains(text, []byte(secret)) {
				r.t.Errorf("%s holds %q", path, secret)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		r.t.Errorf("%d files searched: %v", files, err)
	}
}
