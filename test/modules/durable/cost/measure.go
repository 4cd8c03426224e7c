package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"example.test/durable"
	"example.test/durable/child"

	"github.com/kycstart/kycstart/test/sandbox"
)

// bench is one measurement with a queue, on a fresh database.
type bench struct {
	worker    string
	tokens    string
	database  string
	processes int
}

// measured holds jobs in a second, starts that one process enqueues in a second, and bytes of the
// database for each start, with its indexes and its job.
type measured struct{ rate, enqueued, bytes float64 }

var key = make([]byte, 32) // the data is made up

// realStarts measures the worker that people copy.
func realStarts(ctx context.Context, b bench) (measured, error) {
	world, err := sandbox.Start(nil)
	if err != nil {
		return measured{}, err
	}
	defer world.Close()
	queue, err := durable.Open(ctx, b.database, key, nil, river.Config{})
	if err != nil {
		return measured{}, err
	}
	defer queue.Close()
	if err := queue.Migrate(ctx); err != nil {
		return measured{}, err
	}
	began := time.Now()
	for n := range *jobs {
		c := customer(n)
		if _, err := queue.Enqueue(ctx, c.Own, c.Request()); err != nil {
			return measured{}, err
		}
	}
	m := measured{enqueued: float64(*jobs) / time.Since(began).Seconds()}
	env := append(environment(world), "TOKENS="+b.tokens, "KYC_SEAL_KEY="+base64.StdEncoding.EncodeToString(key))
	if strings.HasPrefix(b.database, "postgres") {
		env = append(env, "DATABASE_URL="+b.database)
	} else {
		env = append(env, "DATABASE_URL=", "DATABASE_FILE="+b.database)
	}
	m.rate, err = b.measure(ctx, queue.Jobs, func() *exec.Cmd {
		c := exec.Command(b.worker, fmt.Sprint("-poll=", poll), fmt.Sprint("-calls=", calls))
		c.Env = append(os.Environ(), env...)
		return c
	})
	if err != nil {
		return measured{}, err
	}
	rows, err := queue.List(ctx)
	for _, row := range rows {
		if row.State != durable.Started {
			return measured{}, fmt.Errorf("%s at %s is %s: %s", row.Customer, row.Provider, row.State, row.Reason)
		}
	}
	if err != nil {
		return measured{}, err
	}
	size := `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	if strings.HasPrefix(b.database, "postgres") {
		size = `SELECT pg_total_relation_size('kyc_intents') + pg_total_relation_size('river_job')`
	}
	err = queue.DB.QueryRowContext(ctx, size).Scan(&m.bytes)
	m.bytes /= float64(*jobs)
	return m, err
}

// environment tells a process where the providers are.
func environment(world *sandbox.Sandbox) (env []string) {
	for _, p := range sandbox.Providers() {
		env = append(env, strings.ToUpper(string(p))+"_URL="+world.URL(p))
	}
	return append(env, "XGATEWAY_KEY=key", "FORTE_TOKEN=token", "QOLO_TOKEN=token", "REBILLY_KEY=key", "REBILLY_ORGANIZATION=acme")
}

type listJobs func(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)

// measure runs the processes until no job is left. It returns the jobs in a second between the
// first that was taken and the last that was done, by the queue's own times.
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
		<-time.After(200 * time.Millisecond) // looking more often would slow down what is measured
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
