package schemacheck

import "testing"

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"uuid": {
			[]string{"2ae6ba4b-f6c0-4817-a158-43e5a87168fd", "2AE6BA4B-F6C0-0817-0158-43E5A87168FD"},
			[]string{"2ae6ba4bf6c04817a15843e5a87168fd", "{2ae6ba4b-f6c0-4817-a158-43e5a87168fd}", "2ae6ba4b-f6c0-4817-a158-43e5a87168fd\n"},
		},
		"uri": {
			[]string{"https://a.example:443/b?c=d#e", "HTTPS://a.example/%C3%A9", "http://[::1]:80/", "urn:isbn:1"},
			[]string{"", "a.example", "//a.example", "https:///a", "https://:80/", "https://a.example/ b", "https://a.example/é", "https://a.example/<b>"},
		},
		"uri-reference": {
			[]string{"", "/a/b?c#d", "//a.example/b", "https://a.example"},
			[]string{" ", "%", "a\\b", "{a}", "1:2"},
		},
		"date-time": {
			[]string{"2019-08-24T14:15:22Z", "2019-08-24t14:15:22.123456789z", "2020-02-29T23:59:59+23:59"},
			[]string{"", "2019-08-24", "2019-08-24 14:15:22Z", "2019-02-29T00:00:00Z", "2019-08-24T24:00:00Z", "2019-08-24T4:15:22Z", "2019-08-24T14:15:22,5Z", "2019-08-24T14:15:22Z\n"},
		},
	} {
		for _, s := range c.good {
			if formats[name].Validate(s) != nil {
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
