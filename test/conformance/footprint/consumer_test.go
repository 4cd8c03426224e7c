package footprint_test

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/kycstart/kycstart/test/internal/modproxy"
)

// version is that of the library in the tests. Nothing is published by it.
const version = "v0.0.1"

// file is a go.mod, as far as it is looked at.
type file struct {
	Require []struct{ Path, Version string }
}

func (f file) versions() map[string]string {
	all := map[string]string{}
	for _, r := range f.Require {
		all[r.Path] = r.Version
	}
	return all
}

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
// working tree, and holds what its go.mod and go.sum are given.
func TestConsumer(t *testing.T) {
	shop := newShop(t, nil)
	for _, r := range shop.get().Require {
		t.Logf("go.mod: %s %s", r.Path, r.Version)
		if !slices.Contains(needed, r.Path) {
			t.Errorf("go.mod requires %s, which the facade does not need", r.Path)
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
	for path := range parse(t, "").versions() {
		if !slices.Contains(needed, path) {
			old[path] = oldest(path)
		}
	}
	got := newShop(t, old).get().versions()
	var raised []string
	for _, path := range slices.Sorted(maps.Keys(old)) {
		if got[path] != old[path] {
			t.Logf("raised: %s to %s", path, got[path])
			raised = append(raised, path)
		}
	}
	if !slices.Equal(raised, imposed) {
		t.Errorf("raised are:\n%s\nand not:\n%s", strings.Join(raised, "\n"), strings.Join(imposed, "\n"))
	}
}

// oldest is a version of a module that is older than any of its releases.
func oldest(required string) string {
	major := path.Base(required)
	if strings.HasPrefix(required, "gopkg.in/") {
		major = strings.TrimPrefix(path.Ext(required), ".")
	}
	if len(major) < 2 || major[0] != 'v' || strings.Trim(major[1:], "0123456789") != "" {
		major = "v0"
	}
	return major + ".0.0-0"
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
	root := filepath.Dir(strings.TrimSpace(run(t, ".", nil, "env", "GOMOD")))
	if err := proxy.Publish(module.Version{Path: library, Version: version}, root); err != nil {
		t.Fatal(err)
	}
	s := &shop{t, t.TempDir(), environment}
	s.write("main.go", "package main\n\nimport \""+library+"/facade\"\n\nfunc main() { _, _ = facade.New(facade.Config{}) }\n")
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

// get has the shop get the facade, and returns its go.mod.
func (s *shop) get() file {
	s.t.Helper()
	run(s.t, s.folder, s.environment, "get", library+"/facade@"+version)
	return parse(s.t, s.folder)
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// parse returns the go.mod of the module at a folder.
func parse(t *testing.T, folder string) (f file) {
	t.Helper()
	if err := json.Unmarshal([]byte(run(t, folder, []string{"GOWORK=off"}, "mod", "edit", "-json")), &f); err != nil {
		t.Fatal(err)
	}
	return f
}
