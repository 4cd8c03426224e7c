package crash

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// edit is one change in a file of the module.
type edit struct{ file, from, to string }

// mistakes are what people may get wrong in the pattern, and what TestSQLite then says.
var mistakes = map[string]struct {
	edits []edit
	says  string
}{
	"sending is not stored before the call": {[]edit{
		{"durable.go", `if err := w.Intents.Claim(call, intent); err != nil {`, `if err := error(nil); err != nil {`},
	}, startedTwice},
	"what is found as sending is sent again": {[]edit{
		{"durable.go", `return w.settle(ctx, intent)`, `return w.send(ctx, job, intent)`},
		{"intents.go", ` AND turn = $6 AND state = 'waiting'`, ` AND turn = $6`},
	}, startedTwice},
	"an error of Find is read as a no": {[]edit{
		{"durable.go", `intent.Noes, wait = 0, max(wait, failed.RetryAfter)`,
			`intent.Noes, finding = intent.Noes+1, &facade.Finding{}`},
	}, startedTwice},
	"one no is enough": {[]edit{
		{"durable.go", `case intent.Noes == 2:`, `case intent.Noes == 1:`},
	}, startedTwice},
	"a customer may have two intents": {[]edit{
		{"intents.go", "outcome TEXT NOT NULL,\n\tPRIMARY KEY (customer, provider))", "outcome TEXT NOT NULL)"},
		{"intents.go", ` ON CONFLICT (customer, provider) DO NOTHING`, ``},
	}, "intents of 300 customers"},
	"the outcome is left to the queue": {[]edit{
		{"durable.go", `return w.Intents.Save(ctx, intent, Started, res, "")`, `_ = res; return nil`},
	}, "starts have not ended"},
}

const startedTwice = "is started twice at"

// TestMistakes makes each mistake in turn, and demands that the test above fails.
func TestMistakes(t *testing.T) {
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			test := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestSQLite$", ".", "-args", "-kills=60", "-starts=300")
			test.Env = append(os.Environ(), "GOFLAGS=-overlay="+overlay(t, mistake.edits))
			out, err := test.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestSQLite") || !strings.Contains(string(out), mistake.says) {
				t.Errorf("nobody notices:\n%s", out)
			}
			t.Logf("%s", regexp.MustCompile(`(?m)^.*(second deliveries|have not ended|intents of).*$`).Find(out))
		})
	}
}

// overlay makes the edits only for the compiler. It returns the file that tells the compiler.
func overlay(t *testing.T, edits []edit) string {
	t.Helper()
	dir, files := t.TempDir(), map[string]string{}
	for _, e := range edits {
		original, err := filepath.Abs(filepath.Join("..", e.file))
		if err != nil {
			t.Fatal(err)
		}
		changed := filepath.Join(dir, e.file)
		source := original
		if files[original] != "" {
			source = changed
		}
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), e.from) != 1 {
			t.Fatalf("%s must have this once, or the mistake cannot be made: %s", e.file, e.from)
		}
		if err := os.WriteFile(changed, []byte(strings.Replace(string(text), e.from, e.to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		files[original] = changed
	}
	text, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
