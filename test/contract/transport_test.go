package contract_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kycstart/kycstart/test/contract"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func always(answer *http.Response) roundTripper {
	return func(r *http.Request) (*http.Response, error) { return answer, r.Body.Close() }
}

var isJSON = http.Header{"Content-Type": {"application/json"}}

// start returns a request that keeps to Vault's document.
func start() *http.Request {
	r, _ := http.NewRequest(http.MethodPost, "https://provider.example/v2/customer/kyc3/start", http.NoBody)
	r.Header.Set("Authorization", "Bearer token")
	return r
}

// closing is a body that cannot be closed.
type closing struct{ io.Reader }

var errClose = errors.New("close")

func (closing) Close() error { return errClose }

const notWhole = ": not checked: expected a whole body of at most 1 MiB, found "

// TestTransportResponse: a body is judged once, when its end is known. If that is not possible, the
// report says why. The caller gets the same bytes and the same errors.
func TestTransportResponse(t *testing.T) {
	const ok, all = `{"result":"ok"}`, 1 << 30
	large := `{"result":"` + strings.Repeat("x", 1<<20-13) + `"}`
	errRead := errors.New("read")
	broken := io.MultiReader(strings.NewReader(ok), iotest.ErrReader(errRead))
	for name, c := range map[string]struct {
		body io.Reader
		read int64
		err  error
		want string
	}{
		"end with last bytes":   {iotest.DataErrReader(strings.NewReader(ok)), all, io.EOF, ""},
		"end not read":          {strings.NewReader(ok), 15, nil, "response" + notWhole + "one that was not read to its end"},
		"nothing is read ahead": {iotest.ErrReader(errRead), 0, nil, "response" + notWhole + "one that was not read to its end"},
		"broken":                {broken, all, errRead, "response" + notWhole + "one that broke off"},
		"wrong, byte by byte":   {iotest.OneByteReader(strings.NewReader(ok + "x")), all, io.EOF, oneJSON + "16 bytes that are not"},
		"1 MiB":                 {strings.NewReader(large), all, io.EOF, ""},
		"a byte more":           {strings.NewReader(large + " "), all, io.EOF, "response" + notWhole + "a longer one"},
	} {
		t.Run(name, func(t *testing.T) {
			var reports []string
			answer := &http.Response{StatusCode: http.StatusOK, Header: isJSON, Body: closing{c.body}}
			before := *answer
			response, err := contract.Transport(always(answer), func(v contract.Violation) {
				reports = append(reports, strings.TrimPrefix(v.String(), "vault StartKYC3 "))
			}).RoundTrip(start())
			if before.Body = answer.Body; err != nil || response != answer || !reflect.DeepEqual(*response, before) || reports != nil {
				t.Fatalf("%+v, %v, and before the body is read: %s", response, err, reports)
			}
			if _, err = io.CopyN(io.Discard, response.Body, c.read); !errors.Is(err, c.err) {
				t.Errorf("read: %v, want %v", err, c.err)
			}
			for range 2 {
				if err := response.Body.Close(); !errors.Is(err, errClose) {
					t.Errorf("close: %v", err)
				}
			}
			if got := strings.Join(reports, "\n"); got != c.want {
				t.Errorf("reported %q, want %q", got, c.want)
			}
		})
	}
}

// TestTransportConcurrently closes bodies while a Read waits. Each body is reported once.
func TestTransportConcurrently(t *testing.T) {
	for range 20 {
		reader, writer := io.Pipe()
		answer := &http.Response{StatusCode: http.StatusOK, Header: isJSON, Body: reader}
		reports := 0
		response, err := contract.Transport(always(answer), func(contract.Violation) { reports++ }).RoundTrip(start())
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan error)
		go func() {
			_, err := io.ReadAll(response.Body)
			read <- err
		}()
		_, _ = io.WriteString(writer, "{")
		_ = response.Body.Close()
		if err := <-read; !errors.Is(err, io.ErrClosedPipe) || reports != 1 {
			t.Errorf("%v, and %d reports, want 1", err, reports)
		}
	}
}

type idle struct {
	http.RoundTripper
	closed bool
}

func (i *idle) CloseIdleConnections() { i.closed = true }

// TestTransportPassesOn: the transport passes on a response without a body, no response at all, an
// error, a request that goes elsewhere, and CloseIdleConnections. Nil stands for the default transport.
func TestTransportPassesOn(t *testing.T) {
	unread := start()
	unread.URL.Path, unread.Body = "/compliance/v2/kyc", io.NopCloser(strings.NewReader("{}"))
	unread.Header.Set("Content-Type", "application/json")
	elsewhere := start()
	elsewhere.URL.Path = "/none"
	for _, c := range []struct {
		request *http.Request
		answer  *http.Response
		err     error
		want    string
	}{
		{start(), &http.Response{StatusCode: http.StatusOK, Header: isJSON}, nil, "[vault StartKYC3 " + oneJSON + "no body]"},
		{unread, nil, nil, "[forte startKycWorkflow request" + notWhole + "one that was not read to its end]"},
		{start(), nil, errClose, "[]"},
		{start(), &http.Response{StatusCode: http.StatusFound}, errClose, "[]"}, // not judged
		{elsewhere, &http.Response{StatusCode: http.StatusFound}, nil, fmt.Sprint(contract.Request("", nil, nil))},
	} {
		var reports []contract.Violation
		report := func(v contract.Violation) { reports = append(reports, v) }
		next := roundTripper(func(r *http.Request) (*http.Response, error) {
			_ = r.Body.Close()
			return c.answer, c.err
		})
		got, err := contract.Transport(next, report).RoundTrip(c.request)
		if got != c.answer || !errors.Is(err, c.err) || fmt.Sprint(reports) != c.want {
			t.Errorf("%v, %v, reported %q, want %q", got, err, reports, c.want)
		}
	}
	next, standard := new(idle), new(idle)
	defer func(before http.RoundTripper) { http.DefaultTransport = before }(http.DefaultTransport)
	http.DefaultTransport = standard
	for _, transport := range []http.RoundTripper{next, nil, roundTripper(nil)} {
		client := http.Client{Transport: contract.Transport(transport, nil)}
		client.CloseIdleConnections()
	}
	if !next.closed || !standard.closed {
		t.Errorf("CloseIdleConnections is passed on: %v, to the default transport: %v", next.closed, standard.closed)
	}
}
