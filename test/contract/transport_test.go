package contract_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/kycstart/kycstart/test/contract"
)

// A log keeps what is reported, from any goroutine.
type log struct {
	mu   sync.Mutex
	list []contract.Violation
}

func (l *log) add(v contract.Violation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, v)
}

// all returns what was reported, one line each.
func (l *log) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := make([]string, len(l.list))
	for i, v := range l.list {
		lines[i] = v.String()
	}
	return strings.Join(lines, "\n")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// closing is a body that counts how often it is closed.
type closing struct {
	io.Reader
	closed int
}

var errClose = errors.New("close")

func (b *closing) Close() error {
	b.closed++
	return errClose
}

const (
	vault    = "vault StartKYC3 "
	notWhole = vault + "response: not checked: expected a whole body of at most 1 MiB, found "
)

// TestTransportResponse: a body is judged once, when its end is known. If that is not possible, the
// report says why. The caller gets the same bytes and the same errors.
func TestTransportResponse(t *testing.T) {
	const ok = `{"result":"ok"}`
	large := `{"result":"` + strings.Repeat("x", 1<<20-13) + `"}`
	errRead := errors.New("read")
	for name, c := range map[string]struct {
		body   io.Reader
		length int64
		read   int // bytes, -1 for all
		err    error
		want   string
	}{
		"whole":                 {strings.NewReader(ok), 15, -1, nil, ""},
		"byte by byte":          {iotest.OneByteReader(strings.NewReader(ok)), -1, -1, nil, ""},
		"end with last bytes":   {iotest.DataErrReader(strings.NewReader(ok)), -1, -1, nil, ""},
		"as long as announced":  {strings.NewReader(ok), 15, 15, nil, ""},
		"end not read":          {strings.NewReader(ok), -1, 15, nil, notWhole + "one that was not read to its end"},
		"nothing is read ahead": {iotest.ErrReader(errRead), 0, 0, nil, notWhole + "one that was not read to its end"},
		"empty":                 {strings.NewReader(""), -1, -1, nil, vault + oneJSON + "no body"},
		"broken":                {io.MultiReader(strings.NewReader(ok), iotest.ErrReader(errRead)), -1, -1, errRead, notWhole + "one that broke off"},
		"wrong":                 {strings.NewReader(ok + "x"), -1, -1, nil, vault + oneJSON + "16 bytes that are not"},
		"1 MiB":                 {strings.NewReader(large), -1, -1, nil, ""},
		"a byte more":           {strings.NewReader(large + " "), 1<<20 + 1, -1, nil, notWhole + "a longer one"},
	} {
		t.Run(name, func(t *testing.T) {
			var reports log
			x, body := exchangeOf(t, "vault/200_ok"), &closing{Reader: c.body}
			answer := &http.Response{StatusCode: http.StatusOK, Header: x.Header, Body: body, ContentLength: c.length}
			before := *answer
			response, err := contract.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return answer, nil }), reports.add).RoundTrip(x.request(t))
			if before.Body = answer.Body; err != nil || response != answer || !reflect.DeepEqual(*response, before) || reports.all() != "" {
				t.Fatalf("%+v, %v, and before the body is read: %s", response, err, reports.all())
			}
			if c.read < 0 {
				_, err = io.ReadAll(response.Body)
			} else {
				_, err = io.ReadFull(response.Body, make([]byte, c.read))
			}
			if !errors.Is(err, c.err) {
				t.Errorf("read: %v, want %v", err, c.err)
			}
			for range 2 {
				if err := response.Body.Close(); !errors.Is(err, errClose) {
					t.Errorf("close: %v", err)
				}
			}
			if body.closed != 2 || reports.all() != c.want {
				t.Errorf("closed %d times, reported %q, want %q", body.closed, reports.all(), c.want)
			}
		})
	}
}

var isJSON = http.Header{"Content-Type": {"application/json"}}

// TestTransportConcurrently closes bodies while a Read waits, from many goroutines. Each body is
// reported once.
func TestTransportConcurrently(t *testing.T) {
	var reports log
	var all sync.WaitGroup
	x := exchangeOf(t, "vault/200_ok")
	for range 20 {
		reader, writer := io.Pipe()
		next := roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: isJSON, Body: reader, ContentLength: -1}, nil
		})
		response, err := contract.Transport(next, reports.add).RoundTrip(x.request(t))
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			if _, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrClosedPipe) {
				t.Error(err)
			}
		})
		all.Go(func() {
			_, _ = io.WriteString(writer, "{")
			_ = response.Body.Close()
		})
	}
	all.Wait()
	if n := len(strings.Split(reports.all(), "\n")); n != 20 {
		t.Errorf("%d reports, want 20:\n%s", n, reports.all())
	}
}

type idle struct {
	http.RoundTripper
	closed bool
}

func (i *idle) CloseIdleConnections() { i.closed = true }

// TestTransportPassesOn: the transport passes on a request that is for no endpoint, a response
// without a body or no response at all, and CloseIdleConnections. Without a report it returns next
// itself.
func TestTransportPassesOn(t *testing.T) {
	for _, change := range []change{to("start", "customers"), func(x *exchange) { x.method = "PUT" }} {
		x := exchangeOf(t, "vault/200_ok")
		change(x)
		x.body = "anything"
		if found := x.carried(t); len(found) != 1 || !found[0].Unchecked || found[0].Pointer != "path" {
			t.Errorf("%v", found)
		}
	}
	for _, answer := range []*http.Response{nil, {StatusCode: http.StatusOK, Header: isJSON}, {StatusCode: http.StatusOK, Header: isJSON, Body: http.NoBody}} {
		var reports log
		next := roundTripper(func(*http.Request) (*http.Response, error) { return answer, nil })
		got, err := contract.Transport(next, reports.add).RoundTrip(exchangeOf(t, "vault/200_ok").request(t))
		if got != answer || err != nil || answer != nil && reports.all() != vault+oneJSON+"no body" {
			t.Errorf("%v, %v, reported %q", got, err, reports.all())
		}
	}
	next := new(idle)
	if contract.Transport(next, nil) != http.RoundTripper(next) {
		t.Error("a transport without a report is another one")
	}
	for _, transport := range []http.RoundTripper{next, roundTripper(nil)} {
		client := http.Client{Transport: contract.Transport(transport, new(log).add)}
		client.CloseIdleConnections()
	}
	if !next.closed {
		t.Error("CloseIdleConnections is not passed on")
	}
}
