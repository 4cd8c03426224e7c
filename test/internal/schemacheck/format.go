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

// uriText holds the characters of RFC 3986. url.Parse alone accepts nearly any character.
var uriText = regexp.MustCompile(`^([A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2})*$`)

func isURIReference(s string) bool {
	_, err := url.Parse(s)
	return err == nil && uriText.MatchString(s)
}

// isURI demands a scheme, and a host if the scheme is http or https.
func isURI(s string) bool {
	u, err := url.Parse(s)
	web := err == nil && (u.Scheme == "http" || u.Scheme == "https")
	return isURIReference(s) && u.IsAbs() && (!web || u.Hostname() != "")
}

var dateTime = regexp.MustCompile(openapi3.FormatOfStringDateTime)

// isDateTime is RFC 3339: first the grammar, since time.Parse accepts more than that, and then the
// calendar. The letters T and Z may be lower-case. A leap second is refused.
func isDateTime(s string) bool {
	s = strings.ToUpper(s)
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && dateTime.MatchString(s)
}
