package outcome

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the table")

const file = "../../fixtures/outcomes.md"

// TestMarkdown holds the table to the fixtures.
func TestMarkdown(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	text := Markdown(rows)
	if *write {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != text {
		t.Error("run make outcomes: test/fixtures/outcomes.md is not what the fixtures say")
	}
	for _, r := range rows {
		if strings.Count(text, "("+r.Fixture+".http)") != 1 {
			t.Errorf("%s does not stand in the table exactly once", r.Fixture)
		}
	}
}

// TestFolded keeps what differs in what a reader must know apart, and no more.
func TestFolded(t *testing.T) {
	a := Row{Fixture: "a", Provider: "forte", Call: "start", Allowed: true, Status: 403, Verdict: "v", Started: "no", Advice: "x", Source: "s"}
	same, earlier := a, a
	same.Fixture, same.Says, same.Case = "same", []string{"word"}, "case"
	earlier.Fixture, earlier.Status = "earlier", 401
	rows := []Row{a, same, earlier}
	for name, change := range map[string]func(*Row){
		"verdict": func(r *Row) { r.Verdict = "w" },
		"started": func(r *Row) { r.Started = "unknown" },
		"advice":  func(r *Row) { r.Advice = "y" },
		"source":  func(r *Row) { r.Source = "t" },
		"allowed": func(r *Row) { r.Allowed = false },
	} {
		other := a
		other.Fixture = name
		change(&other)
		if groups := folded([]Row{a, other}); len(groups) != 2 {
			t.Errorf("rows with another %s are folded", name)
		}
	}
	var got []string
	for _, group := range folded(rows) {
		for _, r := range group {
			got = append(got, r.Fixture)
		}
		got = append(got, "/")
	}
	if want := []string{"earlier", "/", "a", "same", "/"}; !slices.Equal(got, want) {
		t.Errorf("folded to %v, want %v", got, want)
	}
}

// TestAdvice demands what each outcome asks of a person.
func TestAdvice(t *testing.T) {
	for _, c := range []struct{ outcome, want string }{
		{`{"result": {"next": {"kind": "redirect"}}}`, "Send the customer to the link."},
		{`{"error": {"provider": "rebilly", "kind": "unavailable", "started": "unknown"}}`,
			"It may have started: find out before you start again. Ask GET /kyc-requests with filter = customerId:{CustomerID}, or wait for the KYC request webhooks, or ask the provider's support, with the request id if there is one."},
		{`{"error": {"provider": "forte", "kind": "unexpected_response", "started": "yes"}}`,
			"It has started: do not start again. Ask the provider's support, with the request id if there is one."},
		{`{"error": {"kind": "rate_limited", "started": "no", "safe_to_retry": true, "retry_after": 30}}`,
			"Start again after the time that the provider asks for."},
		{`{"error": {"kind": "rate_limited", "started": "no", "safe_to_retry": true}}`, "Start again later."},
		{`{"error": {"kind": "customer_blocked", "started": "no", "next": {"kind": "widget"}}}`,
			"Do not start again: the provider does not take this customer. Hand the payload to the provider's widget."},
		{`{"error": {"kind": "unauthenticated", "started": "no"}}`, "Renew the credential, then start again."},
		{`{"finding": {"exists": "no", "this_attempt": "no"}}`, "No process exists, and this attempt made none: start again."},
		{`{"finding": {"exists": "no", "this_attempt": "unknown"}}`, "No process is there now: look again before you start."},
		{`{"finding": {"exists": "unknown", "this_attempt": "unknown"}}`, "The answer does not tell: look again, or ask the provider."},
		{`{"finding": {"exists": "yes", "this_attempt": "no"}}`, "A process exists, from an earlier attempt: decide by how it stands."},
		{`{"finding": {"exists": "yes", "this_attempt": "yes", "next": {"kind": "await_callback"}}}`,
			"A process exists: do not start again. Wait for the provider's callback."},
	} {
		o, err := Parse([]byte(c.outcome))
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Advice(); got != c.want {
			t.Errorf("%s: advice %q, want %q", c.outcome, got, c.want)
		}
	}
	for _, text := range []string{`{}`, `{"result": {}, "error": {}}`, `[`} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s passes for an outcome", text)
		}
	}
}

// TestEveryOutcomeHasAdvice demands a sentence for every kind and every step.
func TestEveryOutcomeHasAdvice(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Advice == "" || r.Source == "" || r.Next == "" && !r.Error && r.Call == "start" {
			t.Errorf("%s: advice %q, source %q, next step %q", r.Fixture, r.Advice, r.Source, r.Next)
		}
	}
}
