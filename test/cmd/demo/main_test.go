package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// TestTable holds the demo to what it promises: for each provider a start and a
// refusal, one lost reply, in columns.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out, false); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	column := strings.Index(lines[0], "STARTED")
	told := make(map[string][]string)
	for _, line := range lines[1:] {
		provider := strings.Fields(line)[0]
		told[provider] = append(told[provider], strings.Fields(line[column:])[0])
	}
	for _, p := range fixtures.Providers() {
		if starts := told[string(p)]; !slices.Contains(starts, "yes") || !slices.Contains(starts, "no") {
			t.Errorf("%s: started %v, want a start and a refusal", p, starts)
		}
	}
	lost := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "reply lost") })
	if lost < 0 || !strings.HasPrefix(lines[lost][column:], "unknown") {
		t.Errorf("no lost reply of unknown outcome in:\n%s", out.String())
	}
	if lost >= 0 && (len(lines) == lost+1 || !strings.Contains(lines[lost+1], found) || !strings.HasPrefix(lines[lost+1][column:], "yes")) {
		t.Errorf("the lost reply is not settled in:\n%s", out.String())
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out, true); err != nil {
		t.Fatal(err)
	}
	var outcomes []struct {
		What    string
		Result  *struct{ Status string }
		Error   *struct{ Kind string }
		Finding *struct{ Basis string }
	}
	if err := json.Unmarshal(out.Bytes(), &outcomes); err != nil {
		t.Fatal(err)
	}
	var what []string
	for _, act := range acts() {
		what = append(what, act.what)
		if act.after != "" {
			what = append(what, found)
		}
	}
	if len(outcomes) != len(what) {
		t.Fatalf("%d outcomes, want %d", len(outcomes), len(what))
	}
	for i, o := range outcomes {
		have := 0
		for _, has := range []bool{o.Result != nil, o.Error != nil, o.Finding != nil} {
			if has {
				have++
			}
		}
		if o.What != what[i] || have != 1 || (o.Finding != nil) != (o.What == found) {
			t.Errorf("outcome %d is not one of Result, Error and Finding for %q: %+v", i, what[i], o)
		}
	}
}
