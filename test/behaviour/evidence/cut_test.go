package evidence

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// framings are the ways to tell where a body ends: frame returns the lines that the
// header has for it, what is behind the header, and the length that both claim;
// arrive what of the body counts, if this is all that came behind the header.
var framings = []struct {
	name   string
	frame  func(body []byte) (lines string, behind []byte, length int64)
	arrive func(body, behind []byte) (came []byte, whole bool)
}{
	{
		"Content-Length",
		func(body []byte) (string, []byte, int64) {
			return fmt.Sprintf("Content-Length: %d\r\n", len(body)), body, int64(len(body))
		},
		func(body, behind []byte) ([]byte, bool) { return behind, len(behind) == len(body) },
	},
	{
		"chunked",
		func(body []byte) (string, []byte, int64) {
			return "Transfer-Encoding: chunked\r\n", chunks(body), int64(len(body))
		},
		func(body, behind []byte) ([]byte, bool) { return body, len(behind) == len(chunks(body)) },
	},
	{
		// Nothing tells a cut from the end.
		"until the connection closes",
		func(body []byte) (string, []byte, int64) { return "", body, -1 },
		func(_, behind []byte) ([]byte, bool) { return behind, true },
	},
}

// chunks is the body in two chunks, and the last one, which is empty.
func chunks(body []byte) []byte {
	var b bytes.Buffer
	for _, part := range [][]byte{body[:len(body)/2], body[len(body)/2:]} {
		if len(part) > 0 {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
		}
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes()
}

// cutCase is an answer that ends after some of its bytes.
type cutCase struct {
	fixture string
	how     string
	sent    []byte
	// whole tells that nothing is missing, started that the fixture wants a Result
	// then, and answer is what a client has of it.
	whole, started bool
	answer         Answer
}

// cuts gives a fixture cut at every byte, the body in every framing, and whole.
func cuts(c fixtures.Case, each func(cutCase)) {
	for i, f := range framings {
		lines, behind, length := f.frame(c.Body)
		head := head(c, lines)
		text := slices.Concat(head, behind)
		first := len(head)
		if i == 0 {
			first = 0 // where a header is cut, its framing is not told yet
		}
		for n := first; n <= len(text); n++ {
			a := FromFixture(c)
			a.Length = length
			if n < len(head) {
				a.Status, a.Header, a.Body, a.Whole = 0, nil, nil, false
			} else {
				a.Body, a.Whole = f.arrive(c.Body, behind[:n-len(head)])
			}
			how := fmt.Sprintf("%s, cut after %d of %d bytes", f.name, n, len(text))
			each(cutCase{c.Name, how, text[:n], n == len(text), bytes.Contains(c.Want, []byte(`"result"`)), a})
		}
	}
}

// head is the status line and the header of a fixture as a server sends them.
func head(c fixtures.Case, lines string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\r\n%s", c.Status, http.StatusText(c.Status), lines)
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		for _, value := range c.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// lie returns what is wrong with what became of a cut answer.
func (c cutCase) lie(res *facade.Result, err error) string {
	if lie := Judge(c.answer, res, err); lie != "" {
		return lie
	}
	if !c.whole {
		if res != nil && !c.nothingLost() {
			return "a Result of an answer of which something is missing"
		}
		return ""
	}
	verdict, _ := Refusal(c.answer)
	switch e, _ := err.(*facade.Error); {
	case verdict == Refused && (e == nil || e.Started != facade.StartedNo):
		return "not started no, and nothing is missing of the evidence"
	case c.started && res == nil:
		return "no Result, and nothing is missing of the answer"
	}
	return ""
}

// nothingLost tells whether what is missing counts for nothing: blanks at the end
// of a body that nothing delimits, or the body of X Gateway's 204, which has none.
func (c cutCase) nothingLost() bool {
	_, ok := read(c.answer.Body)
	return c.answer.Status == http.StatusNoContent || c.answer.Length < 0 && c.answer.Whole && ok
}

// TestCut cuts every fixture at every byte, in three framings, and has net/http
// read it from memory.
func TestCut(t *testing.T) {
	t.Parallel()
	y := new(tally)
	t.Cleanup(func() { y.report(t) })
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			for _, f := range allFixtures(t) {
				if f.Provider != string(p) {
					continue
				}
				cuts(f, func(c cutCase) {
					res, err := replayed(c.answer, replay.Answer{Literal: c.sent})
					y.add(c.fixture, c.how, c.lie(res, err), res, err)
				})
			}
		})
	}
}

// every is how many cuts one is made of over sockets: a number that the lengths of
// the answers do not divide by.
const every = 29

// TestCutOverSockets makes some of the same cuts over loopback, with the library's
// own transport, and counts the whole requests that arrive.
func TestCutOverSockets(t *testing.T) {
	jobs := make(chan cutCase)
	go func() {
		defer close(jobs)
		i := 0
		for _, f := range allFixtures(t) {
			cuts(f, func(c cutCase) {
				if i++; i%every == 0 || c.whole {
					jobs <- c
				}
			})
		}
	}()
	y := new(tally)
	var workers sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			s := serve(t)
			defer s.close()
			config := fixtures.Config("http://"+s.Addr().String(), fixtures.Providers()...)
			client, err := facade.New(config)
			if err != nil {
				t.Error(err)
			}
			for c := range jobs {
				s.answer.Store(&c.sent)
				before := s.whole.Load()
				res, err := client.Start(context.Background(), fixtures.Start(c.answer.Provider))
				lie := c.lie(res, err)
				if n := s.whole.Load() - before; n != 1 && lie == "" {
					lie = fmt.Sprint(n, " whole requests arrived of one call")
				}
				y.add(c.fixture, c.how, lie, res, err)
			}
		})
	}
	workers.Wait()
	y.report(t)
}

// server answers every request, once it is read whole, with the same bytes, and
// closes the connection.
type server struct {
	net.Listener
	answer atomic.Pointer[[]byte]
	whole  atomic.Int64 // requests read
	over   sync.WaitGroup
}

func serve(t *testing.T) *server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
	}
	s := &server{Listener: l}
	s.over.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.over.Go(func() { s.speak(conn) })
		}
	})
	return s
}

func (s *server) speak(conn net.Conn) {
	defer conn.Close()
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	s.whole.Add(1)
	_, _ = conn.Write(*s.answer.Load())
}

func (s *server) close() {
	_ = s.Close()
	s.over.Wait()
}
