package footprint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme does in a fresh module what README says while no version is tagged, with this
// working tree for the clone, and builds README's program.
func TestReadme(t *testing.T) {
	root := filepath.Dir(strings.TrimSpace(run(t, ".", nil, "env", "GOMOD")))
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(readme), "```go\n")
	program, _, closed := strings.Cut(program, "```")
	if !closed || !strings.HasPrefix(program, "package main\n") {
		t.Fatal("README.md has no program")
	}
	shop := newShop(t, nil)
	shop.write("main.go", program)
	steps := 0
	for line := range strings.Lines(string(readme)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(strings.ReplaceAll(line, "=../kycstart", "="+root))
		switch {
		case strings.HasPrefix(line, "git clone https://"+library+" ../kycstart"), strings.HasPrefix(line, "go mod edit "), strings.HasPrefix(line, "go mod tidy"):
			steps++
		default:
			continue
		}
		if words[0] == "go" {
			run(t, shop.folder, shop.environment, words[1:]...)
		}
	}
	if steps != 3 {
		t.Errorf("README.md has %d of the three lines that fetch the module: git clone, go mod edit, go mod tidy", steps)
	}
	run(t, shop.folder, shop.environment, "vet", ".")
}
