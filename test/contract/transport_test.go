package contract_test

import (
	"errors"
	"fmt"
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

// all returns what was reported.
func (l *log) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Trim(fmt.Sprint(l.list), "[]")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func always(answer *http.Response) roundTripper {
	return func(*http.Request) (*http.Response, error) { return answer, nil }
}

// closing is a body that cannot be closed.
type closing struct{ io.Reader }

var errClose = errors.New("close")

func (closing) Close() error { return errClose }

const (
	vault    = "vault StartKYC3 "
	notWhole = vault + "response: not checked: expected a whole body of at most 1 MiB, found "
)

// TestTransportResponse: a body is judged once, when its end is known. If that is not possible, the
// report says why. The caller gets the same bytes and the same errors.
func TestTransportResponse(t *testing.T) {
	const ok, all = `{"result":"ok"}`, 1 << 30
	large := `{"result":"` + strings.Repeat("x", 1<<20-13) + `"}`
	errRead := errors.New("read")
	for name, c := range map[string]struct {
		body   io.Reader
		length int64
		read   int64
		err    error
		want   string
	}{
		"whole":                 {strings.NewReader(ok), 15, all, io.EOF, ""},
		"byte by byte":          {iotest.OneByteReader(strings.NewReader(ok)), -1, all, io.EOF, ""},
		"end with last bytes":   {iotest.DataErrReader(strings.NewReader(ok)), -1, all, io.EOF, ""},
		"as long as announced":  {strings.NewReader(ok), 15, 15, nil, ""},
		"end not read":          {strings.NewReader(ok), -1, 15, nil, notWhole + "one that was not read to its end"},
		"nothing is read ahead": {iotest.ErrReader(errRead), 0, 0, nil, notWhole + "one that was not read to its end"},
		"empty":                 {strings.NewReader(""), -1, all, io.EOF, vault + oneJSON + "no body"},
		"broken":                {io.MultiReader(strings.NewReader(ok), iotest.ErrReader(errRead)), -1, all, errRead, notWhole + "one that broke off"},
		"wrong":                 {strings.NewReader(ok + "x"), -1, all, io.EOF, vault + oneJSON + "16 bytes that are not"},
		"1 MiB":                 {strings.NewReader(large), -1, all, io.EOF, ""},
		"a byte more":           {strings.NewReader(large + " "), 1<<20 + 1, all, io.EOF, notWhole + "a longer one"},
	} {
		t.Run(name, func(t *testing.T) {
			var reports log
			answer := &http.Response{StatusCode: http.StatusOK, Header: isJSON, Body: closing{c.body}, ContentLength: c.length}
			before := *answer
			response, err := contract.Transport(always(answer), reports.add).RoundTrip(exchangeOf(t, "vault/200_ok").request(t))
			if before.Body = answer.Body; err != nil || response != answer || !reflect.DeepEqual(*response, before) || reports.all() != "" {
				t.Fatalf("%+v, %v, and before the body is read: %s", response, err, reports.all())
			}
			if _, err = io.CopyN(io.Discard, response.Body, c.read); !errors.Is(err, c.err) {
				t.Errorf("read: %v, want %v", err, c.err)
			}
			for range 2 {
				if err := response.Body.Close(); !errors.Is(err, errClose) {
					t.Errorf("close: %v", err)
				}
			}
			if reports.all() != c.want {
				t.Errorf("reported %q, want %q", reports.all(), c.want)
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
		answer := &http.Response{StatusCode: http.StatusOK, Header: isJSON, Body: reader, ContentLength: -1}
		response, err := contract.Transport(always(answer), reports.add).RoundTrip(x.request(t))
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
	if len(reports.list) != 20 {
		t.Errorf("%d reports, want 20: %s", len(reports.list), reports.all())
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
	elsewhere := exchangeOf(t, "vault/200_ok")
	elsewhere.sent = "POST /customers HTTP/1.1\nHost: provider.example\n\nanything"
	if found := elsewhere.carried(t); len(found) != 1 || !found[0].Unchecked || found[0].Pointer != "path" {
		t.Errorf("%v", found)
	}
	for _, answer := range []*http.Response{nil, {StatusCode: http.StatusOK, Header: isJSON}, {StatusCode: http.StatusOK, Header: isJSON, Body: http.NoBody}} {
		var reports log
		got, err := contract.Transport(always(answer), reports.add).RoundTrip(exchangeOf(t, "vault/200_ok").request(t))
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
