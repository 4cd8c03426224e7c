package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kycstart/kycstart/test/fixtures"
)

// keptHeaders are the headers of an answer that a fixture may hold, with the values that stay.
var keptHeaders = map[string]*regexp.Regexp{
	"Content-Type": plainHeader, "Date": plainHeader, "Retry-After": plainHeader, "X-Ratelimit-Retry-After": plainHeader,
	"X-Request-Id": regexp.MustCompile(`^$`),
}

var (
	plainHeader = regexp.MustCompile(`^[A-Za-z0-9 ,;:=/+."-]{0,100}$`)
	plainWord   = regexp.MustCompile(`^[A-Za-z0-9 _.:/\[\]-]{0,100}$`)
	plainMember = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)
	guid        = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// redacted returns a copy of an answer without anything that could be secret or personal. The
// customer, if the answer repeats one, becomes the customer of the fixtures.
func redacted(a answer, d fixtures.Descriptor, customer string) answer {
	header := http.Header{}
	for name, kept := range keptHeaders {
		for _, value := range a.header.Values(name) {
			if !kept.MatchString(value) {
				value = masked(value)
			}
			header.Add(name, value)
		}
	}
	var v any
	if json.Unmarshal(a.body, &v) != nil {
		return answer{a.status, header, []byte(masked(string(a.body)))}
	}
	body, _ := json.MarshalIndent(redaction{d, customer}.value("", v, false), "", "  ") // it was JSON
	return answer{a.status, header, append(body, '\n')}
}

type redaction struct {
	fixtures.Descriptor
	customer string // as the answer repeats it, or "" if it does not
}

// value returns the replacement for v, the value of a member. In a map the keys are replaced as
// well.
func (r redaction) value(member string, v any, inMap bool) any {
	keep := slices.Contains(r.Words, member) && !inMap
	inMap = inMap || slices.Contains(r.Maps, member)
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any)
		for i, name := range slices.Sorted(maps.Keys(v)) {
			shown := name
			if inMap || !plainMember.MatchString(name) || r.isCustomer(name) {
				shown = "redacted " + strconv.Itoa(i)
			}
			object[shown] = r.value(name, v[name], inMap)
		}
		return object
	case []any:
		array := make([]any, len(v))
		for i, item := range v {
			array[i] = r.value(member, item, inMap)
		}
		return array
	case string:
		_, notTime := time.Parse(time.RFC3339, v)
		switch {
		case r.isCustomer(v):
			return r.Customer.ID
		case keep && plainWord.MatchString(v) && !guid.MatchString(v):
			return v
		case notTime == nil:
			return "2025-01-01T00:00:00Z"
		default:
			return masked(v)
		}
	case float64:
		if !keep {
			return 0
		}
	case bool:
		return v && keep
	}
	return v
}

func (r redaction) isCustomer(s string) bool {
	return r.customer != "" && strings.EqualFold(s, r.customer)
}

// scheme is the beginning of a link by which the facade judges it.
var scheme = regexp.MustCompile(`^(([A-Za-z][A-Za-z0-9+.-]*:)?//(localhost|127\.[0-9.]+|\[::1\])?|(?i)(javascript|data):)`)

// masked replaces every letter and digit of a text, other than the scheme of a link. The
// replacement has the same length and form, so that the document and the facade judge it like the
// original.
func masked(s string) string {
	begin := scheme.FindString(s)
	return begin + strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return '1'
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return 'a'
		case r >= utf8.RuneSelf:
			return 'é'
		default:
			return r
		}
	}, strings.TrimPrefix(s, begin))
}
