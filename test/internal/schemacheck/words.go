package schemacheck

import (
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,39}$`)

// Name returns an undocumented name if it can only be a name. Addresses, numbers, identifiers and
// tokens that got into its place become a star.
func Name(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "*"
}

// expected names one keyword of a schema, with what the schema says there.
func expected(s *openapi3.Schema, keyword string) string {
	if keyword == "nullable" {
		return "not null"
	}
	said, _ := jsontree.Decode(jsontree.Encode(s)) // a schema is JSON
	facts, _ := said.(map[string]any)
	return keyword + " " + string(jsontree.Encode(facts[keyword]))
}

// Describe puts a value into words that do not quote it.
func Describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64, json.Number:
		return "a number"
	case string:
		return "a string of " + Amount(utf8.RuneCountInString(value), "character")
	case []any:
		return "an array of " + Amount(len(value), "item")
	case map[string]any:
		return "an object of " + Amount(len(value), "member")
	}
	return "a value"
}

// Count puts the number of values of a header or a parameter into words.
func Count(values int) string {
	if values == 0 {
		return "none"
	}
	return Amount(values, "value")
}

// Amount puts a number of things into words.
func Amount(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
