package main

import (
	"strings"
	"testing"
)

// TestVerdict holds each change to the version that it calls for.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		found         extent
		last, version string
		want          string // what the failure speaks of, empty for none
	}{
		{unchanged, "", "", ""},
		{compatible, "v0.3.1", "", ""},
		{breaking, "v0.3.1", "", "VERSION=v0.4.0"},
		{breaking, "v0.3.1", "v0.4.0", ""},
		{breaking, "v0.3.1", "v0.3.2", "at least v0.4.0"},
		{breaking, "v1.3.1", "v1.4.0", "at least v2.0.0"},
		{breaking, "v1.3.1", "v2.0.0", ""},
		{compatible, "v1.3.1", "v1.3.2", "at least v1.4.0"},
		{unchanged, "v1.3.1", "v1.3.2", ""},
		{unchanged, "v1.3.1", "v1.3.1", "at least v1.3.2"},
		{unchanged, "v1.3.1-rc.1", "v1.3.2", ""},
		{breaking, "", "1.0", "no version"},
	} {
		err := verdict(c.found, c.last, c.version)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s after %q, to be %q: %v, want %q", words[c.found], c.last, c.version, err, c.want)
		}
	}
}

// TestChangesOf reads what apidiff prints.
func TestChangesOf(t *testing.T) {
	const report = "Incompatible changes:\n- Started: removed\n- New: changed from func() to func(int)\nCompatible changes:\n- Kind: added\n"
	got := changesOf("p", report)
	want := []change{{true, "p", "Started: removed"}, {true, "p", "New: changed from func() to func(int)"}, {false, "p", "Kind: added"}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got[i], want[i])
		}
	}
}
