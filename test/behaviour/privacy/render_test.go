package privacy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// formats are verbs and flags of fmt, also where they make no sense. %p and a misplaced %w are left
// out: fmt answers them without asking the type.
var formats = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%b", "%o", "%c", "%U", "%e", "%g", "%T", "% x", "%#q", "%+d", "%60v|",
	"%.5s", "%z", "%", "", "%*d", "%.*d", "%[1]v %[1]d", "%[9]d",
}

// renderings returns everything that fmt and log/slog make of v, and of values that hold v.
func renderings(v any) (texts []string) {
	own := []any{v}
	if reflect.TypeOf(v).Kind() != reflect.Pointer {
		pointer := reflect.New(reflect.TypeOf(v))
		pointer.Elem().Set(reflect.ValueOf(v))
		own = append(own, pointer.Interface())
	}
	var wrapped []any
	if err, ok := v.(error); ok {
		wrapped = []any{fmt.Errorf("start: %w", err), errors.Join(err, err)}
	}
	held := []any{[]any{v}, map[string]any{"k": v}, struct{ Value any }{v}, &struct{ Value any }{v}}
	for i, shape := range slices.Concat(own, wrapped, held) {
		verbs := formats
		if i >= len(own) {
			verbs = formats[:7] // fmt shows the fields of other types if the verb makes no sense
		}
		for _, format := range verbs {
			texts = append(texts, fmt.Sprintf(format, shape))
		}
		switch shape := shape.(type) {
		case fmt.Stringer:
			texts = append(texts, shape.String())
		case error:
			texts = append(texts, shape.Error())
		}
		var logged bytes.Buffer
		slog.New(slog.NewTextHandler(&logged, timeless)).Info("m", "k", shape)
		// slog's JSON handler asks the value of an attribute how it is logged. It leaves what is
		// inside other values to encoding/json.
		if i < len(own)+len(wrapped) {
			logger := slog.New(slog.NewJSONHandler(&logged, timeless))
			logger.With("k", shape).WithGroup("g").Info("m", slog.Group("h", slog.Any("k", shape)))
		}
		texts = append(texts, logged.String())
	}
	return texts
}

// timeless leaves the time out, so that logging the same value again gives the same text.
var timeless = &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
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

// json demands that no canary is in the JSON of v, which it returns.
func (j *judge) json(what string, v any) string {
	j.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		j.t.Fatal(err)
	}
	j.text(what+" as JSON", string(text))
	return string(text)
}

// prints demands that no canary is in anything that v prints as, nor the error that it wraps, nor the
// structs of package facade in it.
func (j *judge) prints(what string, v any) {
	j.t.Helper()
	all := []any{v}
	if err, ok := v.(error); ok && errors.Unwrap(err) != nil {
		all = append(all, errors.Unwrap(err))
		j.json("the cause of "+what, errors.Unwrap(err))
	}
	visit(reflect.ValueOf(v), func(inside reflect.Value) { all = append(all, inside.Interface()) })
	for _, v := range all {
		for _, text := range renderings(v) {
			j.text(fmt.Sprintf("%s, %T", what, v), text)
		}
	}
}

// redacted demands that each struct of package facade in v shows [redacted] however it is turned
// into text, and no canary.
func (j *judge) redacted(what string, v any) {
	j.t.Helper()
	j.prints(what, v)
	visit(reflect.ValueOf(v), func(inside reflect.Value) {
		v := inside.Interface()
		marshalled := strings.Trim(j.json(what, v), `"`)
		for _, got := range []string{fmt.Sprint(v), fmt.Sprintf("%#v", v), slog.AnyValue(v).Resolve().String(), marshalled} {
			if got != "[redacted]" {
				j.t.Errorf("%T: %q; embed facade.Private in it", v, got)
			}
		}
	})
}

// plain are types whose values are words for the merchant: applications ask for them by name, and
// nothing prints them by itself. Of a cause, nobody has more than a pointer.
var plain = []string{"FieldError", "Reason", "cause"}

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
