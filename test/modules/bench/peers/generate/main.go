// Command generate has ogen generate its clients from the providers' documents, into
// the folder generated, which is not kept.
package main

import (
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
)

const folder = "generated"

func main() {
	log.SetFlags(0)
	for _, p := range fixtures.Providers() {
		if err := generate(string(p)); err != nil {
			log.Fatalf("%s: %v", p, err)
		}
	}
}

func generate(provider string) error {
	text, err := specs.Files.ReadFile(provider + ".yaml")
	if err != nil {
		return err
	}
	var document map[string]any
	if err := yaml.Unmarshal(text, &document); err != nil {
		return err
	}
	document["servers"] = []any{map[string]any{"url": "https://provider.test"}}
	simplify(document)
	plain, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	file := filepath.Join(folder, provider+".json")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, plain, 0o644); err != nil {
		return err
	}
	// It is at github.com/ogen-go/ogen; go.mod names the version.
	command := exec.Command("go", "tool", "ogen", "--clean", "--package", provider, "--target", filepath.Join(folder, provider), file)
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	return command.Run()
}

// simplify takes out what ogen refuses, at every level: security schemes of names that
// it does not know, since the contenders set credentials themselves; defaults of lists;
// and unions. All unions here are of scalars, and texts in the answers that are measured.
func simplify(node any) {
	switch n := node.(type) {
	case map[string]any:
		delete(n, "security")
		delete(n, "securitySchemes")
		delete(n, "default")
		for _, union := range []string{"oneOf", "anyOf"} {
			if n[union] != nil {
				delete(n, union)
				n["type"] = "string"
			}
		}
		for _, child := range n {
			simplify(child)
		}
	case []any:
		for _, child := range n {
			simplify(child)
		}
	}
}
