// Command mutation makes small mistakes in the facade, one at a time, and reports which of them the
// tests notice. A mutant that fails a test is killed. It guards changes of the tests: a mutant that
// was killed before must not survive them.
//
// Existing tools do not fit, for these reasons. gremlins (v0.6.0) only changes operators and loop
// control: it deletes no statement and no row of a table, and changes no constant. It names a
// mutant by line and column, which change with other edits, and it takes no sample. To use the
// tests of all packages, it compiles and runs all of them for every mutant. go-mutesting and its
// fork by avito-tech were not available from the module proxy. Here all mutants are compiled in at
// once, each behind a switch that reads the environment. A mutant then only costs the tests that
// reach it, up to the first that fails.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/kycstart/kycstart/test/internal/treecopy"
)

type options struct {
	n       int
	seed    string
	ids     string
	out     string
	compare string
	skip    string
	workers int
	timeout time.Duration
}

func main() {
	var o options
	flag.IntVar(&o.n, "n", 300, "how many mutants to sample, 0 for all")
	flag.StringVar(&o.seed, "seed", "1", "`text` that decides which mutants are in the sample")
	flag.StringVar(&o.ids, "ids", "", "take the mutants of these earlier results in place of a sample")
	flag.StringVar(&o.out, "out", "", "`file` to write the results to")
	flag.StringVar(&o.compare, "compare", "", "earlier results; fail if a mutant that was killed in them survives")
	flag.StringVar(&o.skip, "skip", "footprint", "leave out the tests of packages that match this `pattern`: these build programs")
	flag.IntVar(&o.workers, "p", runtime.GOMAXPROCS(0), "how many tests to run at once")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Second, "a mutant hangs if tests take this long, and ten times their normal time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	var ids, old results
	var err error
	if o.ids != "" {
		if ids, err = readResults(o.ids); err != nil {
			return err
		}
	}
	if o.compare != "" {
		if old, err = readResults(o.compare); err != nil {
			return err
		}
	}
	folder, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	// Work on a copy, so that edits made in the meantime change nothing.
	tree := filepath.Join(folder, "tree")
	if err := treecopy.To(tree); err != nil {
		return err
	}
	r, err := prepare(ctx, tree, "./facade", folder, o)
	if err != nil {
		return err
	}
	chosen := sample(r.mutants, o.n, o.seed)
	if o.ids != "" {
		chosen = slices.DeleteFunc(slices.Clone(r.mutants), func(m mutant) bool { return ids[m.id] == "" })
	}
	if len(chosen) == 0 {
		return errors.New("there is no mutant to try")
	}
	fmt.Printf("%d of %d mutants, against the tests of %d packages\n", len(chosen), len(r.mutants), len(r.binaries))
	began := time.Now()
	now, err := r.judge(ctx, chosen)
	if o.out != "" {
		err = errors.Join(err, now.write(o.out)) // also if the run was interrupted
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s; that took %s\n", now.figures(), time.Since(began).Round(time.Second))
	if o.out == "" {
		now.printSurvivors()
	}
	if o.compare == "" {
		return nil
	}
	c := compare(old, now, r.mutants)
	c.print(old)
	if len(c.lost) > 0 {
		return fmt.Errorf("a test is missing for each mutant that was killed before and survives now: %d", len(c.lost))
	}
	return nil
}
