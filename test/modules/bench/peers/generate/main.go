// Command generate makes ogen generate its clients from the providers' documents, into the folder
// generated, which is not kept.
package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/modules/bench"
)

const folder = "generated"

func main() {
	bench.Must(0, os.MkdirAll(folder, 0o755))
	for _, p := range fixtures.Providers() {
		var document map[string]any
		bench.Must(0, yaml.Unmarshal(bench.Must(specs.Files.ReadFile(string(p)+".yaml")), &document))
		document["servers"] = []any{map[string]any{"url": "https://provider.test"}}
		simplify(document)
		file := filepath.Join(folder, string(p)+".json")
		bench.Must(0, os.WriteFile(file, bench.Must(json.Marshal(document)), 0o644))
		// ogen is at github.com/ogen-go/ogen; go.mod names the version.
		ogen := exec.Command("go", "tool", "ogen", "--clean", "--package", string(p), "--target", filepath.Join(folder, string(p)), file)
		ogen.Stdout, ogen.Stderr = os.Stderr, os.Stderr
		bench.Must(0, ogen.Run())
	}
}

// simplify removes what ogen refuses, at every level: security schemes with names that it does not
// know, since the contenders set credentials themselves; defaults of lists; and unions. All unions
// here are of scalars, and in the measured answers they are texts.
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
