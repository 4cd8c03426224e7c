package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kycstart/kycstart/test/fixtures"
)

// headers are those of an answer that a fixture may hold.
var headers = []string{"Content-Type", "Date", "Retry-After", "X-Ratelimit-Retry-After"}

// requestID is the one other header: its value is replaced.
const requestID = "X-Request-Id"

// hostless are the schemes of links without a host. Any other word before a
// colon may be the beginning of a sentence.
var hostless = []string{"javascript", "data"}

var (
	token   = regexp.MustCompile(`^[-a-zA-Z0-9_/+]+=*$`)
	uriText = regexp.MustCompile(`^[A-Za-z0-9._~!$&'()*+,;=:@/?#%-]+$`)

	plainWord   = regexp.MustCompile(`^[A-Za-z0-9 _.:/\[\]-]{0,100}$`)
	plainMember = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)
	plainHeader = regexp.MustCompile(`^[A-Za-z0-9 ,;:=/+."-]{0,100}$`)
	isGUID      = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// What stands in the place of data. A text keeps its form, as far as it has
// one, so that the document and the facade judge both alike.
const (
	anyText      = "redacted"      // of a text that base64 might be
	anyURIText   = "redacted!"     // of another one that a URI may hold
	anySentence  = "redacted text" // of the rest
	anyGUID      = "00000000-0000-4000-8000-000000000000"
	anyTime      = "2025-01-01T00:00:00Z"
	anyHost      = "redacted.example"
	anyLocalHost = "localhost"
	anyNoJSON    = "<html><body>redacted</body></html>\n"
)

// redacted returns a without anything that could be a secret or personal. The
// customer becomes the one of the fixtures.
func (a answer) redacted(customer string) answer {
	d := fixtures.Of(a.provider)
	r := redaction{words: d.Words, maps: d.Maps}
	if d.Customer.Echoed {
		r.customer, r.canonical = customer, d.Customer.ID
	}
	return answer{a.provider, a.status, r.header(a.header), r.body(a.body)}
}

type redaction struct {
	words     []string
	maps      []string
	customer  string
	canonical string
}

func (r redaction) header(header http.Header) http.Header {
	kept := http.Header{}
	for _, name := range headers {
		for _, value := range header.Values(name) {
			if !plainHeader.MatchString(value) {
				value = anyText
			}
			kept.Add(name, value)
		}
	}
	if header.Get(requestID) != "" {
		kept.Set(requestID, anyText)
	}
	return kept
}

// body keeps an empty body, and of one that is not one JSON value that it is
// none.
func (r redaction) body(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return []byte(anyNoJSON)
	}
	if _, err := d.Token(); err != io.EOF {
		return []byte(anyNoJSON)
	}
	text, err := json.MarshalIndent(r.value("", v, false), "", "  ")
	if err != nil {
		return []byte(anyNoJSON)
	}
	return append(text, '\n')
}

// value returns what stands in the place of v, the value of a member. In a map,
// the keys are replaced as well.
func (r redaction) value(member string, v any, inMap bool) any {
	keep := slices.Contains(r.words, member) && !inMap
	inMap = inMap || slices.Contains(r.maps, member)
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
	case json.Number:
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
	case s == "":
		return ""
	case r.isCustomer(s):
		return r.canonical
	case isGUID.MatchString(s):
		return anyGUID
	case keep && plainWord.MatchString(s):
		return s
	}
	if _, err := time.Parse(time.RFC3339, s); err == nil {
		return anyTime
	}
	u, err := url.Parse(s)
	switch {
	case err == nil && u.Host != "":
		host := anyHost
		if u.Hostname() == anyLocalHost || net.ParseIP(u.Hostname()).IsLoopback() {
			host = anyLocalHost
		}
		return (&url.URL{Scheme: u.Scheme, Host: host, Path: "/"}).String()
	case err == nil && slices.Contains(hostless, u.Scheme):
		return u.Scheme + ":" + anyText
	case token.MatchString(s):
		return anyText
	case uriText.MatchString(s):
		return anyURIText
	}
	return anySentence
}

func (r redaction) isCustomer(s string) bool {
	return r.canonical != "" && strings.EqualFold(s, r.customer)
}
