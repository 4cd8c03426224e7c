// Command brokenspecs makes plausible mistakes in a copy of the specs, one at a time. For each it
// demands that the check which a maintainer runs first fails and says where. If the document does
// not load, that is one line with the file, the line and the place.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kycstart/kycstart/test/internal/treecopy"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "brokenspecs:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "brokenspecs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	modules, err := filepath.Abs(nodeModules)
	if err := errors.Join(err, treecopy.To(folder), os.Symlink(modules, filepath.Join(folder, nodeModules))); err != nil {
		return err
	}
	c := checkout{folder}
	if err := errors.Join(c.sound(), c.everywhere()); err != nil {
		return err
	}
	var escaped []error
	for _, m := range mistakes {
		err := c.make(m)
		if err != nil {
			err = fmt.Errorf("%s in specs/%s.yaml: %w", m.name, m.spec, err)
		}
		escaped = append(escaped, err)
		fmt.Printf("%-45s %-9s by %s: red %t\n", m.name, m.spec, m.by, err == nil)
	}
	return errors.Join(escaped...)
}

// nodeModules is where npm installs.
const nodeModules = "test/modules/tools/node_modules"

// checkout is a copy of the repository.
type checkout struct{ folder string }

// sound demands that the unchanged copy passes every check that the mistakes must fail.
func (c checkout) sound() error {
	for _, command := range [][]string{{"go", "test", judge, holds, gates, drift}, {"make", "--silent", "lint-spec"}} {
		if out, err := treecopy.Run(c.folder, time.Hour, command...); err != nil {
			return fmt.Errorf("%v fails without a mistake:\n%s", command, out)
		}
	}
	return nil
}

// targets are the make targets that somebody may run first after a change of a document.
var targets = []string{"check-specs", "test", "generate", "check-generate", "drift", "lint-spec", "sandbox", "demo"}

// everywhere demands that every target reports a document that does not load in the same one line,
// and leaves gen as it is.
func (c checkout) everywhere() error {
	m := mistakes[slices.IndexFunc(mistakes, func(m mistake) bool { return m.by == check })]
	restore, err := c.change(m)
	if err != nil {
		return err
	}
	for _, target := range targets {
		out, failed := treecopy.Run(c.folder, soon, "make", "--silent", target)
		if failed == nil {
			err = errors.Join(err, fmt.Errorf("make %s passes with the mistake %q", target, m.name))
		} else if told := c.told(out, m); told != nil {
			err = errors.Join(err, fmt.Errorf("make %s with %s: %w", target, m.name, told))
		}
	}
	_, lost := os.Stat(filepath.Join(c.folder, "gen", m.spec))
	return errors.Join(err, lost, restore())
}

// soon is how long a maintainer may have to wait for the report about a document that does not
// load.
const soon = 10 * time.Second

// ofOthers matches what make and go print about a target that failed.
var ofOthers = regexp.MustCompile(`(?m)^(make(\[\d+\])?: |exit status ).*\n`)

var located = regexp.MustCompile(`^specs/([a-z]+)\.yaml:(\d+): #\S*: .+$`)

// told demands that one line was printed. It must name the file and the line with the first of the
// texts that the mistake demands, and hold the other texts.
func (c checkout) told(out string, m mistake) error {
	message := strings.TrimSpace(ofOthers.ReplaceAllString(out, ""))
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
		return fmt.Errorf("line %s does not hold %q: %s", found[2], m.says[0], message)
	}
	return speaks(message, m.says[1:])
}

func speaks(message string, words []string) error {
	for _, word := range words {
		if !strings.Contains(message, word) {
			return fmt.Errorf("the report does not say %q:\n%s", word, message)
		}
	}
	return nil
}

// make makes one mistake and takes it back. It fails if no check finds the mistake, or if the
// report does not say what it must.
func (c checkout) make(m mistake) error {
	restore, err := c.change(m)
	if err != nil {
		return err
	}
	return errors.Join(c.noticed(m), restore())
}

func (c checkout) noticed(m mistake) error {
	var out string
	var failed error
	switch m.by {
	case check:
		if out, failed = treecopy.Run(c.folder, soon, "make", "--silent", "check-specs"); failed != nil {
			return c.told(out, m)
		}
	case lint:
		out, failed = treecopy.Run(c.folder, time.Minute, "make", "--silent", "lint-spec")
	default:
		if out, err := c.generate(m.spec); err != nil {
			return fmt.Errorf("it is not generated: %s", out)
		}
		out, failed = treecopy.Run(c.folder, time.Hour, "go", "test", m.by)
	}
	if failed == nil {
		return fmt.Errorf("%s passes with the mistake", m.by)
	}
	return speaks(out, m.says)
}

// change makes a mistake. It returns a function that takes it back, also in the generated code.
func (c checkout) change(m mistake) (restore func() error, err error) {
	spec, gen := filepath.Join(c.folder, "specs", m.spec+".yaml"), filepath.Join("gen", m.spec)
	text, err := os.ReadFile(spec)
	if err != nil {
		return nil, err
	}
	changed := strings.Replace(string(text), m.old, m.new, 1)
	if changed == string(text) {
		return nil, fmt.Errorf("specs/%s.yaml does not have %q any more", m.spec, m.old)
	}
	return func() error {
		there := filepath.Join(c.folder, gen)
		return errors.Join(os.WriteFile(spec, text, 0o600), os.RemoveAll(there), os.CopyFS(there, os.DirFS(gen)))
	}, os.WriteFile(spec, []byte(changed), 0o600)
}

// generate does what make generate does, for one provider.
func (c checkout) generate(provider string) (string, error) {
	out, err := treecopy.Run(c.folder, time.Hour, "go", "-C", "specs", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
		"-config", "oapi-codegen.yaml", "-package", provider, "-o", "../gen/"+provider+"/"+provider+".gen.go", provider+".yaml")
	if err != nil {
		return out, err
	}
	return treecopy.Run(c.folder, time.Hour, "go", "-C", "specs", "run", "../test/cmd/limits", "-o", "../gen")
}
