// Package footprint_test limits what the library costs those who import it, apart from time and
// memory: bytes of a binary, packages to build, and modules to download.
package footprint_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/modproxy"
)

const library = "github.com/kycstart/kycstart"

// perProvider is how many bytes each provider may add to a program, whether the program uses it or
// not.
const perProvider = 4_000

// TestBinary builds a program that calls an API by hand, and programs that start KYC through the
// library. It limits how much larger these are.
func TestBinary(t *testing.T) {
	folder := t.TempDir()
	weigh := func(program string) int64 {
		binary := filepath.Join(folder, program)
		run(t, ".", nil, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", binary, "./"+program)
		info, err := os.Stat(binary)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	base := weigh("without")
	// The linker leaves out what is never called, so a program that uses all providers is larger.
	for program, limit := range map[string]int64{"one": 340_000, "five": 480_000} {
		limit += perProvider * int64(len(fixtures.Providers()))
		added := weigh(program) - base
		t.Logf("%s: %d bytes more than %d without the library, limit %d", program, added, base, limit)
		if added > limit {
			t.Errorf("%s: the library adds %d bytes, the limit is %d", program, added, limit)
		}
	}
}

// built are the packages of other modules that are built with the facade.
var built = []string{
	"github.com/apapsch/go-jsonmerge/v2",
	"github.com/google/uuid",
	"github.com/oapi-codegen/runtime",
	"github.com/oapi-codegen/runtime/types",
}

// mayImport are the imports that the library's own packages may have, besides the standard library.
var mayImport = regexp.MustCompile(`^facade \S+/kycstart/gen/\w+$|^gen/\w+ github\.com/oapi-codegen/runtime(/types)?$`)

// TestImports checks what the facade and the specs import, and what is built with them.
func TestImports(t *testing.T) {
	imports := run(t, ".", nil, "list", "-deps",
		"-f", `{{if not .Standard}}{{range .Imports}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}{{end}}`, library+"/facade", library+"/specs")
	others := map[string]bool{}
	for line := range strings.Lines(imports) {
		importer, imported, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, own := strings.CutPrefix(importer, library+"/")
		first, _, _ := strings.Cut(imported, "/")
		switch foreign := strings.Contains(first, "."); { // no path of the standard library has a dot there
		case !own:
			others[importer] = true
		case foreign && !mayImport.MatchString(path+" "+imported):
			t.Errorf("%s imports %s: besides the standard library, facade may import gen, and gen oapi-codegen/runtime", path, imported)
		}
	}
	got := slices.Sorted(maps.Keys(others))
	t.Logf("%d packages of other modules: %s", len(got), strings.Join(got, ", "))
	if !slices.Equal(got, built) {
		t.Errorf("these packages of other modules are built: %q, want %q", got, built)
	}
}

// maxSums is how many lines go.sum may have: those for the modules that are built, and for what
// their go.mod files name.
const maxSums = 16

// version is the version that the test gives the library. Nothing is published under it.
const version = "v0.0.1"

// TestConsumer gets the facade into a fresh module for README's program: first as README says it,
// with this working tree in place of the clone, and then from a proxy that serves the working tree,
// as one will when a version is tagged. It checks what go.mod and go.sum then have, and which
// User-Agent README's program sends.
func TestConsumer(t *testing.T) {
	root := filepath.Dir(strings.TrimSpace(run(t, ".", nil, "env", "GOMOD")))
	readme := read(t, filepath.Join(root, "README.md"))
	_, program, _ := strings.Cut(readme, "```go\n")
	program, _, _ = strings.Cut(program, "```")
	if !strings.Contains(program, "facade.RebillySandbox") {
		t.Fatal("README.md has no program that starts at facade.RebillySandbox")
	}
	var agent string
	provider := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { agent = r.UserAgent() }))
	defer provider.Close()
	program = strings.NewReplacer(
		"facade.RebillySandbox", strconv.Quote(provider.URL), "facade.Config{", `facade.Config{UserAgent: "shop/1.2", `,
	).Replace(program)

	// Of the machine's own modules the shops use only those that were downloaded for this one.
	environment, err := modproxy.Publish(t.TempDir(), module.Version{Path: library, Version: version}, root)
	if err != nil {
		t.Fatal(err)
	}
	newShop := func() string {
		shop := t.TempDir()
		if err := os.WriteFile(filepath.Join(shop, "main.go"), []byte(program), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, shop, environment, "mod", "init", "example.test/shop")
		return shop
	}

	shop := newShop()
	for _, command := range regexp.MustCompile(`(?m)^go (mod (?:edit|tidy)[^#\n]*)`).FindAllStringSubmatch(readme, -1) {
		run(t, shop, environment, strings.Fields(strings.ReplaceAll(command[1], "=../kycstart", "="+root))...)
	}
	run(t, shop, environment, "vet", ".")

	shop = newShop()
	run(t, shop, environment, "get", library+"/facade@"+version)
	mod, err := modfile.Parse("go.mod", []byte(read(t, filepath.Join(shop, "go.mod"))), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		t.Logf("go.mod: %s", r.Mod)
		if r.Mod.Path != library && !slices.Contains(built, r.Mod.Path) {
			t.Errorf("go.mod requires %s, of which nothing is built", r.Mod)
		}
	}
	sums := read(t, filepath.Join(shop, "go.sum"))
	lines := strings.Count(sums, "\n")
	t.Logf("go.sum: %d lines", lines)
	if lines > maxSums {
		t.Errorf("go.sum has %d lines, at most %d are allowed:\n%s", lines, maxSums, sums)
	}
	run(t, shop, append(environment, "REBILLY_API_KEY=key"), "run", ".")
	if want := "shop/1.2 kycstart/" + version; agent != want {
		t.Errorf("User-Agent %q, want %q", agent, want)
	}
}

// run runs the go command in a folder, with additional environment variables, and returns its
// output.
func run(t *testing.T, folder string, environment []string, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), environment...)
	var failure strings.Builder
	command.Stderr = &failure
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, failure.String())
	}
	return string(output)
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
