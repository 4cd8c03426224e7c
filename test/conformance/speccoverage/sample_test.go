package speccoverage_test

import (
	"regexp/syntax"
	"strings"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// samples returns values that fit the facts of one place, each of them another.
func samples(all []inventory.Facts) (values []any) {
	for _, f := range all {
		switch {
		case len(f.Enum) > 0:
			values = append(values, f.Enum...)
		case f.Type == "boolean":
			values = append(values, false, true)
		case f.Type == "integer", f.Type == "number":
			low := 1.0
			if f.Minimum != nil {
				low = *f.Minimum
			}
			values = append(values, low, low+1)
		case f.Type == "array":
			values = append(values, []any{})
		case f.Type == "object":
			values = append(values, map[string]any{}, map[string]any{"key": "value"})
		case f.Type == "string":
			values = append(values, texts(f)...)
		}
	}
	return values
}

func texts(f inventory.Facts) []any {
	switch f.Format {
	case "uuid":
		return []any{"6f1c4a70-3b1d-4f0e-9b38-0c5a1f7d2e44", "b7d8a1f2-5c2e-4d7b-8a90-3e6f4c1b0d55"}
	case "uri", "uri-reference":
		return []any{"https://one.example/a", "https://two.example/b"}
	case "date-time":
		return []any{"2096-01-02T03:04:05Z", "2097-01-02T03:04:05Z"}
	}
	length := max(int(f.MinLength), 4)
	return []any{strings.Repeat("a", length), strings.Repeat("b", length)}
}

// members returns texts that match a pattern: with the first character of each
// class and the fewest repetitions, and with the last one and the most.
func members(pattern string) []string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return []string{member(parsed, false), member(parsed, true)}
}

func member(r *syntax.Regexp, last bool) string {
	switch r.Op {
	case syntax.OpLiteral:
		return string(r.Rune)
	case syntax.OpCharClass:
		if last {
			return string(r.Rune[len(r.Rune)-1])
		}
		return string(r.Rune[0])
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range r.Sub {
			b.WriteString(member(sub, last))
		}
		return b.String()
	case syntax.OpAlternate:
		if last {
			return member(r.Sub[len(r.Sub)-1], last)
		}
		return member(r.Sub[0], last)
	case syntax.OpRepeat:
		times := r.Min
		if last && r.Max >= 0 {
			times = r.Max
		} else if last {
			times++ // without a limit, one more
		}
		return strings.Repeat(member(r.Sub[0], last), times)
	case syntax.OpPlus, syntax.OpStar:
		return strings.Repeat(member(r.Sub[0], last), 2)
	case syntax.OpCapture, syntax.OpQuest:
		return member(r.Sub[0], last)
	default:
		return "" // an anchor
	}
}
