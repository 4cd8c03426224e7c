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

	"github.com/kycstart/kycstart/test/fixtures"
)

// headers are the headers of an answer that a fixture may hold. A value stays if it matches, and is
// replaced otherwise.
var headers = map[string]*regexp.Regexp{
	"Content-Type": plainHeader, "Date": plainHeader, "Retry-After": plainHeader, "X-Ratelimit-Retry-After": plainHeader,
	"X-Request-Id": regexp.MustCompile(`^$`),
}

var (
	plainHeader = regexp.MustCompile(`^[A-Za-z0-9 ,;:=/+."-]{0,100}$`)
	plainWord   = regexp.MustCompile(`^[A-Za-z0-9 _.:/\[\]-]{0,100}$`)
	plainMember = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)
)

// These replace data.
const (
	anyText   = "redacted"
	anyNoJSON = "<html><body>redacted</body></html>\n"
)

// forms are the forms that a text may have, and what replaces a text of each form. The first form
// that matches counts. The replacement has the same form, so that the document and the facade judge
// it like the original. Only javascript: and data: are kept as schemes without a host: any other
// word before a colon may be the beginning of a sentence.
var forms = []struct {
	of *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`^$`), ""},
	{isGUID, "00000000-0000-4000-8000-000000000000"},
	{regexp.MustCompile(`^([a-z]+:)?//(localhost|127\.[0-9.]+|\[::1\])([:/?#]\S*)?$`), "$1//localhost/"},
	{regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:)?//[^\s/?#]\S*$`), "$1//redacted.example/"},
	{regexp.MustCompile(`(?is)^(javascript|data):.*$`), "$1:" + anyText},
	{regexp.MustCompile(`^[-a-zA-Z0-9_/+]+=*$`), anyText},                    // base64 may look like this
	{regexp.MustCompile(`^[A-Za-z0-9._~!$&'()*+,;=:@/?#%-]+$`), "redacted!"}, // a URI may look like this
	{regexp.MustCompile(`(?s)^.*$`), "redacted text"},
}

var isGUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// redacted returns a copy of a without anything that could be secret or personal. The customer
// becomes the customer of the fixtures.
func (a answer) redacted(customer string) answer {
	r := redaction{Descriptor: fixtures.Of(a.provider), customer: customer}
	header := http.Header{}
	for name, plain := range headers {
		for _, value := range a.header.Values(name) {
			if !plain.MatchString(value) {
				value = anyText
			}
			header.Add(name, value)
		}
	}
	return answer{a.provider, a.status, header, r.body(a.body)}
}

type redaction struct {
	fixtures.Descriptor
	customer string // as the answer repeats it, or "" if it does not
}

// body leaves an empty body empty. If the body is not one JSON value, the replacement is not JSON
// either.
func (r redaction) body(body []byte) []byte {
	var v any
	if len(body) == 0 {
		return nil
	}
	if json.Unmarshal(body, &v) != nil {
		return []byte(anyNoJSON)
	}
	text, err := json.MarshalIndent(r.value("", v, false), "", "  ")
	if err != nil {
		return []byte(anyNoJSON)
	}
	return append(text, '\n')
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
				shown = anyText + " " + strconv.Itoa(i)
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
		return r.text(keep, v)
	case float64:
		if !keep {
			return 0
		}
	case bool:
		return v && keep
	}
	return v
}

func (r redaction) text(keep bool, s string) string {
	switch {
	case r.isCustomer(s):
		return r.Customer.ID
	case keep && plainWord.MatchString(s) && !isGUID.MatchString(s):
		return s
	}
	if _, err := time.Parse(time.RFC3339, s); err == nil {
		return "2025-01-01T00:00:00Z"
	}
	for _, form := range forms {
		if form.of.MatchString(s) {
			return form.of.ReplaceAllString(s, form.as)
		}
	}
	return anyText // not reached: the last form matches any text
}

func (r redaction) isCustomer(s string) bool {
	return r.customer != "" && strings.EqualFold(s, r.customer)
}
