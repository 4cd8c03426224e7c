package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestServers holds the base URLs that the facade names to the servers of each
// spec. Of a server with a variable in its path they are the scheme and host: the
// facade adds the path.
func TestServers(t *testing.T) {
	const folder = "../../facade"
	named := urls(t, folder)
	for _, p := range fixtures.Providers() {
		servers := map[string]bool{}
		for _, server := range contract.Spec(string(p)).Servers {
			scheme, rest, _ := strings.Cut(server.URL, "://")
			if strings.Contains(rest, "{") {
				rest, _, _ = strings.Cut(rest, "/")
			}
			servers[scheme+"://"+rest] = true
		}
		wrong := false
		for name, url := range named {
			if !strings.HasPrefix(strings.ToLower(name), string(p)) {
				continue
			}
			if !servers[url] {
				wrong = true
				t.Errorf("facade.%s is %s, and specs/%s.yaml has no such server, but %s: change the one that is wrong",
					name, url, p, strings.Join(slices.Sorted(maps.Keys(servers)), ", "))
			}
			servers[url] = false
			delete(named, name)
		}
		for server, missing := range servers {
			if missing && !wrong { // else it is what the wrong one was to be
				t.Errorf("specs/%s.yaml has the server %s, and no constant of package facade is that: add one to facade/%s.go", p, server, p)
			}
		}
	}
	for name, url := range named {
		t.Errorf("facade.%s is %s, and begins with the name of no provider", name, url)
	}
}

// urls returns the exported constants of a package that are https URLs, by name.
func urls(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if i < len(spec.Values) && name.IsExported() {
					literal, _ := spec.Values[i].(*ast.BasicLit)
					if literal != nil && strings.HasPrefix(literal.Value, `"https://`) {
						all[name.Name] = strings.Trim(literal.Value, `"`)
					}
				}
			}
			return true
		})
	}
	return all
}
