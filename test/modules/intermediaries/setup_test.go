package intermediaries

import (
	"fmt"
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/origin"
)

// failure is what the origin does with a POST that it has read to its end.
type failure struct {
	name  string
	reply origin.Reply
	// timeout is how long the proxy waits for an answer. It is short only if no answer will come,
	// so that a busy machine is not taken for a silent origin.
	timeout string
}

var (
	closes   = failure{"closed", origin.Close, "30s"}
	resets   = failure{"reset the connection", origin.Reset, "30s"}
	says502  = failure{"answered 502", origin.Say(http.StatusBadGateway), "30s"}
	isSilent = failure{"was silent", origin.Hang, "300ms"}
)

// setup is a proxy with settings that decide its answer when the origin fails.
type setup struct {
	// name is the file's name among the recorded answers.
	name     string
	proxy    proxy
	settings string
	// failures are the failures that lead to this answer. The first one is recorded.
	failures []failure
	// deliveries is how many whole requests the origin reads, if not 1.
	deliveries int
	// unseen are the providers at which the answer looks like their own. There Started is no, and
	// wrong; only the proxy and the origin can know.
	unseen []facade.Provider
}

// setups are proxies with settings that people use.
var setups = []setup{
	{name: "nginx_502_504", proxy: nginx, settings: passing, failures: every},
	{name: "nginx_400", proxy: nginx, settings: ownPage(400), failures: []failure{closes}},
	{name: "nginx_401", proxy: nginx, settings: ownPage(401), failures: []failure{closes}},
	{name: "nginx_403", proxy: nginx, settings: ownPage(403), failures: []failure{closes}},
	{name: "nginx_404", proxy: nginx, settings: ownPage(404), failures: every},
	{name: "nginx_413", proxy: nginx, settings: ownPage(413), failures: []failure{closes}},
	{name: "nginx_422_empty", proxy: nginx, settings: ownPage(422), failures: []failure{closes}},
	{name: "nginx_429", proxy: nginx, settings: ownPage(429), failures: []failure{closes}},
	{name: "nginx_403_file", proxy: nginx, settings: staticPage(403, "page.html"), failures: []failure{closes}},
	{name: "nginx_404_file", proxy: nginx, settings: staticPage(404, "page.html"), failures: []failure{closes}},
	{name: "nginx_404_empty_file", proxy: nginx, settings: staticPage(404, "empty.html"), failures: []failure{closes}},
	{name: "nginx_429_file", proxy: nginx, settings: staticPage(429, "page.html"), failures: []failure{closes}},
	// nginx serves no file for a POST, and a named location keeps the method.
	{name: "nginx_405_file", proxy: nginx, settings: replacing("@page", `location @page { root .; try_files /page.html =404; }`), failures: every},
	{name: "nginx_403_json", proxy: nginx, settings: ownJSON(403, "Forbidden"), failures: []failure{closes}},
	{name: "nginx_404_json", proxy: nginx, settings: ownJSON(404, "Not Found"), failures: []failure{closes}, unseen: anyJSON},
	{name: "nginx_429_json", proxy: nginx, settings: ownJSON(429, "Too Many Requests"), failures: []failure{closes}},

	{name: "haproxy_502_504", proxy: haproxy, failures: []failure{closes, resets, isSilent}},
	{name: "haproxy_502_repeated", proxy: haproxy, settings: repeating, failures: []failure{closes, resets}, deliveries: 4},
	{name: "haproxy_400", proxy: haproxy, settings: denying(400), failures: []failure{says502}},
	{name: "haproxy_401", proxy: haproxy, settings: denying(401), failures: []failure{says502}},
	{name: "haproxy_403", proxy: haproxy, settings: denying(403), failures: []failure{says502}},
	{name: "haproxy_404", proxy: haproxy, settings: denying(404), failures: []failure{says502}},
	{name: "haproxy_408", proxy: haproxy, settings: denying(408), failures: []failure{says502}},
	{name: "haproxy_429", proxy: haproxy, settings: denying(429), failures: []failure{says502}},
	{name: "haproxy_503", proxy: haproxy, settings: denying(503), failures: []failure{says502}},
	{name: "haproxy_404_file", proxy: haproxy, settings: "errorfile 502 404.http\n\terrorfile 504 404.http", failures: []failure{closes, resets, isSilent}},
	{name: "haproxy_403_empty", proxy: haproxy, settings: returning("403"), failures: []failure{says502}},
	{name: "haproxy_404_empty", proxy: haproxy, settings: returning("404"), failures: []failure{says502}, unseen: anyEmpty},
	{name: "haproxy_404_json", proxy: haproxy, settings: returning(`404 content-type application/json string '{"message":"Not Found"}'`), failures: []failure{says502}, unseen: anyJSON},
}

var (
	// every lists what nginx treats as a failure.
	every = []failure{closes, resets, says502, isSilent}
	// atOnce lists the failures after which the proxy still has time for another answer.
	atOnce = []failure{closes, resets, says502}
)

// Qolo documents no error object. With 400, 401 or 404, an empty answer or any complete JSON may be
// Qolo's own.
var (
	anyEmpty = []facade.Provider{facade.Qolo}
	anyJSON  = []facade.Provider{facade.Qolo}
)

// passing makes nginx pass everything on.
const passing = `location / { proxy_pass http://origin; }`

// replacing makes nginx give another answer when the origin fails.
func replacing(by, locations string) string {
	return fmt.Sprintf(`location / { proxy_pass http://origin; proxy_intercept_errors on; error_page 502 504 %s; }
		%s`, by, locations)
}

// ownPage returns the page that nginx has for a status, or nothing if it has none.
func ownPage(status int) string {
	return replacing(fmt.Sprintf("=%d @page", status), fmt.Sprintf(`location @page { return %d; }`, status))
}

func staticPage(status int, file string) string {
	return replacing(fmt.Sprintf("=%d /%s", status, file), fmt.Sprintf(`location = /%s { internal; root .; }`, file))
}

func ownJSON(status int, message string) string {
	return replacing(fmt.Sprintf("=%d @page", status),
		fmt.Sprintf(`location @page { default_type application/json; return %d '{"message":%q}'; }`, status, message))
}

// denying makes HAProxy refuse the answer of an origin that fails.
func denying(status int) string {
	return fmt.Sprintf("http-response deny deny_status %d if { status ge 500 }", status)
}

// returning makes HAProxy replace the answer.
func returning(answer string) string {
	return fmt.Sprintf("http-response return status %s if { status ge 500 }", answer)
}

// These proxies repeat a POST. Both programs do so if they are told to.
const (
	repeating      = "retries 3\n\tretry-on all-retryable-errors"
	nginxRepeating = `location / { proxy_pass http://origin; proxy_next_upstream error timeout http_502 non_idempotent; }`
)
