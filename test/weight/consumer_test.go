package weight_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
func oldest(module string) string {
	major := path.Base(module)
	if strings.HasPrefix(module, "gopkg.in/") {
		major = strings.TrimPrefix(path.Ext(module), ".")
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
	proxy, downloaded := t.TempDir(), strings.TrimSpace(run(t, ".", nil, "env", "GOMODCACHE"))
	s := &shop{t, t.TempDir(), []string{
		"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(downloaded) + "/cache/download",
		"GOMODCACHE=" + t.TempDir(),
		"GOFLAGS=-modcacherw",
		"GOSUMDB=off",
		"GOWORK=off",
		"GOTOOLCHAIN=local",
	}}
	publish(t, proxy)
	s.write("main.go", "package main\n\nimport \""+library+"/facade\"\n\nfunc main() { _, _ = facade.New(facade.Config{}) }\n")
	mod := "module example.test/shop\n\ngo 1.25.0\n"
	for path, version := range old {
		mod += "require " + path + " " + version + "\n"
		offer(t, proxy, path, version, "module "+path+"\n")
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

// publish puts this working tree into the proxy.
func publish(t *testing.T, proxy string) {
	t.Helper()
	root := filepath.Dir(strings.TrimSpace(run(t, ".", nil, "env", "GOMOD")))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	offer(t, proxy, library, version, string(mod))

	archive, err := os.Create(filepath.Join(proxy, library, "@v", version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	w := zip.NewWriter(archive)
	for _, name := range tracked(t, root) {
		add(t, w, filepath.Join(root, name), library+"@"+version+"/"+name)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// tracked are the files that a version of this module holds: those of git, but
// for the modules within.
func tracked(t *testing.T, root string) (files []string) {
	t.Helper()
	command := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	command.Dir = root
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(output), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil && !inOther(root, name) {
			files = append(files, name)
		}
	}
	return files
}

// inOther reports whether a file belongs to a module within this one.
func inOther(root, name string) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if _, err := os.Stat(filepath.Join(root, folder, "go.mod")); err == nil {
			return true
		}
	}
	return false
}

func add(t *testing.T, w *zip.Writer, file, name string) {
	t.Helper()
	source, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	into, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(into, source); err != nil {
		t.Fatal(err)
	}
}

// offer puts a version without files into the proxy.
func offer(t *testing.T, proxy, module, version, mod string) {
	t.Helper()
	folder := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list":            version + "\n",
		version + ".info": fmt.Sprintf("{\"Version\": %q}\n", version),
		version + ".mod":  mod,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
