// Package crash kills workers at random instants, and counts the deliveries.
package crash

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.test/durable/postgres"
)

var (
	kills   = flag.Int("kills", 60, "workers that are killed on each database")
	starts  = flag.Int("starts", 500, "starts on each database")
	workers = flag.Int("workers", 3, "workers at once")
)

// worker is the program that is killed. It is the program that people copy, built without changes.
var worker string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "durable-worker")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	worker = filepath.Join(dir, "worker")
	if out, err := exec.Command("go", "build", "-o", worker, "../worker").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the worker does not build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "kyc.db")
	r := newRun(t, file)
	r.hardships = []hardship{{"locked for two seconds", func(ctx context.Context) error { return lock(ctx, file) }}}
	r.crash()
	r.searchFiles(filepath.Dir(file))
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	r := newRun(t, server.URL)
	r.hardships = []hardship{
		{"all connections cut", server.Cut},
		{"the server crashed and restarted", server.Restart},
	}
	r.crash()
	r.searchFiles(server.Dir)
}

// lock locks a SQLite file, so that nobody else can use it.
func lock(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	<-time.After(2 * time.Second) // exactly this long, on purpose
	return tx.Rollback()
}
