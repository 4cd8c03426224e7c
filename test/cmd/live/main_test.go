package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

const secret = "planted-secret"

// environ returns an environment for a live run against the sandbox, as the customer of a scenario.
func environ(s *sandbox.Sandbox, p facade.Provider, scenario string, more ...string) []string {
	env := slices.Concat(more, []string{"PROVIDER=" + string(p), variable(p, "BASE_URL") + "=" + s.URL(p)})
	for _, one := range fixtures.Of(p).Live.Settings {
		switch {
		case one.Customer:
			env = append(env, variable(p, one.Name)+"="+s.Customer(p, scenario))
		case one.Fallback == "" && !one.Optional:
			env = append(env, variable(p, one.Name)+"="+secret)
		}
	}
	return env
}

// unseen are the fixtures that break their document in a way that no client sees: net/http ignores
// everything after a 204.
var unseen = []string{"xgateway/rejected/204_stray_json", "xgateway/rejected/204_stray_text"}

// TestEveryFixture makes a live run with the sandbox answering from each fixture. A run that starts
// records the answer. The recording must equal the fixture except for its data: it keeps or breaks
// the document in the same way, and has its own outcome beside it. A run that looks up starts
// nothing. Both kinds name what breaks the document, and print no data.
func TestEveryFixture(t *testing.T) {
	s := sandbox.New(t)
	folder, names := t.TempDir(), map[string]bool{}
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.AllOf(string(p))
		if err := errors.Join(err, os.MkdirAll(filepath.Join(folder, string(p), "rejected"), 0o750)); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			broken := len(contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)) > 0
			if broken != c.Rejected || c.Operation == "GetKYCRequest" {
				continue // test/conformance checks these; and a live run has no id of a process
			}
			t.Run(c.Name, func(t *testing.T) {
				how := "RECORD=1"
				if c.Operation != "" {
					how = "FIND=1"
				}
				var out strings.Builder
				code := run(context.Background(), environ(s, p, c.Name, how), &out, folder)
				said := out.String()
				fine := !broken || slices.Contains(unseen, c.Name)
				if c.Operation != "" {
					fine = !broken && strings.Contains(said, ": exists ")
				} else {
					_, rest, _ := strings.Cut(said, "committed: ")
					name, _, _ := strings.Cut(rest, "\n")
					if names[name] {
						t.Fatalf("recorded in the place of another: %s", name)
					}
					names[name] = true
					said += recorded(t, c, name, fine)
				}
				if (code == exitFine) != fine {
					t.Errorf("exit code %d, want %d if not %t", code, exitFine, fine)
				}
				for _, hidden := range []string{secret, s.Customer(p, c.Name), "gatherer-token", "gather.example"} {
					if strings.Contains(said, hidden) {
						t.Errorf("%q was printed or recorded: %s", hidden, said)
					}
				}
			})
		}
	}
}

// recorded checks the recording of a case and returns the recorded text.
func recorded(t *testing.T, c fixtures.Case, name string, fine bool) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	want, missing := os.ReadFile(strings.TrimSuffix(name, ".http") + ".want.json")
	if err := errors.Join(err, missing); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasPrefix(response.Header.Get("X-Fixture-Origin"), "live run") {
		t.Fatalf("%v, or no origin in %s", err, raw)
	}
	a := answer{facade.Provider(c.Provider), response.StatusCode, response.Header, body}
	found := contract.Response(c.Provider, "", a.status, a.header, a.body)
	if (len(found) == 0) != fine || strings.Contains(name, "rejected") == fine {
		t.Errorf("recorded as %s, which breaks the document: %v", name, found)
	}
	text, err := a.outcome(t.Context()).json()
	if err != nil || string(text) != string(want) {
		t.Errorf("%v, the outcome of the recording is %s, want %s", err, text, want)
	}
	if facts(t, c.Want) != facts(t, want) {
		t.Errorf("the recording has the outcome %s, the fixture %s", facts(t, want), facts(t, c.Want))
	}
	return string(raw) + string(want)
}

// facts returns the parts of a want.json that programs act on.
func facts(t *testing.T, want []byte) string {
	t.Helper()
	var w map[string]struct {
		Status, Kind, Started string
		Next                  struct{ Kind string }
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(w)
}

// TestRuns makes runs with other endings: mistakes in the environment, no usable answer, and what
// is printed last.
func TestRuns(t *testing.T) {
	s := sandbox.New(t)
	valid := fmt.Sprintf("%q", fixtures.Providers())
	for _, c := range []struct {
		name string
		env  []string
		code int
		want string
	}{
		{"no provider", nil, exitMisuse, valid},
		{"unknown provider", []string{"PROVIDER=nobody"}, exitMisuse, valid},
		{"unknown variable", []string{"PROVIDER=vault", "KYCSTART_VAULT_KEY=k"}, exitMisuse, "KYCSTART_VAULT_TOKEN"},
		{"no credentials", []string{"PROVIDER=rebilly", "KYCSTART_REBILLY_CUSTOMER_ID=c"}, exitMisuse, "nothing was done: a run at rebilly needs\n\tKYCSTART_REBILLY_API_KEY"},
		{"the base URL", []string{"PROVIDER=rebilly"}, exitMisuse, "KYCSTART_REBILLY_BASE_URL, the server: " + facade.RebillySandbox},
		{"the provider's message", environ(s, facade.Rebilly, "rebilly/422_json", "MESSAGE=1"), exitFine,
			"the provider says, as it came: \"The request is not valid\"\n\t\"field1\": \"field1 is invalid\"\n"},
		{"odd record", []string{"PROVIDER=vault", "RECORD=yes"}, exitMisuse, "RECORD"},
		{"find and record", []string{"PROVIDER=vault", "FIND=1", "RECORD=1"}, exitMisuse, "set one of them"},
		{"no folder", environ(s, facade.Vault, "vault/200_ok", "RECORD=1"), exitBroken, "no such file"},
		{"production", []string{"PROVIDER=xgateway", "KYCSTART_XGATEWAY_API_KEY=k", "KYCSTART_XGATEWAY_CUSTOMER_ID=c",
			"KYCSTART_XGATEWAY_BASE_URL=https://api.xgateway.tech/api/v2/"}, exitMisuse, "production"},
		{"bad level", environ(s, facade.Forte, sandbox.FaultSlow, "KYCSTART_FORTE_LEVEL=high"), exitMisuse, "KYCSTART_FORTE_LEVEL"},
		{"bad credential", []string{"PROVIDER=vault", "KYCSTART_VAULT_TOKEN=a b"}, exitBroken, "token must be"},
		{"bad server", []string{"PROVIDER=vault", "KYCSTART_VAULT_TOKEN=a", "KYCSTART_VAULT_BASE_URL=x"}, exitMisuse, "Vault.BaseURL"},
		{"no answer", environ(s, facade.Qolo, sandbox.FaultLostReply), exitBroken, "qolo: unavailable (no answer), started: unknown"},
		{"cut answer", environ(s, facade.Vault, sandbox.FaultCutBody), exitBroken, "vault answered 200"},
		{"fine", environ(s, facade.Rebilly, "rebilly/201_gathering"), exitFine, "the exchange keeps to the document"},
		{"drift", environ(s, facade.Rebilly, "rebilly/rejected/422_extra_member"), exitBroken, "expected no such property"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if code := run(context.Background(), c.env, &out, t.TempDir()); code != c.code || !strings.Contains(out.String(), c.want) {
				t.Errorf("exit code %d, want %d and %q in:\n%s", code, c.code, c.want, out.String())
			}
		})
	}
}

// TestRedaction puts a secret into every part of an answer.
func TestRedaction(t *testing.T) {
	for p, body := range map[facade.Provider]string{
		facade.Vault:    `{"message":"@","data":{"@":{"@":"@","n":7777,"error":"@"},"plain_key":{"error":"Smith"}},"originalMessage":"@","errorStackTrace":"@","errorId":7}`,
		facade.XGateway: `{"success":false,"@":1,"errors":[{"code":"bad_request","message":"@"}],"other":[["@",7777,true]]}`,
		facade.Forte:    `{"data":{"widget_data":"@","flow":"9c0e4d4a-3b5f-4b9e-8a51-0d3a3c1f7a10","error_code":"@@@"},"email":"@"}`,
		facade.Qolo: `{"person_guid":"9c0e4d4a-3b5f-4b9e-8a51-0d3a3c1f7a10","notes":"@","verificationResults":[{"document_path":"@",
			"provider_reference":"@","verification_date":"1970-02-03T04:05:06Z","questions":[{"prompt":"@","key":"@","options":["@"]}]}]}`,
		facade.Rebilly: `{"id":"@","customerId":"@","reason":"@","_links":[{"rel":"gatherer","href":"https://host.example/@?token=@"}],
			"_embedded":{"documents":[{"name":"@","ssn":7777,"dead":true,"type":"@ <b>"}]},"expirationTime":"1970-02-03T04:05:06Z"}`,
	} {
		planted := strings.ReplaceAll(body, "@", secret+"@x.example")
		header := http.Header{
			"Content-Type": {"application/json"}, "Set-Cookie": {secret}, "X-Request-Id": {secret}, "X-Customer": {secret},
			"Location": {secret}, "Retry-After": {"{" + secret + "}"},
		}
		got := answer{p, 200, header, []byte(planted)}.redacted(secret)
		text := string(got.wire())
		for _, hidden := range []string{secret, "7777", "9c0e4d4a", "1970", "host.example", "true", "plain_key", "Smith"} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s: %q was kept:\n%s", p, hidden, text)
			}
		}
	}
	for _, body := range []string{"<html>" + secret, `{"a":"` + secret, `{} "` + secret + `"`, `"` + secret + `"`} {
		if got := (answer{facade.Qolo, 500, nil, []byte(body)}).redacted(""); strings.Contains(string(got.body), secret) {
			t.Errorf("kept %s", got.body)
		}
	}
	// An empty 200 breaks the document. An answer must not be recorded if it kept to the document
	// before its data was replaced, and breaks it after.
	if name, err := (answer{provider: facade.Vault, status: 200}).record(t.TempDir(), nil, nil); err == nil || !strings.Contains(err.Error(), "not recorded") {
		t.Errorf("recorded as %s, %v", name, err)
	}
}
