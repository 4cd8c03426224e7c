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

// formats holds the checks of the string formats. They are passed to each validation, so that the
// registry of kin-openapi, which the whole process shares, does not change.
var formats = map[string]openapi3.StringFormatValidator{
	"uuid":          format(isUUID.MatchString),
	"uri":           format(isURI),
	"uri-reference": format(isURIReference),
	"date-time":     format(isDateTime),
}

// Formats returns the string formats that are checked, in order.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

func format(ok func(string) bool) openapi3.StringFormatValidator {
	return openapi3.NewCallbackValidator(func(s string) error {
		if !ok(s) {
			return errors.New("does not fit")
		}
		return nil
	})
}

// isUUID is the form of RFC 9562 with any version, since providers do not keep to the defined ones.
var isUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// uriReference holds the characters of RFC 3986, part by part. url.Parse alone accepts nearly any character.
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

// isURI demands a scheme, and a host if the scheme is http or https.
func isURI(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || !uriReference.MatchString(s) {
		return false
	}
	web := u.Scheme == "http" || u.Scheme == "https"
	return !web || u.Hostname() != ""
}

var dateTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:)([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// isDateTime checks RFC 3339. First comes the grammar, since time.Parse accepts more than that, and
// then the calendar, which the grammar does not cover. A leap second is allowed, and the letters T
// and Z may be lower-case.
func isDateTime(s string) bool {
	m := dateTime.FindStringSubmatch(strings.ToUpper(s))
	if m == nil {
		return false
	}
	_, err := time.Parse("2006-01-02T15:04:05", m[1]+"00")
	return err == nil
}
