package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/outcome"
	"github.com/kycstart/kycstart/test/sandbox"
)

type row = outcome.Row

func outcomes(t *testing.T) []row {
	t.Helper()
	rows, err := outcome.Rows()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// canonical returns the request of the fixtures, in the form in which the page sends it.
func canonical(t *testing.T, p facade.Provider) json.RawMessage {
	t.Helper()
	text, err := facade.MarshalRequest(fixtures.Start(p))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEveryFixtureIsJudged pastes every fixture. It demands the outcome that the fixture wants, and
// a complaint of the spec if the spec does not allow the answer.
func TestEveryFixtureIsJudged(t *testing.T) {
	for _, c := range fixtures.Starts() {
		j, err := judge(pasted{
			Provider: facade.Provider(c.Provider), Status: max(c.Status, 100), Header: headerText(c.Header), Body: string(c.Body),
			Customer: fixtures.Of(facade.Provider(c.Provider)).Customer.ID,
		})
		if err != nil {
			t.Fatal(c.Name, err)
		}
		want, err := outcome.Parse(c.Want)
		if err != nil {
			t.Fatal(err)
		}
		if j.Verdict != want.Verdict || j.Started != want.Started || j.Advice != want.Advice {
			t.Errorf("%s: %s, started %s, want %s, %s", c.Name, j.Verdict, j.Started, want.Verdict, want.Started)
		}
		if c.Rejected != (len(j.Wrong) > 0) {
			t.Errorf("%s: the spec says %v against it", c.Name, j.Wrong)
		}
	}
}

// TestCode compiles the Go code that the page shows.
func TestCode(t *testing.T) {
	s, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	folder, err := os.MkdirTemp(".", "code") //nolint:usetesting // it must lie in the module
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	for _, d := range fixtures.Descriptors() {
		for name, request := range map[string]facade.Request{"canonical": d.Request, "full": withoutImages(d.Full())} {
			code, err := goCode(d, s.URL(d.Provider), request)
			if err != nil {
				t.Fatalf("%s: %v\n%s", d.Provider, err, code)
			}
			in := filepath.Join(folder, string(d.Provider)+name)
			if err := os.Mkdir(in, 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(in, "main.go"), []byte(code), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := exec.Command("go", "vet", "./"+folder+"/...").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func withoutImages(r facade.Request) facade.Request {
	if q, ok := r.(*facade.QoloRequest); ok {
		q.Document.Front, q.Document.Back, q.Document.FaceImage = facade.QoloImage{}, facade.QoloImage{}, facade.QoloImage{}
	}
	return r
}

// TestCurl runs the curl command that the page shows.
func TestCurl(t *testing.T) {
	s, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, d := range fixtures.Descriptors() {
		tried, err := try(t.Context(), s, attempt{Provider: d.Provider, Request: canonical(t, d.Provider), Seconds: 10})
		if err != nil {
			t.Fatal(err)
		}
		command := exec.Command("sh", "-c", tried.Curl)
		command.Env = append(os.Environ(), "CREDENTIAL="+d.Customer.Form.Write("customer-42"))
		out, err := command.Output()
		if got := s.Received(d.Provider); err != nil || len(got) != 2 || got[1].Scenario != got[0].Scenario || !bytes.Equal(got[0].Body(), got[1].Body()) {
			t.Errorf("%s: %v: %v\n%s\n%s", d.Provider, err, got, tried.Curl, out)
		}
		if strings.Contains(tried.Curl+tried.Sent.Header+tried.Go, "canary") || strings.Contains(tried.Curl, "reb-test-key") {
			t.Errorf("%s: a credential is shown", d.Provider)
		}
	}
}

// TestNoFiles demands that a page cannot make the command send a file from this machine.
func TestNoFiles(t *testing.T) {
	_, err := read(fixtures.Of(facade.Qolo), []byte(`{"provider": "qolo", "person_guid": "2ae6ba4b-f6c0-4817-a158-43e5a87168fd", "document": {"front": {"File": "go.mod"}}}`))
	if err == nil || !strings.Contains(err.Error(), "names a file") {
		t.Errorf("a request with a file: %v", err)
	}
}

// TestHandler refuses requests that do not come from this machine, and paths that are not files of
// the page.
func TestHandler(t *testing.T) {
	s, err := sandbox.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h, err := handler(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, target, host, origin, body string
		status                             int
	}{
		{"GET", "/", "127.0.0.1:8485", "", "", 200},
		{"GET", "/", "shop.example", "", "", 403},
		{"POST", "/api/judge", "127.0.0.1:8485", "https://shop.example", "{}", 403},
		{"POST", "/api/start", "localhost:8485", "http://localhost:9999", "{}", 403},
		{"DELETE", "/sandbox/requests", "localhost:8485", "http://localhost:8485", "", 204},
		{"GET", "/vendor/", "localhost:8485", "", "", 404},
		{"GET", "/specs/specs.go", "localhost:8485", "", "", 404},
		{"GET", "/api/fixtures/forte/none", "localhost:8485", "", "", 500},
	} {
		r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s %s %s: status %d, want %d", c.method, c.target, c.host, c.origin, w.Code, c.status)
		}
		if csp := w.Header().Get("Content-Security-Policy"); w.Code != http.StatusForbidden && (!strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe")) {
			t.Errorf("%s: policy %q", c.target, csp)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/vendor/redoc.standalone.js", http.NoBody))
	if code, _ := io.ReadAll(w.Body); bytes.Contains(code, []byte("cdn.redoc")) || len(code) < 1<<20 {
		t.Error("Redoc is served with an address elsewhere")
	}
}

var screenshots = flag.String("screenshots", "", "the `folder` to write screenshots to")

// TestScreenshots writes pictures of every view, for people to look at.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		return // make screenshots asks for them
	}
	b := open(t)
	b.arrivals()
	for _, colours := range []string{"light", "dark"} {
		for _, size := range [][2]int64{{360, 740}, {1280, 800}, {2560, 1300}} {
			for _, v := range views {
				b.look(size[0], size[1], colours, v.path, v.ready)
				if v.name == "arrived" {
					b.run(chromedp.Click(chromedp.CSS("#arrivals summary")))
				}
				picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(*screenshots, v.name+"-"+colours+"-"+width(size[0])+".png")
				if err := os.WriteFile(file, picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func width(px int64) string { return map[int64]string{360: "narrow", 1280: "wide", 2560: "widest"}[px] }
