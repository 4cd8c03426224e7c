package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/specs"
)

// writeDocument writes a provider's document for generators that take less than
// OpenAPI allows: as JSON, without YAML's aliases, with one server, and without
// what simplify takes out. It returns the file.
func writeDocument(folder, provider string) (string, error) {
	text, err := specs.Files.ReadFile(provider + ".yaml")
	if err != nil {
		return "", err
	}
	var document map[string]any
	if err := yaml.Unmarshal(text, &document); err != nil {
		return "", err
	}
	document["servers"] = []any{map[string]any{"url": "https://provider.test"}}
	simplify(document)
	plain, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, provider+".json")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	return file, os.WriteFile(file, plain, 0o644)
}

// simplify takes out what one of the generators refuses, at every level: security
// schemes of names that it does not know, since the contenders set credentials
// themselves; defaults of lists; and unions. All unions here are of scalars, and
// texts in the answers that are measured.
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
