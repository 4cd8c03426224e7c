package durable

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // needs no cgo

	"github.com/kycstart/kycstart/facade"
)

// Queue is River on one of the two databases, with the intents in tables next to River's.
type Queue struct {
	*Intents
	// Start runs jobs until Stop.
	Start, Stop func(ctx context.Context) error
	// Jobs returns the newest jobs as the queue sees them.
	Jobs    func(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)
	Migrate func(ctx context.Context) error
	Close   func()

	inTx func(ctx context.Context, do func(exec execFunc, insert insertFunc) error) error
}

type (
	execFunc   func(statement string, args ...any) (rows int64, err error)
	insertFunc func(job Job) error
)

// Open opens a Postgres database by its URL, or otherwise a SQLite file. The key is for what is
// sealed. A program that only enqueues passes a nil worker.
func Open(ctx context.Context, database string, key []byte, worker *Worker, config river.Config) (*Queue, error) {
	seal, err := NewSeal(key)
	if err != nil {
		return nil, err
	}
	if worker != nil {
		config.Workers = river.NewWorkers()
		river.AddWorker(config.Workers, worker)
		config.JobTimeout = worker.Timeout(nil)
		config.RescueStuckJobsAfter = config.JobTimeout + worker.Grace
	}
	open := openSQLite
	if strings.HasPrefix(database, "postgres") {
		open = openPostgres
	}
	q, err := open(ctx, database, &config)
	if err != nil {
		return nil, err
	}
	q.Seal = seal
	if worker != nil {
		worker.Intents = q.Intents
	}
	return q, nil
}

// Enqueue stores the intent to start and the job for it, either both or neither. It reports whether
// this is the customer's first intent at the provider. Only the first gets a job.
//
// The customer is the application's own opaque id. It is in clear in the queue, so do not use a
// name or an e-mail address.
func (q *Queue) Enqueue(ctx context.Context, customer string, req facade.Request) (first bool, err error) {
	intent := &Intent{Customer: customer, Provider: req.Provider(), Request: req}
	sealed, err := q.sealRequest(intent)
	if err != nil {
		return false, err
	}
	err = q.inTx(ctx, func(exec execFunc, insert insertFunc) error {
		rows, err := exec(insertIntent, customer, string(intent.Provider), time.Now().Unix(), sealed)
		if err != nil || rows == 0 {
			return err
		}
		first = true
		return insert(Job{Customer: customer, Provider: intent.Provider})
	})
	return first && err == nil, err
}

// SQLite returns the name with which a file is opened. What is committed is on the disk, even if
// the machine loses power: "sending" must not be lost.
func SQLite(file string) string {
	return "file:" + file + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)"
}

// openSQLite serves workers on one machine.
func openSQLite(_ context.Context, file string, config *river.Config) (*Queue, error) {
	db, err := sql.Open("sqlite", SQLite(file))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // as River's driver advises
	driver := riversqlite.New(db)
	return queueOf(driver, config, db, db.Close, func(ctx context.Context, client *river.Client[*sql.Tx], do func(execFunc, insertFunc) error) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		err = do(func(statement string, args ...any) (int64, error) {
			done, err := tx.ExecContext(ctx, statement, args...)
			if err != nil {
				return 0, err
			}
			return done.RowsAffected()
		}, func(job Job) error {
			_, err := client.InsertTx(ctx, tx, job, nil)
			return err
		})
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	})
}

// openPostgres serves workers on any number of machines.
func openPostgres(ctx context.Context, url string, config *river.Config) (*Queue, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	shut := func() error { err := db.Close(); pool.Close(); return err }
	return queueOf(riverpgxv5.New(pool), config, db, shut, func(ctx context.Context, client *river.Client[pgx.Tx], do func(execFunc, insertFunc) error) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			return do(func(statement string, args ...any) (int64, error) {
				done, err := tx.Exec(ctx, statement, args...)
				return done.RowsAffected(), err
			}, func(job Job) error {
				_, err := client.InsertTx(ctx, tx, job, nil)
				return err
			})
		})
	})
}

// queueOf is the part that both databases share.
func queueOf[Tx any](driver riverdriver.Driver[Tx], config *river.Config, db *sql.DB, shut func() error,
	inTx func(ctx context.Context, client *river.Client[Tx], do func(execFunc, insertFunc) error) error,
) (*Queue, error) {
	client, err := river.NewClient(driver, config)
	if err != nil {
		return nil, errors.Join(err, shut())
	}
	return &Queue{
		Intents: &Intents{DB: db},
		Start:   client.Start, Stop: client.Stop, Jobs: client.JobList,
		Close: func() { _ = shut() },
		Migrate: func(ctx context.Context) error {
			migrator, err := rivermigrate.New(driver, nil)
			if err != nil {
				return err
			}
			if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
				return err
			}
			_, err = db.ExecContext(ctx, intentsTable)
			return err
		},
		inTx: func(ctx context.Context, do func(execFunc, insertFunc) error) error { return inTx(ctx, client, do) },
	}, nil
}
