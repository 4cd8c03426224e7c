package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// TestDemo checks what the demo promises: at each provider a start and a refusal, and one lost
// reply that a look-up settles; in columns, and the same as JSON.
func TestDemo(t *testing.T) {
	var columns, asJSON bytes.Buffer
	if err := run(&columns, false); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(columns.String()), "\n")
	column := strings.Index(lines[0], "STARTED")
	var told []string
	for _, line := range lines[1:] {
		told = append(told, strings.Fields(line)[0]+" "+strings.Fields(line[column:])[0])
	}
	var want []string
	for _, p := range fixtures.Providers() {
		want = append(want, string(p)+" yes", string(p)+" no")
		if p == "xgateway" {
			want = append(want, string(p)+" unknown", string(p)+" yes")
		}
	}
	if !slices.Equal(told, want) {
		t.Errorf("%v, want %v", told, want)
	}

	var outcomes []map[string]any
	if err := run(&asJSON, true); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(asJSON.Bytes(), &outcomes); err != nil || len(outcomes) != len(told) {
		t.Fatalf("%v, or not %d outcomes: %s", err, len(told), asJSON.String())
	}
	for i, o := range outcomes {
		if len(o) != 2 || o["what"] == nil {
			t.Errorf("outcome %d is not one of result, error and finding: %v", i, o)
		}
	}
}
