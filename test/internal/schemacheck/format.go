package schemacheck

import (
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// formats holds the checks of the string formats. They are handed to each
// validation, so that the registry of kin-openapi, which the whole process
// shares, stays as it was.
var formats = map[string]openapi3.StringFormatValidator{
	"uuid":          format(isUUID.MatchString),
	"uri":           format(isURI),
	"uri-reference": format(isURIReference),
	"date-time":     format(isDateTime),
}

// Formats returns the formats of strings that are checked, in order.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

func format(ok func(string) bool) openapi3.StringFormatValidator {
	return openapi3.NewCallbackValidator(func(s string) error {
		if !ok(s) {
			return errors.New("does not fit")
		}
		return nil
	})
}

// The form of RFC 9562, of any version: providers make theirs in ways of their own.
var isUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// The characters of RFC 3986, part by part; url.Parse alone lets nearly any
// character through.
var uriReference = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:)?` +
	`(//(([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?` +
	`(\[[0-9A-Fa-f:.]+\]|([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(:[0-9]*)?)?` +
	`([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*` +
	`(\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?` +
	`(#([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$`)

func isURIReference(s string) bool {
	_, err := url.Parse(s)
	return err == nil && uriReference.MatchString(s)
}

// isURI wants a scheme, and a host where the scheme is of the web.
func isURI(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || !uriReference.MatchString(s) {
		return false
	}
	web := u.Scheme == "http" || u.Scheme == "https"
	return !web || u.Hostname() != ""
}

var dateTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:)([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// isDateTime reads RFC 3339: the grammar, which time.Parse stretches, then the
// calendar, which the grammar does not know. A leap second is allowed; the
// letters T and Z may be small.
func isDateTime(s string) bool {
	m := dateTime.FindStringSubmatch(strings.ToUpper(s))
	if m == nil {
		return false
	}
	_, err := time.Parse("2006-01-02T15:04:05", m[1]+"00")
	return err == nil
}
