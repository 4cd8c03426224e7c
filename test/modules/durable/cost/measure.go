package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"example.test/durable"
	"example.test/durable/child"

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
