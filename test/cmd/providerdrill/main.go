// Command providerdrill adds a small provider to a copy of the repository, as somebody would who
// follows the README. Its start is POST /kyc/{id} with an API key, answered with 202
// {"state":"open"}, or with 4xx {"code","message"}. The command prints which existing files change.
// It fails if there are too many, or if a test fails.
//
// The provider comes from the templates of make provider. Every mark that says what is to be filled
// in is removed.
package main

import (
	"bytes"
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

func main() {
	folder, err := os.MkdirTemp("", "providerdrill")
	if err == nil {
		err = errors.Join(drill(folder), os.RemoveAll(folder))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "provider-drill:", err)
		os.Exit(1)
	}
}

func drill(folder string) error {
	c := checkout{folder, treecopy.To(folder)}
	// Whatever git then shows as changed or new belongs to the provider.
	c.run("git", "init", "--quiet")
	c.run("git", "add", "--all")
	c.run("make", "provider", "NAME=sixth") // not acme: tests use that name for a provider that does not exist
	c.fillIn()
	c.run("make", "generate", "outcomes")
	c.run("go", "test", "./...")
	files := strings.Fields(c.run("git", "diff", "--name-only"))
	if c.err != nil {
		return c.err
	}
	fmt.Printf("provider-drill: %d existing files changed, at most %d may:\n  %s\n", len(files), maxChanged, strings.Join(files, "\n  "))
	if len(files) > maxChanged {
		return errors.New("too many existing files name every provider: use fixtures.Descriptors() instead of a list")
	}
	return nil
}

// checkout is a copy of the repository, and the first error there. After an error nothing more is
// done.
type checkout struct {
	folder string
	err    error
}

var passed = regexp.MustCompile(`(?m)^(ok  |\?   )\t.*\n`)

// run runs a command that must succeed. It prints how long that took and returns what the command
// printed.
func (c *checkout) run(command ...string) string {
	if c.err != nil {
		return ""
	}
	began := time.Now()
	out, err := treecopy.Run(c.folder, time.Hour, command...)
	fmt.Printf("provider-drill: %s: %.0f s\n", strings.Join(command, " "), time.Since(began).Seconds())
	if err != nil {
		c.err = fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, passed.ReplaceAllString(out, ""))
	}
	return out
}

// fillIn removes the marks of what is still to be filled in. One test must have named each.
func (c *checkout) fillIn() {
	const mark = "FILL IN: "
	marks := c.run("git", "grep", "--untracked", "--line-number", mark, "--", ".", ":!gen", ":!test/cmd")
	if c.err != nil {
		return
	}
	told, err := treecopy.Run(c.folder, time.Hour, "go", "test", "-run", "TestEveryProviderIsDescribed", "./test/fixtures")
	if err == nil {
		c.err = errors.New("no test says that the files of make provider are still to be filled in")
	}
	for line := range strings.Lines(marks) {
		at := strings.SplitN(line, ":", 3) // file, number, text
		if place := at[0] + ":" + at[1] + " is still to be filled in"; !strings.Contains(told, place) {
			c.err = errors.Join(c.err, fmt.Errorf("no test says %q", place))
		}
		file := filepath.Join(c.folder, at[0])
		text, err := os.ReadFile(file)
		c.err = errors.Join(c.err, err, os.WriteFile(file, bytes.ReplaceAll(text, []byte(mark), nil), 0o600))
	}
	fmt.Printf("provider-drill: %d places to fill in\n", strings.Count(marks, "\n"))
}
