package speccoverage_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// TestValues demands that the facade tells every listed value of an answer from
// one that nobody knows, or that the value is listed as left alone; and that
// what it knows is in the spec.
func TestValues(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		all := distinct(bases(t, p))
		listed := map[string]bool{}
		for _, v := range spec.Values() {
			listed[v.Place+" "+v.Text()] = true
			shown, known := mentioned(t, all, v)
			left := unmappedValues.has(p, v.Place, v.Text())
			switch {
			case !shown:
				t.Errorf("specs/%s.yaml: %s: no fixture has the field, so nothing shows what the facade makes of the value: "+
					"add one to test/fixtures/%s", p, v, p)
			case !known && !left:
				t.Errorf("specs/%s.yaml: %s: the facade takes it for an unknown value: "+
					"map it in facade/%s.go, or list it in unmappedValues of test/conformance/speccoverage/exceptions_test.go with a reason", p, v, p)
			}
			if known {
				unmappedValues.deny(t, p, v.Place, v.Text(), "the facade maps it")
			}
		}

		// What the fixtures show and the facade knows is listed.
		for _, b := range bases(t, p) {
			for _, pointer := range jsontree.Pointers(b.body) {
				response := spec.Responses[strconv.Itoa(b.Status)]
				place, _ := response.PlaceOf(pointer)
				text, isText := jsontree.All(b.body, pointer)[0].(string)
				v := inventory.Value{Place: place, Value: text}
				if !isText || !isWord(response.At(place), text) || listed[v.Place+" "+v.Text()] {
					continue
				}
				listed[v.Place+" "+v.Text()] = true // one report is enough
				if _, known := mentioned(t, []base{b}, v); known && !unlistedValues.has(p, place, v.Text()) {
					t.Errorf("specs/%s.yaml does not list %s, and the facade knows the value (test/fixtures/%s.http): add it to the enum or "+
						"to x-upstream-values, or take it out of facade/%s.go, or list it in unlistedValues of test/conformance/speccoverage/exceptions_test.go "+
						"with a reason", p, v, b.Name, p)
				}
			}
		}
		// And so is what the facade's own source has words for.
		for _, text := range literals(t, "../../../facade/"+string(p)+".go") {
			for _, place := range places(spec) {
				v := inventory.Value{Place: place, Value: text}
				if listed[v.Place+" "+v.Text()] {
					continue
				}
				if _, known := mentioned(t, all, v); known && !unlistedValues.has(p, place, v.Text()) {
					t.Errorf("facade/%s.go knows %s, and specs/%s.yaml does not list it: add it to the enum or to x-upstream-values with a "+
						"fixture, or take it out", p, v, p)
				}
			}
		}
		unmappedValues.checkUsed(t, p)
		unlistedValues.checkUsed(t, p)
	})
}

// distinct returns one of the fixtures that have the same status and properties:
// the values are replaced anyway.
func distinct(all []base) (few []base) {
	seen := map[string]bool{}
	for _, b := range all {
		shape := strconv.Itoa(b.Status) + strings.Join(jsontree.Pointers(b.body), " ")
		if !seen[shape] {
			seen[shape] = true
			few = append(few, b)
		}
	}
	return few
}

// places returns the places that have listed values.
func places(spec *inventory.Inventory) (all []string) {
	for _, v := range spec.Values() {
		if !slices.Contains(all, v.Place) {
			all = append(all, v.Place)
		}
	}
	return all
}

// literals returns the words that a Go file spells out.
func literals(t *testing.T, file string) (all []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err := strconv.Unquote(literal.Value)
			if err == nil && word.MatchString(text) {
				all = append(all, text)
			}
		}
		return true
	})
	return all
}

// isWord reports whether a text may be a code or a status, by its look and by
// what the spec says of its place.
func isWord(all []inventory.Facts, text string) bool {
	return word.MatchString(text) && slices.ContainsFunc(all, func(f inventory.Facts) bool { return f.Type == "string" })
}

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:-]*$`)

// mentioned reports whether a body shows the field of a value, and whether the
// value makes another outcome than one that nobody knows, apart from being
// repeated.
func mentioned(t *testing.T, all []base, v inventory.Value) (shown, known bool) {
	t.Helper()
	var unknown any = "zz_unlisted"
	if _, text := v.Value.(string); !text {
		unknown = 987
	}
	for _, b := range all {
		for _, pointer := range jsontree.Pointers(b.body) {
			if !matches(pointer, v.Place) {
				continue
			}
			shown = true
			with := b.outcome(t, jsontree.With(b.body, pointer, v.Value))
			without := b.outcome(t, jsontree.With(b.body, pointer, unknown))
			if with != strings.ReplaceAll(without, quoted(unknown), quoted(v.Value)) {
				return true, true
			}
		}
	}
	return shown, false
}

// matches reports whether a pointer is to a place, in which stars stand for any
// item or key.
func matches(pointer, place string) bool {
	tokens, wanted := strings.Split(pointer, "/"), strings.Split(place, "/")
	return slices.EqualFunc(tokens, wanted, func(token, want string) bool { return want == "*" || token == want })
}

// quoted returns a value as an outcome repeats it: as a text.
func quoted(value any) string {
	text, ok := value.(string)
	if !ok {
		text = string(jsontree.Encode(value))
	}
	return string(jsontree.Encode(text))
}
