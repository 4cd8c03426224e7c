package footprint_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/kycstart/kycstart/test/internal/modproxy"
)

// version is the version that the tests give the library. Nothing is published under it.
const version = "v0.0.1"

// needed are the modules that the build of the facade needs.
var needed = []string{
	library,
	"github.com/oapi-codegen/runtime",
	"github.com/apapsch/go-jsonmerge/v2",
	"github.com/google/uuid",
}

// maxSums is how many lines go.sum may have: those for the needed modules, and for what their
// go.mod files name.
const maxSums = 16

// TestConsumer gets the facade into a fresh module, from a proxy that serves this working tree. It
// checks what go.mod and go.sum then have, and which User-Agent a program sends.
func TestConsumer(t *testing.T) {
	shop := newShop(t)
	shop.write("main.go", `package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"`+library+`/facade"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fmt.Print(r.UserAgent()) }))
	defer server.Close()
	client, err := facade.New(facade.Config{UserAgent: "shop/1.2", Vault: &facade.VaultConfig{BaseURL: server.URL}})
	if err != nil {
		panic(err)
	}
	_, _ = client.Start(context.Background(), facade.VaultRequest{Token: "token"})
}
`)
	shop.run("get", library+"/facade@"+version)
	text, err := os.ReadFile(filepath.Join(shop.folder, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		t.Logf("go.mod: %s", r.Mod)
		if !slices.Contains(needed, r.Mod.Path) {
			t.Errorf("go.mod requires %s, which the facade does not need", r.Mod)
		}
	}
	sums, err := os.ReadFile(filepath.Join(shop.folder, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(string(sums), "\n")
	t.Logf("go.sum: %d lines", lines)
	if lines > maxSums {
		t.Errorf("go.sum has %d lines, at most %d are allowed:\n%s", lines, maxSums, sums)
	}
	const want = "shop/1.2 kycstart/" + version
	if got := strings.TrimSpace(shop.run("run", ".")); got != want {
		t.Errorf("User-Agent %q, want %q", got, want)
	}
}

// TestReadme follows README in a fresh module, as one does before a version is tagged. This working
// tree takes the place of the clone. Then it vets README's program.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(readme), "```go\n")
	program, _, closed := strings.Cut(program, "```")
	if !closed || !strings.HasPrefix(program, "package main\n") {
		t.Fatal("README.md has no program")
	}
	shop := newShop(t)
	shop.write("main.go", program)
	steps := 0
	for line := range strings.Lines(string(readme)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(strings.ReplaceAll(line, "=../kycstart", "="+root(t)))
		clone := strings.HasPrefix(line, "git clone https://"+library+" ../kycstart")
		fetch := strings.HasPrefix(line, "go mod edit ") || strings.HasPrefix(line, "go mod tidy")
		if fetch {
			shop.run(words[1:]...)
		}
		if clone || fetch {
			steps++
		}
	}
	if steps != 3 {
		t.Errorf("README.md has %d of the three lines that fetch the module: git clone, go mod edit, go mod tidy", steps)
	}
	shop.run("vet", ".")
}

// shop is a module that uses the facade. Of the machine's own modules it uses only those that were
// downloaded for this one.
type shop struct {
	t           *testing.T
	folder      string
	environment []string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	proxy := modproxy.Folder(t.TempDir())
	environment, err := proxy.Environment(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := proxy.Publish(module.Version{Path: library, Version: version}, root(t)); err != nil {
		t.Fatal(err)
	}
	s := &shop{t, t.TempDir(), environment}
	s.write("go.mod", "module example.test/shop\n\ngo 1.25.0\n")
	return s
}

func (s *shop) run(args ...string) string {
	s.t.Helper()
	return run(s.t, s.folder, s.environment, args...)
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// root returns the folder of this module.
func root(t *testing.T) string {
	t.Helper()
	return filepath.Dir(strings.TrimSpace(run(t, ".", nil, "env", "GOMOD")))
}
