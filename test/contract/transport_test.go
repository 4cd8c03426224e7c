package contract_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
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

func (l *log) all() []contract.Violation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// seen is what a server received.
type seen struct {
	method, uri      string
	header, trailer  http.Header
	length           int64
	transferEncoding []string
	body             string
}

// What a server receives and what a caller gets back is the same with and
// without the judge, and it arrives once.
func TestTransportIsInvisible(t *testing.T) {
	for provider, calls := range good {
		for _, c := range calls {
			for _, chunked := range []bool{false, true} {
				var received []seen
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					received = append(received, seen{
						r.Method, r.RequestURI, r.Header, r.Trailer, r.ContentLength, r.TransferEncoding, string(body),
					})
					maps.Copy(w.Header(), c.answer)
					w.Header().Set("Date", "Mon, 01 Jan 2024 00:00:00 GMT")
					w.WriteHeader(c.status)
					if c.status == http.StatusNoContent {
						return
					}
					_, _ = io.WriteString(w, c.text)
					if chunked {
						_ = http.NewResponseController(w).Flush()
						w.Header().Set(http.TrailerPrefix+"X-Late", "late")
					}
				}))
				var reports log
				answers := make([]seen, 0, 2)
				for _, rt := range []http.RoundTripper{nil, contract.Transport(nil, reports.add)} {
					r := request(t, c)
					r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
					if chunked && c.body != "" {
						r.ContentLength = -1
						r.Trailer = http.Header{"X-Sum": nil}
						r.Body = &trailing{strings.NewReader(c.body), r.Trailer}
					}
					response, err := (&http.Client{Transport: rt}).Do(r)
					if err != nil {
						t.Fatal(err)
					}
					body, err := io.ReadAll(response.Body)
					if err != nil {
						t.Error(err)
					}
					if err := response.Body.Close(); err != nil {
						t.Error(err)
					}
					if response.Request != r {
						t.Error("the response belongs to another request")
					}
					answers = append(answers, seen{
						response.Status, response.Proto, response.Header, response.Trailer,
						response.ContentLength, response.TransferEncoding, string(body),
					})
				}
				server.Close()
				if len(received) != 2 || !reflect.DeepEqual(received[0], received[1]) {
					t.Errorf("%s: sent\n%+v", provider, received)
				}
				if !reflect.DeepEqual(answers[0], answers[1]) {
					t.Errorf("%s: received\n%+v", provider, answers)
				}
				if chunked && c.status != http.StatusNoContent && answers[1].trailer.Get("X-Late") != "late" {
					t.Errorf("%s: the trailer is lost", provider)
				}
				for _, v := range reports.all() {
					t.Errorf("%s: %s", provider, v)
				}
			}
		}
	}
}

// trailing is a request body that sets a trailer at its end.
type trailing struct {
	io.Reader
	trailer http.Header
}

func (b *trailing) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		b.trailer.Set("X-Sum", "1")
	}
	return n, err
}

func (*trailing) Close() error { return nil }

// answer returns a RoundTripper that reads the request and gives this body back.
func answer(status int, header http.Header, body io.ReadCloser, length int64) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
		}
		return &http.Response{
			StatusCode: status, Header: header.Clone(), Body: body, ContentLength: length, Request: r,
		}, nil
	})
}

// closing is a body with a Close of its own.
type closing struct {
	io.Reader
	err   error
	calls int
}

func (b *closing) Close() error {
	b.calls++
	return b.err
}

// A response that is no response, or has no body, is no reason to fail.
func TestTransportWithoutBody(t *testing.T) {
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		for status, want := range map[int]string{200: "no body", 204: "204", 101: "101"} {
			var reports log
			next := answer(status, isJSON, body, 0)
			response, err := contract.Transport(next, reports.add).RoundTrip(request(t, good["vault"][0]))
			if err != nil || response.Body != body {
				t.Errorf("%d: %v, %v", status, response, err)
			}
			if found := reports.all(); len(found) != 1 || found[0].Found != want {
				t.Errorf("%d: %v, want %s", status, found, want)
			}
		}
	}
	nothing := roundTripper(func(*http.Request) (*http.Response, error) { return nil, nil })
	if response, err := contract.Transport(nothing, new(log).add).RoundTrip(nil); response != nil || err != nil {
		t.Errorf("%v, %v", response, err)
	}
	if response, err := contract.Transport(nothing, new(log).add).RoundTrip(request(t, good["vault"][0])); response != nil || err != nil {
		t.Errorf("%v, %v", response, err)
	}
}

// What is not read by the caller is not read.
func TestTransportReadsNothingAhead(t *testing.T) {
	body := &closing{Reader: iotest.ErrReader(errors.New("read ahead"))}
	var reports log
	response, err := contract.Transport(answer(200, isJSON, body, -1), reports.add).RoundTrip(request(t, good["vault"][0]))
	if err != nil {
		t.Fatal(err)
	}
	if body.calls != 0 || len(reports.all()) != 0 {
		t.Errorf("closed %d times, %v", body.calls, reports.all())
	}
	if _, err := response.Body.Read(nil); err == nil || err.Error() != "read ahead" {
		t.Errorf("read: %v", err)
	}
}

// Cancelling reaches a body that waits, through the judge.
func TestTransportCancel(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"result":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var reports log
	r := request(t, good["vault"][1]).WithContext(ctx)
	r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
	response, err := (&http.Client{Transport: contract.Transport(http.DefaultTransport, reports.add)}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(response.Body, make([]byte, 10)); err != nil {
		t.Error(err)
	}
	cancel()
	if _, err := io.ReadAll(response.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	_ = response.Body.Close()
	if found := reports.all(); len(found) != 1 || found[0].Found != "one that broke off" {
		t.Errorf("%v", found)
	}
}

// A body that is closed while a Read waits is reported once.
func TestTransportCloseWhileReading(t *testing.T) {
	reader, writer := io.Pipe()
	var reports log
	response, err := contract.Transport(answer(200, isJSON, reader, -1), reports.add).RoundTrip(request(t, good["vault"][0]))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := io.ReadAll(response.Body)
		done <- err
	}()
	_, _ = io.WriteString(writer, "{")
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v, want %v", err, io.ErrClosedPipe)
	}
	if found := reports.all(); len(found) != 1 {
		t.Errorf("%v", found)
	}
}

func TestTransportConcurrently(t *testing.T) {
	var reports log
	var all sync.WaitGroup
	rt := contract.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			// A transport may read the request after it has answered.
			all.Go(func() {
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			})
		}
		c := good[r.Header.Get("X-Test")][0]
		return &http.Response{
			StatusCode: c.status, Header: c.answer, Body: io.NopCloser(strings.NewReader(c.text)), ContentLength: -1,
		}, nil
	}), reports.add)
	for range 20 {
		for provider, calls := range good {
			all.Go(func() {
				r, err := http.NewRequest(calls[0].method, calls[0].url, strings.NewReader(calls[0].body))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header = calls[0].header.Clone()
				r.Header.Set("X-Test", provider)
				response, err := rt.RoundTrip(r)
				if err != nil {
					t.Error(err)
					return
				}
				if body, err := io.ReadAll(response.Body); err != nil || string(body) != calls[0].text {
					t.Errorf("%s: %s, %v", provider, body, err)
				}
			})
		}
	}
	all.Wait()
	for _, v := range reports.all() {
		t.Error(v)
	}
}

type idle struct {
	http.RoundTripper
	closed bool
}

func (i *idle) CloseIdleConnections() { i.closed = true }

func TestTransportPassesOn(t *testing.T) {
	next := &idle{RoundTripper: http.DefaultTransport}
	if contract.Transport(next, nil) != http.RoundTripper(next) {
		t.Error("without a report there is nothing to add")
	}
	client := http.Client{Transport: contract.Transport(next, new(log).add)}
	client.CloseIdleConnections()
	if !next.closed {
		t.Error("CloseIdleConnections is not passed on")
	}
	client.Transport = contract.Transport(answer(200, nil, nil, 0), new(log).add)
	client.CloseIdleConnections() // nobody to pass it to
}
