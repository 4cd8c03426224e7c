package conformance

import (
	"fmt"
	"maps"
	"mime"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// TestFixtureForEverything demands a fixture for everything that a provider's document has: every
// response (status and content type) of every operation, every enum value and every code. That
// includes the values that are only known from elsewhere (x-upstream-values).
func TestFixtureForEverything(t *testing.T) {
	for _, p := range fixtures.Providers() {
		cases := fixtures.Cases(p)
		specs, err := inventory.Specs(string(p))
		if err != nil {
			t.Fatal(err)
		}
		for i, spec := range specs {
			operation := spec.ID
			if i == 0 {
				operation = "" // the start
			}
			demand := func(what string, shows func(fixtures.Case) bool) {
				if !slices.ContainsFunc(cases, shows) {
					t.Errorf("specs/%s.yaml documents %s of %s, and no fixture shows it: add test/fixtures/%s/<status>_<case>.http and its want",
						p, what, spec.ID, path.Join(string(p), fixtures.Of(p).Lookup(operation).Folder))
				}
			}
			for status, response := range spec.Responses() {
				content := response.Content
				if len(content) == 0 {
					content = []string{""}
				}
				for _, media := range content {
					demand(strings.TrimSpace("the response "+status+" "+media), func(c fixtures.Case) bool {
						kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
						return !c.Rejected && c.Operation == operation && strconv.Itoa(c.Status) == status && (media == "" || kind == media)
					})
				}
			}
			for _, v := range spec.Values() {
				demand(v.String(), func(c fixtures.Case) bool {
					if c.Rejected && !v.Upstream {
						return false // an answer that the spec rejects does not show what the spec has
					}
					body, err := jsontree.Decode(c.Body)
					return err == nil && slices.ContainsFunc(jsontree.All(body, v.Place), func(value any) bool {
						return string(jsontree.Encode(value)) == v.Text()
					})
				})
			}
		}
	}
}

// TestWantForEverything demands a want for each member of the published schema, each value of its
// enums, and each pair of answers that a look-up can give. There may be no other pair. A next step
// goes with a process.
func TestWantForEverything(t *testing.T) {
	schemas, err := specdoc.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	used, pairs := map[string]bool{}, map[string]bool{}
	for _, c := range fixtures.Cases() {
		want := decoded(t, c.Want).(map[string]any)
		delete(want, "now")
		for member, value := range want {
			schema := strings.ToUpper(member[:1]) + member[1:] // Result, Finding, Error, or Attempt
			if schemas[schema] == nil {
				t.Fatalf("%s: %s is not part of a want", c.Name, member)
			}
			cover(used, schema, schemas[schema], value)
		}
		if f, ok := want["finding"].(map[string]any); ok {
			pairs[fmt.Sprintf("exists %v, this attempt %v", f["exists"], f["this_attempt"])] = true
			if (f["next"] != nil) != (f["exists"] == "yes") {
				t.Errorf("%s: exists %v, and next is %v", c.Name, f["exists"], f["next"])
			}
		}
	}
	// No answer of a provider leads to it: only a context does.
	delete(used, "Error.kind=canceled")
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !used[name] {
			t.Errorf("no case has %s", name)
		}
	}
	possible := []string{
		"exists no, this attempt no", "exists no, this attempt unknown", // it was there, and is no more
		"exists unknown, this attempt unknown",
		"exists yes, this attempt no", // an earlier process
		"exists yes, this attempt unknown", "exists yes, this attempt yes",
	}
	if shown := slices.Sorted(maps.Keys(pairs)); !slices.Equal(shown, possible) {
		t.Errorf("the look-ups show %q, want %q", shown, possible)
	}
}

// cover adds each member of a schema and each value of its enums to used, and sets those that a
// value has. A component counts once, however often it is used.
func cover(used map[string]bool, name string, ref *openapi3.SchemaRef, value any) {
	used[name] = used[name] || !slices.Contains([]any{nil, "", false, 0.0}, value)
	if ref.Ref != "" {
		name = path.Base(ref.Ref)
	}
	for _, choice := range ref.Value.Enum {
		text := fmt.Sprintf("%s=%v", name, choice)
		used[text] = used[text] || value == choice
	}
	if ref.Value.Items != nil {
		items, _ := value.([]any)
		for _, item := range append(items, nil) {
			cover(used, name, ref.Value.Items, item)
		}
	}
	object, _ := value.(map[string]any)
	for property, schema := range ref.Value.Properties {
		cover(used, name+"."+property, schema, object[property])
	}
}

// unwritten are names that users of the library do not write: methods that fmt, log/slog, errors and
// encoders call, and a type that is embedded in others.
var unwritten = []string{
	"Error", "Format", "Is", "LogValue", "MarshalJSON", "MarshalText", "Private", "String", "UnmarshalJSON", "UnmarshalText",
	"Unwrap",
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
