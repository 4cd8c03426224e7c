package schemacheck

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"uuid": {
			[]string{"2ae6ba4b-f6c0-4817-a158-43e5a87168fd", "2AE6BA4B-F6C0-0817-0158-43E5A87168FD", "00000000-0000-0000-0000-000000000000"},
			[]string{"", "2ae6ba4bf6c04817a15843e5a87168fd", "{2ae6ba4b-f6c0-4817-a158-43e5a87168fd}", "2ae6ba4b-f6c0-4817-a158-43e5a87168f", "2ae6ba4b-f6c0-4817-a158-43e5a87168fg", "2ae6ba4b-f6c0-4817-a158-43e5a87168fd\n"},
		},
		"uri": {
			[]string{"https://a.example", "https://a.example:443/b?c=d#e", "HTTPS://a.example/%C3%A9", "http://[::1]:80/", "urn:isbn:1", "about:blank", "mailto:a@b.example", "https://u@a.example/"},
			[]string{"", "a.example", "/a", "//a.example", "https:", "https://", "https:///a", "https://:80/", "https://a.example/ b", "https://a.example/é", "https://a.example/%zz", "https://a.example/<b>", "https://a.example/#a#b", "https://a.example:http/", "https://a.example/?a[]=b", "1https://a.example", "https://[::1/", "https://a.example\n"},
		},
		"uri-reference": {
			[]string{"", "about:blank", "/a/b?c#d", "a/b", "//a.example/b", "#d", "?c", "https://a.example"},
			[]string{" ", "a b", "%", "a#b#c", "a\\b", "{a}", "1:2", "é"},
		},
		"date-time": {
			[]string{"2019-08-24T14:15:22Z", "2019-08-24t14:15:22.123456789z", "2020-02-29T23:59:60+23:59", "0000-01-01T00:00:00-00:00"},
			[]string{"", "2019-08-24", "2019-08-24T14:15:22", "2019-08-24 14:15:22Z", "2019-02-29T00:00:00Z", "2019-13-01T00:00:00Z", "2019-01-00T00:00:00Z", "2019-08-24T24:00:00Z", "2019-08-24T14:60:00Z", "2019-08-24T14:15:61Z", "2019-08-24T4:15:22Z", "2019-08-24T14:15:22,5Z", "2019-08-24T14:15:22.Z", "2019-08-24T14:15:22+24:00", "2019-08-24T14:15:22+0200", "10000-01-01T00:00:00Z", "2019-08-24T14:15:22Z\n"},
		},
	} {
		for _, s := range c.good {
			if err := formats[name].Validate(s); err != nil {
				t.Errorf("%s: %q is refused", name, s)
			}
		}
		for _, s := range c.bad {
			if formats[name].Validate(s) == nil {
				t.Errorf("%s: %q is accepted", name, s)
			}
		}
	}
}

// TestText: what is not a number in JSON is not read as a number.
func TestText(t *testing.T) {
	for text, fits := range map[string]bool{"1": true, "-0.5": true, "NaN": false, "-Inf": false, "1x": false, "": false} {
		if all := Text(openapi3.NewFloat64Schema(), text); (len(all) == 0) != fits {
			t.Errorf("%q: %v", text, all)
		}
	}
}
