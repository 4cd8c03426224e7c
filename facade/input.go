package facade

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// input collects what is wrong with a request or a configuration, before
// anything is sent.
type input struct {
	fields []FieldError
}

// of adds what is wrong with an element of a list.
func (in *input) of(list string, index int, element input) {
	for _, f := range element.fields {
		in.must(false, fmt.Sprintf("%s[%d].%s", list, index, f.Path), f.Message)
	}
}

// must notes the field as at fault unless ok. allowed says what is allowed, and
// never what was given. Put in line, it would add up to 8 KB to a program: it is called
// in fifty places.
//
//go:noinline
func (in *input) must(ok bool, field, allowed string) {
	if !ok {
		in.fields = append(in.fields, FieldError{field, allowed})
	}
}

// err returns the refusal of the input, and nil if nothing is wrong with it.
func (in *input) err(p Provider) *Error {
	if len(in.fields) == 0 {
		return nil
	}
	return &Error{Provider: p, Kind: KindInvalidRequest, Started: evidence{unsent: true}.started(), Fields: in.fields, local: true}
}

// refuse returns the refusal of one field.
func refuse(p Provider, field, allowed string) *Error {
	var in input
	in.must(false, field, allowed)
	return in.err(p)
}

// notSent returns the error of a call that ended before its request was sent, for
// a reason other than its input: its context, and otherwise kind.
func notSent(ctx context.Context, p Provider, kind Kind, cause error) *Error {
	if stopped, ok := stopKind(ctx); ok {
		kind = stopped
	}
	return &Error{Provider: p, Kind: kind, Started: evidence{unsent: true}.started(), local: true, cause: cause}
}

// text demands between min and max characters of valid UTF-8, at least one of
// them visible if any are demanded.
func (in *input) text(field, s string, min, max int) {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s):
		in.must(false, field, "must be valid UTF-8")
	case min > 0 && isBlank(s):
		in.must(false, field, "is required")
	case n < min:
		in.must(false, field, fmt.Sprintf("must have at least %d characters", min))
	case n > max:
		in.must(false, field, fmt.Sprintf("must have at most %d characters", max))
	}
}

// unlimited is the max of a text for which the provider documents none.
const unlimited = int(^uint(0) >> 1)

// between demands min <= n <= max.
func (in *input) between(field string, n, min, max int) {
	if n < min || n > max {
		in.must(false, field, fmt.Sprintf("must be from %d to %d", min, max))
	}
}

// oneOf demands one of the generated values of an enum.
func oneOf[T comparable](in *input, field string, v T, allowed []T) {
	if slices.Contains(allowed, v) {
		return
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = fmt.Sprint(a)
	}
	in.must(false, field, "must be one of "+strings.Join(words, ", "))
}

// maxSegment is the longest identifier accepted as a part of a path, in bytes:
// servers and proxies refuse longer paths in their own ways.
const maxSegment = 1000

// segment demands a text that stands for exactly one segment of a URL's path,
// however the proxies on the way clean paths up.
func (in *input) segment(field, s string) {
	lower := strings.ToLower(s)
	beforeParameters, _, _ := strings.Cut(s, ";") // some servers resolve "..;x"
	traverses := beforeParameters == "." || beforeParameters == ".." || strings.ContainsAny(s, `/\`) ||
		strings.Contains(lower, "%2f") || strings.Contains(lower, "%2e") || strings.Contains(lower, "%5c")
	if isBlank(s) || len(s) > maxSegment || !utf8.ValidString(s) || strings.TrimSpace(s) != s ||
		traverses || strings.ContainsFunc(s, isControlOrBidi) {
		in.must(false, field, fmt.Sprintf("must be one visible path segment of at most %d bytes: no slash, dot segment, control character or outer space", maxSegment))
	}
}

// guid demands the 36-character form, and not all zeros.
func (in *input) guid(field, s string) {
	in.must(isGUID(s) && strings.Trim(s, "0-") != "", field, "must be a GUID of 36 characters, not all zeros")
}

func isGUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' &&
		isHexadecimal(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:])
}

func isHexadecimal(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// returnURL demands where a browser can be sent back to.
func (in *input) returnURL(field, s string) {
	u, err := url.Parse(s)
	in.must(err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && isVisibleASCII(s) && escaped(s, u),
		field, "must be an absolute http or https URL without user info, percent-encoded where it has to be")
}

// escaped reports whether s, which is u, holds no character that has to be
// percent-encoded in a URL: url.Parse lets most of them through behind the host.
func escaped(s string, u *url.URL) bool {
	_, err := url.PathUnescape(s)
	_, behind, _ := strings.Cut(s, u.Host)
	return err == nil && strings.Count(s, "#") <= 1 &&
		!strings.ContainsAny(s, "\"<>\\^`{|}") && !strings.ContainsAny(behind, "[]")
}

// future demands a time to come that RFC 3339 can write, in whole seconds.
func (in *input) future(field string, t time.Time) {
	in.must(t.Truncate(time.Second).After(time.Now()) && t.UTC().Year() <= 9999, field, "must be a time in the future, before the year 10000")
}

// credential demands a key or token that can stand in a header.
func (in *input) credential(field, s string) {
	in.must(isCredential(s), field, `must be set, in visible ASCII without spaces and without "Bearer " in front`)
}

// sourceWanted is what is allowed of a field for a token source, where it is nil.
const sourceWanted = `must be set (StaticToken returns nil for a token that is empty, or has spaces or "Bearer " in it)`

// isCredential reports whether s can stand in a header as a key or token.
func isCredential(s string) bool { return s != "" && isVisibleASCII(s) }

// baseURL demands where requests may go to, and returns it with one slash at
// its end: the generated code resolves paths against it.
func (in *input) baseURL(field, s string) string {
	u, err := url.Parse(s)
	ok := err == nil && u.Opaque == "" && u.User == nil && u.Hostname() != "" && isVisibleASCII(s) &&
		!strings.ContainsAny(s, `?#\`) && !dotted(u)
	in.must(ok, field, "must be an absolute URL of scheme, host and path alone")
	if !ok {
		return ""
	}
	in.must(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()), field, "must be https; http is for loopback hosts")
	return strings.TrimSuffix(s, "/") + "/"
}

// dotted reports whether the path of u has segments that resolve away.
func dotted(u *url.URL) bool {
	return slices.ContainsFunc(strings.Split(u.Path, "/"), func(s string) bool { return s == "." || s == ".." })
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
