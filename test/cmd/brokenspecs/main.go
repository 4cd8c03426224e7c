// Command brokenspecs makes one plausible mistake after the other in a copy of the
// specs, and demands that what a maintainer runs first fails and says where: in one
// line, with the file, the line and the place, if the document does not load.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kycstart/kycstart/test/internal/treecopy"
)

func main() {
	only := flag.String("only", "", "run the mistakes whose name has this `text`")
	verbose := flag.Bool("v", false, "print what the failures say")
	flag.Parse()
	if err := run(*only, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(only string, verbose bool) error {
	folder, err := os.MkdirTemp("", "brokenspecs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := copyTree(folder); err != nil {
		return err
	}
	c := checkout{folder}
	if err := errors.Join(c.sound(), c.everywhere()); err != nil {
		return err
	}
	escaped, made := 0, 0
	for _, m := range mistakes {
		if !strings.Contains(m.name, only) {
			continue
		}
		made++
		said, err := c.make(m)
		if err != nil {
			escaped++
			fmt.Printf("ESCAPED  %-45s %-9s %v\n", m.name, m.spec, err)
			continue
		}
		fmt.Printf("red      %-45s %-9s by %s\n", m.name, m.spec, m.by)
		if verbose {
			fmt.Println(indented(said))
		}
	}
	if escaped > 0 {
		return fmt.Errorf("brokenspecs: %d of %d are not told", escaped, made)
	}
	fmt.Printf("brokenspecs: all %d turn something red that names them\n", made)
	return nil
}

// copyTree copies the files of the repository, as they are now, and what npm
// has installed.
func copyTree(to string) error {
	if err := treecopy.To(to); err != nil {
		return fmt.Errorf("brokenspecs: %w", err)
	}
	modules, err := filepath.Abs(nodeModules)
	if err != nil {
		return err
	}
	return os.Symlink(modules, filepath.Join(to, nodeModules))
}

const nodeModules = "test/modules/tools/node_modules"

// checkout is a copy of the repository.
type checkout struct{ folder string }

// sound demands that the copy passes all that the mistakes are to fail.
func (c checkout) sound() error {
	if out, err := c.run("go", "test", judge, holds, gates, drift); err != nil {
		return fmt.Errorf("brokenspecs: the tests fail without one:\n%s", out)
	}
	if out, err := c.target("lint-spec", time.Minute); err != nil {
		return fmt.Errorf("brokenspecs: the lint of the specs fails without one:\n%s", out)
	}
	return nil
}

// targets are what may be run first after a change of a document.
var targets = []string{"check-specs", "test", "generate", "check-generate", "drift", "lint-spec", "sandbox", "demo"}

// everywhere demands that every target tells of a document that does not load in
// the same one line, and leaves gen as it is.
func (c checkout) everywhere() error {
	m := mistakes[slices.IndexFunc(mistakes, func(m mistake) bool { return m.by == check })]
	restore, err := c.change(m)
	if err != nil {
		return err
	}
	defer restore()
	for _, target := range targets {
		out, err := c.target(target, soon)
		if err == nil {
			return fmt.Errorf("brokenspecs: make %s stays green with %s", target, m.name)
		}
		if err := c.told(message(out), m); err != nil {
			return fmt.Errorf("brokenspecs: make %s with %s: %w", target, m.name, err)
		}
		fmt.Printf("red      %-45s %-9s by make %s\n", m.name, m.spec, target)
	}
	if _, err := os.Stat(filepath.Join(c.folder, "gen", m.spec)); err != nil {
		return fmt.Errorf("brokenspecs: make generate with %s: %w", m.name, err)
	}
	return nil
}

// soon is how long a maintainer waits for the word about a document that does
// not load.
const soon = 10 * time.Second

// target makes a target, for as long as that may take.
func (c checkout) target(name string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return c.runIn(ctx, "make", "--silent", name)
}

// ofMake is what make says of a target that failed; with its level, if make runs it.
var ofMake = regexp.MustCompile(`^make(\[\d+\])?: `)

// message returns what a target says, without what make and go say of its end.
func message(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "exit status ") && !ofMake.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

var located = regexp.MustCompile(`^specs/([a-z]+)\.yaml:(\d+): #\S*: .+$`)

// told demands that a message is one line, which names the file, the line that has
// the first of what it must speak of, and the rest of that.
func (c checkout) told(message string, m mistake) error {
	found := located.FindStringSubmatch(message)
	if len(found) < 2 || found[1] != m.spec {
		return fmt.Errorf("want one line, specs/%s.yaml:<line>: #<place>: <why>, got:\n%s", m.spec, message)
	}
	text, err := os.ReadFile(filepath.Join(c.folder, "specs", m.spec+".yaml"))
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(found[2])
	lines := strings.Split(string(text), "\n")
	if err != nil || number > len(lines) || !strings.Contains(lines[number-1], m.says[0]) {
		return fmt.Errorf("line %s is not the one that has %q: %s", found[2], m.says[0], message)
	}
	for _, word := range m.says[1:] {
		if !strings.Contains(message, word) {
			return fmt.Errorf("without a word of %q: %s", word, message)
		}
	}
	return nil
}

// make makes one mistake, and takes it back. It returns what the failure said,
// and an error if there was none, or if it did not say what it must.
func (c checkout) make(m mistake) (said string, err error) {
	restore, err := c.change(m)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, restore()) }()

	var out string
	var failed error
	switch m.by {
	case check:
		out, failed = c.target("check-specs", soon)
		if line := message(out); line != "" {
			return line, c.told(line, m)
		}
	case lint:
		out, failed = c.target("lint-spec", time.Minute)
	default:
		if out, err := c.generate(m.spec); err != nil {
			return "", fmt.Errorf("it is not generated: %s", out)
		}
		out, failed = c.run("go", "test", m.by)
	}
	if failed == nil {
		return "", fmt.Errorf("%s stays green", m.by)
	}
	for _, word := range m.says {
		if !strings.Contains(out, word) {
			return "", fmt.Errorf("%s fails without a word of %q:\n%s", m.by, word, out)
		}
	}
	return relevant(out, m.says[len(m.says)-1]), nil
}

// change makes a mistake, and returns what takes it back.
func (c checkout) change(m mistake) (restore func() error, err error) {
	spec := filepath.Join(c.folder, "specs", m.spec+".yaml")
	text, err := os.ReadFile(spec)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(text, []byte(m.old)) {
		return nil, fmt.Errorf("specs/%s.yaml does not have %q any more", m.spec, m.old)
	}
	return func() error { return errors.Join(os.WriteFile(spec, text, 0o600), c.restore(m.spec)) },
		os.WriteFile(spec, bytes.Replace(text, []byte(m.old), []byte(m.new), 1), 0o600)
}

// generate does for one provider what make generate does.
func (c checkout) generate(provider string) (string, error) {
	out, err := c.run("go", "-C", "specs", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
		"-config", "oapi-codegen.yaml", "-package", provider, "-o", "../gen/"+provider+"/"+provider+".gen.go", provider+".yaml")
	if err != nil {
		return out, err
	}
	return c.run("go", "-C", "specs", "run", "../test/cmd/limits", "-o", "../gen", provider+".yaml")
}

// restore puts the generated code of a provider back.
func (c checkout) restore(provider string) error {
	folder := filepath.Join("gen", provider)
	return errors.Join(os.RemoveAll(filepath.Join(c.folder, folder)), os.CopyFS(filepath.Join(c.folder, folder), os.DirFS(folder)))
}

func (c checkout) run(name string, arguments ...string) (string, error) {
	return c.runIn(context.Background(), name, arguments...)
}

func (c checkout) runIn(ctx context.Context, name string, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir = c.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // and what it has started
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// relevant returns the first line with a word, and the place that a lint tells
// some lines before it.
func relevant(out, word string) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, word) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func indented(text string) string {
	return "         " + strings.ReplaceAll(text, "\n", "\n         ")
}
