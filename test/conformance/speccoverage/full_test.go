package speccoverage_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// full returns a request in which every field is set: it is made anew for each
// call, so that it may be changed.
func full(p facade.Provider) facade.Request {
	return reflect.ValueOf(fixtures.Of(p).Full()).Elem().Interface().(facade.Request)
}

// field is a value within a request.
type field struct {
	path  string // of the Go field, such as "Customer.Wallet.SIWE"
	value reflect.Value
}

// changed returns a full request that change was let loose on.
func changed(p facade.Provider, change func(request reflect.Value)) facade.Request {
	r := full(p)
	v := reflect.New(reflect.TypeOf(r)).Elem()
	v.Set(reflect.ValueOf(r))
	change(v)
	return v.Interface().(facade.Request)
}

// fields returns the plain values within v.
func fields(path string, v reflect.Value) (all []field) {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct:
		return fields(path, v.Elem())
	case v.Kind() == reflect.Slice && v.Len() > 0:
		for i := range v.Len() {
			all = append(all, fields(fmt.Sprintf("%s[%d]", path, i), v.Index(i))...)
		}
		return all
	case v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type().Field(0).IsExported():
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Type().Field(i).Anonymous {
				continue // facade.Private, which holds nothing
			}
			if path != "" {
				name = path + "." + name
			}
			all = append(all, fields(name, v.Field(i))...)
		}
		return all
	}
	return []field{{path, v}}
}

// at returns the Go field for a place in the JSON, such as
// "/documents/*/maxAttempts", or for a parameter, such as "path id" and "header IdempotencyKey"; and false
// if the facade has none: its fields have the provider's names in Go spelling.
func at(v reflect.Value, place string) (field, bool) {
	place = strings.TrimPrefix(strings.TrimPrefix(place, "path "), "header ")
	path := ""
	for token := range strings.SplitSeq(strings.TrimPrefix(place, "/"), "/") {
		if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct {
			v = v.Elem()
		}
		if token == "*" {
			v, path = v.Index(0), path+"[0]"
			continue
		}
		if v.Kind() != reflect.Struct {
			return field{}, false
		}
		f, ok := v.Type().FieldByNameFunc(func(name string) bool {
			return strings.EqualFold(name, strings.ReplaceAll(token, "_", ""))
		})
		if !ok || !f.IsExported() {
			return field{}, false
		}
		v, path = v.FieldByIndex(f.Index), strings.TrimPrefix(path+"."+f.Name, ".")
	}
	return field{path, v}, true
}

// set gives the field a value of JSON, and reports false if its Go type cannot
// hold it.
func (f field) set(value any) bool {
	v := f.value
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return field{f.path, v.Elem()}.set(value)
	}
	text, isText := value.(string)
	number, isNumber := value.(float64)
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		at, err := time.Parse(time.RFC3339, text)
		v.Set(reflect.ValueOf(at))
		return err == nil
	case v.Type() == reflect.TypeFor[facade.QoloImage]():
		v.Set(reflect.ValueOf(facade.QoloImageBytes([]byte(text))))
	case v.Kind() == reflect.String && isText:
		v.SetString(text)
	case v.Kind() == reflect.Int && isNumber:
		v.SetInt(int64(number))
	default:
		return false
	}
	return true
}

// TestFullRequests holds the full requests to being full.
func TestFullRequests(t *testing.T) {
	for _, p := range fixtures.Providers() {
		for _, f := range fields("", reflect.ValueOf(full(p))) {
			if f.value.IsZero() {
				t.Errorf("%s of the full request to %s is not set: set it in Full of test/fixtures/%s.go", f.path, p, p)
			}
		}
	}
}
