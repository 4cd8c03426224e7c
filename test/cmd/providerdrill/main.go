// Command providerdrill adds a small provider to a copy of the repository, as somebody
// would who follows the README: POST /kyc/{id} with an API key, answered 202
// {"state":"open"}, or 4xx {"code","message"}. It prints which of the existing files
// that changes, and fails if there are too many, or if a test fails.
//
// The provider is that of the templates of make provider, with every mark struck that
// says what is to be filled in.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kycstart/kycstart/test/internal/treecopy"
)

// maxChanged is how many existing files a new provider may change: the lists that name
// all providers.
const maxChanged = 8

const (
	name = "sixth"     // not acme: that is what tests call what is not there
	mark = "FILL IN: " // before what is still to be filled in
)

// described is the test that tells what a provider lacks.
var described = []string{"go", "test", "-run", "TestEveryProviderIsDescribed", "./test/fixtures"}

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
	before, err := read(folder)
	if err != nil {
		return err
	}
	c := checkout{folder}

	if out, err := c.run("make", "provider", "NAME="+name); err != nil {
		return fmt.Errorf("make provider NAME=%s: %w\n%s", name, err, out)
	}
	after, err := read(folder)
	if err != nil {
		return err
	}
	if err := c.tellsWhatIsLeft(before, after); err != nil {
		return err
	}
	if out, err := c.run("make", "generate", "outcomes"); err != nil {
		return fmt.Errorf("make generate outcomes: %w\n%s", err, out)
	}
	if out, err := c.run(described...); err != nil {
		return fmt.Errorf("something is left when everything is filled in:\n%s", out)
	}
	if out, err := c.run("go", "test", "./..."); err != nil {
		return fmt.Errorf("tests fail with a provider more:\n%s", failures(out))
	}

	if after, err = read(folder); err != nil {
		return err
	}
	changed := differences(before, after)
	fmt.Printf("provider-drill: %d existing files changed, at most %d may:\n  %s\n", len(changed), maxChanged, strings.Join(changed, "\n  "))
	if len(changed) > maxChanged {
		return errors.New("too many existing files name every provider: go by fixtures.Descriptors() in place of a list")
	}
	return nil
}

// checkout is a copy of the repository.
type checkout struct{ folder string }

// tellsWhatIsLeft demands that one test names each place that is still to be filled
// in, and strikes the marks.
func (c checkout) tellsWhatIsLeft(before, after map[string][]byte) error {
	out, err := c.run(described...)
	if err == nil {
		return errors.New("nothing says that files of make provider are still to be filled in")
	}
	marks := 0
	for file, text := range after {
		if _, old := before[file]; old || strings.HasPrefix(file, "gen/") || !bytes.Contains(text, []byte(mark)) {
			continue
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if !bytes.Contains(line, []byte(mark)) {
				continue
			}
			marks++
			if place := fmt.Sprintf("%s:%d is still to be filled in", file, i+1); !strings.Contains(out, place) {
				return fmt.Errorf("%s: no test says %q:\n%s", file, place, out)
			}
		}
		if err := os.WriteFile(filepath.Join(c.folder, file), bytes.ReplaceAll(text, []byte(mark), nil), 0o600); err != nil {
			return err
		}
	}
	if marks == 0 {
		return errors.New("make provider marks nothing that is to be filled in")
	}
	fmt.Printf("provider-drill: %d places to fill in, each named by one test\n", marks)
	return nil
}

// read returns the files of a folder by their paths.
func read(folder string) (map[string][]byte, error) {
	files, root := map[string][]byte{}, os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[path], err = fs.ReadFile(root, path)
		return err
	})
	return files, err
}

// differences returns the files that were there before and are others now, or gone.
func differences(before, after map[string][]byte) (changed []string) {
	for file, text := range before {
		if now, ok := after[file]; !ok || !bytes.Equal(now, text) {
			changed = append(changed, file)
		}
	}
	slices.Sort(changed)
	return changed
}

// run runs a command in the copy, tells how long it took, and returns what it printed.
func (c checkout) run(command ...string) (string, error) {
	began := time.Now()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = c.folder
	out, err := cmd.CombinedOutput()
	fmt.Printf("provider-drill: %s: %.0f s\n", strings.Join(command, " "), time.Since(began).Seconds())
	return string(out), err
}

// failures returns what go test says of packages that fail.
func failures(out string) string {
	var said []string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "ok  \t") && !strings.HasPrefix(line, "?   \t") {
			said = append(said, line)
		}
	}
	return strings.Join(said, "")
}
