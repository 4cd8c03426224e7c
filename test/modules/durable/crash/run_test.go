package crash

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	random "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"example.test/durable"
	"example.test/durable/child"
	"example.test/durable/ledger"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// hardship is something else that happens to a database.
type hardship struct {
	what string
	come func(ctx context.Context) error
}

// run is one database, with starts that continue while workers are killed.
type run struct {
	t         *testing.T
	database  string
	hardships []hardship

	queue     *durable.Queue
	providers *ledger.Ledger
	sandbox   *sandbox.Sandbox
	env       []string
	logs      string // a directory
	customers []ledger.Customer

	mu      sync.Mutex
	killed  int
	came    map[string]int // how often each hardship came
	spawned int
}

func newRun(t *testing.T, database string) *run {
	t.Helper()
	r := &run{t: t, database: database, sandbox: sandbox.New(t), logs: t.TempDir(), came: map[string]int{}}
	r.providers = ledger.New(r.sandbox)
	t.Cleanup(r.providers.Close)
	r.providers.Fate = fates()
	r.providers.Deaf = func() bool { return random.N(2) == 0 }
	r.providers.Thinks = func() time.Duration { return random.N(400 * time.Millisecond) }
	r.providers.Hides = func() time.Duration { return random.N(600 * time.Millisecond) }

	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	var err error
	if r.queue, err = durable.Open(t.Context(), database, key, nil, river.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.queue.Close)
	if err := r.queue.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	tokens := t.TempDir()
	for n := range *starts {
		p := sandbox.Providers()[n%len(sandbox.Providers())]
		c := ledger.NewCustomer(p, n)
		r.customers = append(r.customers, c)
		if p == facade.Vault {
			token := fixtures.Of(p).Customer.Form.Write(c.Customer)
			if err := os.WriteFile(filepath.Join(tokens, c.Customer), []byte(token), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.env = append(os.Environ(), "DATABASE_URL=", "DATABASE_FILE=",
		"KYC_SEAL_KEY="+base64.StdEncoding.EncodeToString(key), "TOKENS="+tokens,
		"XGATEWAY_KEY=key", "FORTE_TOKEN=token", "QOLO_TOKEN=token", "REBILLY_KEY=key", "REBILLY_ORGANIZATION=acme")
	for _, p := range sandbox.Providers() {
		r.env = append(r.env, strings.ToUpper(string(p))+"_URL="+r.providers.URL(p))
	}
	if strings.HasPrefix(database, "postgres") {
		r.env = append(r.env, "DATABASE_URL="+database)
	} else {
		r.env = append(r.env, "DATABASE_FILE="+database)
	}
	return r
}

// fates returns what happens to each start: most go well.
func fates() func(ledger.Key, int) ledger.Fate {
	chances := []ledger.Fate{ledger.LostReply, ledger.LostReply, ledger.LostStart, ledger.Limited, ledger.Limited, ledger.Refused}
	return func(_ ledger.Key, nth int) ledger.Fate {
		if i := random.N(20); nth < 3 && i < len(chances) {
			return chances[i]
		}
		return ledger.Answered
	}
}

// crash runs the starts and kills the workers. Then it lets the last ones finish, and judges.
func (r *run) crash() {
	t := r.t
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var all sync.WaitGroup
	failures := make(chan error, *workers+1)
	for range *workers {
		all.Go(func() { failures <- r.killWorkers(ctx) })
	}
	all.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			t.Fatal(err)
		}
	}
	killing := time.Since(began)

	var last []*exec.Cmd
	for range *workers {
		w, err := r.spawn()
		if err != nil {
			t.Fatal(err)
		}
		last = append(last, w)
	}
	rows := r.ended(ctx)
	for _, w := range last {
		if err := errors.Join(w.Process.Signal(syscall.SIGTERM), w.Wait()); err != nil {
			t.Errorf("a worker that was told to stop: %v", err)
		}
	}
	t.Logf("%d kills in %v, and %v to the end; %v", r.killed, killing.Round(time.Second), time.Since(began).Round(time.Second), r.came)
	r.judge(ctx, rows)
}

// killWorkers runs a worker and kills it, until it has killed enough. Meanwhile starts are enqueued
// at the same rate, and hardships happen.
func (r *run) killWorkers(ctx context.Context) error {
	for ctx.Err() == nil {
		r.mu.Lock()
		enough := r.killed == *kills
		if !enough {
			r.killed++
		}
		nth := r.killed
		r.mu.Unlock()
		if enough {
			return nil
		}
		w, err := r.spawn()
		if err != nil {
			return err
		}
		// The instant is random on purpose. This does not wait for anything.
		life := 100*time.Millisecond + random.N(400*time.Millisecond)
		if random.N(3) == 0 {
			life = random.N(4 * time.Second)
		}
		<-time.After(life)
		if err := w.Process.Kill(); err != nil {
			return err
		}
		_ = w.Wait() // it says that it was killed
		if err := r.after(ctx, nth); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// after does what comes after the nth kill.
func (r *run) after(ctx context.Context, nth int) error {
	for _, c := range r.customers[(nth-1)**starts / *kills : nth**starts / *kills] {
		// A customer may ask again, also because the database was away the first time.
		for range 1 + random.N(2) {
			if err := r.enqueue(ctx, c); err != nil {
				return err
			}
		}
	}
	every := max(1, *kills/8)
	if nth%every == 0 && nth < *kills {
		h := r.hardships[nth/every%len(r.hardships)]
		if err := h.come(ctx); err != nil {
			return fmt.Errorf("%s: %w", h.what, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.came[h.what]++
	}
	return nil
}

func (r *run) enqueue(ctx context.Context, c ledger.Customer) error {
	for {
		_, err := r.queue.Enqueue(ctx, c.Own, c.Request())
		if err == nil || ctx.Err() != nil {
			return err
		}
		<-time.After(50 * time.Millisecond) // the database is away
	}
}

// spawn runs a worker, with times so short that a start ends within seconds.
func (r *run) spawn() (*exec.Cmd, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spawned++
	log, err := os.Create(filepath.Join(r.logs, fmt.Sprintf("%04d", r.spawned)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	w := exec.Command(worker, "-timeout=2s", "-pause=300ms", "-grace=700ms", "-patience=4s", "-poll=100ms", "-calls=4")
	w.Env, w.Stdout, w.Stderr = r.env, log, log
	return w, child.Start(w)
}

// ended waits until every start has ended, and returns the intents.
func (r *run) ended(ctx context.Context) []durable.Row {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		rows, err := r.queue.List(ctx)
		open := len(r.customers) - len(rows)
		for _, row := range rows {
			if row.State == durable.Waiting || row.State == durable.Sending {
				open++
			}
		}
		if err == nil && open == 0 {
			return rows
		}
		if len(rows) > len(r.customers) {
			r.t.Errorf("%d intents of %d customers", len(rows), len(r.customers))
			return rows
		}
		select {
		case <-ctx.Done():
			r.t.Errorf("%d starts have not ended: %v", open, err)
			return rows
		case <-time.After(200 * time.Millisecond):
		}
	}
}
