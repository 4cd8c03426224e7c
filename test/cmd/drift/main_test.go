package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTake takes a spec with a renamed path as a newer document, and demands that what it lacks is named.
func TestTake(t *testing.T) {
	text, err := os.ReadFile("../../../specs/xgateway.yaml")
	folder := t.TempDir()
	if err := errors.Join(err, os.CopyFS(folder+"/"+sources, os.DirFS("../../../"+sources))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	for _, c := range []struct{ old, provider, want string }{
		{"/kyc/verification", "", "newer.yaml does not have POST /customer/{id}/bank-transfer/kyc/verification: if"},
		{"/bank-transfer", "", "newer.yaml has no operation of specs/*.yaml: if a path has changed"},
		{"/kyc/verification", "forte", "newer.yaml has no operation of specs/forte.yaml: if a path has changed"},
		{"/kyc/verification", "xgatewy", "PROVIDER=xgatewy is no provider, there are: "},
	} {
		var out strings.Builder
		newer := []byte(strings.ReplaceAll(string(text), c.old, "/new"))
		got := fmt.Sprint(errors.Join(os.WriteFile("newer.yaml", newer, 0o600), take(&out, "newer.yaml", c.provider)), &out)
		if !strings.Contains(got, c.want) || strings.Count(got, "does not have") > 1 {
			t.Errorf("%s: %s, want %s", c.old, got, c.want)
		}
	}
}
