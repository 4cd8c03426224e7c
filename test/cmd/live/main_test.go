package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
			if broken != c.Rejected || broken && c.Status == http.StatusNoContent || c.Operation == "GetKYCRequest" {
				continue // no client sees what follows a 204, and a live run has no id of a process
			}
			t.Run(c.Name, func(t *testing.T) {
				fine, how, folder := !broken, "RECORD=1", t.TempDir()
				if c.Operation != "" {
					fine, how = !broken && bytes.Contains(c.Want, []byte(`"finding"`)), "FIND=1"
				}
				in := filepath.Join(folder, path.Dir(c.Name)) // a recording belongs where its fixture is
				if err := os.MkdirAll(in, 0o750); err != nil {
					t.Fatal(err)
				}
				var out strings.Builder
				if code := run(t.Context(), environ(s, p, c.Name, how), &out, folder); (code == exitFine) != fine {
					t.Errorf("exit code %d, want %d if not %t", code, exitFine, fine)
				}
				files, err := filepath.Glob(filepath.Join(in, fmt.Sprintf("%03d_recorded_*", c.Status)))
				if err != nil || c.Operation == "" && len(files) != 2 {
					t.Fatalf("%v, or not recorded: %s", err, out.String())
				}
				recorded := ""
				for _, file := range files {
					text, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					recorded += string(text)
				}
				for _, hidden := range []string{secret, "gatherer-token", "gather.example", "The request is not valid"} {
					if strings.Contains(out.String()+recorded, hidden) || strings.Contains(recorded, s.Customer(p, c.Name)) {
						t.Errorf("%q was printed or recorded, or the customer recorded: %s%s", hidden, out.String(), recorded)
					}
				}
			})
		}
	}
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
		{"unknown variable", []string{"PROVIDER=vault", "KYCSTART_VAULT_KEY=k"}, exitMisuse,
			"no variable KYCSTART_VAULT_KEY, there are:\n\tKYCSTART_VAULT_TOKEN"},
		{"no credentials", []string{"PROVIDER=rebilly", "KYCSTART_REBILLY_CUSTOMER_ID=c"}, exitMisuse, "nothing was done: a run at rebilly needs\n\tKYCSTART_REBILLY_API_KEY"},
		{"fallbacks", []string{"PROVIDER=rebilly"}, exitMisuse, "KYCSTART_REBILLY_BASE_URL, the server: " + facade.RebillySandbox},
		{"the provider's message", environ(s, facade.Rebilly, "rebilly/422_json", "MESSAGE=1"), exitFine,
			`"message": "The request is not valid"`},
		{"odd record", []string{"PROVIDER=vault", "RECORD=yes"}, exitMisuse, "RECORD"},
		{"find and record", []string{"PROVIDER=vault", "FIND=1", "RECORD=1"}, exitMisuse, "set one of them"},
		{"no folder", environ(s, facade.Vault, "vault/200_ok", "RECORD=1"), exitBroken, "no such file"},
		{"production", []string{"PROVIDER=xgateway", "KYCSTART_XGATEWAY_API_KEY=k", "KYCSTART_XGATEWAY_CUSTOMER_ID=c",
			"KYCSTART_XGATEWAY_BASE_URL=https://api.xgateway.tech/api/v2/"}, exitMisuse, "production"},
		{"bad level", environ(s, facade.Forte, sandbox.FaultSlow, "KYCSTART_FORTE_LEVEL=high"), exitMisuse, "KYCSTART_FORTE_LEVEL"},
		{"bad credential", []string{"PROVIDER=vault", "KYCSTART_VAULT_TOKEN=a b"}, exitBroken, "token must be"},
		{"bad server", []string{"PROVIDER=vault", "KYCSTART_VAULT_TOKEN=a", "KYCSTART_VAULT_BASE_URL=x"}, exitMisuse, "Vault.BaseURL"},
		{"no answer", environ(s, facade.Qolo, sandbox.FaultLostReply), exitBroken, "qolo: unavailable (no answer), started: unknown"},
		{"cut answer", environ(s, facade.Vault, sandbox.FaultCutBody), exitBroken, `"http_status": 200`},
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
			a := answer{200, http.Header{
				"Content-Type": {"application/json"}, "Set-Cookie": {secret}, "X-Request-Id": {secret}, "X-Customer": {secret},
				"Location": {secret}, "Retry-After": {"{" + secret + "}"},
			}, []byte(text)}
			got := string(redacted(a, fixtures.Of(p), "smith").text())
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
	header := http.Header{"Content-Type": {"application/json"}}
	want := "HTTP/1.1 200 OK\nX-Fixture-Origin: live run on " + time.Now().UTC().Format(time.DateOnly) + ", data replaced\n" +
		"Content-Type: application/json\n\n{}"
	if text := string(answer{200, header, []byte("{}")}.text()); text != want {
		t.Errorf("recorded\n%s\nwant\n%s", text, want)
	}
	twice := replay.Answer{Status: 200, Header: header, Body: []byte(`{"result": "ok", "result": "ok"}`)}
	e := replay.Start(fixtures.Start(facade.Vault), twice)
	came := outcome{Result: e.Result}
	errors.As(e.Err, &came.Error)
	name, err := record(t.Context(), t.TempDir(), &settings{provider: facade.Vault}, came)
	if err == nil || !strings.Contains(err.Error(), "not recorded") {
		t.Errorf("recorded as %s, %v", name, err)
	}
}
