package footprint_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/kycstart/kycstart/test/internal/modproxy"
)

// version is that of the library in the tests. Nothing is published by it.
const version = "v0.0.1"

// needed are the modules that building the facade takes.
var needed = []string{
	library,
	"github.com/oapi-codegen/runtime",
	"github.com/apapsch/go-jsonmerge/v2",
	"github.com/google/uuid",
}

// maxSums are the lines of go.sum for those modules and for what their go.mod
// files name.
const maxSums = 16

// TestConsumer has a fresh module get the facade, from a proxy made of this
// working tree, and holds what its go.mod and go.sum are given, and what its program
// tells providers of itself.
func TestConsumer(t *testing.T) {
	shop := newShop(t, nil)
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
	for path, version := range shop.get() {
		t.Logf("go.mod: %s %s", path, version)
		if !slices.Contains(needed, path) {
			t.Errorf("go.mod requires %s, which the facade does not need", path)
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
	if got := strings.TrimSpace(run(t, shop.folder, shop.environment, "run", ".")); got != want {
		t.Errorf("User-Agent %q, want %q", got, want)
	}
}

// imposed are the modules that the facade does not need, and that are raised all
// the same in a program that requires an older version: go.mod names them for the
// generator and the tests. A program that does not require them is not given them.
var imposed = []string{
	"github.com/cenkalti/backoff/v5",
	"github.com/dprotaso/go-yit",
	"github.com/getkin/kin-openapi",
	"github.com/go-openapi/jsonpointer",
	"github.com/go-openapi/swag/jsonname",
	"github.com/google/go-cmp",
	"github.com/oapi-codegen/oapi-codegen/v2",
	"github.com/oasdiff/yaml",
	"github.com/oasdiff/yaml3",
	"github.com/santhosh-tekuri/jsonschema/v6",
	"github.com/speakeasy-api/jsonpath",
	"github.com/speakeasy-api/openapi",
	"github.com/vmware-labs/yaml-jsonpath",
	"go.uber.org/goleak",
	"go.yaml.in/yaml/v3",
	"golang.org/x/mod",
	"golang.org/x/sync",
	"golang.org/x/text",
	"golang.org/x/tools",
	"gopkg.in/yaml.v3",
}

// TestImposed has a module that requires an old version of everything in this
// module's go.mod get the facade, and holds which of them it is given newer.
func TestImposed(t *testing.T) {
	old := map[string]string{}
	for path := range required(t, "") {
		if !slices.Contains(needed, path) {
			old[path] = oldest(path)
		}
	}
	var raised []string
	for path, version := range newShop(t, old).get() {
		if old[path] != "" && old[path] != version {
			t.Logf("raised: %s to %s", path, version)
			raised = append(raised, path)
		}
	}
	slices.Sort(raised)
	if !slices.Equal(raised, imposed) {
		t.Errorf("raised are:\n%s\nand not:\n%s", strings.Join(raised, "\n"), strings.Join(imposed, "\n"))
	}
}

// oldest is a version of a module that is older than any of its releases.
func oldest(required string) string {
	_, major, _ := module.SplitPathVersion(required)
	if major = strings.TrimLeft(major, "/."); major == "" {
		major = "v0"
	}
	return major + ".0.0-0"
}

// TestReadme does in a fresh module what README says while no version is tagged, with this
// working tree for the clone, and builds README's program.
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
	shop := newShop(t, nil)
	shop.write("main.go", program)
	steps := 0
	for line := range strings.Lines(string(readme)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(strings.ReplaceAll(line, "=../kycstart", "="+root(t)))
		clone := strings.HasPrefix(line, "git clone https://"+library+" ../kycstart")
		fetch := strings.HasPrefix(line, "go mod edit ") || strings.HasPrefix(line, "go mod tidy")
		if fetch {
			run(t, shop.folder, shop.environment, words[1:]...)
		}
		if clone || fetch {
			steps++
		}
	}
	if steps != 3 {
		t.Errorf("README.md has %d of the three lines that fetch the module: git clone, go mod edit, go mod tidy", steps)
	}
	run(t, shop.folder, shop.environment, "vet", ".")
}

// shop is a module that uses the facade, and nothing of the machine's own but the
// modules that were downloaded for this one.
type shop struct {
	t           *testing.T
	folder      string
	environment []string
}

// newShop returns a module that requires other modules in old versions, which
// need not exist.
func newShop(t *testing.T, old map[string]string) *shop {
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
	s.write("main.go", "package main\n\nimport _ \""+library+"/facade\"\n\nfunc main() {}\n")
	mod := "module example.test/shop\n\ngo 1.25.0\n"
	for path, version := range old {
		mod += "require " + path + " " + version + "\n"
		if err := proxy.Offer(module.Version{Path: path, Version: version}, []byte("module "+path+"\n")); err != nil {
			t.Fatal(err)
		}
	}
	s.write("go.mod", mod)
	return s
}

// get has the shop get the facade, and returns what its go.mod requires then.
func (s *shop) get() map[string]string {
	s.t.Helper()
	run(s.t, s.folder, s.environment, "get", library+"/facade@"+version)
	return required(s.t, s.folder)
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// root is the folder of this module.
func root(t *testing.T) string {
	t.Helper()
	return filepath.Dir(strings.TrimSpace(run(t, ".", nil, "env", "GOMOD")))
}

// required returns the versions that the go.mod of the module at a folder requires.
func required(t *testing.T, folder string) map[string]string {
	t.Helper()
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal([]byte(run(t, folder, []string{"GOWORK=off"}, "mod", "edit", "-json")), &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range file.Require {
		all[r.Path] = r.Version
	}
	return all
}
