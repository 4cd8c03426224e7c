package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

const secret = "planted-secret"

// environ is an environment for a live run at a provider that the sandbox plays,
// for the customer of a scenario.
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

// read returns the response of a recorded fixture and its want.
func read(t *testing.T, p facade.Provider, name string) (answer, []byte) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(strings.TrimSuffix(name, ".http") + ".want.json")
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || !bytes.Contains(raw, []byte("\nX-Fixture-Origin: live run")) {
		t.Fatalf("%v, or no origin in %s", err, raw)
	}
	response.Header.Del("X-Fixture-Origin")
	return answer{p, response.StatusCode, response.Header, body}, want
}

// unseen are the fixtures that break their document in a way that no client
// sees: net/http passes over what stands behind a 204.
var unseen = []string{"xgateway/rejected/204_stray_json", "xgateway/rejected/204_stray_text"}

// TestEveryFixture lets the sandbox play each fixture to a live run that records
// it. The recording must be what it was, but for its data: as right or wrong for
// the document, and with its own outcome beside it.
func TestEveryFixture(t *testing.T) {
	s := sandbox.New(t)
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	folder, names := t.TempDir(), map[string]bool{}
	for _, p := range fixtures.Providers() {
		if err := os.MkdirAll(filepath.Join(folder, string(p), "rejected"), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range cases {
		if found := contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body); (len(found) > 0) != c.Rejected {
			continue // test/conformance tells that the fixture and the document disagree
		}
		t.Run(c.Name, func(t *testing.T) {
			p := facade.Provider(c.Provider)
			env := environ(s, p, c.Name, "RECORD=1")
			var out strings.Builder
			code := run(context.Background(), env, &out, folder)

			broken := c.Rejected && !slices.Contains(unseen, c.Name)
			if wantCode := map[bool]int{true: exitBroken, false: exitFine}[broken]; code != wantCode {
				t.Errorf("exit code %d, want %d", code, wantCode)
			}
			_, rest, recorded := strings.Cut(out.String(), "committed: ")
			name, _, _ := strings.Cut(rest, "\n")
			if !recorded || names[name] {
				t.Fatalf("not recorded, or in the place of another: %s", out.String())
			}
			names[name] = true
			a, want := read(t, p, name)
			if found := contract.Response(c.Provider, "", a.status, a.header, a.body); (len(found) > 0) != broken {
				t.Errorf("the recording breaks the document: %v, want %t", found, broken)
			}
			if rejected := strings.Contains(name, "rejected"); rejected != broken {
				t.Errorf("recorded as %s", name)
			}
			text, err := a.outcome().json()
			if diff := cmp.Diff(string(want), string(text)); diff != "" || err != nil {
				t.Errorf("%v, outcome of the recording (-want +got):\n%s", err, diff)
			}
			if facts(t, c.Want) != facts(t, want) {
				t.Errorf("the recording has the outcome %s, the fixture %s", facts(t, want), facts(t, c.Want))
			}
			for _, hidden := range []string{secret, s.Customer(p, c.Name), "gatherer-token"} {
				if strings.Contains(out.String()+string(a.body)+string(want), hidden) {
					t.Errorf("%q was printed or recorded", hidden)
				}
			}
		})
	}
}

// facts are what a want.json says to programs.
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

// TestRuns are runs that end in another way than with an answer.
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
}

// TestRedaction plants a secret in every part of an answer.
func TestRedaction(t *testing.T) {
	for p, body := range map[facade.Provider]string{
		facade.Vault:    `{"message":"@","data":{"@":{"@":"@","n":7777,"error":"@"},"plain_key":{"error":"Smith"}},"originalMessage":"@","errorStackTrace":"@","errorId":7}`,
		facade.XGateway: `{"success":false,"errors":[{"code":"bad_request","message":"@"}],"other":[["@",7777,true]]}`,
		facade.Forte:    `{"data":{"widget_data":"@","flow":"KYC_OCC","error_code":"@@@"},"email":"@"}`,
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
}
