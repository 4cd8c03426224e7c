// Command brokenspecs makes plausible mistakes in a copy of the specs, one at a time. For each it
// demands that the check which a maintainer runs first fails and says where. If the document does
// not load, that is one line with the file, the line and the place.
package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/test/internal/treecopy"
)

// mistake is one plausible slip in one spec. Old is replaced by New, once.
type mistake struct {
	Mistake, Spec, Old, New string
	// By is the check that must fail: a make target, or the package of tests to run after `make
	// generate`.
	By string
	// Says lists the texts that the failure must hold.
	Says []string
}

//go:embed mistakes.yaml
var table []byte

// unloadable is a mistake with which a document does not load, and report is what is said of it.
var (
	unloadable = mistake{Mistake: "a misspelt keyword", Spec: "forte", Old: "maxLength: 1000", New: "maxLenght: 1000"}
	report     = regexp.MustCompile(`^specs/forte\.yaml:\d+: #/components/schemas/\S+/maxLenght: expected no such property, .*\n$`)
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "brokenspecs:", err)
		os.Exit(1)
	}
}

func run() error {
	var mistakes []mistake
	folder, err := os.MkdirTemp("", "brokenspecs")
	if err := errors.Join(err, yaml.Unmarshal(table, &mistakes)); err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	modules, err := filepath.Abs(nodeModules)
	if err := errors.Join(err, treecopy.To(folder), os.Symlink(modules, filepath.Join(folder, nodeModules))); err != nil {
		return err
	}
	c := checkout{folder}
	for _, m := range mistakes {
		if out, err := c.run(m.By, time.Hour); err != nil {
			return fmt.Errorf("%s fails without a mistake:\n%s", m.By, out)
		}
	}
	escaped := c.everywhere()
	for _, m := range mistakes {
		err := c.make(m, c.noticed)
		escaped = errors.Join(escaped, err)
		fmt.Printf("%-45s %-9s by %s: red %t\n", m.Mistake, m.Spec, m.By, err == nil)
	}
	return escaped
}

// nodeModules is where npm installs.
const nodeModules = "test/modules/tools/node_modules"

// checkout is a copy of the repository.
type checkout struct{ folder string }

// run runs a make target, or the tests of a package.
func (c checkout) run(check string, limit time.Duration) (string, error) {
	if target, ok := strings.CutPrefix(check, "make "); ok {
		return treecopy.Run(c.folder, limit, "make", "--silent", target)
	}
	return treecopy.Run(c.folder, limit, "go", "test", check)
}

// targets are the make targets that somebody may run first after a change of a document.
var targets = []string{"check-specs", "test", "generate", "check-generate", "drift", "lint-spec", "sandbox", "demo"}

// soon is how long a maintainer may have to wait for the report about a document that does not
// load.
const soon = 10 * time.Second

// ofOthers matches what make and go print about a target that failed.
var ofOthers = regexp.MustCompile(`(?m)^(make(\[\d+\])?: |exit status ).*\n`)

// everywhere demands that every target reports a document that does not load in the same one line,
// and leaves gen as it is.
func (c checkout) everywhere() error {
	return c.make(unloadable, func(m mistake) (err error) {
		for _, target := range targets {
			out, failed := c.run("make "+target, soon)
			if message := ofOthers.ReplaceAllString(out, ""); failed == nil || !report.MatchString(message) {
				err = errors.Join(err, fmt.Errorf("make %s fails: %t, and prints:\n%s", target, failed != nil, message))
			}
		}
		_, lost := os.Stat(filepath.Join(c.folder, "gen", m.Spec))
		return errors.Join(err, lost)
	})
}

// noticed demands that the check finds the mistake, and says what it must.
func (c checkout) noticed(m mistake) error {
	if !strings.HasPrefix(m.By, "make ") {
		of := m.Spec + `\.yaml|limits` // the directives of this provider
		if out, err := treecopy.Run(c.folder, time.Hour, "env", "GEN=gen", "go", "generate", "-run", of, "./specs"); err != nil {
			return fmt.Errorf("it is not generated: %s", out)
		}
	}
	out, failed := c.run(m.By, time.Hour)
	if failed == nil {
		return fmt.Errorf("%s passes", m.By)
	}
	for _, words := range m.Says {
		if !strings.Contains(out, words) {
			return fmt.Errorf("%s does not say %q:\n%s", m.By, words, out)
		}
	}
	return nil
}

// make makes a mistake, calls what must notice it, and takes the mistake back, also in the generated
// code.
func (c checkout) make(m mistake, noticed func(mistake) error) error {
	spec, gen := filepath.Join(c.folder, "specs", m.Spec+".yaml"), filepath.Join("gen", m.Spec)
	text, err := os.ReadFile(spec)
	changed := strings.Replace(string(text), m.Old, m.New, 1)
	if err == nil && changed == string(text) {
		err = fmt.Errorf("there is no %q any more", m.Old)
	}
	if err = errors.Join(err, os.WriteFile(spec, []byte(changed), 0o600)); err == nil {
		err = noticed(m)
	}
	there := filepath.Join(c.folder, gen)
	err = errors.Join(err, os.WriteFile(spec, text, 0o600), os.RemoveAll(there), os.CopyFS(there, os.DirFS(gen)))
	if err != nil {
		return fmt.Errorf("%s in specs/%s.yaml: %w", m.Mistake, m.Spec, err)
	}
	return nil
}
