package privacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// nils returns a nil pointer to each type of package facade with a method.
func nils() (all []any) {
	for _, d := range fixtures.Descriptors() {
		all = append(all, reflect.Zero(reflect.TypeOf(d.Full())).Interface())
	}
	return append(all,
		(*facade.Answer)(nil), (*facade.Attempt)(nil), (*facade.Check)(nil), (*facade.Client)(nil), (*facade.Config)(nil),
		(*facade.CustomerView)(nil), (*facade.Error)(nil), (*facade.Finding)(nil), (*facade.Kind)(nil), (*facade.NextStep)(nil),
		(*facade.Private)(nil), (*facade.Provider)(nil), (*facade.Question)(nil), (*facade.Reconciliation)(nil), (*facade.Result)(nil),
		(*facade.Secret)(nil), (*facade.Started)(nil),
	)
}

// logsNotice are types whose nil pointer is logged as a notice that LogValue panicked. They marshal
// as values and have data that must not be logged, so LogValue must be a method of the value.
// Nothing hands out a pointer to one of them.
var logsNotice = []string{"NextStep", "CustomerView", "Attempt"}

// TestNilPointers: a nil pointer prints, logs and marshals, and its own methods can be called.
// Methods of the value are left out: Go itself panics if one is called on a nil pointer.
func TestNilPointers(t *testing.T) {
	for _, v := range nils() {
		pointer := reflect.ValueOf(v)
		element := pointer.Type().Elem()
		if text := fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v); strings.Contains(text, "PANIC") {
			t.Errorf("%T prints as %q", v, text)
		}
		if text, err := json.Marshal(v); err != nil || string(text) != "null" {
			t.Errorf("%T marshals as %s, %v", v, text, err)
		}
		var logged bytes.Buffer
		slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "k", v)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", v)
		if strings.Contains(strings.ToLower(logged.String()), "panic") && !slices.Contains(logsNotice, element.Name()) {
			t.Errorf("%T logs as %s", v, logged.String())
		}
		for i := range pointer.NumMethod() {
			method := pointer.Type().Method(i)
			_, ofValue := element.MethodByName(method.Name)
			if ofValue || method.Type.NumIn() > 3 || strings.HasPrefix(method.Name, "Unmarshal") {
				continue // Unmarshal has nowhere to put what it reads: encoding/json makes the pointer
			}
			t.Run(element.Name()+"."+method.Name, func(*testing.T) {
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

// TestNilsAreAll: nils has every type with a method.
func TestNilsAreAll(t *testing.T) {
	files, err := filepath.Glob("../../../facade/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range receiver.FindAllStringSubmatch(string(text), -1) {
			if !slices.ContainsFunc(nils(), func(v any) bool { return reflect.TypeOf(v).Elem().Name() == found[1] }) {
				t.Errorf("facade.%s has methods: add it to nils of test/behaviour/privacy/nil_test.go", found[1])
			}
		}
	}
}
