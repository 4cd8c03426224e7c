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
)

// askedByOthers are methods that fmt, log/slog, errors and encoders ask for: nobody
// writes them down.
var askedByOthers = []string{
	"Error", "Format", "Is", "LogValue", "MarshalJSON", "MarshalText", "String", "UnmarshalJSON", "UnmarshalText", "Unwrap",
}

// TestExamples demands every public name of the facade in a runnable example, which
// shows how it is used. Of the words of a provider, one of each type is enough.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../facade/*.go")
	if err != nil {
		t.Fatal(err)
	}
	public, shown := map[string]bool{}, map[string]bool{}
	runnable := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case !strings.HasSuffix(file, "_test.go"):
			maps.Copy(public, publicNames(parsed, strings.HasSuffix(file, "_words.go")))
		case strings.HasPrefix(filepath.Base(file), "example_"):
			ast.Inspect(parsed, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					shown[name.Name] = true
				}
				return true
			})
			for _, comments := range parsed.Comments {
				if strings.Contains(comments.Text(), "Output:\n") {
					runnable++
				}
			}
		}
	}
	if len(public) < 50 || runnable < 20 {
		t.Fatalf("%d public names and %d runnable examples: the facade has moved", len(public), runnable)
	}
	delete(public, "facade.Private") // embedded in others, and nothing to write down
	for _, name := range slices.Sorted(maps.Keys(public)) {
		_, last, _ := strings.Cut(name, ".")
		if alternatives := strings.Split(last, "|"); !slices.ContainsFunc(alternatives, func(name string) bool { return shown[name] }) {
			t.Errorf("%s is in no example: show in facade/example_*_test.go how it is used", name)
		}
	}
}

// publicNames returns the exported functions, types, methods and constants of a file. Of
// words, the constants of a type are one name, with a stroke between them.
func publicNames(file *ast.File, words bool) map[string]bool {
	names, ofType := map[string]bool{}, map[string][]string{}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			switch {
			case !d.Name.IsExported() || d.Recv != nil && slices.Contains(askedByOthers, d.Name.Name):
			case d.Recv == nil:
				names["facade."+d.Name.Name] = true
			case ast.IsExported(receiver(d)):
				names[receiver(d)+"."+d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && !words {
						names["facade."+s.Name.Name] = true
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						if of, ok := s.Type.(*ast.Ident); ok && words {
							ofType[of.Name] = append(ofType[of.Name], name.Name)
						} else if name.IsExported() {
							names["facade."+name.Name] = true
						}
					}
				}
			}
		}
	}
	for _, constants := range ofType {
		names["facade."+strings.Join(constants, "|")] = true
	}
	return names
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	of := d.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
