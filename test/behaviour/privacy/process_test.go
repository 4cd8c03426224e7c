package privacy_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// childMode is the variable that has this test binary make calls of its own in
// place of running tests, and says what to do with their outcomes.
const childMode = "KYCSTART_PRIVACY_CHILD"

// The modes of a child.
const (
	silent       = "silent" // does nothing with them
	prints       = "prints" // prints and logs them, as people do
	diesOfError  = "error"  // panics with an error
	diesOfResult = "result" // panics with a result
)

// child makes every planted call. It has no test around it, and writes to the
// real stdout and stderr.
func child(mode string) {
	for _, p := range providers {
		all := plant(p, false)
		all.exchanges(func(e *exchange) { report(mode, all, e) })
		for _, fault := range quoting(all.canaries.plant("fault")) {
			_, err := all.startOver(failing{roundTrip: fault})
			announce(mode, err)
		}
		_, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{BaseURL: all.canaries.plant("fault"), APIKey: all.canaries.plant("fault")}})
		announce(mode, err)
	}
}

func report(mode string, all *planted, e *exchange) {
	res, err := e.start()
	if err != nil {
		announce(mode, err)
		return
	}
	switch mode {
	case prints:
		fmt.Println(res, res.Next, res.Next.URL, res.Checks, res.Next.Questions)
		fmt.Fprintf(os.Stderr, "%+v %#v %s\n", res, *res, res)
		log.Print(res)
		slog.Info("started", "result", res, "next", res.Next, "request", all.request, "config", all.config)
	case diesOfResult:
		panic(res)
	}
}

func announce(mode string, err error) {
	switch mode {
	case prints:
		fmt.Println(err, errors.Unwrap(err))
		fmt.Fprintf(os.Stderr, "%+v %#v %q\n", err, err, err)
		log.Print(fmt.Errorf("start: %w", err))
		slog.Error("not started", "err", err, "cause", errors.Unwrap(err))
		println(err.Error())
	case diesOfError:
		panic(err)
	}
}

// TestProcess: a process that starts KYC writes nothing by itself, and nothing
// of what it must not when it prints, logs or dies of what came of it.
func TestProcess(t *testing.T) {
	var all canaries
	for _, p := range providers {
		planted := plant(p, false)
		planted.exchanges(func(*exchange) {}) // plants
		planted.canaries.plant("fault")
		all = append(all, planted.canaries...)
	}
	this, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{silent, prints, diesOfError, diesOfResult} {
		t.Run(mode, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(this)
			cmd.Env = append(os.Environ(), childMode+"="+mode)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			died := mode == diesOfError || mode == diesOfResult
			if (err != nil) != died {
				t.Fatalf("%v: %s", err, stderr.Bytes())
			}
			if spoke := stdout.Len()+stderr.Len() > 0; spoke == (mode == silent) {
				t.Errorf("%d bytes on stdout and %d on stderr", stdout.Len(), stderr.Len())
			}
			for stream, text := range map[string]string{"stdout": stdout.String(), "stderr": stderr.String()} {
				if places := all.found(text); places != nil {
					t.Errorf("%s shows what was planted in %q", stream, places)
				}
			}
			if died && !bytes.Contains(stderr.Bytes(), []byte("panic: ")) {
				t.Errorf("died of something else: %s", stderr.Bytes())
			}
		})
	}
}
