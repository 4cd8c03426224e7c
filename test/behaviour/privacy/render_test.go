package privacy_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"reflect"
	"slices"
	"testing"
)

// formats are the verbs and flags of fmt, also where they make no sense. %p and a misplaced %w are
// left out: fmt answers them without asking the type.
var formats = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%b", "%o", "%O", "%c", "%U", "%e", "%E", "%f", "%F", "%g", "%G", "%T",
	"% x", "%#x", "% X", "%#q", "%+q", "%#U", "%+d", "%08d", "%60v", "%-60v|", "%.5v", "%.5s", "%z", "%!", "%", "", "%d %d", "%*d", "%.*d", "%[1]v %[1]d", "%[9]d",
}

// renderings returns everything that fmt and log/slog make of v, and of values that hold v.
func renderings(v any) (texts []string) {
	pointer := reflect.New(reflect.TypeOf(v))
	pointer.Elem().Set(reflect.ValueOf(v))
	for i, shape := range []any{v, pointer.Interface(), []any{v}, map[string]any{"k": v}, struct{ Value any }{v}, &struct{ Value any }{v}} {
		verbs := formats
		if i >= 2 {
			verbs = formats[:8]
		}
		for _, format := range verbs {
			texts = append(texts, fmt.Sprintf(format, shape))
		}
		var logged bytes.Buffer
		slog.New(slog.NewTextHandler(&logged, timeless)).Info("m", "k", shape)
		// slog's JSON handler asks the value of an attribute how it is logged. It leaves what is
		// inside other values to encoding/json.
		if i == 0 || i == 1 && reflect.TypeOf(v).Kind() != reflect.Pointer {
			logger := slog.New(slog.NewJSONHandler(&logged, timeless))
			logger.With("k", shape).WithGroup("g").Info("m", slog.Group("h", slog.Any("k", shape)))
		}
		texts = append(texts, logged.String(), fmt.Sprint(shape))
	}
	if stringer, ok := v.(fmt.Stringer); ok {
		texts = append(texts, stringer.String())
	}
	if err, ok := v.(error); ok {
		for _, wrapped := range []error{fmt.Errorf("start: %w", err), errors.Join(err, err)} {
			var logged bytes.Buffer
			slog.New(slog.NewJSONHandler(&logged, timeless)).Info("m", "err", wrapped)
			texts = append(texts, err.Error(), wrapped.Error(), fmt.Sprintf("%+v %#v", wrapped, wrapped), logged.String())
		}
	}
	return texts
}

// timeless leaves the time out, so that logging the same value again gives the same text.
var timeless = &slog.HandlerOptions{AddSource: true, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}}

// judge looks for canaries in whatever can be printed. It looks at each text once.
type judge struct {
	t        *testing.T
	canaries canaries
	seen     map[string]bool
}

func newJudge(t *testing.T, c canaries) *judge { return &judge{t, c, map[string]bool{}} }

// text demands that no canary is in a text.
func (j *judge) text(what, text string) {
	j.t.Helper()
	if j.seen[text] {
		return
	}
	j.seen[text] = true
	if places := j.canaries.found(text); places != nil {
		j.t.Errorf("%s: %.200q shows what was planted in %q", what, text, places)
	}
}

// prints demands that no canary is in anything that v prints as, or that an error wrapped in v
// prints as.
func (j *judge) prints(what string, v any) {
	j.t.Helper()
	for _, text := range renderings(v) {
		j.text(what, text)
	}
	if err, ok := v.(error); ok && errors.Unwrap(err) != nil {
		j.prints(what+", its cause", errors.Unwrap(err))
	}
}

// plain are types whose values are words for the merchant. Applications ask for them by name, and
// nothing prints them by itself.
var plain = []string{"FieldError", "Reason"}

// visit calls see with every struct of package facade in v, at any depth, unless it is empty or of
// a type in plain.
func visit(v reflect.Value, see func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			visit(v.Elem(), see)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			visit(v.Index(i), see)
		}
	case reflect.Struct:
		if path.Base(v.Type().PkgPath()) != "facade" || slices.Contains(plain, v.Type().Name()) || v.IsZero() {
			return
		}
		see(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), see)
			}
		}
	default: // has nothing of package facade in it
	}
}
