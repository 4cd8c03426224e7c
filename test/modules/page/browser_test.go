package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// browser is Chromium, showing the page of its own sandbox.
type browser struct {
	t       *testing.T
	ctx     context.Context
	sandbox *sandbox.Sandbox
	origin  string
}

// open returns a browser. At the end of the test, everything that was written to the console and
// every request that left loopback is a failure.
func open(t *testing.T) *browser {
	t.Helper()
	executable, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("install chromium, as .ci/run does: ", err)
	}
	s, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	h, err := handler(s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)

	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(executable), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-proxy-server", true), chromedp.Flag("force-color-profile", "srgb"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	late := time.AfterFunc(5*time.Minute, closeTab)
	t.Cleanup(func() { late.Stop() })

	var mu sync.Mutex
	var failures []string
	fail := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		failures = append(failures, fmt.Sprintf(format, args...))
	}
	if err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			fail("console: %s %s", e.Type, e.Args[0].Value)
		case *runtime.EventExceptionThrown:
			fail("exception: %s", e.ExceptionDetails.Exception.Description)
			go closeTab() // what is waited for will not come
		case *log.EventEntryAdded:
			fail("console: %s %s", e.Entry.Text, e.Entry.URL)
		case *network.EventRequestWillBeSent:
			if at, err := url.Parse(e.Request.URL); err != nil || at.Scheme != "data" && at.Hostname() != "127.0.0.1" {
				fail("a request left loopback: %s", e.Request.URL)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	b := &browser{t, ctx, s, server.URL}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, failure := range failures {
			t.Error(failure)
		}
	})
	return b
}

func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// goTo loads a page, and waits until it is built.
func (b *browser) goTo(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate("about:blank"), chromedp.Navigate(b.origin+path), chromedp.WaitReady(chromedp.CSS("html[data-ready]")))
}

// eval returns the value of an expression, or of the promise that it returns.
func eval[T any](b *browser, expression string, args ...any) T {
	b.t.Helper()
	texts := make([]any, len(args))
	for i, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			b.t.Fatal(err)
		}
		texts[i] = string(text)
	}
	if len(texts) > 0 {
		expression = fmt.Sprintf(expression, texts...)
	}
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// helpers do what a person would do: choose, type, click, look.
const helpers = `
window.choose = (selector, value) => {
	const control = document.querySelector(selector);
	control.value = value;
	if (control.value !== value) throw new Error(selector + " does not offer " + value);
	control.dispatchEvent(new Event("input", { bubbles: true }));
	control.dispatchEvent(new Event("change", { bubbles: true }));
};
window.answered = (place) => new Promise((resolve) => {
	const box = document.querySelector(place);
	const look = () => box.querySelector(".verdict, .empty:not([data-old])") && (seen.disconnect(), resolve());
	const seen = new MutationObserver(look);
	for (const old of box.children) old.remove();
	seen.observe(box, { childList: true });
});
window.seen = (place) => ({
	verdict: document.querySelector(place + " .word")?.textContent ?? "",
	started: document.querySelector(place + " .badge")?.textContent ?? "",
	text: document.querySelector(place).textContent,
});
true`

type seen struct{ Verdict, Started, Text string }

// faults says what a start must lead to, for each fault.
var faults = map[string][2]string{
	sandbox.FaultLostReply:         {"unavailable", "unknown"},
	sandbox.FaultSlow:              {"timeout", "unknown"},
	sandbox.Fault502HTML:           {"unavailable", "unknown"},
	sandbox.FaultConnectionRefused: {"unavailable", "no"},
}

// TestEveryScenario starts every scenario by clicks, and demands that the page shows the outcome
// that the fixture wants.
func TestEveryScenario(t *testing.T) {
	b := open(t)
	b.goTo("/#/start")
	eval[bool](b, helpers)
	wants := make(map[string][2]string)
	rows := outcomes(t)
	starts := 0
	for _, r := range rows {
		wants[r.Fixture] = [2]string{r.Verdict, r.Started}
		if r.Call == "start" {
			starts++
		}
	}
	// A success whose body is cut means what its status means with a useless body.
	cut := make(map[facade.Provider][2]string)
	for _, d := range fixtures.Descriptors() {
		cut[d.Provider] = wants[d.Success.Bare]
		if whole, err := fixtures.Find(d.Success.Name); err != nil || len(whole.Body) == 0 {
			cut[d.Provider] = wants[d.Refusal.Bare]
		}
	}
	n := 0
	for _, p := range sandbox.Providers() {
		eval[bool](b, `choose("#start-form [name=provider]", %s), choose("#start-form [name=seconds]", "1"), true`, p)
		for _, name := range eval[[]string](b, `[...document.querySelector("#start-form [name=scenario]").options].map((o) => o.value)`) {
			want, ok := wants[name]
			if !ok {
				want, ok = faults[name]
			}
			if !ok { // the fault that cuts a body
				want = cut[p]
			}
			got := eval[seen](b, `(async () => {
				choose("#start-form [name=scenario]", %s);
				const done = answered("#start-answer");
				document.querySelector("#start-form .actions button").click();
				await done;
				return seen("#start-answer");
			})()`, name)
			if got.Verdict != want[0] || got.Started != want[1] {
				t.Errorf("%s %s shows %s, started %s; want %s, %s", p, name, got.Verdict, got.Started, want[0], want[1])
			}
			n++
		}
	}
	if n != starts+5*len(sandbox.Providers()) {
		t.Errorf("%d scenarios were started, there are %d fixtures of starts and five faults a provider", n, starts)
	}
}

// TestWrongFields demands the facade's own message at the field that it is about, and that nothing
// is sent.
func TestWrongFields(t *testing.T) {
	b := open(t)
	b.goTo("/#/start")
	eval[bool](b, helpers)
	for _, c := range []struct{ provider, path, value, want string }{
		{"vault", "token", "", "must"},
		{"xgateway", "id", "..", "must"},
		{"forte", "action.level", "5", "must be from 1 to 4"},
		{"forte", "customer.external_id", "", "is required"},
		{"qolo", "person_guid", "42", "must be"},
		{"rebilly", "customerId", strings.Repeat("x", 51), "50"},
		{"rebilly", "redirectUrl", "/kyc/done", "must"},
	} {
		got := eval[seen](b, `(async () => {
			choose("#start-form [name=provider]", %s);
			const field = document.querySelector("#start-fields [data-path='" + %s + "']");
			field.value = %s;
			const done = answered("#start-answer");
			document.querySelector("#start-form .actions button").click();
			await done;
			const problem = document.getElementById(field.getAttribute("aria-describedby"));
			return { ...seen("#start-answer"), text: (problem?.textContent ?? "") + (document.activeElement === field ? "" : " (without focus)") };
		})()`, c.provider, c.path, c.value)
		if got.Verdict != "invalid_request" || got.Started != "no" || !strings.Contains(got.Text, c.want) || strings.Contains(got.Text, "without focus") {
			t.Errorf("%s %s: shows %+v, want %q at the field", c.provider, c.path, got, c.want)
		}
	}
	for _, p := range sandbox.Providers() {
		if n := len(b.sandbox.Received(p)); n != 0 {
			t.Errorf("%s has received %d requests", p, n)
		}
	}
}

// TestPaste pastes texts of the kind that people find in logs.
func TestPaste(t *testing.T) {
	b := open(t)
	b.goTo("/#/paste")
	eval[bool](b, helpers)
	script := `<script>window.hurt = 1</script><img src=x onerror="window.hurt = 1">`
	quoted, _ := json.Marshal(script)
	for _, c := range []struct {
		name, provider, status, header, body string
		verdict, started, text               string
	}{
		{"a whole answer", "vault", "", "", "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{\"error\": \"RATE_LIMIT_SIGNUP_ATTEMPT\"}",
			"rate_limited", "no", "Nothing: the document allows this answer."},
		{"a page", "forte", "403", "Content-Type: text/html", "<!doctype html><h1>403 Forbidden</h1><script>window.hurt = 1</script>",
			"permission_denied", "unknown", "header:Content-Type: expected application/json"},
		{"a script in a message", "vault", "400", "Content-Type: application/json", `{"error": "X", "message": ` + string(quoted) + `}`,
			"invalid_request", "no", "window.hurt = 1"},
		{"2 MB", "rebilly", "201", "Content-Type: application/json", `{"customerId": "c", "reason": "` + strings.Repeat("x", 2<<20) + `"}`,
			"unexpected_response", "yes", "the spec says"},
		{"another customer", "rebilly", "201", "Content-Type: application/json", `{"customerId": "c-7", "documents": [], "status": "fulfilled"}`,
			"approved", "yes", "/documents"},
		{"no status", "qolo", "", "", "x", "", "", "Nothing was judged."},
		{"a broken header", "qolo", "400", "what is this", "", "", "", "Nothing was judged."},
	} {
		got := eval[seen](b, `(async ([provider, status, header, body]) => {
			choose("#paste-form [name=provider]", provider);
			choose("#paste-form [name=status]", status);
			document.querySelector("#paste-form [name=header]").value = header;
			const field = document.querySelector("#paste-form [name=body]");
			field.value = body;
			field.dispatchEvent(new Event("input"));
			const done = answered("#paste-answer");
			document.querySelector("#paste-form button").click();
			await done;
			return { ...seen("#paste-answer"), hurt: window.hurt };
		})(%s)`, []string{c.provider, c.status, c.header, c.body})
		if got.Verdict != c.verdict || got.Started != c.started || !strings.Contains(got.Text, c.text) {
			t.Errorf("%s: shows %s, started %s, want %s, %s and %q in: %.600s", c.name, got.Verdict, got.Started, c.verdict, c.started, c.text, got.Text)
		}
	}
	if eval[bool](b, `"hurt" in window`) {
		t.Error("a pasted script has run")
	}
}

// TestArrived sends requests as an application would, and looks at the page.
func TestArrived(t *testing.T) {
	b := open(t)
	b.goTo("/#/arrived")
	eval[bool](b, helpers)
	post := func() int {
		answer, err := http.Post(b.sandbox.URL("forte")+"/compliance/v2/kyc", "application/json", strings.NewReader(`{"customer": {}}`))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	shows := func(text string) {
		t.Helper()
		eval[bool](b, `new Promise((resolve, reject) => {
			const late = setTimeout(() => reject(new Error("there is no " + %[1]s)), 20000);
			const look = () => document.querySelector("#arrived").textContent.includes(%[1]s) && (clearTimeout(late), seen.disconnect(), resolve(true));
			const seen = new MutationObserver(look);
			seen.observe(document.querySelector("#arrived"), { childList: true, subtree: true, characterData: true });
			look();
		})`, text)
	}
	if status := post(); status != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", status)
	}
	shows("expected Authorization with Bearer and a token, found none")
	eval[bool](b, `choose("#choose [name=provider]", "forte"), choose("#choose [name=scenario]", "forte/200_banned"),
		document.querySelector("#choose button").click(), true`)
	shows("Chosen for forte.")
	start, err := os.ReadFile("../../fixtures/forte/request.http")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(start), "\n\n")
	r, err := http.NewRequest(http.MethodPost, b.sandbox.URL("forte")+"/compliance/v2/kyc", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer canary-token")
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("status %d, want the banned customer's 200", answer.StatusCode)
	}
	shows("customer_blocked")
	shows("Bearer ***")
	if eval[bool](b, `document.documentElement.outerHTML.includes("canary-token")`) {
		t.Error("the page shows a credential")
	}
	eval[bool](b, `document.querySelector("#clear").click(), true`)
	shows("Nothing has arrived yet.")
}

// TestOutcomes filters the table, and follows a link into it.
func TestOutcomes(t *testing.T) {
	b := open(t)
	rows := outcomes(t)
	visible := func() []string {
		return eval[[]string](b, `[...document.querySelectorAll(".matrix tr.row")].filter((r) => r.offsetParent !== null).map((r) => r.id.slice(4))`)
	}
	for query, match := range map[string]func(r row) bool{
		"":                                  func(row) bool { return true },
		"?started=unknown&provider=forte":   func(r row) bool { return r.Started == "unknown" && r.Provider == "forte" },
		"?verdict=customer_blocked":         func(r row) bool { return r.Verdict == "customer_blocked" },
		"?next=answer_questions":            func(r row) bool { return r.Next == "answer_questions" },
		"?next=-&allowed=true":              func(r row) bool { return r.Next == "" && r.Allowed },
		"?text=RATE_LIMIT_SIGNUP_ATTEMPT":   func(r row) bool { return strings.Join(r.Says, "") == "RATE_LIMIT_SIGNUP_ATTEMPT" },
		"?provider=vault&verdict=in_review": func(row) bool { return false },
	} {
		b.goTo("/#/outcomes" + query)
		var want []string
		for _, r := range rows {
			if match(r) {
				want = append(want, r.Fixture)
			}
		}
		if got := visible(); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s shows %d rows, want %d", query, len(got), len(want))
		}
	}
	b.goTo("/#/outcomes/forte/200_banned")
	b.run(chromedp.WaitReady(chromedp.CSS(".detail pre")))
	if text := eval[string](b, `document.querySelector(".detail").textContent`); !strings.Contains(text, `"error_code": "ERR01"`) || !strings.Contains(text, `"kind": "customer_blocked"`) {
		t.Errorf("the detail is %s", text)
	}
	if !eval[bool](b, `(() => { const { top, bottom } = document.getElementById("row-forte/200_banned").getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })()`) {
		t.Error("the linked row is out of sight")
	}
	b.goTo("/#/outcomes")
	eval[bool](b, helpers)
	eval[bool](b, `choose(".filters [name=started]", "yes"), true`)
	if address := eval[string](b, `location.hash`); address != "#/outcomes?started=yes" {
		t.Errorf("a filter makes the address %s", address)
	}
}

// views are the views of the page, each with a selector of the part that takes time.
var views = []struct{ name, path, ready string }{
	{"outcomes", "/#/outcomes", ".matrix tr.row"},
	{"outcome", "/#/outcomes/forte/200_banned?provider=forte", ".detail pre"},
	{"paste", "/#/paste/forte/rejected/403_html", "#paste-answer .verdict"},
	{"start", "/#/start/rebilly", "#start-fields input"},
	{"arrived", "/#/arrived", "#providers td"},
	{"spec", "/specs.html?document=forte", "#spec h1"},
	{"normalized", "/specs.html?document=normalized", "#spec pre"},
}

// look sets the size and the colours, and shows a view.
func (b *browser) look(width, height int64, colours, path, ready string) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, height))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
	b.goTo(path)
	b.run(chromedp.WaitReady(chromedp.CSS(ready)))
	if path == "/#/start/rebilly" {
		b.run(chromedp.Click(chromedp.CSS("#start-form .actions button")), chromedp.WaitReady(chromedp.CSS("#start-answer .verdict")))
	}
}

// TestAccessible checks every view with axe-core, light and dark, wide and narrow, and demands that
// nothing is wider than the window.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("run make page, which fetches axe-core: ", err)
	}
	b := open(t)
	b.arrivals()
	type violation struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	for _, as := range []struct {
		width   int64
		colours string
	}{{360, "light"}, {1280, "light"}, {1280, "dark"}, {2560, "light"}} {
		width, colours := as.width, as.colours
		for _, v := range views {
			b.look(width, 900, colours, v.path, v.ready)
			if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("%s at %d px: %d px wide", v.name, width, wide)
			}
			if width == 2560 {
				continue // the same elements as at 1280
			}
			eval[bool](b, string(axe)+"\n;true")
			// In the table, one provider is enough: the others look the same.
			for _, found := range eval[[]violation](b, `axe.run({ exclude: [[".matrix tbody:nth-of-type(n+2)"]] }, { resultTypes: ["violations"] }).then((r) => r.violations)`) {
				if found.Impact == "serious" || found.Impact == "critical" {
					t.Errorf("%s, %s, %d px: %s: %s (%s)\n%s\n%s", v.name, colours, width, found.ID, found.Help, found.Impact, found.Nodes[0].HTML, found.Nodes[0].FailureSummary)
				}
			}
		}
	}
}

// arrivals makes requests arrive: a start, and a wrong request.
func (b *browser) arrivals() {
	b.t.Helper()
	for _, p := range sandbox.Providers() {
		if _, err := try(b.ctx, b.sandbox, attempt{Provider: p, Request: canonical(b.t, p), Seconds: 5}); err != nil {
			b.t.Fatal(err)
		}
	}
	answer, err := http.Post(b.sandbox.URL("forte")+"/compliance/v2/kycs", "application/json", strings.NewReader(`{"action": {"type": "OCC_RULES_ENGINE", "level": 5}}`))
	if err != nil {
		b.t.Fatal(err)
	}
	answer.Body.Close()
}
