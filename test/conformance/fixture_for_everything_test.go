package conformance

import (
	"fmt"
	"maps"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

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
