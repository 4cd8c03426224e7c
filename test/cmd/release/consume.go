package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// credential is the variable that the README's program takes its key from, and
// complaint what the library says without one. It gets none: nothing must leave
// the machine.
const (
	credential = "REBILLY_API_KEY"
	complaint  = "Rebilly.APIKey"
)

// runExample builds the README's first program in a module of its own, and runs
// it as far as it goes without a credential.
func runExample(folder string, environment []string) error {
	program, path, err := readme("README.md")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(program), 0o600); err != nil {
		return err
	}
	for _, words := range [][]string{
		{"go", "mod", "init", "example.test/readme"},
		{"go", "get", path + "@" + packed.Version},
		{"go", "vet", "."},
		{"go", "build", "-o", "readme", "."},
	} {
		if err := show(folder, environment, words...); err != nil {
			return err
		}
	}
	if err := light(filepath.Join(folder, "go.mod")); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(folder, "readme"))
	cmd.Env = without(environment, credential)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !bytes.Contains(out, []byte(complaint)) {
		return fmt.Errorf("README.md: without %s the first program must fail and name %s; it said: %s (%w)", credential, complaint, out, err)
	}
	fmt.Printf("release: README.md's first program, without a credential: %s", out)
	return nil
}

// readme returns the first Go block that is a whole program, and the path that
// the README says to `go get`.
func readme(file string) (program, path string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	for line := range strings.Lines(string(text)) {
		if after, ok := strings.CutPrefix(strings.TrimSpace(line), "go get "+packed.Path); ok && path == "" {
			path = packed.Path + strings.TrimSpace(after)
		}
	}
	for _, block := range strings.Split("\n"+string(text), "\n```go\n")[1:] {
		block, _, _ := strings.Cut(block, "\n```")
		if strings.Contains(block, "package main") && program == "" {
			program = block + "\n"
		}
	}
	if program == "" || path == "" {
		return "", "", fmt.Errorf("%s: no go block with a package main, or no line with go get %s", file, packed.Path)
	}
	return program, path, nil
}

// heavy are modules that a user of the facade must not inherit.
var heavy = []string{"github.com/getkin/kin-openapi", "github.com/oapi-codegen/oapi-codegen", "go.yaml.in/yaml"}

// light demands that a user's go.mod has none of them.
func light(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, module := range heavy {
		if bytes.Contains(text, []byte(module)) {
			return fmt.Errorf("README.md: after its go get, a user's go.mod requires %s: name the package facade, which needs it not:\n%s", module, text)
		}
	}
	return nil
}

// testConsumer runs the tests of the example application against the zip.
func testConsumer(folder string, environment []string) error {
	if err := os.CopyFS(folder, os.DirFS("test/modules/consumer")); err != nil {
		return err
	}
	for _, words := range [][]string{
		{"go", "mod", "edit", "-dropreplace=" + packed.Path, "-require=" + packed.String()},
		{"go", "get", packed.String()},
		{"go", "test", "./..."},
	} {
		if err := show(folder, environment, words...); err != nil {
			return err
		}
	}
	return nil
}

func without(environment []string, name string) (rest []string) {
	for _, variable := range environment {
		if !strings.HasPrefix(variable, name+"=") {
			rest = append(rest, variable)
		}
	}
	return rest
}
