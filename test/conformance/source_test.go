package conformance

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

const module = "github.com/kycstart/kycstart"

// arrows are what the packages of a folder may import, beside the standard library and
// one another. Only in test the arrow is about test files as well.
var arrows = map[string][]string{
	"gen":    {"github.com/oapi-codegen/runtime"},
	"facade": {module + "/gen"},
	"specs":  nil,
	"test": {
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
	},
}

// TestArrows holds the imports of each folder to its arrow.
func TestArrows(t *testing.T) {
	for from, to := range arrows {
		allowed := append(to, module+"/"+from)
		format := `{{.ImportPath}}: {{join .Imports " "}}`
		if from == "test" {
			format += ` {{join .TestImports " "}} {{join .XTestImports " "}}`
		}
		out, err := exec.Command("go", "list", "-f", format, "./../../"+from+"/...").Output()
		if err != nil || len(out) == 0 {
			t.Fatalf("go list finds nothing in %s: %v", from, err)
		}
		for line := range strings.Lines(string(out)) {
			importer, imports, _ := strings.Cut(line, ": ")
			for _, path := range strings.Fields(imports) {
				first, _, _ := strings.Cut(path, "/")
				foreign := strings.Contains(first, ".") // no path of the standard library has a dot there
				if foreign && !slices.ContainsFunc(allowed, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") }) {
					t.Errorf("%s imports %s: packages of %s may import the standard library and %s", importer, path, from, strings.Join(allowed, ", "))
				}
			}
		}
	}
}

// askedByOthers are methods that fmt, log/slog, errors and encoders ask for: nobody
// writes them down.
var askedByOthers = []string{
	"Error", "Format", "Is", "LogValue", "MarshalJSON", "MarshalText", "String", "UnmarshalJSON", "UnmarshalText", "Unwrap",
}

// TestExamples demands every public name of the facade in a runnable example, which
// shows how it is used. Of the words of a provider, one of each type is enough.
func TestExamples(t *testing.T) {
	set, files := facadeFiles(t)
	p, err := doc.NewFromFiles(set, slices.Collect(maps.Values(files)), module+"/facade")
	if err != nil {
		t.Fatal(err)
	}
	shown, runnable := map[string]bool{}, 0
	for name, file := range files {
		if strings.HasPrefix(filepath.Base(name), "example_") {
			ast.Inspect(file, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					shown[name.Name] = true
				}
				return true
			})
			runnable += len(slices.DeleteFunc(doc.Examples(file), func(e *doc.Example) bool { return e.Output == "" }))
		}
	}
	public := 0
	demand := func(alternatives ...string) {
		public++
		if !slices.ContainsFunc(alternatives, func(name string) bool { return shown[name] }) {
			t.Errorf("%s is in no example: show in facade/example_*_test.go how it is used", strings.Join(alternatives, " or "))
		}
	}
	for _, v := range slices.Concat(p.Consts, p.Vars) {
		for _, name := range v.Names {
			demand(name)
		}
	}
	for _, f := range p.Funcs {
		demand(f.Name)
	}
	for _, typ := range p.Types {
		words := strings.HasSuffix(set.Position(typ.Decl.Pos()).Filename, "_words.go")
		if !words && typ.Name != "Private" { // which is embedded in others, and nothing to write down
			demand(typ.Name)
		}
		for _, f := range slices.Concat(typ.Funcs, typ.Methods) {
			if !slices.Contains(askedByOthers, f.Name) {
				demand(f.Name)
			}
		}
		var constants []string
		for _, v := range slices.Concat(typ.Consts, typ.Vars) {
			constants = append(constants, v.Names...)
		}
		if words {
			demand(constants...)
			continue
		}
		for _, name := range constants {
			demand(name)
		}
	}
	if public < 50 || runnable < 20 {
		t.Fatalf("%d public names and %d runnable examples: the facade has moved", public, runnable)
	}
}

// TestServers holds the base URLs that the facade names to the servers of each
// spec. Of a server with a variable in its path they are the scheme and host: the
// facade adds the path.
func TestServers(t *testing.T) {
	named := map[string]string{}
	_, files := facadeFiles(t)
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, value := range spec.Values {
				if literal, _ := value.(*ast.BasicLit); literal != nil && spec.Names[i].IsExported() && strings.HasPrefix(literal.Value, `"https://`) {
					named[spec.Names[i].Name] = strings.Trim(literal.Value, `"`)
				}
			}
			return true
		})
	}
	for _, p := range fixtures.Providers() {
		var servers, constants []string
		for _, server := range contract.Spec(string(p)).Servers {
			url := server.URL
			if before, _, variable := strings.Cut(url, "/{"); variable {
				scheme, rest, _ := strings.Cut(before, "://")
				host, _, _ := strings.Cut(rest, "/")
				url = scheme + "://" + host
			}
			servers = append(servers, url)
		}
		for name, url := range named {
			if strings.HasPrefix(strings.ToLower(name), string(p)) {
				constants = append(constants, url)
				if !slices.Contains(servers, url) {
					t.Errorf("facade.%s is %s, and specs/%s.yaml has no such server, but %s: change the one that is wrong", name, url, p, strings.Join(servers, ", "))
				}
				delete(named, name)
			}
		}
		for _, server := range servers {
			if !slices.Contains(constants, server) {
				t.Errorf("specs/%s.yaml has the server %s, and no constant of package facade is that: add one to facade/%s.go", p, server, p)
			}
		}
	}
	if len(named) > 0 {
		t.Errorf("these begin with the name of no provider: %v", named)
	}
}

// facadeFiles returns the files of the facade, by name.
func facadeFiles(t *testing.T) (*token.FileSet, map[string]*ast.File) {
	t.Helper()
	names, err := filepath.Glob("../../facade/*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, files := token.NewFileSet(), map[string]*ast.File{}
	for _, name := range names {
		if files[name], err = parser.ParseFile(set, name, nil, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
	}
	return set, files
}
