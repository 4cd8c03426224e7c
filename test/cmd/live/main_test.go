package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
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

// TestEveryFixture makes a live run with the sandbox answering from each fixture. A run that starts
// records the answer among those that keep to the document, or among the others. A run that looks
// up starts nothing. Neither prints or records data. (A run does not record an answer whose outcome
// changes when its data is replaced.)
func TestEveryFixture(t *testing.T) {
	s := sandbox.New(t)
	for _, p := range fixtures.Providers() {
		for _, c := range fixtures.Cases(p) {
			broken := len(contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)) > 0
			if broken && c.Status == http.StatusNoContent || c.Operation == "GetKYCRequest" {
				continue // no client sees what follows a 204, and a live run has no id of a process
			}
			t.Run(c.Name, func(t *testing.T) {
				how, folder := "RECORD=1", t.TempDir()
				if c.Operation != "" {
					how = "FIND=1"
				}
				in := filepath.Join(folder, path.Dir(c.Name)) // a recording belongs where its fixture is
				if err := os.MkdirAll(in, 0o750); err != nil {
					t.Fatal(err)
				}
				var out strings.Builder
				err := run(t.Context(), environ(s, p, c.Name, how), &out, folder)
				if (err != nil) != broken {
					t.Errorf("%v, want an error: %t", err, broken)
				}
				printed, recorded := fmt.Sprint(out.String(), err), ""
				if c.Operation == "" {
					recorded = reread(t, p, filepath.Join(in, fmt.Sprintf("%03d_recorded_*", c.Status)))
				}
				for _, hidden := range []string{secret, "gatherer-token", "gather.example", "The request is not valid"} {
					if strings.Contains(printed+recorded, hidden) || strings.Contains(recorded, s.Customer(p, c.Name)) {
						t.Errorf("%q was printed or recorded, or the customer recorded: %s%s", hidden, printed, recorded)
					}
				}
			})
		}
	}
}

// reread returns the text of the only recording that matches. The answer in it must lead to the
// outcome in it.
func reread(t *testing.T, p facade.Provider, pattern string) string {
	t.Helper()
	file := func(suffix string) []byte {
		names, _ := filepath.Glob(pattern + suffix) // fails only if the pattern is malformed
		if len(names) != 1 {
			t.Fatalf("recorded %q", names)
		}
		text, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	answer, want := file(".http"), file(".want.json")
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	e := replay.Start(fixtures.Start(p), replay.Answer{Status: response.StatusCode, Header: response.Header, Body: body})
	came := outcome{Result: e.Result}
	errors.As(e.Err, &came.Error)
	if text, err := json.MarshalIndent(came, "", "  "); err != nil || string(text) != strings.TrimSpace(string(want)) {
		t.Errorf("recorded as the outcome of the answer\n%s\nand it is\n%s", want, text)
	}
	return string(answer) + string(want)
}

// TestRuns makes runs with other endings: mistakes in the environment, no usable answer, and what
// is printed only on demand.
func TestRuns(t *testing.T) {
	s := sandbox.New(t)
	for _, c := range []struct {
		name string
		env  []string
		want string
	}{
		{"no provider", nil, fmt.Sprintf("%q", fixtures.Providers())},
		{"unknown variable", []string{"PROVIDER=vault", "KYCSTART_VAULT_KEY=k"},
			"no variable KYCSTART_VAULT_KEY, there are:\n\tKYCSTART_VAULT_TOKEN"},
		{"no credentials", []string{"PROVIDER=rebilly", "KYCSTART_REBILLY_CUSTOMER_ID=c"},
			"nothing was done: a run at rebilly needs\n\tKYCSTART_REBILLY_API_KEY"},
		{"fallbacks", []string{"PROVIDER=rebilly"}, "KYCSTART_REBILLY_BASE_URL, the server: " + facade.RebillySandbox},
		{"the provider's message", environ(s, facade.Rebilly, "rebilly/422_json", "MESSAGE=1"),
			`"message": "The request is not valid"`},
		{"odd record", []string{"PROVIDER=vault", "RECORD=yes"}, "RECORD"},
		{"find and record", []string{"PROVIDER=vault", "FIND=1", "RECORD=1"}, "set one of them"},
		{"no folder", environ(s, facade.Vault, "vault/200_ok", "RECORD=1"), "no such file"},
		{"production", []string{"PROVIDER=xgateway", "KYCSTART_XGATEWAY_API_KEY=k", "KYCSTART_XGATEWAY_CUSTOMER_ID=c",
			"KYCSTART_XGATEWAY_BASE_URL=https://api.xgateway.tech/api/v2/"}, "production"},
		{"bad level", environ(s, facade.Forte, sandbox.FaultSlow, "KYCSTART_FORTE_LEVEL=high"), "KYCSTART_FORTE_LEVEL"},
		{"bad server", []string{"PROVIDER=vault", "KYCSTART_VAULT_TOKEN=a", "KYCSTART_VAULT_BASE_URL=x"}, "Vault.BaseURL"},
		{"no answer", environ(s, facade.Qolo, sandbox.FaultLostReply), "qolo: unavailable (no answer), started: unknown"},
		{"drift", environ(s, facade.Rebilly, "rebilly/rejected/422_extra_member"), "expected no such property"},
	} {
		var out strings.Builder
		err := run(t.Context(), c.env, &out, t.TempDir())
		if printed := fmt.Sprint(out.String(), err); !strings.Contains(printed, c.want) {
			t.Errorf("%s: want %q in:\n%s", c.name, c.want, printed)
		}
	}
}

// TestRedaction puts a secret, and the customer Smith, into every part of an answer.
func TestRedaction(t *testing.T) {
	for p, body := range map[facade.Provider]string{
		facade.Vault:    `{"message":"@","data":{"@":{"@":"@","n":7777,"error":"@"},"plain_key":{"error":"Jones"}},"errorStackTrace":"@"}`,
		facade.XGateway: `{"success":false,"@":1,"Smith":1,"errors":[{"code":"bad_request","message":"@"}],"other":[["@",7777,true]]}`,
		facade.Forte:    `{"data":{"widget_data":"@","flow":"9c0e4d4a-3b5f-4b9e-8a51-0d3a3c1f7a10","error_code":"@@@"},"email":"@"}`,
		facade.Qolo: `{"person_guid":"9c0e4d4a-3b5f-4b9e-8a51-0d3a3c1f7a10","notes":"@","verificationResults":[{"document_path":"@",
			"provider_reference":"@","verification_date":"1970-02-03T04:05:06Z","questions":[{"prompt":"@","key":"@","options":["@"]}]}]}`,
		facade.Rebilly: `{"id":"@","customerId":"@","_links":[{"rel":"gatherer","href":"https://host.example/@?token=@"}],
			"_embedded":{"documents":[{"name":"@","ssn":7777,"dead":true,"type":"@ <b>"}]},"expirationTime":"1970-02-03T04:05:06Z"}`,
	} {
		planted := strings.ReplaceAll(body, "@", secret+"4711ü@x.example")
		for _, text := range []string{planted, "<html>" + secret, `{"a":"` + secret, `{} "` + secret + `"`, `"` + secret + `"`} {
			a := replay.Answer{Status: 200, Body: []byte(text), Header: http.Header{
				"Content-Type": {"application/json"}, "Set-Cookie": {secret}, "X-Request-Id": {secret}, "X-Customer": {secret},
				"Location": {secret}, "Retry-After": {"{" + secret + "}"},
			}}
			s := settings{Descriptor: fixtures.Of(p), customer: "smith"}
			got := string(fixture(s.redacted(a), time.Now()))
			for _, hidden := range []string{
				secret, "4711", "ü", "7777", "9c0e4d4a", "1970", "host.example", "true", "plain_key", "Smith", "Jones",
			} {
				if strings.Contains(got, hidden) {
					t.Errorf("%s: %q was kept:\n%s", p, hidden, got)
				}
			}
		}
	}
}

// TestRecord demands the form of a fixture. An answer is not recorded if its meaning changes: here
// a member stands twice, and once when its data is replaced.
func TestRecord(t *testing.T) {
	a := replay.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}")}
	want := "HTTP/1.1 200 OK\nX-Fixture-Origin: live run on 2026-01-02, data replaced\nContent-Type: application/json\n\n{}"
	if text := string(fixture(a, time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC))); text != want {
		t.Errorf("recorded\n%s\nwant\n%s", text, want)
	}
	a.Body = []byte(`{"result": "ok", "result": "ok"}`)
	s := settings{Descriptor: fixtures.Of(facade.Vault)}
	e := replay.Start(s.Request, a)
	came := outcome{Result: e.Result}
	errors.As(e.Err, &came.Error)
	if err := s.write(t.Context(), io.Discard, t.TempDir(), came); err == nil || !strings.Contains(err.Error(), "not recorded") {
		t.Errorf("recorded: %v", err)
	}
}
