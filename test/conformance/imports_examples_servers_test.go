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

// mayImport is what the packages of a folder may import, besides the standard library and each
// other. For test, that includes what its test files import.
var mayImport = map[string][]string{
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
		"github.com/oasdiff/yaml3", // lines of the specs; kin-openapi reads them with it too
		"go.uber.org/goleak",       // no goroutine is left behind
		"golang.org/x/net",         // a server of HTTP/2, which the client must not speak
		"golang.org/x/mod",         // versions, and the zip of the module
	},
}

// TestImports checks the imports of each folder against mayImport.
func TestImports(t *testing.T) {
	for from, to := range mayImport {
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

// askedByOthers are methods that fmt, log/slog, errors and encoders call. Users of the library do
// not write their names.
var askedByOthers = []string{
	"Error", "Format", "Is", "LogValue", "MarshalJSON", "MarshalText", "String", "UnmarshalJSON", "UnmarshalText", "Unwrap",
}

// These match the places where the facade declares its public names. They rely on the form that
// gofmt gives to source code.
var (
	declared = regexp.MustCompile(`(?m)^(?:type|func(?: \(\w+ \*?[A-Z]\w*\))?) ([A-Z]\w*)|^(?:const |\t)([A-Z]\w*)(?:(?: +\w+)? += |$)`)
	wordType = regexp.MustCompile(`(?m)^\t([A-Z]\w*) +(\w+) += `)
	urls     = regexp.MustCompile(`(?m)^\t?(?:const )?([A-Z]\w*) += "(https://[^"]*)"`)
)

// TestExamples demands that every public name of the facade is in a runnable example, which shows
// how it is used. A provider's words need one example for each type.
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
	delete(names, "Private") // embedded in other types; users do not write its name
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

// TestServers compares the base URLs that the facade names with the servers of each spec. If the
// path of a server has a variable, only its scheme and host are compared, because the facade adds
// the path.
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

// facadeFiles returns the texts of the facade's files, by file name.
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
