package intermediaries

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/origin"
)

var record = flag.Bool("record", false, "write the answers to test/behaviour/faults")

// TestMain says what is missing, if anything is.
func TestMain(m *testing.M) {
	flag.Parse()
	for _, p := range []proxy{nginx, haproxy} {
		if p.path() == "" {
			fmt.Printf("intermediaries: nothing was tested, since %s is not installed (Debian: apt-get install nginx-light haproxy)\n", p.program)
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// TestFailure puts every proxy in front of an origin that reads the POST and fails. The library
// then gets the proxy's own answer.
func TestFailure(t *testing.T) {
	for _, s := range setups {
		t.Run(s.name, func(t *testing.T) {
			for i, f := range s.failures {
				t.Run(f.name, func(t *testing.T) {
					if *record && i == 0 {
						s.record(t, f)
					}
					each(t, func(t *testing.T, p facade.Provider) {
						want := facade.StartedUnknown
						if slices.Contains(s.unseen, p) {
							want = facade.StartedNo
						}
						s.check(t, f, p, max(s.deliveries, 1), want)
					})
				})
			}
		})
	}
}

// TestRepeated uses proxies that repeat the POST after the first one was read and failed. The
// origin refuses the second one in the provider's own words, for example because it knows the first
// one. This is the exception that no client can see. If a client could, this test would fail.
func TestRepeated(t *testing.T) {
	for _, s := range []setup{
		{name: "nginx", proxy: nginx, settings: nginxRepeating, failures: atOnce},
		{name: "haproxy", proxy: haproxy, settings: repeating, failures: atOnce},
	} {
		t.Run(s.name, func(t *testing.T) {
			for _, f := range s.failures {
				t.Run(f.name, func(t *testing.T) {
					each(t, func(t *testing.T, p facade.Provider) {
						s.check(t, f, p, 2, facade.StartedNo, origin.Fixture(t, fixtures.Of(p).Limited()))
					})
				})
			}
		})
	}
}

// TestPassedOn uses proxies that pass on what the provider says: a start stays a start, and a
// refusal in the provider's own words stays a refusal.
func TestPassedOn(t *testing.T) {
	for _, s := range []setup{
		{name: "nginx", proxy: nginx, settings: passing},
		{name: "haproxy", proxy: haproxy},
	} {
		t.Run(s.name, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				t.Run("started", func(t *testing.T) {
					s.check(t, answers(t, fixtures.Of(p).Success.Name), p, 1, facade.StartedYes)
				})
				t.Run("refused", func(t *testing.T) {
					s.check(t, answers(t, fixtures.Of(p).Limited()), p, 1, facade.StartedNo)
				})
			})
		})
	}
}

func each(t *testing.T, test func(t *testing.T, p facade.Provider)) {
	t.Helper()
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) { test(t, p) })
	}
}

// answers is an origin that does not fail, but gives a documented answer.
func answers(t *testing.T, fixture string) failure {
	t.Helper()
	return failure{"", origin.Fixture(t, fixture), "30s"}
}

// check makes one start through the proxy. The origin does f with the first request, and has later
// replies for the next ones. It fails unless the origin has read exactly that many whole requests
// and the outcome says want. A Result counts as yes.
func (s setup) check(t *testing.T, f failure, p facade.Provider, deliveries int, want facade.Started, later ...origin.Reply) {
	t.Helper()
	behind := origin.Listen(t, slices.Concat([]origin.Reply{f.reply}, later)...)
	url, stop := s.proxy.start(t, s.settings, behind.Listener.Addr().String(), f.timeout)
	client, err := facade.New(fixtures.Config(url, p))
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Start(t.Context(), fixtures.Start(p))
	stop()
	if read := behind.Settle(t); read != deliveries {
		t.Errorf("the origin read %d whole requests, want %d: the test tests something else", read, deliveries)
	}
	got, safe := facade.StartedYes, false
	if res == nil {
		var failed *facade.Error
		if !errors.As(err, &failed) {
			t.Fatalf("the error is a %T", err)
		}
		got, safe = failed.Started, failed.SafeToRetry()
	}
	if got != want {
		t.Errorf("started %v, want %v (safe to retry: %v), after %d whole requests: %v", got, want, safe, behind.Deliveries(), err)
	}
}

// record writes what the proxy answers, byte by byte.
func (s setup) record(t *testing.T, f failure) {
	t.Helper()
	behind := origin.Listen(t, f.reply)
	url, stop := s.proxy.start(t, s.settings, behind.Listener.Addr().String(), f.timeout)
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: kyc.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	status, rest, _ := strings.Cut(string(answer), "\r\n")
	text := fmt.Sprintf("%s\r\nX-Fixture-Origin: %s, recorded; the origin had read the POST, and %s\r\n%s", status, s.proxy.version(t), f.name, rest)
	file := filepath.Join("..", "..", "behaviour", "faults", "testdata", "intermediaries", s.name+".http")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
