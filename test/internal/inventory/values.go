package inventory

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// Allow reports whether one of the alternatives allows a value. Any value will do if there are none.
func (f Field) Allow(value any) bool {
	return len(f) == 0 || slices.ContainsFunc(f, func(one Facts) bool { return one.allow(value) })
}

// allow reports whether facts allow a value. What no fact mentions is allowed. The code is written
// independently of the checks of package contract, so that two readings of a document are compared.
func (f Facts) allow(value any) bool {
	if err := json.Unmarshal(jsontree.Encode(value), &value); err != nil {
		panic(err) // it was just encoded
	}
	if value == nil && f.Is("nullable") {
		return true
	}
	types, typed := f["type"].(string)
	kind, amount, limits := "null", 0.0, ""
	switch value := value.(type) {
	case bool:
		kind = "boolean"
	case string:
		kind, amount, limits = "string", float64(utf8.RuneCountInString(value)), "Length"
		pattern, _ := f["pattern"].(string)
		format, _ := f["format"].(string)
		if !regexp.MustCompile(pattern).MatchString(value) || formats[format] != nil && !formats[format].MatchString(value) {
			return false
		}
	case float64:
		kind, amount, limits = "number", value, "imum"
		if value == math.Trunc(value) && strings.Contains(types, "integer") {
			kind = "integer"
		}
		if f["format"] == "int32" && (value < math.MinInt32 || value > math.MaxInt32) {
			return false
		}
	case []any:
		kind, amount, limits = "array", float64(len(value)), "Items"
	case map[string]any:
		kind = "object"
	}
	if typed && !strings.Contains(types, kind) {
		return false
	}
	if f["enum"] != nil && !slices.ContainsFunc(f.List("enum"), func(one any) bool { return text(one) == text(value) }) {
		return false
	}
	return amount >= f.Number("min"+limits, amount) && amount <= f.Number("max"+limits, amount)
}

// Number returns a fact that is a number, or another number if the fact is not there.
func (f Facts) Number(keyword string, other float64) float64 {
	if number, ok := f[keyword].(float64); ok {
		return number
	}
	return other
}

// formats are as strict as the values that are tried demand.
var formats = map[string]*regexp.Regexp{
	"uuid":          regexp.MustCompile(`^[0-9A-Fa-f-]{36}$`),
	"date-time":     regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)$`),
	"uri":           regexp.MustCompile(`^[a-z]+:\S+$`),
	"uri-reference": regexp.MustCompile(`^\S*$`),
}

// ofForm has texts for formats and a pattern, ordinary ones and odd ones.
var ofForm = map[string][]any{
	"uuid":      {"6f1c4a70-3b1d-4f0e-9b38-0c5a1f7d2e44", "6F1C4A70-3B1D-4F0E-9B38-0C5A1F7D2E44", "00000000-0000-0000-0000-000000000000"},
	"uri":       {"https://shop.example/kyc?a=b#c", "http://127.0.0.1:8080/", "https://user@shop.example/", "urn:example:kyc", "app://kyc/done"},
	"date-time": {"2096-01-02T03:04:05Z", "2096-01-02T03:04:05.678+02:00", "1996-01-02T03:04:05Z"},

	"^0x[a-fA-F0-9]{130}$": {"0x" + strings.Repeat("a", 130), "0x" + strings.Repeat("F9", 65)},
}

// long is the length that is tried for a text without a limit.
const long = 100_000

// Edges returns values to try in place of a value of this field, by what they are in words: a little
// more and a little less than is allowed, and very much where there is no limit.
func (f Field) Edges(value any) map[string]any {
	all := map[string]any{}
	add := func(values ...any) {
		for _, value := range values {
			all[text(value)] = value
		}
	}
	items, _ := value.([]any)
	for _, facts := range f {
		enum := facts.List("enum")
		pattern, _ := facts["pattern"].(string)
		format, _ := facts["format"].(string)
		switch {
		case enum != nil:
			add(enum...)
			add(fmt.Sprint(" ", enum[0]), "zz_unlisted", -1)
			if last, number := enum[len(enum)-1].(float64); number {
				add(last + 1)
			}
		case facts["type"] == "integer" || facts["type"] == "number":
			low, high := facts.Number("minimum", math.MinInt32), facts.Number("maximum", math.MaxInt32)
			add(low-1, low, high, high+1)
		case facts["type"] == "string" && pattern+format != "":
			add(ofForm[pattern+format]...)
			add("odd", fmt.Sprint(value, "~"), fmt.Sprint(value, "0"))
		case facts["type"] == "string":
			low, high := int(facts.Number("minLength", 1)), int(facts.Number("maxLength", long))
			for _, length := range []int{low - 1, low, high, high + 1} {
				if length > 0 && length <= long || length == 0 && facts["minLength"] != nil {
					all[fmt.Sprint("length ", length)] = strings.Repeat("é", length)
				}
			}
			all["blanks"] = strings.Repeat(" ", low)
			all["punctuation"] = strings.Repeat(`/?#%"<'\`, low/8+1)
			all["line break"] = strings.Repeat("a\n", low)
		case facts["type"] == "array" && len(items) > 0:
			low, high := int(facts.Number("minItems", 1)), int(facts.Number("maxItems", 100))
			for _, count := range []int{low - 1, low, high, high + 1} {
				all[fmt.Sprint(count, " items")] = slices.Repeat(items[:1], count)
			}
		}
	}
	return all
}
