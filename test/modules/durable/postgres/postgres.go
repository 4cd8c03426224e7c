// Package postgres runs a Postgres server of its own for a test, in a new directory and on a free
// loopback port. It never uses the system's server.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"example.test/durable/child"
)

// Server is a running server.
type Server struct {
	// URL is the URL of its first database.
	URL string
	// Dir holds everything that it writes.
	Dir string

	bin     string
	port    string
	account *syscall.Credential
	running *exec.Cmd
}

// Start makes a server, and returns when it answers. Close ends it and removes its directory.
func Start(ctx context.Context) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.Dir, err = os.MkdirTemp("", "durable-postgres"); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	if err := s.leaveRoot(); err != nil {
		return err
	}
	initdb := s.command("initdb", "--auth=trust", "--username=kyc", "--pgdata="+s.data(), "--no-instructions")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	_ = free.Close()
	s.URL = "postgres://kyc@127.0.0.1:" + s.port + "/postgres"
	return s.Run(ctx)
}

// binaries returns the directory of the newest server, which Debian does not put into the search
// path.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("there is no Postgres server here: apt-get install postgresql (no server needs to be started)")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// leaveRoot switches to another account, since Postgres refuses to run as root.
func (s *Server) leaveRoot() error {
	if os.Geteuid() != 0 {
		return nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(nobody.Uid) // these are numbers on Unix
	gid, _ := strconv.Atoi(nobody.Gid)
	s.account = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.Dir, uid, gid)
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.Dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	return c
}

// Run starts a server that was stopped, and returns when it answers.
func (s *Server) Run(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(s.Dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.running = s.command("postgres", "-D", s.data(), "-p", s.port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
	s.running.Stdout, s.running.Stderr = log, log
	if err := child.Start(s.running); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Postgres server does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Restart stops the server and runs it again.
func (s *Server) Restart(ctx context.Context) error {
	s.Stop()
	return s.Run(ctx)
}

// Stop ends the server like a crash: at once, without writing what is in its memory.
func (s *Server) Stop() {
	if s.running != nil {
		_ = s.running.Process.Signal(syscall.SIGQUIT)
		_ = s.running.Wait()
	}
	s.running = nil
}

// Cut ends all connections except its own.
func (s *Server) Cut(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND client_addr IS NOT NULL`)
	return errors.Join(err, conn.Close(ctx))
}

// Database creates another database and returns its URL.
func (s *Server) Database(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return strings.TrimSuffix(s.URL, "postgres") + url.PathEscape(name), errors.Join(err, conn.Close(ctx))
}

// Close ends the server and removes its directory.
func (s *Server) Close() {
	s.Stop()
	_ = os.RemoveAll(s.Dir)
}
