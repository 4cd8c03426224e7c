package privacy_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"testing"
)

// formats are the verbs and flags of fmt, also where they make no sense. %p is
// not among them, and neither is a misplaced %w: fmt answers them without asking
// the type.
var formats = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%b", "%o", "%O", "%c", "%U", "%e", "%E", "%f", "%F", "%g", "%G", "%T",
	"% x", "%#x", "% X", "%#q", "%+q", "%#U", "%+d", "%08d", "%60v", "%-60v|", "%.5v", "%.5s", "%z", "%!", "%", "", "%d %d", "%*d", "%.*d", "%[1]v %[1]d", "%[9]d",
}

// common are the formats that people use.
var common = []string{"%v", "%+v", "%#v", "%s", "%x", "%d"}

// shapes returns v, and v in what people keep it in.
func shapes(v any) []any {
	value := reflect.ValueOf(v)
	t := value.Type()

	pointer := reflect.New(t)
	pointer.Elem().Set(value)
	slice := reflect.MakeSlice(reflect.SliceOf(t), 1, 1)
	slice.Index(0).Set(value)
	array := reflect.New(reflect.ArrayOf(1, t)).Elem()
	array.Index(0).Set(value)
	byName := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), t))
	byName.SetMapIndex(reflect.ValueOf("k"), value)
	field := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Value", Type: t}, {Name: "Pointer", Type: pointer.Type()}, {Name: "Any", Type: reflect.TypeFor[any]()},
	})).Elem()
	field.Field(0).Set(value)
	field.Field(1).Set(pointer)
	field.Field(2).Set(value)
	pointers := reflect.MakeSlice(reflect.SliceOf(pointer.Type()), 1, 1)
	pointers.Index(0).Set(pointer)
	return []any{
		v, pointer.Interface(), slice.Interface(), array.Interface(), byName.Interface(), field.Interface(), field.Addr().Interface(),
		pointers.Interface(), []any{v}, map[string]any{"k": v},
	}
}

// timeless leaves the time out, so that the same is logged the same each time.
var timeless = &slog.HandlerOptions{AddSource: true, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}}

// renderings returns everything that fmt, log and log/slog make of v.
func renderings(v any) (texts []string) {
	for i, shape := range shapes(v) {
		verbs := common
		if i < 2 { // v itself and a pointer to it
			verbs = formats
		}
		for _, format := range verbs {
			texts = append(texts, fmt.Sprintf(format, shape))
		}
		texts = append(texts, fmt.Sprint(shape), fmt.Sprintln("k", shape))

		var logged bytes.Buffer
		log.New(&logged, "", 0).Println(shape)
		slog.New(slog.NewTextHandler(&logged, timeless)).Info("m", "k", shape)
		texts = append(texts, logged.String())
	}
	// slog's JSON handler asks the value of an attribute, and leaves what is
	// inside of others to encoding/json.
	logged := shapes(v)[:2]
	if reflect.TypeOf(v).Kind() == reflect.Pointer {
		logged = logged[:1]
	}
	for _, shape := range logged {
		var logged bytes.Buffer
		logger := slog.New(slog.NewJSONHandler(&logged, timeless))
		logger.Info("m", "k", shape)
		logger.With("k", shape).WithGroup("g").Info("m", slog.Group("h", slog.Any("k", shape)))
		texts = append(texts, logged.String())
	}
	if err, ok := v.(error); ok {
		texts = append(texts, err.Error())
		for _, wrapped := range []error{fmt.Errorf("start: %w", err), errors.Join(err, err)} {
			var logged bytes.Buffer
			slog.New(slog.NewJSONHandler(&logged, timeless)).Info("m", "err", wrapped)
			texts = append(texts, wrapped.Error(), fmt.Sprintf("%+v", wrapped), fmt.Sprintf("%#v", wrapped), logged.String())
		}
	}
	return texts
}

// chain returns err and everything that unwrapping leads to.
func chain(err error) (all []error) {
	if err == nil {
		return nil
	}
	all = append(all, err)
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		all = append(all, chain(wrapper.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			all = append(all, chain(inner)...)
		}
	}
	return all
}

// judge looks for canaries in whatever can be printed. What it has seen, it does
// not look at again.
type judge struct {
	t        *testing.T
	canaries canaries
	seen     map[string]bool
}

func newJudge(t *testing.T, c canaries) *judge { return &judge{t, c, map[string]bool{}} }

// prints demands that no canary is in anything that v prints as.
func (j *judge) prints(what string, v any) {
	j.t.Helper()
	for _, text := range renderings(v) {
		j.text(what, text)
	}
	if err, ok := v.(error); ok {
		for _, cause := range chain(err)[1:] {
			for _, text := range renderings(cause) {
				j.text(what+", its cause", text)
			}
		}
	}
}

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
