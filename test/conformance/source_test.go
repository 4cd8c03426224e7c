package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
		allowed := slices.Concat(to, []string{module + "/" + from})
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
			for path := range strings.FieldsSeq(imports) {
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

// Where the facade declares its public names. What is formatted by gofmt can be read so.
var (
	declared = regexp.MustCompile(`(?m)^(?:type|func(?: \(\w+ \*?[A-Z]\w*\))?) ([A-Z]\w*)|^(?:const |\t)([A-Z]\w*)(?:(?: +\w+)? += |$)`)
	wordType = regexp.MustCompile(`(?m)^\t([A-Z]\w*) +(\w+) += `)
	urls     = regexp.MustCompile(`(?m)^\t?(?:const )?([A-Z]\w*) += "(https://[^"]*)"`)
)

// TestExamples demands every public name of the facade in a runnable example, which
// shows how it is used. Of the words of a provider, one of each type is enough.
func TestExamples(t *testing.T) {
	examples, names, words := "", map[string]bool{}, map[string][]string{}
	for file, text := range facadeFiles(t) {
		switch {
		case strings.HasPrefix(file, "example_"):
			examples += text
		case strings.HasSuffix(file, "_test.go"):
		case strings.HasSuffix(file, "_constants.go"):
			for _, match := range wordType.FindAllStringSubmatch(text, -1) {
				words[match[2]] = append(words[match[2]], match[1])
			}
		default:
			for _, match := range declared.FindAllStringSubmatch(text, -1) {
				names[match[1]+match[2]] = true
			}
		}
	}
	shows := func(name string) bool { return regexp.MustCompile(`\b` + name + `\b`).MatchString(examples) }
	if runnable := strings.Count(examples, "// Output:\n") + strings.Count(examples, "// Unordered output:\n"); len(names) < 50 || len(words) == 0 || runnable < 20 {
		t.Fatalf("%d public names, words of %d types, %d runnable examples: the facade has moved", len(names), len(words), runnable)
	}
	delete(names, "Private") // embedded in others, and nothing to write down
	for name := range names {
		if !slices.Contains(askedByOthers, name) && !shows(name) {
			t.Errorf("%s is in no example: show in facade/example_*_test.go how it is used", name)
		}
	}
	for of, all := range words {
		if !slices.ContainsFunc(all, shows) {
			t.Errorf("no constant of %s is in an example: show in facade/example_*_test.go how one is used", of)
		}
	}
}

// TestServers holds the base URLs that the facade names to the servers of each
// spec. Of a server with a variable in its path they are the scheme and host: the
// facade adds the path.
func TestServers(t *testing.T) {
	named := map[string]string{}
	for _, text := range facadeFiles(t) {
		for _, match := range urls.FindAllStringSubmatch(text, -1) {
			named[match[1]] = match[2]
		}
	}
	variable := regexp.MustCompile(`^(https://[^/]*).*\{.*`)
	for _, p := range fixtures.Providers() {
		var servers, constants []string
		for _, server := range contract.Spec(string(p)).Servers {
			servers = append(servers, variable.ReplaceAllString(server.URL, "$1"))
		}
		for name, url := range named {
			if !strings.HasPrefix(strings.ToLower(name), string(p)) {
				continue
			}
			constants = append(constants, url)
			if !slices.Contains(servers, url) {
				t.Errorf("facade.%s is %s, and specs/%s.yaml has no such server, but %s: change the one that is wrong", name, url, p, strings.Join(servers, ", "))
			}
		}
		for _, server := range servers {
			if !slices.Contains(constants, server) {
				t.Errorf("specs/%s.yaml has the server %s, and no constant of package facade is that: add one to facade/%s.go", p, server, p)
			}
		}
	}
}

// facadeFiles returns the texts of the facade, by the names of the files.
func facadeFiles(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, _ := filepath.Glob("../../facade/*.go")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = string(text)
	}
	return all
}
