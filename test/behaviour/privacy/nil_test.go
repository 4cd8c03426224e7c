package privacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// types returns types of package facade: those in the list below, those of full requests, and those
// of all their fields.
func types() (all []reflect.Type) {
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			add(t.Elem())
		}
		if path.Base(t.PkgPath()) != "facade" || slices.Contains(all, t) {
			return
		}
		all = append(all, t)
		for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
			if t.Field(i).IsExported() {
				add(t.Field(i).Type)
			}
		}
	}
	for _, v := range []any{
		facade.Config{}, facade.Client{}, facade.Result{}, facade.Error{}, facade.CustomerView{}, facade.Finding{}, facade.Attempt{}, facade.Reconciliation{},
		facade.Vault,
	} {
		add(reflect.TypeOf(v))
	}
	for _, d := range fixtures.Descriptors() {
		add(reflect.TypeOf(d.Full()))
	}
	return all
}

// logsNotice are types whose nil pointer is logged as a notice that LogValue panicked. They marshal
// as values and have data that must not be logged, so LogValue must be a method of the value.
// Nothing hands out a pointer to one of them.
var logsNotice = []string{"NextStep", "CustomerView", "Attempt"}

// TestNilPointers: a nil pointer prints, logs and marshals, and its own methods can be called.
// Methods of the value are left out: Go itself panics if one is called on a nil pointer.
func TestNilPointers(t *testing.T) {
	for _, element := range types() {
		name, pointer := element.Name(), reflect.Zero(reflect.PointerTo(element))
		v := pointer.Interface()
		for _, format := range formats {
			if text := fmt.Sprintf(format, v); strings.Contains(text, "PANIC") {
				t.Errorf("%s: %s prints as %q", name, format, text)
			}
		}
		if text, err := json.Marshal(v); err != nil || string(text) != "null" {
			t.Errorf("%s marshals as %s, %v", name, text, err)
		}
		var logged bytes.Buffer
		slog.New(slog.NewTextHandler(&logged, timeless)).Info("m", "k", v)
		slog.New(slog.NewJSONHandler(&logged, timeless)).Info("m", "k", v)
		if strings.Contains(strings.ToLower(logged.String()), "panic") && !slices.Contains(logsNotice, name) {
			t.Errorf("%s logs as %s", name, logged.String())
		}
		for i := range pointer.NumMethod() {
			method := pointer.Type().Method(i)
			_, ofValue := element.MethodByName(method.Name)
			if ofValue || method.Type.NumIn() > 3 || strings.HasPrefix(method.Name, "Unmarshal") {
				continue // Unmarshal has nowhere to put what it reads: encoding/json makes the pointer
			}
			t.Run(name+"."+method.Name, func(*testing.T) {
				arguments := []reflect.Value{pointer}
				for n := 1; n < method.Type.NumIn(); n++ {
					arguments = append(arguments, reflect.Zero(method.Type.In(n)))
				}
				method.Func.Call(arguments)
			})
		}
	}
}

var receiver = regexp.MustCompile(`(?m)^func \((?:\w+ )?\*?([A-Z]\w*)\) [A-Z]`)

// TestTypesAreAll: types has every type with a method. It has a provider's type if that is in the
// provider's configuration or in its full request.
func TestTypesAreAll(t *testing.T) {
	files, err := filepath.Glob("../../../facade/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range receiver.FindAllSubmatch(text, -1) {
			if !slices.ContainsFunc(types(), func(t reflect.Type) bool { return t.Name() == string(found[1]) }) {
				t.Errorf("facade.%s has methods: add it to types of test/behaviour/privacy/nil_test.go", found[1])
			}
		}
	}
}
