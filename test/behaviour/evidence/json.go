package evidence

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// object holds the members of a JSON object by their names in lower case. A name may appear twice,
// and JSON readers differ in which member they take.
type object map[string][]any

// read returns the value of a JSON text. It returns false if the text is not exactly one JSON
// value. The value is nil, a bool, a json.Number, a string, a []any or an object.
func read(text []byte) (any, bool) {
	if !json.Valid(text) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return next(d), true
}

// next reads one value of a text that is known to be JSON.
func next(d *json.Decoder) any {
	token, _ := d.Token()
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			list = append(list, next(d))
		}
		_, _ = d.Token()
		return list
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name := fold(next(d).(string))
			o[name] = append(o[name], next(d))
		}
		_, _ = d.Token()
		return o
	}
	return token
}

// fold returns a name in lower case. It also folds the two letters beyond ASCII whose other case is
// an ASCII letter: the long s and the Kelvin sign.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// in returns v as an object, or an empty object if v is not one.
func in(v any) object {
	o, _ := v.(object)
	return o
}

// one returns the value of the only member of that name. It returns nil if there is no such member,
// or more than one.
func (o object) one(name string) any {
	if values := o[fold(name)]; len(values) == 1 {
		return values[0]
	}
	return nil
}

// says tells whether a member of that name has a value that is not empty. null, false, "", [] and
// {} are empty.
func (o object) says(name string) bool {
	return slices.ContainsFunc(o[fold(name)], func(v any) bool {
		list, isList := v.([]any)
		inner, isObject := v.(object)
		return len(list)+len(inner) > 0 || !isList && !isObject && v != nil && v != any(false) && v != ""
	})
}

// twice tells whether one of the members appears more than once.
func (o object) twice(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return len(o[fold(name)]) > 1 })
}

// mistyped tells whether v has another type than T, and is not null.
func mistyped[T any](v any) bool {
	_, ok := v.(T)
	return v != nil && !ok
}

// words tells whether v is a text that is not empty.
func words(v any) bool { return v != "" && v != nil && !mistyped[string](v) }
