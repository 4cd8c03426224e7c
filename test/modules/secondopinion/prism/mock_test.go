package prism

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// program is Prism, in the version that package-lock.json pins.
const program = "../node_modules/.bin/prism"

var listening = regexp.MustCompile(`listening on (http://127\.0\.0\.1:\d+)`)

// mock makes Prism play a provider by its document, and returns its address.
func mock(t *testing.T, provider string) *url.URL {
	t.Helper()
	if _, err := os.Stat(program); errors.Is(err, os.ErrNotExist) {
		t.Fatal("prism is not installed: run npm ci in test/modules/secondopinion")
	}
	cmd := exec.Command(program, "mock", "--port", "0", "--seed", "kyc", "../../../../specs/"+provider+".yaml")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait() // it was killed
	})
	var printed strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		printed.WriteString(lines.Text() + "\n")
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }() // so that Prism never waits for a reader
			address, err := url.Parse(found[1])
			if err != nil {
				t.Fatal(err)
			}
			return address
		}
	}
	t.Fatalf("prism does not listen:\n%s", printed.String())
	return nil
}

// violationsHeader is the header in which Prism says what is wrong with a request.
const violationsHeader = "Sl-Violations"

// forcing is a RoundTripper that asks Prism for one documented answer, and keeps what Prism says
// about the request.
type forcing struct {
	address *url.URL
	base    string // the path of the servers in the document, which Prism does not have
	prefer  string
	spoil   func(*http.Request)

	status     int
	violations string
}

// fresh uses a new connection for each request: on a connection that was used before, a refusal is
// no evidence.
var fresh = &http.Transport{DisableKeepAlives: true}

// RoundTrip sends the request to Prism.
func (f *forcing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = f.address.Scheme, f.address.Host
	r.URL.Path, r.URL.RawPath = strings.TrimPrefix(r.URL.Path, f.base), ""
	r.Close = true // on a reused connection no refusal is evidence
	r.Header.Set("Prefer", f.prefer)
	if f.spoil != nil {
		f.spoil(r)
	}
	response, err := fresh.RoundTrip(r)
	if err == nil {
		f.status = response.StatusCode
		f.violations = response.Header.Get(violationsHeader)
	}
	return response, err
}
