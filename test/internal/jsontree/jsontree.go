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
	under := func(token string, child any) {
		for _, p := range Pointers(child) {
			all = append(all, "/"+token+p)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			under(Escape(name), value[name])
		}
	case []any:
		for i, item := range value {
			under(strconv.Itoa(i), item)
		}
	}
	return all
}

// All returns the values at a pointer. A star in it means every item of a list and every key of an
// object.
func All(value any, pattern string) []any {
	if pattern == "" {
		return []any{value}
	}
	token, rest := split(pattern)
	var all []any
	switch value := value.(type) {
	case map[string]any:
		for name, child := range value {
			if token == "*" || Escape(name) == token {
				all = append(all, All(child, rest)...)
			}
		}
	case []any:
		for i, child := range value {
			if token == "*" || strconv.Itoa(i) == token {
				all = append(all, All(child, rest)...)
			}
		}
	}
	return all
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
		list[i] = With(list[i], rest, replacement)
		return list
	}
	object, _ := value.(map[string]any)
	object = maps.Clone(object)
	if object == nil {
		object = map[string]any{}
	}
	object[unescape(token)] = With(object[unescape(token)], rest, replacement)
	return object
}

// Without returns a copy of value without the value at the pointer. The later items of a list move
// up. The whole value cannot be removed.
func Without(value any, pointer string) any {
	token, rest := split(pointer)
	switch value := value.(type) {
	case map[string]any:
		object := maps.Clone(value)
		if rest == "" {
			delete(object, unescape(token))
		} else {
			object[unescape(token)] = Without(object[unescape(token)], rest)
		}
		return object
	case []any:
		i, err := strconv.Atoi(token)
		if err != nil || i >= len(value) {
			return value
		}
		list := slices.Clone(value)
		if rest == "" {
			return slices.Delete(list, i, i+1)
		}
		list[i] = Without(list[i], rest)
		return list
	}
	return value
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

func unescape(token string) string { return unescapes.Replace(token) }
