package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"example.test/durable"
	"example.test/durable/child"
	"example.test/durable/ledger"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// bench is one measurement with a queue, on a fresh database.
type bench struct {
	worker    string
	database  string
	processes int
}

var key = make([]byte, 32) // the data is made up

// realStarts measures the worker that people copy.
func realStarts(ctx context.Context, b bench) (float64, error) {
	world, err := sandbox.Start(nil)
	if err != nil {
		return 0, err
	}
	defer world.Close()
	queue, err := durable.Open(ctx, b.database, key, nil, river.Config{})
	if err != nil {
		return 0, err
	}
	defer queue.Close()
	if err := queue.Migrate(ctx); err != nil {
		return 0, err
	}
	for n := range *jobs {
		c := customer(n)
		if _, err := queue.Enqueue(ctx, c.Own, c.Request()); err != nil {
			return 0, err
		}
	}
	env := environment(world)
	if err := tokens(b.database); err != nil {
		return 0, err
	}
	env = append(env, "TOKENS="+tokensOf(b.database), "KYC_SEAL_KEY="+base64.StdEncoding.EncodeToString(key))
	if strings.HasPrefix(b.database, "postgres") {
		env = append(env, "DATABASE_URL="+b.database)
	} else {
		env = append(env, "DATABASE_URL=", "DATABASE_FILE="+b.database)
	}
	rate, err := b.measure(ctx, queue.Jobs, func() *exec.Cmd {
		c := exec.Command(b.worker, fmt.Sprint("-poll=", poll), fmt.Sprint("-calls=", calls))
		c.Env = append(os.Environ(), env...)
		return c
	})
	if err != nil {
		return 0, err
	}
	rows, err := queue.List(ctx)
	for _, row := range rows {
		if row.State != durable.Started {
			return 0, fmt.Errorf("%s at %s is %s: %s", row.Customer, row.Provider, row.State, row.Reason)
		}
	}
	return rate, err
}

func tokensOf(database string) string {
	if strings.HasPrefix(database, "postgres") {
		return filepath.Join(os.TempDir(), "durable-cost-tokens")
	}
	return database + "-tokens"
}

// tokens writes the tokens of the customers at Vault.
func tokens(database string) error {
	dir := tokensOf(database)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for n := range *jobs {
		if c := customer(n); c.Provider == facade.Vault {
			token := fixtures.Of(c.Provider).Customer.Form.Write(c.Customer)
			if err := os.WriteFile(filepath.Join(dir, c.Customer), []byte(token), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// environment tells a process where the providers are.
func environment(world *sandbox.Sandbox) (env []string) {
	for _, p := range sandbox.Providers() {
		env = append(env, strings.ToUpper(string(p))+"_URL="+world.URL(p))
	}
	return append(env, "XGATEWAY_KEY=key", "FORTE_TOKEN=token", "QOLO_TOKEN=token", "REBILLY_KEY=key", "REBILLY_ORGANIZATION=acme")
}

type listJobs func(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)

// measure runs the processes until no job is left, and returns the jobs a second from
// the first that was taken to the last that was done, by the queue's own times.
func (b bench) measure(ctx context.Context, list listJobs, process func() *exec.Cmd) (float64, error) {
	var running []*exec.Cmd
	for range b.processes {
		c := process()
		if err := child.Start(c); err != nil {
			return 0, err
		}
		running = append(running, c)
	}
	left := river.NewJobListParams().States(rivertype.JobStateAvailable, rivertype.JobStateRunning, rivertype.JobStateRetryable).First(1)
	for {
		open, err := list(ctx, left)
		if err != nil {
			return 0, err
		}
		if len(open.Jobs) == 0 {
			break
		}
		<-time.After(200 * time.Millisecond) // to look more often would cost what is measured
	}
	for _, c := range running {
		if err := errors.Join(c.Process.Signal(syscall.SIGTERM), c.Wait()); err != nil {
			return 0, fmt.Errorf("%s: %w", c.Path, err)
		}
	}
	all, err := list(ctx, river.NewJobListParams().States(rivertype.JobStateCompleted).First(10000))
	if err != nil {
		return 0, err
	}
	if len(all.Jobs) != *jobs {
		return 0, fmt.Errorf("%d of %d jobs are completed", len(all.Jobs), *jobs)
	}
	first, last := *all.Jobs[0].AttemptedAt, *all.Jobs[0].FinalizedAt
	for _, job := range all.Jobs {
		if job.AttemptedAt.Before(first) {
			first = *job.AttemptedAt
		}
		if job.FinalizedAt.After(last) {
			last = *job.FinalizedAt
		}
	}
	return float64(*jobs) / last.Sub(first).Seconds(), nil
}

// direct measures starts without a queue, from as many processes.
func direct(_ context.Context, processes int) (float64, error) {
	world, err := sandbox.Start(nil)
	if err != nil {
		return 0, err
	}
	defer world.Close()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	var all []*exec.Cmd
	var ready []*bufio.Reader
	for i := range processes {
		c := exec.Command(self, "-role=direct", fmt.Sprint("-jobs=", *jobs))
		c.Env, c.Stderr = append(append(os.Environ(), environment(world)...), fmt.Sprint("FIRST=", i), fmt.Sprint("STEP=", processes)), os.Stderr
		stdout, err := c.StdoutPipe()
		if err != nil {
			return 0, err
		}
		if c.Stdin, err = nil, child.Start(c); err != nil {
			return 0, err
		}
		all, ready = append(all, c), append(ready, bufio.NewReader(stdout))
	}
	for _, r := range ready {
		if _, err := r.ReadString('\n'); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	for _, c := range all {
		if err := c.Process.Signal(syscall.SIGUSR1); err != nil {
			return 0, err
		}
	}
	for _, c := range all {
		if err := c.Wait(); err != nil {
			return 0, err
		}
	}
	return float64(*jobs) / time.Since(began).Seconds(), nil
}

// startDirectly is a process that starts its share as soon as it is told to, as the
// worker does: with a look-up before, at the providers where it has one.
func startDirectly(ctx context.Context) error {
	config := facade.Config{}
	for _, d := range fixtures.Descriptors() {
		d.Configure(&config, os.Getenv(strings.ToUpper(string(d.Provider))+"_URL"))
	}
	client, err := facade.New(config)
	if err != nil {
		return err
	}
	var first, step int
	if _, err := fmt.Sscan(os.Getenv("FIRST"), &first); err != nil {
		return err
	}
	if _, err := fmt.Sscan(os.Getenv("STEP"), &step); err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR1)
	fmt.Println("ready")
	<-told
	next := make(chan int)
	failures := make(chan error, *jobs)
	var all sync.WaitGroup
	for range calls {
		all.Go(func() {
			for n := range next {
				c := customer(n)
				req, err := ledger.Fetch(ctx, c.Request())
				if err == nil && (c.Provider == facade.Vault || c.Provider == facade.XGateway) {
					_, err = client.Find(ctx, req, facade.Attempt{})
				}
				if err == nil {
					_, err = client.Start(ctx, req)
				}
				failures <- err
			}
		})
	}
	for n := first; n < *jobs; n += step {
		next <- n
	}
	close(next)
	all.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// nothing is a job that does nothing.
type nothing struct{}

// Kind implements [river.JobArgs].
func (nothing) Kind() string { return "nothing" }

type doNothing struct{ river.WorkerDefaults[nothing] }

// Work implements [river.Worker].
func (doNothing) Work(context.Context, *river.Job[nothing]) error { return nil }

// client is River on either database.
type client struct {
	start, stop func(context.Context) error
	insert      func(ctx context.Context, jobs []river.InsertManyParams) (int, error)
	list        listJobs
}

func open(ctx context.Context, database string, config river.Config) (*client, error) {
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if strings.HasPrefix(database, "postgres") {
		pool, err := pgxpool.New(ctx, database)
		if err != nil {
			return nil, err
		}
		c, err := river.NewClient(riverpgxv5.New(pool), &config)
		if err != nil {
			return nil, err
		}
		return &client{c.Start, c.Stop, c.InsertManyFast, c.JobList}, nil
	}
	db, err := sql.Open("sqlite", durable.SQLite(database))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	c, err := river.NewClient(riversqlite.New(db), &config)
	if err != nil {
		return nil, err
	}
	return &client{c.Start, c.Stop, c.InsertManyFast, c.JobList}, nil
}

// emptyJobs measures the queue by itself.
func emptyJobs(ctx context.Context, b bench) (float64, error) {
	queue, err := durable.Open(ctx, b.database, key, nil, river.Config{})
	if err != nil {
		return 0, err
	}
	defer queue.Close()
	if err := queue.Migrate(ctx); err != nil {
		return 0, err
	}
	c, err := open(ctx, b.database, river.Config{})
	if err != nil {
		return 0, err
	}
	var many []river.InsertManyParams
	for range *jobs {
		many = append(many, river.InsertManyParams{Args: nothing{}})
	}
	if _, err := c.insert(ctx, many); err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	return b.measure(ctx, c.list, func() *exec.Cmd {
		c := exec.Command(self, "-role=empty")
		c.Env = append(os.Environ(), "DATABASE="+b.database)
		return c
	})
}

// workEmpty is a process that works empty jobs off until it is told to stop.
func workEmpty(ctx context.Context) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, doNothing{})
	c, err := open(ctx, os.Getenv("DATABASE"), river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: calls}},
		FetchPollInterval: poll, FetchCooldown: poll,
	})
	if err != nil {
		return err
	}
	told, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	if err := c.start(ctx); err != nil {
		return err
	}
	<-told.Done()
	return c.stop(ctx)
}
