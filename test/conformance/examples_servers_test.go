package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// unwritten are names that users of the library do not write: methods that fmt, log/slog, errors and
// encoders call, and a type that is embedded in others.
var unwritten = []string{
	"Private", "Error", "Format", "Is", "LogValue", "MarshalJSON", "MarshalText", "String", "UnmarshalJSON", "UnmarshalText", "Unwrap",
}

// These match the places where the facade declares its public names, and the type of a constant if
// it has one. They rely on the form that gofmt gives to source code.
var (
	declared = regexp.MustCompile(`(?m)^(?:type|func(?: \(\w+ \*?[A-Z]\w*\))?) ([A-Z]\w*)|^(?:const |\t)([A-Z]\w*)(?:(?: +\w+)? += |$)`)
	words    = regexp.MustCompile(`(?m)^\t([A-Z]\w*) +(\w+) += `)
	urls     = regexp.MustCompile(`(?m)^\t?(?:const )?[A-Z]\w* += "(https://[^"]*)"`)
)

// TestExamples demands that every public name of the facade is in a runnable example, which shows
// how it is used. A provider's words need one example for each type.
func TestExamples(t *testing.T) {
	examples, shown := "", map[string][]string{} // any one of the names is enough
	for file, text := range facadeFiles(t) {
		switch {
		case strings.HasPrefix(file, "example_"):
			examples += text
		case strings.HasSuffix(file, "_test.go"):
		case strings.HasSuffix(file, "_constants.go"):
			for _, match := range words.FindAllStringSubmatch(text, -1) {
				of := "a constant of " + match[2]
				shown[of] = append(shown[of], match[1])
			}
		default:
			for _, match := range declared.FindAllStringSubmatch(text, -1) {
				name := match[1] + match[2]
				shown[name] = []string{name}
			}
		}
	}
	if runnable := strings.Count(examples, "utput:\n"); len(shown) < 60 || runnable < 20 {
		t.Fatalf("%d public names, %d runnable examples: the facade has moved", len(shown), runnable)
	}
	for _, name := range unwritten {
		delete(shown, name)
	}
	for what, names := range shown {
		if !regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`).MatchString(examples) {
			t.Errorf("no example shows %s: show in facade/example_*_test.go how it is used", what)
		}
	}
}

// TestServers compares the base URLs that the facade names with the servers of each spec. If the
// path of a server has a variable, only its scheme and host are compared, because the facade adds
// the path.
func TestServers(t *testing.T) {
	variable := regexp.MustCompile(`^(https://[^/]*).*\{.*`)
	files := facadeFiles(t)
	for _, p := range fixtures.Providers() {
		var named, documented []string
		for _, match := range urls.FindAllStringSubmatch(files[string(p)+".go"], -1) {
			named = append(named, match[1])
		}
		for _, server := range contract.Spec(string(p)).Servers {
			documented = append(documented, variable.ReplaceAllString(server.URL, "$1"))
		}
		slices.Sort(named)
		slices.Sort(documented)
		if !slices.Equal(named, documented) {
			t.Errorf("facade/%s.go names the servers %q, and specs/%s.yaml %q: change the one that is wrong", p, named, p, documented)
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
