package speccoverage_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/inventory"
)

// TestWords demands for every list of values in the spec of a request a type of the
// facade with a constant for each value, and no other, each with a line of doc.
func TestWords(t *testing.T) {
	declared := constants(t)
	used := map[string]bool{}
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		if spec.Request == nil {
			return
		}
		for place, facts := range spec.Request.Fields {
			var values []string
			for _, value := range facts.Enum {
				values = append(values, fmt.Sprint(value))
			}
			values = append(values, facts.Upstream...)
			if len(values) == 0 || leftOut.has(p, place, "") {
				continue
			}
			f, ok := at(reflect.ValueOf(full(p)), place)
			if !ok {
				t.Errorf("specs/%s.yaml lists values of %s, and facade.%T has no field of that name", p, place, full(p))
				continue
			}
			name := f.value.Type().Name()
			used[name] = true
			if f.value.Type().PkgPath() != reflect.TypeFor[facade.Config]().PkgPath() {
				t.Errorf("specs/%s.yaml lists values of %s, and %s of the facade's request is a %s: give it a type with constants in facade/%s_words.go",
					p, place, f.path, f.value.Type(), p)
				continue
			}
			if got := declared[name]; !sameWords(got, values) {
				t.Errorf("facade.%s has the constants %q, and specs/%s.yaml lists %q for %s: change facade/%s_words.go", name, got, p, values, place, p)
			}
		}
	})
	for name := range declared {
		if strings.HasPrefix(name, "Rebilly") || strings.HasPrefix(name, "Forte") || strings.HasPrefix(name, "Qolo") {
			if !used[name] {
				t.Errorf("facade.%s has constants, and no spec lists values for a field of that type: take it out", name)
			}
		}
	}
}

func sameWords(got, want []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}

// constants returns the values of the facade's constants, by the name of their type.
// It demands a line of doc for each.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../../../facade/*_words.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			name, value := spec.Names[0].Name, spec.Values[0].(*ast.BasicLit)
			if !strings.HasPrefix(spec.Doc.Text(), name+" is ") && !strings.HasPrefix(spec.Doc.Text(), name+" ") {
				t.Errorf("%s: %s has no line of doc that begins with its name", file, name)
			}
			text := constant.MakeFromLiteral(value.Value, value.Kind, 0)
			word := text.ExactString()
			if text.Kind() == constant.String {
				word = constant.StringVal(text)
			}
			all[spec.Type.(*ast.Ident).Name] = append(all[spec.Type.(*ast.Ident).Name], word)
			return false
		})
	}
	if len(all) == 0 {
		t.Fatal("no constants: facade/*_words.go have moved")
	}
	return maps.Clone(all)
}
