package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// binary is the compiled tests of one package, with all mutants in it.
type binary struct {
	name   string // of the package, within the module
	folder string // of the package: its tests run there
	file   string

	reaches map[int]bool  // the mutants that its tests reach
	normal  time.Duration // how long it takes without a mutant
	limit   time.Duration // after which it counts as hanging

	// How successful it was so far. This decides the order of the binaries.
	kills int
	spent time.Duration
}

// findTests returns the packages of the module at root that have tests and are built with the
// package target, except those that skip matches.
func findTests(ctx context.Context, root, target string, skip *regexp.Regexp) ([]*binary, error) {
	const template = `{{.ImportPath}}{{"\t"}}{{.Dir}}{{range .Deps}}{{"\t"}}{{.}}{{end}}`
	cmd := exec.CommandContext(ctx, "go", "list", "-test", "-f", template, "./...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -test: %w", err)
	}
	module := path.Dir(target)
	var found []*binary
	for line := range strings.Lines(string(listed)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name, isTest := strings.CutSuffix(strings.TrimPrefix(fields[0], module+"/"), ".test")
		if !isTest || skip.MatchString(name) {
			continue
		}
		for _, built := range fields[2:] {
			if built, _, _ = strings.Cut(built, " "); built == target {
				found = append(found, &binary{name: name, folder: fields[1]})
				break
			}
		}
	}
	return found, nil
}

// compile builds the tests. The files of an overlay replace the originals.
func (b *binary) compile(ctx context.Context, overlay, file string) error {
	b.file = file
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", b.file, ".")
	cmd.Dir = b.folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s does not compile with the mutants:\n%s", b.name, out)
	}
	return nil
}

// explore runs the tests without a mutant, and learns which mutants they reach.
func (b *binary) explore(ctx context.Context, record string, atLeast time.Duration) error {
	began := time.Now()
	b.limit = 10 * time.Minute
	why, out, err := b.run(ctx, "MUTATION_RECORD="+record)
	if err != nil {
		return err
	}
	if why != "" {
		return fmt.Errorf("the tests of %s fail without a mutant, by %s:\n%s", b.name, why, out)
	}
	b.normal = time.Since(began)
	b.limit = max(atLeast, 10*b.normal)
	b.reaches = map[int]bool{}
	text, err := os.ReadFile(record)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for word := range strings.FieldsSeq(string(text)) {
		number, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		b.reaches[number] = true
	}
	return err
}

// kill runs the tests with a mutant, or only one test if test is not empty. It returns what failed:
// the name of a test, or "a timeout" or the like, which has a space in it. It returns nothing if
// the mutant survives.
func (b *binary) kill(ctx context.Context, number int, test string) (why string, err error) {
	var only []string
	if test != "" {
		only = []string{"-test.run", "^" + test + "$"}
	}
	why, _, err = b.run(ctx, "MUTATION_ACTIVE="+strconv.Itoa(number), only...)
	return why, err
}

// maxMemory, in KiB, limits a mutant that never stops allocating, so that the machine survives.
const maxMemory = 3 << 20

func (b *binary) run(ctx context.Context, environment string, flags ...string) (why, output string, err error) {
	limited, cancel := context.WithTimeout(ctx, b.limit+30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(limited, "sh", "-c", `ulimit -d "$0" 2>/dev/null; exec "$@"`, strconv.Itoa(maxMemory),
		b.file, "-test.failfast", "-test.timeout", b.limit.String())
	cmd.Args = append(cmd.Args, flags...)
	cmd.Dir = b.folder
	cmd.Env = append(os.Environ(), environment)
	cmd.WaitDelay = 5 * time.Second
	var out beginning
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if err == nil {
		return "", "", nil
	}
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) && limited.Err() == nil {
		return "", "", err
	}
	return failed(out.String()), out.String(), nil
}

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// failed returns what failed, according to the output of the tests.
func failed(output string) string {
	if strings.Contains(output, "panic: test timed out") {
		return "a timeout"
	}
	if found := failedTest.FindStringSubmatch(output); found != nil {
		return found[1]
	}
	for _, sign := range []string{"out of memory", "deadlock", "panic"} {
		if strings.Contains(output, sign) {
			return "output of " + sign
		}
	}
	return "an exit code"
}

// beginning keeps only the first part of what is written to it, since a mutant may print without
// end.
type beginning struct{ bytes.Buffer }

func (b *beginning) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, 1<<20-b.Len()))])
	return len(p), nil
}
