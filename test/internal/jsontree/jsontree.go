// Package jsontree reads JSON values and makes changed copies of them, by JSON
// pointers (RFC 6901; "" is the whole value).
package jsontree

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Decode returns the one value of a JSON text, with numbers as they are written. It fails if the
// text is not JSON.
func Decode(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}

// Encode returns a value as JSON text. It panics if the value cannot be JSON.
func Encode(value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// Pointers returns the pointer to every value within value, beginning with value itself.
func Pointers(value any) []string {
	all := []string{""}
	each(value, func(token string, part any) {
		for _, p := range Pointers(part) {
			all = append(all, "/"+token+p)
		}
	})
	return all
}

// All returns the values at a pointer. A star in it means every item of a list and every key of an
// object.
func All(value any, pattern string) (all []any) {
	if pattern == "" {
		return []any{value}
	}
	want, rest := split(pattern)
	each(value, func(token string, part any) {
		if want == "*" || want == token {
			all = append(all, All(part, rest)...)
		}
	})
	return all
}

// each calls f with the parts of an object or a list, and with the token of each in a pointer.
func each(value any, f func(token string, part any)) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			f(Escape(name), value[name])
		}
	case []any:
		for i, item := range value {
			f(strconv.Itoa(i), item)
		}
	}
}

// With returns a copy of value that has replacement at the pointer. Objects and one-item lists on
// the way are created if they are missing.
func With(value any, pointer string, replacement any) any {
	if pointer == "" {
		return replacement
	}
	token, rest := split(pointer)
	if i, err := strconv.Atoi(token); err == nil {
		list, _ := value.([]any)
		list = slices.Clone(list)
		for len(list) <= i {
			list = append(list, nil)
		}
		if list[i] = With(list[i], rest, replacement); list[i] == nothing {
			list = slices.Delete(list, i, i+1)
		}
		return list
	}
	object, _ := value.(map[string]any)
	object = maps.Clone(object)
	if object == nil {
		object = map[string]any{}
	}
	name := unescapes.Replace(token)
	if object[name] = With(object[name], rest, replacement); object[name] == nothing {
		delete(object, name)
	}
	return object
}

// nothing takes the place of a value that is removed.
var nothing any = new(byte)

// Without returns a copy of value without the value at the pointer. The later items of a list move
// up. The whole value cannot be removed.
func Without(value any, pointer string) any {
	if len(All(value, pointer)) == 0 {
		return value
	}
	return With(value, pointer, nothing)
}

func split(pointer string) (token, rest string) {
	token, rest, more := strings.Cut(pointer[1:], "/")
	if more {
		rest = "/" + rest
	}
	return token, rest
}

var (
	escapes   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapes = strings.NewReplacer("~1", "/", "~0", "~")
)

// Escape returns a name as it is written in a pointer.
func Escape(name string) string { return escapes.Replace(name) }
