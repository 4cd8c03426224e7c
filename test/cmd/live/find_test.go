package main

import (
	"context"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestFind lets the sandbox play the answers to a look-up to a live run that looks its
// customer up: it starts nothing, names what breaks the document, and prints no data.
func TestFind(t *testing.T) {
	s := sandbox.New(t)
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.Lookups(string(p))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if c.Operation == "GetKYCRequest" {
				continue // is by the id of a process, which a run does not have
			}
			var out strings.Builder
			code := run(context.Background(), environ(s, p, c.Name, "FIND=1"), &out, "")
			found := contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)
			said := strings.Contains(out.String(), ": exists ")
			if (code == exitFine) != (said && len(found) == 0) {
				t.Errorf("%s: exit code %d, of a finding: %t, that breaks the document: %v\n%s", c.Name, code, said, found, out.String())
			}
			for _, data := range []string{secret, "gather.example", s.Customer(p, c.Name)} {
				if strings.Contains(out.String(), data) {
					t.Errorf("%s: %q is in %s", c.Name, data, out.String())
				}
			}
		}
	}
	env := environ(s, facade.Vault, sandbox.Default(facade.Vault), "FIND=1", "RECORD=1")
	var out strings.Builder
	if code := run(context.Background(), env, &out, ""); code != exitMisuse {
		t.Errorf("FIND and RECORD together: exit code %d: %s", code, out.String())
	}
}
