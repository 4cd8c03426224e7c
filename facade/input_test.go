package facade

import (
	"net"
	"net/http"
	"net/url"
	urlpath "path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// accepts reports whether a check notes nothing, and that what it notes quotes
// nothing of what was given.
func accepts(t *testing.T, given string, check func(in *input)) bool {
	t.Helper()
	var in input
	check(&in)
	for _, f := range in.fields {
		if len(given) > 3 && strings.Contains(f.Message, given) {
			t.Errorf("%q is quoted: %s", given, f.Message)
		}
	}
	return len(in.fields) == 0
}

func isSegment(t *testing.T, s string) bool {
	t.Helper()
	return accepts(t, s, func(in *input) { in.segment("id", s) })
}

// oddSegments are legal, however odd.
var oddSegments = []string{
	"a:b", "a?b", "a#b", "a;b", "a%", "%", "%zz", "100%25", "%252f", "é", "日本語", "😀", "a b", "a+b", "a&b=c", "a,b", "a@b", "a'b\"c",
	"...", "..a", ".hidden", "a..b", "~", "*", "(a)", "[a]", "{id}", "<script>", "$a", "a|b", "a^b", "`a`", "?", "#", ";", ":", "http:abc",
	"-", "_", "0", "customer-42", strings.Repeat("a", 1000), strings.Repeat("é", 500), "e\u0301",
}

// notSegments would leave their place in the path, or are no identifier.
var notSegments = []string{
	"", " ", "   ", "\t", ".", "..", "/", "//", "a/b", "/abc", "abc/", "../admin", "..\\admin", `\`, `a\b`,
	"%2f", "%2F", "a%2fb", "%2e", "%2E%2e", "%2e%2E", "abc%2e", "%5c", "a%5Cb",
	"\x00", "abc\x00", "a\nb", "a\rb", "abc\r\n", "\x1b[31mabc", "a\x7fb", "a\u0085b", "a\u2028b", "a\u2029b",
	"\u202eabc", "abc\u202d", "a\u2066b\u2069", "abc\u200f", "\u061cabc",
	"\xff", "abc\xc3", "abc\xed\xa0\x80", "\xc0\xafabc", " abc", "abc ", "\u00a0abc", "abc\u3000", "\u2003abc",
	"..;x", "..;", ".;x", "..;a=b", "..;a=b;c", // some servers cut parameters off before they resolve dots
	"\u200b", "\ufeff", "\u3164", "\u200b\u200b", // nothing that can be seen
	strings.Repeat("a", 1001), strings.Repeat("é", 501),
}

func TestSegment(t *testing.T) {
	for _, s := range oddSegments {
		if !isSegment(t, s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range notSegments {
		if isSegment(t, s) {
			t.Errorf("%q is taken for a segment", s)
		}
	}
}

// FuzzSegment: a text that is taken goes out as one segment, and stays one however
// often a proxy decodes and cleans the path.
func FuzzSegment(f *testing.F) {
	for _, s := range append(oddSegments, notSegments...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !isSegment(t, s) {
			return
		}
		if strings.ContainsFunc(s, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		}) || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
			t.Errorf("%q is taken for an id", s)
		}
		escaped := url.PathEscape(s)
		u, err := url.Parse("https://provider.test/a/" + escaped + "/b")
		if err != nil || u.RawQuery != "" || u.Fragment != "" || u.EscapedPath() != "/a/"+escaped+"/b" {
			t.Fatalf("%q leaves its place: %v", s, u)
		}
		for decoded := u.Path; ; {
			if urlpath.Clean(decoded) != decoded || strings.Count(decoded, "/") != 3 {
				t.Fatalf("%q is not one segment once decoded: %q", s, decoded)
			}
			again, err := url.PathUnescape(decoded)
			if err != nil || again == decoded {
				return
			}
			if strings.Count(again, "/") != 3 && strings.Contains(s, "%25") {
				return // encoded twice by the caller: a proxy that decodes twice is broken
			}
			decoded = again
		}
	})
}

var goodBaseURLs = []string{
	"https://api.example", "https://api.example:8443", "https://api.example/v2", "https://api.example/a/b/c", "https://api.example/a.b/..c",
	"https://api.example/~a/!", "https://api.example/a%20b", "https://api.example/a:b", "HTTPS://API.Example", "https://10.0.0.1",
	"https://[2001:db8::1]:8443", "https://xn--bcher-kva.example",
	"http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:8080/v2", "http://localhost:8080", "http://localhost",
	VaultSandbox, XGatewayProduction, XGatewayDemo, ForteSandbox, ForteProduction, QoloDevelopment, RebillySandbox, RebillyProduction,
}

var badBaseURLs = []string{
	"", " ", "/", "/api", "api.example", "api.example/v2", "api.example:443", "//api.example", "https:", "https:/", "https://", "https:///api",
	"https:api.example", "https://:443", "ftp://api.example", "file:///api", "ws://api.example", "javascript:alert(1)", "https+unix://api.example",
	"http://api.example", "http://10.0.0.1", "http://0.0.0.0", "http://[::]", "http://localhost.example", "http://127.0.0.1.example", "http://2130706433",
	"https://user-x@api.example", "https://user-x:pass-x@api.example", "https://@api.example", "https://:pass-x@api.example",
	"https://api.example?", "https://api.example/?key=pass-x", "https://api.example#", "https://api.example/#frag-x",
	"https://api.example/.", "https://api.example/..", "https://api.example/../admin-x", "https://api.example/./a", "https://api.example/a/..",
	"https://api.example/%2e%2e/admin-x", "https://api.example/%2E", "https://api.example/a/.%2e/b", `https://api.example\admin-x`, `https:\\api.example`,
	"https://api.example/\x00", "https://api.example/a\nb", "https://api.example\r\nX-Evil: 1", "https://api.example/\x7f", "https://api.example/a b",
	" https://api.example", "https://api.example ", "https://api.example\t", "https://bücher.example", "https://api.example/é", "https://api.example/\xff",
	"https://api.example:port", "https://api.example:-1", "https://[::1", "https://api.example/%zz", "https://api.%00example", "https://%41pi.example",
}

func TestBaseURL(t *testing.T) {
	for _, base := range goodBaseURLs {
		for _, end := range []string{"", "/"} {
			var server string
			if !accepts(t, base, func(in *input) { server = in.baseURL("BaseURL", base+end) }) || server != base+"/" {
				t.Errorf("%q is refused, or became %q", base+end, server)
			}
		}
	}
	for _, base := range badBaseURLs {
		if accepts(t, base, func(in *input) { in.baseURL("BaseURL", base) }) {
			t.Errorf("%q is taken for a base URL", base)
		}
	}
}

// FuzzBaseURL: what is taken goes over TLS or stays on this machine, and a
// generated path is put behind it and nothing else.
func FuzzBaseURL(f *testing.F) {
	for _, base := range append(goodBaseURLs, badBaseURLs...) {
		f.Add(base)
	}
	f.Fuzz(func(t *testing.T, base string) {
		var server string
		if !accepts(t, base, func(in *input) { server = in.baseURL("BaseURL", base) }) {
			return
		}
		given, err := url.Parse(base)
		if err != nil {
			t.Fatalf("accepted, and no URL: %q", base)
		}
		ip := net.ParseIP(given.Hostname())
		if given.Scheme != "https" && (given.Scheme != "http" || given.Hostname() != "localhost" && !ip.IsLoopback()) {
			t.Errorf("sent in the clear to %q", base)
		}
		at, err := url.Parse(server)
		if err != nil {
			t.Fatalf("%q became %q: %v", base, server, err)
		}
		sent, err := at.Parse("./v1/kyc")
		if err != nil || sent.Host != given.Host || sent.User != nil || sent.RawQuery != "" ||
			sent.EscapedPath() != strings.TrimSuffix(given.EscapedPath(), "/")+"/v1/kyc" {
			t.Errorf("%q leads to %s (%v)", base, sent, err)
		}
	})
}

func TestCredential(t *testing.T) {
	for _, bad := range []string{
		"", " ", "\t", "key-x\r\nX-Evil: 1", "key-x\n", "\rkey-x", "key-x\x00", "key-x\x7f", "key\tx-x", " key-x", "key-x ", "key x-x",
		"kéy-x", "key-x\u00a0", "key-x\xff", "Bearer key-x", "bearer key-x", "\x1b[31mkey-x",
	} {
		if accepts(t, bad, func(in *input) { in.credential("APIKey", bad) }) || StaticToken(bad) != nil {
			t.Errorf("%q is taken for a credential", bad)
		}
	}
	const odd = `~!@#$%^&*()_+-={}[]|\:";'<>?,./Bearer`
	if !accepts(t, odd, func(in *input) { in.credential("APIKey", odd) }) || StaticToken(odd) == nil {
		t.Errorf("%q is refused", odd)
	}
}

// TestGUID: nothing is a GUID that differs from one in a single character.
func TestGUID(t *testing.T) {
	const guid = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"
	isGUID := func(s string) bool { return accepts(t, s, func(in *input) { in.guid("person_guid", s) }) }
	if !isGUID(guid) || !isGUID(strings.ToUpper(guid)) {
		t.Error("a GUID is refused")
	}
	for i := range guid {
		wrong := "g"
		if guid[i] == '-' {
			wrong = "0"
		}
		if isGUID(guid[:i] + wrong + guid[i+1:]) {
			t.Errorf("a GUID with %s at %d is taken", wrong, i)
		}
	}
	for _, s := range []string{"", guid[:35], guid + "0", "{" + guid + "}", "00000000-0000-0000-0000-000000000000", strings.ReplaceAll(guid, "-", "")} {
		if isGUID(s) {
			t.Errorf("%q is taken for a GUID", s)
		}
	}
}

// TestMediaType: what counts as JSON.
func TestMediaType(t *testing.T) {
	for header, want := range map[string]bool{
		"application/json": true, "Application/JSON": true, " application/json ; charset=utf-8": true,
		"application/problem+json; charset=utf-8": true, "application/vnd.provider.v2+json": true,
		"": false, "text/html; x=json": false, "text/plain": false, "application/jsonp": false, "application/problem+json-seq": false,
		"application/xml": false, "json": false, ";application/json": false, "application/json, text/html": false,
	} {
		if got := isJSONType(mediaTypeOf(http.Header{"Content-Type": {header}})); got != want {
			t.Errorf("%q is JSON: %t, want %t", header, got, want)
		}
	}
}

// TestReturnURL: where a browser can be sent back to.
func TestReturnURL(t *testing.T) {
	isReturnURL := func(s string) bool { return accepts(t, s, func(in *input) { in.returnURL("redirectUrl", s) }) }
	for _, s := range []string{
		"http://shop.example/done?x=%0D%0A#f", "https://[2001:db8::1]:8443/", "https://shop.example/~joe/a:b@c/!?q=$&'()*+,;=#!/done",
	} {
		if !isReturnURL(s) {
			t.Errorf("%q is refused", s)
		}
	}
	refused := []string{
		"", "/kyc/done", "//shop.example/done", "javascript:alert(1)", "javascript://shop.example/%0aalert(1)", "ftp://shop.example/", "data:text/html,x", "https:///done", "https://:443/done",
		"https://shop.example@evil.example/done", "https://joe:pass@shop.example/done", "https://shop.example/done\r\nSet-Cookie: a=b",
		"https://shöp.example/done", "https://shop.example/\xff", "https://shop.example:port/", "https://shop.example/#a#b",
		"https://shop.example/%zz", "https://shop.example/?a{b",
	}
	for _, c := range " \"<>[\\]^`{|}\u200e" {
		refused = append(refused, "https://shop.example/a"+string(c))
	}
	for _, s := range refused {
		if isReturnURL(s) {
			t.Errorf("%q is taken for a return URL", s)
		}
	}
}
