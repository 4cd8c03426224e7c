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

// Allow reports whether one of several alternative facts of a place allows a value there. Any value
// will do if there are none.
func Allow(alternatives []Facts, value any) bool {
	return len(alternatives) == 0 || slices.ContainsFunc(alternatives, func(f Facts) bool { return f.Allow(value) })
}

// Allow reports whether facts allow a value. What no fact mentions is allowed. The code is written
// independently of the checks of package contract, so that two readings of a document are compared.
func (f Facts) Allow(value any) bool {
	if err := json.Unmarshal(jsontree.Encode(value), &value); err != nil {
		panic(err) // it was just encoded
	}
	if value == nil && f["nullable"] == true {
		return true
	}
	types, amount, limits := []string{}, 0.0, ""
	switch value := value.(type) {
	case bool:
		types = []string{"boolean"}
	case string:
		types, amount, limits = []string{"string"}, float64(utf8.RuneCountInString(value)), "Length"
		pattern, _ := f["pattern"].(string)
		format, _ := f["format"].(string)
		if !regexp.MustCompile(pattern).MatchString(value) || formats[format] != nil && !formats[format].MatchString(value) {
			return false
		}
	case float64:
		types, amount, limits = []string{"number"}, value, "imum"
		if value == math.Trunc(value) {
			types = append(types, "integer")
		}
		if f["format"] == "int32" && (value < math.MinInt32 || value > math.MaxInt32) {
			return false
		}
	case []any:
		types, amount, limits = []string{"array"}, float64(len(value)), "Items"
		if f["uniqueItems"] == true && len(value) > 1 && text(value[0]) == text(value[1]) {
			return false
		}
	case map[string]any:
		types = []string{"object"}
	}
	allowed, typed := f["type"].(string)
	if typed && !slices.ContainsFunc(strings.Split(allowed, " or "), func(t string) bool { return slices.Contains(types, t) }) {
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

// ofForm has texts for each format and pattern, ordinary ones and odd ones.
var ofForm = map[string][]string{
	"uuid":      {"6f1c4a70-3b1d-4f0e-9b38-0c5a1f7d2e44", "6F1C4A70-3B1D-4F0E-9B38-0C5A1F7D2E44", "00000000-0000-0000-0000-000000000000"},
	"uri":       {"https://shop.example/kyc?a=b#c", "http://127.0.0.1:8080/", "https://user@shop.example/", "urn:example:kyc", "app://kyc/done"},
	"date-time": {"2096-01-02T03:04:05Z", "2096-01-02T03:04:05.678+02:00", "1996-01-02T03:04:05Z"},

	"^0x[a-fA-F0-9]{130}$": {"0x" + strings.Repeat("a", 130), "0x" + strings.Repeat("F9", 65)},
}

// Edge is a value to try, at the edge of what facts allow, and what it is in words.
type Edge struct {
	Words string
	Value any
}

// long is the length that is tried for a text without a limit.
const long = 100_000

// Edges returns values to try in place of a value that has these facts: a little more and a little
// less than is allowed, and very much where there is no limit.
func (f Facts) Edges(value any) (all []Edge) {
	add := func(value any, words string, arguments ...any) {
		all = append(all, Edge{fmt.Sprintf(words, arguments...), value})
	}
	form, _ := f["pattern"].(string)
	if format, ok := f["format"].(string); ok {
		form = "format " + format
	}
	switch {
	case f["enum"] != nil:
		for _, value := range f.List("enum") {
			add(value, "enum value %v", value)
			if number, ok := value.(float64); ok {
				add(number+1, "value %v beside the enum", number+1)
			}
		}
		add("zz_unlisted", "value outside of the enum")
		add(fmt.Sprint(" ", f.List("enum")[0]), "blank before an enum value")
		add(-1, "value -1 outside of the enum")
	case f["type"] == "integer" || f["type"] == "number":
		low, high := f.Number("minimum", math.MinInt32), f.Number("maximum", math.MaxInt32)
		for _, number := range []float64{low - 1, low, high, high + 1} {
			add(number, "value %v", number)
		}
	case f["type"] == "string" && form != "":
		add("odd", "not of %s", form)
		add(fmt.Sprint(value, "~"), "a tilde after %s", form)
		add(fmt.Sprint(value, "0"), "a digit after %s", form)
		for _, text := range ofForm[strings.TrimPrefix(form, "format ")] {
			add(text, "%s, %s", form, text)
		}
	case f["type"] == "string":
		low, high := int(f.Number("minLength", 1)), int(f.Number("maxLength", long))
		if f["minLength"] != nil {
			add(strings.Repeat("é", low-1), "less than minLength %d", low)
		}
		if f["maxLength"] != nil {
			add(strings.Repeat("é", high+1), "more than maxLength %d", high)
		}
		add(strings.Repeat("é", low), "length %d", low)
		add(strings.Repeat("é", high), "length %d", high)
		add(strings.Repeat(" ", low), "blanks")
		add(strings.Repeat(`/?#%"<'\`, low/8+1), "punctuation")
		add(strings.Repeat("a\n", low), "line break")
	case f["type"] == "array":
		low, high := int(f.Number("minItems", 1)), int(f.Number("maxItems", 100))
		if items, _ := value.([]any); len(items) > 0 {
			for _, count := range []int{low - 1, low, high, high + 1} {
				add(slices.Repeat(items[:1], count), "%d items", count)
			}
		}
	}
	return all
}
