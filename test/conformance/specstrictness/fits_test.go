package specstrictness_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// fields are the facts of a body by pointer.
type fields map[string]inventory.Facts

// fit reports whether a value is one that the facts of a place allow: what no fact
// speaks of is free. It is a second reading of the document, by other code than
// that of package contract.
func (all fields) fit(pointer string, value any) bool {
	at := pointer
	if at == "" {
		at = "/"
	}
	f, known := all[at]
	if !known || f.Recursive {
		return true
	}
	if f.Type == "one of" || f.Type == "any of" {
		fitting := 0
		for i := 1; all.has(pointer + "|" + strconv.Itoa(i)); i++ {
			if all.fit(pointer+"|"+strconv.Itoa(i), value) {
				fitting++
			}
		}
		return fitting == 1 || fitting > 1 && f.Type == "any of" || value == nil && f.Nullable
	}
	if value == nil {
		return f.Nullable || f.Type == "" && len(f.Enum) == 0
	}
	if len(f.Enum) > 0 && !slices.ContainsFunc(f.Enum, func(listed any) bool {
		return string(jsontree.Encode(listed)) == string(jsontree.Encode(value))
	}) {
		return false
	}
	typed := func(types ...string) bool {
		return f.Type == "" || slices.ContainsFunc(strings.Split(f.Type, " or "), func(t string) bool { return slices.Contains(types, t) })
	}
	switch value := value.(type) {
	case string:
		return typed("string") && fitsText(f, value)
	case json.Number:
		return fitsNumber(f, typed, value)
	case bool:
		return typed("boolean")
	case []any:
		n := uint64(len(value))
		return typed("array") && n >= f.MinItems && (f.MaxItems == nil || n <= *f.MaxItems) &&
			!slices.ContainsFunc(value, func(item any) bool { return !all.fit(pointer+"/*", item) })
	case map[string]any:
		return typed("object") && all.fitMembers(pointer, f, value)
	}
	return false
}

func (all fields) has(pointer string) bool {
	_, ok := all[pointer]
	return ok
}

func (all fields) fitMembers(pointer string, f inventory.Facts, object map[string]any) bool {
	listed := map[string]bool{} // true for those that must be there
	for at, member := range all {
		name, within := strings.CutPrefix(at, pointer+"/")
		if within && name != "" && name != "*" && !strings.ContainsAny(name, "/|") {
			listed[name] = member.Required
		}
	}
	for name, value := range object {
		_, known := listed[name]
		switch {
		case known:
			if !all.fit(pointer+"/"+name, value) {
				return false
			}
			listed[name] = false
		case all.has(pointer + "/*"):
			if !all.fit(pointer+"/*", value) {
				return false
			}
		case f.Additional == "closed", f.Additional == "" && len(listed) > 0:
			return false
		}
	}
	for _, missing := range listed {
		if missing {
			return false
		}
	}
	return true
}

func fitsText(f inventory.Facts, text string) bool {
	n := uint64(utf8.RuneCountInString(text))
	return n >= f.MinLength && (f.MaxLength == nil || n <= *f.MaxLength) &&
		(f.Pattern == "" || regexp.MustCompile(f.Pattern).MatchString(text)) && ofFormat(f.Format, text)
}

var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$`)

func ofFormat(format, text string) bool {
	plain := !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>\^{|}`+"`", r) })
	u, err := url.Parse(text)
	switch format {
	case "uuid":
		return guid.MatchString(text)
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case "uri":
		return err == nil && plain && u.IsAbs()
	case "uri-reference":
		return err == nil && plain
	}
	return true
}

func fitsNumber(f inventory.Facts, typed func(...string) bool, n json.Number) bool {
	value, err := n.Float64()
	if err != nil {
		return false
	}
	low, high := value, value
	if f.Minimum != nil {
		low = *f.Minimum
	}
	if f.Maximum != nil {
		high = *f.Maximum
	}
	if _, err := strconv.ParseInt(string(n), 10, 32); err != nil && f.Format == "int32" {
		return false
	}
	_, err = n.Int64()
	return value >= low && value <= high && (typed("number") || err == nil && typed("integer"))
}
