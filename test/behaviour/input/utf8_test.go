package input_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// texts calls visit with every text in v, and the names of the field it is in.
// It fails for whatever the full request leaves out.
func texts(t *testing.T, v reflect.Value, name string, visit func(name string, text reflect.Value)) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			t.Fatalf("%s is not filled", name)
		}
		texts(t, v.Elem(), name, visit)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				texts(t, v.Field(i), field.Name, visit)
			}
		}
	case reflect.Slice:
		if v.Len() == 0 {
			t.Fatalf("%s is not filled", name)
		}
		for i := range v.Len() {
			texts(t, v.Index(i), name, visit)
		}
	case reflect.String:
		if v.Len() == 0 {
			t.Fatalf("%s is not filled", name)
		}
		visit(name, v)
	case reflect.Bool, reflect.Int:
	default:
		t.Fatalf("%s is a %s, which this test does not know", name, v.Kind())
	}
}

// TestBrokenUTF8: encoding/json would send U+FFFD in place of a broken byte, in
// whatever text of a request it stands.
func TestBrokenUTF8(t *testing.T) {
	for _, p := range providers {
		count := 0
		texts(t, reflect.ValueOf(full[p]()), "", func(string, reflect.Value) { count++ })
		for broken := range count {
			for what, bytes := range map[string]string{"a broken byte": "\xff", "a cut character": "\xe2\x82", "a surrogate": "\xed\xa0\x80"} {
				request := full[p]()
				n, field := 0, ""
				texts(t, reflect.ValueOf(request), "", func(name string, text reflect.Value) {
					if n == broken {
						field = name
						text.SetString(text.String() + bytes)
					}
					n++
				})
				t.Run(string(p)+" "+field+" with "+what, func(t *testing.T) {
					w := &wire{answer: starts[p]}
					_, err := w.start(t, request)
					e := failure(t, err)
					if len(e.Fields) != 1 || !sameName(e.Fields[0].Path, field) {
						t.Fatalf("at fault are %v, want %s", e.Fields, field)
					}
					refused(t, w, err, e.Fields[0].Path)
				})
			}
		}
	}
}

// sameName reports whether a path ends in a field's name, in the spelling of the
// provider.
func sameName(path, field string) bool {
	last := path[strings.LastIndex(path, ".")+1:]
	return strings.EqualFold(strings.ReplaceAll(last, "_", ""), field)
}

// TestFullRequests: what the tests above break is whole, as a value and as a
// pointer.
func TestFullRequests(t *testing.T) {
	for _, p := range providers {
		for _, request := range []facade.Request{full[p](), reflect.ValueOf(full[p]()).Elem().Interface().(facade.Request)} {
			w := &wire{answer: answer{status: http.StatusTeapot}}
			client := w.client(t, fixtures.Config("https://provider.test", p))
			if _, err := client.Start(context.Background(), request); failure(t, err).HTTPStatus != http.StatusTeapot {
				t.Errorf("%T: %v", request, err)
			}
		}
	}
}
