package schemacheck

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
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

// expected puts one keyword of a schema into words.
func expected(s *openapi3.Schema, keyword string) string {
	switch keyword {
	case "required":
		return "a property"
	case "type":
		return strings.Join(s.Type.Slice(), " or ")
	case "nullable":
		return strings.Join(s.Type.Slice(), " or ") + ", not null"
	case "enum":
		return "one of " + string(jsontree.Encode(s.Enum))
	case "format":
		return "format " + s.Format
	case "pattern":
		return "a string that matches " + s.Pattern
	case "minLength":
		return "a string of at least " + Amount(s.MinLength, "character")
	case "maxLength":
		return "a string of at most " + Amount(*s.MaxLength, "character")
	case "minimum":
		return fmt.Sprintf("a number of at least %g", *s.Min)
	case "maximum":
		return fmt.Sprintf("a number of at most %g", *s.Max)
	case "minItems":
		return "an array of at least " + Amount(s.MinItems, "item")
	case "oneOf":
		return "exactly one of: " + alternatives(s.OneOf)
	case "anyOf":
		return "any of: " + alternatives(s.AnyOf)
	}
	return "what " + keyword + " in the schema says"
}

func alternatives(refs openapi3.SchemaRefs) string {
	var all []string
	for _, ref := range refs {
		switch s := ref.Value; {
		case len(s.Enum) > 0:
			all = append(all, string(jsontree.Encode(s.Enum)))
		case s.Type != nil:
			all = append(all, strings.TrimSpace(strings.Join(s.Type.Slice(), " or ")+" "+s.Format))
		}
	}
	return strings.Join(all, ", ")
}

// Describe puts a value into words that do not quote it.
func Describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		if value == math.Trunc(value) {
			return "an integer"
		}
		return "a number"
	case json.Number:
		if _, err := value.Int64(); err == nil {
			return "an integer"
		}
		return "a number"
	case string:
		return "a string of " + Amount(utf8.RuneCountInString(value), "character")
	case []any:
		return "an array of " + Amount(len(value), "item")
	case map[string]any:
		if len(value) == 1 {
			return "an object of 1 property"
		}
		return fmt.Sprintf("an object of %d properties", len(value))
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
func Amount[N int | uint64](n N, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
