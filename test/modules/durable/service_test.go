package durable_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"example.test/durable"
	"example.test/durable/ledger"
	"example.test/durable/postgres"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/sandbox"
)

// key is the key of all tests.
var key = []byte("a key of thirty-two bytes, no less")[:32]

// service is a queue with a worker, and the providers.
type service struct {
	*durable.Queue
	t         *testing.T
	providers *ledger.Ledger
	worker    *durable.Worker
}

// databases are the databases on which the tests run.
var databases = map[string]func(t *testing.T) string{
	"SQLite": func(t *testing.T) string { return filepath.Join(t.TempDir(), "kyc.db") },
	"Postgres": func(t *testing.T) string {
		url, err := server.Database(t.Context(), t.Name())
		if err != nil {
			t.Fatal(err)
		}
		return url
	},
}

// server is shared by the tests. A test that stops a server starts its own.
var server *postgres.Server

func TestMain(m *testing.M) { os.Exit(withServer(m)) }

func withServer(m *testing.M) int {
	var err error
	if server, err = postgres.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Close()
	return m.Run()
}

// open opens a service on a database, with times so short that everything ends soon.
func open(t *testing.T, database string, log slog.Handler) *service {
	t.Helper()
	s := &service{t: t, providers: ledger.New(sandbox.New(t))}
	t.Cleanup(s.providers.Close)
	client, err := facade.New(s.providers.Config())
	if err != nil {
		t.Fatal(err)
	}
	s.worker = &durable.Worker{
		KYC: client, Fetch: ledger.Fetch, CallTimeout: 2 * time.Second,
		Pause: time.Millisecond, Grace: time.Millisecond, Patience: 100 * time.Millisecond,
	}
	s.Queue, err = durable.Open(t.Context(), database, key, s.worker, river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 20}},
		FetchPollInterval: 10 * time.Millisecond, FetchCooldown: 10 * time.Millisecond,
		Logger: slog.New(log),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *service) enqueue(c ledger.Customer, req facade.Request) {
	s.t.Helper()
	if first, err := s.Enqueue(s.t.Context(), c.Own, req); err != nil || !first {
		s.t.Fatal(first, err)
	}
}

// work runs all jobs, and returns what became of them, by customer.
func (s *service) work() map[string]durable.Row {
	s.t.Helper()
	if err := s.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	for {
		rows, open := map[string]durable.Row{}, 0
		list, err := s.List(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range list {
			rows[row.Customer] = row
			if row.State == durable.Waiting || row.State == durable.Sending {
				open++
			}
		}
		if open == 0 {
			if err := s.Stop(context.WithoutCancel(s.t.Context())); err != nil {
				s.t.Fatal(err)
			}
			return rows
		}
		<-time.After(10 * time.Millisecond)
	}
}

func (s *service) account(c ledger.Customer) ledger.Account {
	s.t.Helper()
	accounts, wrong := s.providers.Accounts()
	for _, err := range wrong {
		s.t.Error(err)
	}
	return accounts[c.Key]
}

func (s *service) jobs() []*rivertype.JobRow {
	s.t.Helper()
	list, err := s.Jobs(s.t.Context(), river.NewJobListParams().First(1000))
	if err != nil {
		s.t.Fatal(err)
	}
	return list.Jobs
}

// row returns the row of a provider's only customer.
func (s *service) row(p facade.Provider) durable.Row {
	rows, err := s.List(context.Background())
	if err != nil {
		s.t.Error(err)
	}
	for _, row := range rows {
		if row.Provider == p {
			return row
		}
	}
	return durable.Row{}
}

func (s *service) stateOf(key ledger.Key) string { return s.row(key.Provider).State }
