package conformance

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kycstart/kycstart"

// arrow says what the packages of one folder may import, beside the standard
// library and one another.
type arrow struct {
	from string
	to   []string
	// tests tells that the arrow is about test files as well.
	tests bool
}

var arrows = []arrow{
	{from: "gen", to: []string{"github.com/oapi-codegen/runtime"}},
	{from: "facade", to: []string{module + "/gen"}},
	{from: "specs"},
	{from: "test", tests: true, to: []string{
		module + "/facade",
		module + "/gen", // what Result.As hands out
		module + "/specs",
		"github.com/getkin/kin-openapi",
		"github.com/google/go-cmp",
		"go.yaml.in/yaml/v3",       // the inventories of specs/sources
		"github.com/oasdiff/yaml3", // lines of the specs; kin-openapi reads them by it
		"go.uber.org/goleak",       // no goroutine is left behind
		"golang.org/x/net",         // a server of HTTP/2, which the client must not speak
		"golang.org/x/mod",         // versions, and the zip of the module
	}},
}

// TestArrows holds the imports of each folder to its arrow.
func TestArrows(t *testing.T) {
	for _, a := range arrows {
		t.Run(a.from, func(t *testing.T) {
			home := module + "/" + a.from
			allowed := append(slices.Clip(a.to), home)
			packages := list(t, "./../../"+a.from+"/...")
			if len(packages) == 0 {
				t.Fatalf("no package in %s", a.from)
			}
			for _, p := range packages {
				imports := p.Imports
				if a.tests {
					imports = slices.Concat(imports, p.TestImports, p.XTestImports)
				}
				for _, path := range imports {
					if !standard(path) && !slices.ContainsFunc(allowed, func(root string) bool { return within(path, root) }) {
						t.Errorf("%s imports %s: packages of %s may import the standard library and %s",
							p.ImportPath, path, a.from, strings.Join(allowed, ", "))
					}
				}
			}
		})
	}
}

// maxForeign is how many packages outside the standard library and this module
// are built into a program that uses the facade: the runtime of the generated
// code, its types, and what they need.
const maxForeign = 4

// TestFacadeStaysLight holds what a user of the facade builds: no more than the
// generated code needs by itself.
func TestFacadeStaysLight(t *testing.T) {
	generated := foreign(t, "./../../gen/...")
	built := foreign(t, "./../../facade")
	for _, path := range built {
		switch {
		case within(path, "github.com/getkin/kin-openapi"):
			t.Errorf("facade reaches %s: a user would build the validator of the tests", path)
		case !slices.Contains(generated, path):
			t.Errorf("facade reaches %s, which the generated code does not need", path)
		}
	}
	if len(built) > maxForeign {
		t.Errorf("facade builds %d packages outside the standard library, at most %d are allowed: %s",
			len(built), maxForeign, strings.Join(built, ", "))
	}
}

// foreign returns the packages outside the standard library and this module
// that are built into packages.
func foreign(t *testing.T, packages string) (all []string) {
	t.Helper()
	for _, p := range list(t, "-deps", packages) {
		if !p.Standard && !within(p.ImportPath, module) {
			all = append(all, p.ImportPath)
		}
	}
	return all
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath                         string
	Standard                           bool
	Imports, TestImports, XTestImports []string
}

func list(t *testing.T, arguments ...string) (all []listed) {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports,TestImports,XTestImports"}, arguments...)...).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %v: %s", err, failed.Stderr)
		}
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// standard reports whether a path is of the standard library: no dot in its
// first element.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// within reports whether a package is root or below it.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}
