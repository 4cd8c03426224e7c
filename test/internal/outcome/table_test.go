package outcome

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the table")

const file = "../../fixtures/outcomes.md"

// TestMarkdown checks the table against the fixtures. People read in it what each outcome asks of
// them, and see what a change of the fixtures changes.
func TestMarkdown(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	text := Markdown(rows)
	if *write {
		err = os.WriteFile(file, []byte(text), 0o644)
	}
	written, unread := os.ReadFile(file)
	if err := errors.Join(err, unread); err != nil {
		t.Fatal(err)
	}
	if string(written) != text {
		t.Error("run make outcomes: test/fixtures/outcomes.md is not what the fixtures say")
	}
	for _, r := range rows {
		if strings.Count(text, "("+r.Fixture+".http)") != 1 {
			t.Errorf("%s is not in the table exactly once", r.Fixture)
		}
		if r.Advice == "" || r.Source == "" || r.Next == "" && !r.Error && r.Call == "start" {
			t.Errorf("%s: advice %q, source %q, next step %q", r.Fixture, r.Advice, r.Source, r.Next)
		}
	}
	if _, err := Parse([]byte(`{}`)); err == nil {
		t.Error("nothing passes for an outcome")
	}
}
