// Command mistakes makes one plausible mistake after the other in a copy of the
// specs, generates, and demands that the tests or the lint of the specs fail and
// say where.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

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
	folder, err := os.MkdirTemp("", "mistakes")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := copyTree(folder); err != nil {
		return err
	}
	c := checkout{folder}
	if err := c.sound(); err != nil {
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
		return fmt.Errorf("mistakes: %d of %d are not told", escaped, made)
	}
	fmt.Printf("mistakes: all %d turn something red that names them\n", made)
	return nil
}

// copyTree copies the files of the repository, as they are now, and what npm
// has installed.
func copyTree(to string) error {
	if err := treecopy.To(to); err != nil {
		return fmt.Errorf("mistakes: %w", err)
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
	if out, err := c.run("go", "test", judge, holds, gates, mutants, drift); err != nil {
		return fmt.Errorf("mistakes: the tests fail without one:\n%s", out)
	}
	if out, err := c.lint(); err != nil {
		return fmt.Errorf("mistakes: the lint of the specs fails without one:\n%s", out)
	}
	return nil
}

// make makes one mistake, and takes it back. It returns what the failure said,
// and an error if there was none, or if it did not say what it must.
func (c checkout) make(m mistake) (said string, err error) {
	spec := filepath.Join(c.folder, "specs", m.spec+".yaml")
	text, err := os.ReadFile(spec)
	if err != nil {
		return "", err
	}
	if !bytes.Contains(text, []byte(m.old)) {
		return "", fmt.Errorf("specs/%s.yaml does not have %q any more", m.spec, m.old)
	}
	if err := os.WriteFile(spec, bytes.Replace(text, []byte(m.old), []byte(m.new), 1), 0o600); err != nil {
		return "", err
	}
	defer func() {
		err = errors.Join(err, os.WriteFile(spec, text, 0o600), c.restore(m.spec))
	}()

	var out string
	var failed error
	switch m.by {
	case lintSpec:
		out, failed = c.lint()
	case "generate":
		out, failed = c.generate(m.spec)
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

// lint does what make lint-spec does.
func (c checkout) lint() (string, error) {
	return c.run(filepath.Join(nodeModules, ".bin", "redocly"), "lint", "--config", "test/modules/tools/redocly.yaml")
}

func (c checkout) run(name string, arguments ...string) (string, error) {
	if strings.Contains(name, "/") {
		name = filepath.Join(c.folder, name)
	}
	cmd := exec.Command(name, arguments...)
	cmd.Dir = c.folder
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
