package bench_test

import (
	"os"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/modules/bench"
)

func TestContenders(t *testing.T) {
	if err := bench.Check(bench.Contenders()); err != nil {
		t.Error(err)
	}
}

// TestREADME compares the table of README with what the benchmark has written.
func TestREADME(t *testing.T) {
	readme, results := bench.Must(os.ReadFile("../../../README.md")), bench.Must(os.ReadFile("results.md"))
	_, section, _ := strings.Cut(string(readme), "\n## What it costs\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if strings.Count(section, "\n|") < 3 {
		t.Error("README has no table of what it costs: copy it from test/modules/bench/results.md")
	}
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "|") && !strings.Contains(string(results), line) {
			t.Errorf("README has a row that is not in test/modules/bench/results.md: copy it from there\n%s", line)
		}
	}
}
