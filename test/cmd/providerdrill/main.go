// Command providerdrill adds a small provider to a copy of the repository, as somebody would who
// follows the README. Its start is POST /kyc/{id} with an API key, answered with 202
// {"state":"open"}, or with 4xx {"code","message"}. The command prints which existing files change.
// It fails if there are too many, or if a test fails.
//
// The provider comes from the templates of make provider. Every mark that says what is to be filled
// in is removed.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/kycstart/kycstart/test/internal/treecopy"
)

// maxChanged is how many existing files a new provider may change. They are the lists that name all
// providers.
const maxChanged = 8

const (
	name = "sixth"     // not acme: tests use that name for a provider that does not exist
	mark = "FILL IN: " // before each place that is still to be filled in
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "provider-drill:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "providerdrill")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := treecopy.To(folder); err != nil {
		return err
	}
	c := checkout{folder}
	for _, step := range []func() error{
		// Whatever git then shows as changed or new belongs to the provider.
		func() error { return c.passes("git", "init", "--quiet") },
		func() error { return c.passes("git", "add", "--all") },
		func() error { return c.passes("make", "provider", "NAME="+name) },
		c.tellsWhatIsLeft,
		func() error { return c.passes("make", "generate", "outcomes") },
		func() error { return c.passes("go", "test", "./...") },
		c.changesFew,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checkout is a copy of the repository.
type checkout struct{ folder string }

// run runs a command in the copy and prints how long it took.
func (c checkout) run(command ...string) (string, error) {
	began := time.Now()
	out, err := treecopy.Run(c.folder, time.Hour, command...)
	fmt.Printf("provider-drill: %s: %.0f s\n", strings.Join(command, " "), time.Since(began).Seconds())
	return out, err
}

var passed = regexp.MustCompile(`(?m)^(ok  |\?   )\t.*\n`)

// passes demands that a command succeeds with the new provider.
func (c checkout) passes(command ...string) error {
	out, err := c.run(command...)
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, passed.ReplaceAllString(out, ""))
	}
	return nil
}

// tellsWhatIsLeft demands that one test names each place that is still to be filled in. Then it
// removes the marks.
func (c checkout) tellsWhatIsLeft() error {
	out, err := c.run("go", "test", "-run", "TestEveryProviderIsDescribed", "./test/fixtures")
	if err == nil {
		return errors.New("no test says that the files of make provider are still to be filled in")
	}
	added, err := c.run("git", "ls-files", "--others", "--exclude-standard", "--", ".", ":!gen")
	if err != nil {
		return err
	}
	marks := 0
	for file := range strings.FieldsSeq(added) {
		path := filepath.Join(c.folder, file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if !strings.Contains(line, mark) {
				continue
			}
			marks++
			if place := fmt.Sprintf("%s:%d is still to be filled in", file, i+1); !strings.Contains(out, place) {
				return fmt.Errorf("%s: no test says %q:\n%s", file, place, out)
			}
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), mark, "")), 0o600); err != nil {
			return err
		}
	}
	if marks == 0 {
		return errors.New("make provider marks nothing that is to be filled in")
	}
	fmt.Printf("provider-drill: %d places to fill in, each named by one test\n", marks)
	return nil
}

// changesFew demands that a new provider changes few existing files.
func (c checkout) changesFew() error {
	changed, err := c.run("git", "diff", "--name-only")
	if err != nil {
		return err
	}
	files := strings.Fields(changed)
	fmt.Printf("provider-drill: %d existing files changed, at most %d may:\n  %s\n", len(files), maxChanged, strings.Join(files, "\n  "))
	if len(files) > maxChanged {
		return errors.New("too many existing files name every provider: use fixtures.Descriptors() instead of a list")
	}
	return nil
}
