package main

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"example.test/durable"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// nothing is a job that does nothing.
type nothing struct{}

// Kind implements [river.JobArgs].
func (nothing) Kind() string { return "nothing" }

type doNothing struct{ river.WorkerDefaults[nothing] }

// Work implements [river.Worker].
func (doNothing) Work(context.Context, *river.Job[nothing]) error { return nil }

// client is River on either of the two databases.
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

// emptyJobs measures the queue alone.
func emptyJobs(ctx context.Context, b bench) (measured, error) {
	queue, err := durable.Open(ctx, b.database, key, nil, river.Config{})
	if err != nil {
		return measured{}, err
	}
	defer queue.Close()
	if err := queue.Migrate(ctx); err != nil {
		return measured{}, err
	}
	c, err := open(ctx, b.database, river.Config{})
	if err != nil {
		return measured{}, err
	}
	var many []river.InsertManyParams
	for range *jobs {
		many = append(many, river.InsertManyParams{Args: nothing{}})
	}
	if _, err := c.insert(ctx, many); err != nil {
		return measured{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	rate, err := b.measure(ctx, c.list, func() *exec.Cmd {
		c := exec.Command(self, "-role=empty")
		c.Env = append(os.Environ(), "DATABASE="+b.database)
		return c
	})
	return measured{rate: rate}, err
}

// workEmpty is a process that runs empty jobs until it is told to stop.
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
