package durable_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"example.test/durable"
	"example.test/durable/ledger"
	"example.test/durable/postgres"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/sandbox"
)

func once(fate ledger.Fate) func(ledger.Key, int) ledger.Fate {
	return func(_ ledger.Key, nth int) ledger.Fate {
		if nth > 1 {
			return ledger.Answered
		}
		return fate
	}
}

// TestEnds lets every fate happen at every provider, and demands how each start ends.
func TestEnds(t *testing.T) {
	t.Parallel()
	type end struct {
		state      string
		deliveries int
		says       string // a part of the reason
	}
	all := func(e end) map[facade.Provider]end {
		return map[facade.Provider]end{facade.Vault: e, facade.XGateway: e, facade.Forte: e, facade.Qolo: e, facade.Rebilly: e}
	}
	with := func(ends map[facade.Provider]end, p facade.Provider, e end) map[facade.Provider]end {
		ends[p] = e
		return ends
	}
	task := end{durable.Task, 1, "it may have started: ask "}
	fates := map[string]struct {
		fate ledger.Fate
		ends map[facade.Provider]end
	}{
		"answered":   {ledger.Answered, all(end{durable.Started, 1, ""})},
		"reply lost": {ledger.LostReply, with(all(end{durable.Settled, 1, "."}), facade.Forte, task)},
		"start lost": {ledger.LostStart, with(all(task), facade.Rebilly, end{durable.Started, 2, ""})},
		"limited": {ledger.Limited, with(all(end{durable.Started, 2, ""}), facade.Qolo,
			end{durable.Refused, 1, "qolo: invalid_request (HTTP 400), started: no"})},
		"refused": {ledger.Refused, with(with(with(with(all(end{durable.Refused, 1, "started: no"}),
			facade.Vault, end{durable.Refused, 1, "vault: invalid_request (HTTP 400), started: no"}),
			facade.XGateway, end{durable.Refused, 1, "xgateway: precondition_failed (HTTP 400, precondition_failed), started: no"}),
			facade.Forte, end{durable.Refused, 1, "forte: "}),
			facade.Rebilly, end{durable.Refused, 1, "rebilly: invalid_request (HTTP 422), started: no"})},
	}
	for name, database := range databases {
		for what, fate := range fates {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				s := open(t, database(t), slog.DiscardHandler)
				s.providers.Fate = func(key ledger.Key, nth int) ledger.Fate {
					if state := s.stateOf(key); state != durable.Sending {
						t.Errorf("%s has a call, and is stored as %s", key.Provider, state)
					}
					return once(fate.fate)(key, nth)
				}
				for _, p := range sandbox.Providers() {
					s.enqueue(ledger.NewCustomer(p, 0), ledger.NewCustomer(p, 0).Request())
				}
				s.work()
				for p, want := range fate.ends {
					row, c := s.row(p), ledger.NewCustomer(p, 0)
					if got := s.account(c).Deliveries; row.State != want.state || got != want.deliveries || !strings.Contains(row.Reason, want.says) {
						t.Errorf("%s: %s after %d deliveries, %q; want %s, %d, %q", p, row.State, got, row.Reason, want.state, want.deliveries, want.says)
					}
				}
				for _, job := range s.jobs() {
					if job.State != rivertype.JobStateCompleted && job.State != rivertype.JobStateCancelled {
						t.Errorf("the queue has a job %s: %s", job.State, job.EncodedArgs)
					}
				}
			})
		}
	}
}

// TestFoundSending begins after another worker was killed between "sending" and the call.
func TestFoundSending(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "kyc.db"), slog.DiscardHandler)
	for _, p := range sandbox.Providers() {
		c := ledger.NewCustomer(p, 0)
		s.enqueue(c, c.Request())
		intent, err := s.Load(t.Context(), c.Own, p)
		if err != nil {
			t.Fatal(err)
		}
		intent.Attempt.At = time.Now()
		if err := s.Claim(t.Context(), intent); err != nil {
			t.Fatal(err)
		}
	}
	s.work()
	for p, want := range map[facade.Provider]struct {
		state               string
		deliveries, lookUps int
	}{
		facade.Rebilly:  {durable.Started, 1, 2}, // two noes in a row
		facade.Forte:    {durable.Task, 0, 0},
		facade.Vault:    {durable.Task, 0, -1},
		facade.XGateway: {durable.Task, 0, -1},
		facade.Qolo:     {durable.Task, 0, -1},
	} {
		account := s.account(ledger.NewCustomer(p, 0))
		if state := s.row(p).State; state != want.state || account.Deliveries != want.deliveries || want.lookUps >= 0 && account.LookUps != want.lookUps {
			t.Errorf("%s: %s after %d deliveries and %d look-ups, want %+v", p, state, account.Deliveries, account.LookUps, want)
		}
	}
}

// TestOutcome reads back what the library said, with what the customer needs in order to continue.
func TestOutcome(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "kyc.db"), slog.DiscardHandler)
	fates := []ledger.Fate{ledger.Answered, ledger.LostReply, ledger.Refused}
	s.providers.Fate = func(key ledger.Key, _ int) ledger.Fate { return fates[key.Customer[len(key.Customer)-1]-'0'] }
	for n := range fates {
		c := ledger.NewCustomer(facade.Rebilly, n)
		s.enqueue(c, c.Request())
	}
	s.work()
	outcome := func(n int, want string, into any) {
		t.Helper()
		state, text, err := s.Outcome(t.Context(), ledger.NewCustomer(facade.Rebilly, n).Own, facade.Rebilly)
		if err = errors.Join(err, json.Unmarshal(text, into)); err != nil || state != want {
			t.Errorf("%s: %v, want %s", state, err, want)
		}
	}
	var res facade.Result
	if outcome(0, durable.Started, &res); !strings.HasPrefix(res.Next.URL.Reveal(), "https://gather.example/") {
		t.Errorf("no link of %v", &res)
	}
	var finding facade.Finding
	if outcome(1, durable.Settled, &finding); finding.ThisAttempt != facade.AnswerYes || finding.Next.URL.IsZero() {
		t.Errorf("no link of %v", &finding)
	}
	var failed facade.Error
	if outcome(2, durable.Refused, &failed); failed.Kind != facade.KindInvalidRequest || len(failed.Fields) == 0 {
		t.Errorf("no fields of %v", &failed)
	}
}

// TestRetryAfter demands that the queue waits as long as the provider asks.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "kyc.db"), slog.DiscardHandler)
	refused := make(chan struct{})
	s.providers.RetryAfter = 3600
	s.providers.Fate = func(ledger.Key, int) ledger.Fate { close(refused); return ledger.Limited }
	c := ledger.NewCustomer(facade.Forte, 0)
	s.enqueue(c, c.Request())
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-refused
	if err := s.Stop(context.WithoutCancel(t.Context())); err != nil { // waits for the job
		t.Fatal(err)
	}
	job := s.jobs()[0]
	if wait := job.ScheduledAt.Sub(*job.AttemptedAt); job.State != rivertype.JobStateRetryable || wait < time.Hour {
		t.Errorf("the job is %s, to be run again after %v, and the provider asked for an hour", job.State, wait)
	}
	if state := s.row(facade.Forte).State; state != durable.Waiting {
		t.Errorf("the intent is %s", state)
	}
}

// TestEnqueue: a customer has one intent at each provider, and every intent has a job.
func TestEnqueue(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, database(t), slog.DiscardHandler)
			c := ledger.NewCustomer(facade.Rebilly, 0)
			s.enqueue(c, c.Request())
			if first, err := s.Enqueue(t.Context(), c.Own, c.Request()); first || err != nil {
				t.Errorf("the second one is the first: %t, %v", first, err)
			}
			other := ledger.NewCustomer(facade.Forte, 0)
			s.enqueue(other, other.Request()) // the same customer at another provider
			if jobs := s.jobs(); len(jobs) != 2 {
				t.Errorf("%d jobs, want 2", len(jobs))
			}
			if _, err := s.DB.Exec(`ALTER TABLE river_job RENAME TO gone`); err != nil {
				t.Fatal(err)
			}
			last := ledger.NewCustomer(facade.Vault, 0)
			if first, err := s.Enqueue(t.Context(), last.Own, last.Request()); first || err == nil || s.row(facade.Vault).State != "" {
				t.Errorf("without the queue's table: %t, %v, stored as %q", first, err, s.row(facade.Vault).State)
			}
		})
	}
}

// TestStale: a worker was suspended, and wakes up after another worker has continued its start.
func TestStale(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "kyc.db"), slog.DiscardHandler)
	c := ledger.NewCustomer(facade.Rebilly, 0)
	s.enqueue(c, c.Request())
	load := func() *durable.Intent {
		intent, err := s.Load(t.Context(), c.Own, c.Provider)
		if err != nil {
			t.Fatal(err)
		}
		return intent
	}
	slow, fast := load(), load()
	if err := s.Claim(t.Context(), fast); err != nil {
		t.Fatal(err)
	}
	if err := s.Claim(t.Context(), slow); err == nil {
		t.Error("both send")
	}
	settler := load()
	if err := s.Save(t.Context(), settler, durable.Waiting, nil, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Claim(t.Context(), load()); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), fast, durable.Waiting, nil, ""); err == nil || s.row(c.Provider).State != durable.Sending {
		t.Errorf("what is being sent by another worker is now %s: %v", s.row(c.Provider).State, err)
	}
}

// TestDatabaseAway stops the database while a call is under way. The outcome is stored when the
// database is back.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s := open(t, server.URL, slog.DiscardHandler)
	back := make(chan error, 1)
	s.providers.Fate = func(ledger.Key, int) ledger.Fate {
		server.Stop()
		go func() {
			<-time.After(300 * time.Millisecond) // long enough that the first tries fail
			back <- server.Run(context.Background())
		}()
		return ledger.Answered
	}
	c := ledger.NewCustomer(facade.Forte, 0)
	s.enqueue(c, c.Request())
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-back; err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if state := s.row(c.Provider).State; state != durable.Started || s.account(c).Deliveries != 1 {
		t.Errorf("it is %s after %d deliveries", state, s.account(c).Deliveries)
	}
}

// TestShortEnoughToCopy demands that the pattern has at most 150 lines, not counting blank ones.
func TestShortEnoughToCopy(t *testing.T) {
	text, err := os.ReadFile("durable.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	if lines > 150 {
		t.Errorf("durable.go has %d lines, want at most 150: people copy it", lines)
	}
}
