package privacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// nils returns a nil pointer to each type of the facade's that has methods: those of
// the providers are found in their configurations and full requests.
func nils() []any {
	all := []any{
		(*facade.Config)(nil), (*facade.Client)(nil), (*facade.Result)(nil), (*facade.Error)(nil), (*facade.NextStep)(nil), (*facade.CustomerView)(nil),
		(*facade.Question)(nil), (*facade.Check)(nil), (*facade.Secret)(nil), (*facade.Private)(nil),
		(*facade.Finding)(nil), (*facade.Answer)(nil), (*facade.Attempt)(nil),
		(*facade.Kind)(nil), (*facade.Started)(nil), (*facade.Provider)(nil), (*facade.Reconciliation)(nil),
	}
	add := func(t reflect.Type) {
		if v := reflect.Zero(reflect.PointerTo(t)).Interface(); !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	for _, d := range fixtures.Descriptors() {
		config, _ := reflect.TypeFor[facade.Config]().FieldByName(d.ConfigField)
		structs(config.Type, add)
		structs(reflect.TypeOf(d.Full()), add)
	}
	return all
}

// structs calls see with every struct of the facade's that t is made of.
func structs(t reflect.Type, see func(reflect.Type)) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		structs(t.Elem(), see)
	case reflect.Struct:
		if path.Base(t.PkgPath()) != "facade" {
			return
		}
		see(t)
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				structs(t.Field(i).Type, see)
			}
		}
	default: // holds no struct
	}
}

// logsNotice are types whose nil pointer logs as a notice of log/slog that
// LogValue panicked: they marshal as values, with what must not be logged, so that
// LogValue has to be the value's. Nothing hands out a pointer to one.
var logsNotice = []string{"NextStep", "CustomerView", "Attempt"}

// TestNilPointers: a nil pointer prints, logs and marshals, and so do its methods
// that are not a value's. Go itself panics where a value's method is called on one.
func TestNilPointers(t *testing.T) {
	for _, v := range nils() {
		name := reflect.TypeOf(v).Elem().Name()
		for _, format := range formats {
			if text := fmt.Sprintf(format, v); strings.Contains(text, "PANIC") {
				t.Errorf("%s: %s prints as %q", name, format, text)
			}
		}
		if text, err := json.Marshal(v); err != nil || string(text) != "null" {
			t.Errorf("%s marshals as %s, %v", name, text, err)
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, timeless) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, timeless) },
		} {
			var logged bytes.Buffer
			slog.New(handler(&logged)).Info("m", "k", v)
			if strings.Contains(strings.ToLower(logged.String()), "panic") && !slices.Contains(logsNotice, name) {
				t.Errorf("%s logs as %s", name, logged.String())
			}
		}
		pointer := reflect.ValueOf(v)
		for i := range pointer.NumMethod() {
			method := pointer.Type().Method(i)
			if _, ofValue := pointer.Type().Elem().MethodByName(method.Name); ofValue || method.Type.NumIn() > 3 {
				continue
			}
			t.Run(name+"."+method.Name, func(*testing.T) {
				arguments := []reflect.Value{pointer}
				for n := 1; n < method.Type.NumIn(); n++ {
					arguments = append(arguments, reflect.Zero(method.Type.In(n)))
				}
				if method.Name == "UnmarshalJSON" || method.Name == "UnmarshalText" {
					return // has nowhere to put what it reads: encoding/json makes the pointer
				}
				method.Func.Call(arguments)
			})
		}
	}
	if kind := facade.KindOf((*facade.Error)(nil)); kind != "" {
		t.Errorf("a nil *Error has the kind %s", kind)
	}
}

// TestNilsAreAll: every type with a method, of its own or of Private, is among them:
// a type of a provider's must stand in its configuration or its full request.
func TestNilsAreAll(t *testing.T) {
	has := map[string]bool{}
	for _, v := range nils() {
		has[reflect.TypeOf(v).Elem().Name()] = true
	}
	demand := func(name string) {
		if ast.IsExported(name) && !has[name] {
			t.Errorf("facade.%s has methods: add it to nils of test/behaviour/privacy/nil_test.go", name)
		}
	}
	files, err := filepath.Glob("../../../facade/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv != nil && n.Name.IsExported() {
					demand(nameOfType(n.Recv.List[0].Type))
				}
			case *ast.TypeSpec:
				fields, ok := n.Type.(*ast.StructType)
				if ok && slices.ContainsFunc(fields.Fields.List, func(f *ast.Field) bool {
					return f.Names == nil && nameOfType(f.Type) == "Private"
				}) {
					demand(n.Name.Name)
				}
			}
			return true
		})
	}
}

// nameOfType is the name of a type, or of what a pointer points to, and "" for others.
func nameOfType(t ast.Expr) string {
	if pointer, ok := t.(*ast.StarExpr); ok {
		t = pointer.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
