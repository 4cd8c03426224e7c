package contract_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kycstart/kycstart/test/contract"
)

func TestTransportReports(t *testing.T) {
	const ok = `{"result":"ok"}`
	large := `{"result":"` + strings.Repeat("x", 1<<20-13) + `"}`
	errRead := errors.New("read")
	errClose := errors.New("close")
	readAll := func(body io.Reader) error {
		_, err := io.ReadAll(body)
		return err
	}
	readSome := func(body io.Reader) error {
		_, err := io.ReadFull(body, make([]byte, len(ok)))
		return err
	}
	readNothing := func(io.Reader) error { return nil }

	for _, c := range []struct {
		name     string
		body     io.Reader
		length   int64
		read     func(io.Reader) error
		readErr  error
		closeErr error
		found    string // "" is no report
	}{
		{"whole", strings.NewReader(ok), int64(len(ok)), readAll, nil, nil, ""},
		{"length unknown", strings.NewReader(ok), -1, readAll, nil, nil, ""},
		{"byte by byte", iotest.OneByteReader(strings.NewReader(ok)), -1, readAll, nil, nil, ""},
		{"end with the last bytes", iotest.DataErrReader(strings.NewReader(ok)), -1, readAll, nil, nil, ""},
		{"end not read, length known", strings.NewReader(ok), int64(len(ok)), readSome, nil, nil, ""},
		{"end not read, length unknown", strings.NewReader(ok), -1, readSome, nil, nil, "one that was not read to its end"},
		{"closed unread", strings.NewReader(ok), -1, readNothing, nil, nil, "one that was not read to its end"},
		{"empty", strings.NewReader(""), -1, readAll, nil, nil, "no body"},
		{"close fails", strings.NewReader(ok), -1, readAll, nil, errClose, ""},
		{"read fails", io.MultiReader(strings.NewReader(ok), iotest.ErrReader(errRead)), -1, readAll, errRead, nil, "one that broke off"},
		{"cut", io.MultiReader(strings.NewReader(ok[:9]), iotest.ErrReader(io.ErrUnexpectedEOF)), 15, readAll, io.ErrUnexpectedEOF, nil, "one that broke off"},
		{"violation", strings.NewReader(ok + "x"), -1, readAll, nil, nil, "1 byte behind the value"},
		{"1 MiB", strings.NewReader(large), -1, readAll, nil, nil, ""},
		{"1 MiB announced", strings.NewReader(large), 1 << 20, readAll, nil, nil, ""},
		{"a byte more", strings.NewReader(large + " "), -1, readAll, nil, nil, "a longer one"},
		{"a byte more announced", strings.NewReader(large + " "), 1<<20 + 1, readAll, nil, nil, "a longer one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var reports log
			body := &closing{Reader: c.body, err: c.closeErr}
			response, err := contract.Transport(answer(200, isJSON, body, c.length), reports.add).RoundTrip(request(t, good["vault"][0]))
			if err != nil {
				t.Fatal(err)
			}
			if c.length <= 1<<20 && len(reports.all()) > 0 {
				t.Error("reported before it was read")
			}
			if err := c.read(response.Body); !errors.Is(err, c.readErr) {
				t.Errorf("read: %v, want %v", err, c.readErr)
			}
			for range 2 {
				if err := response.Body.Close(); !errors.Is(err, c.closeErr) {
					t.Errorf("close: %v, want %v", err, c.closeErr)
				}
			}
			if body.calls != 2 {
				t.Errorf("closed %d times, want 2", body.calls)
			}
			found := reports.all()
			if c.found == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Found != c.found {
				t.Fatalf("found %v, want %s", found, c.found)
			}
			if judged := found[0].Expected == isOneJSON; found[0].Unchecked == judged {
				t.Errorf("unchecked: %v", found[0])
			}
		})
	}
}

// The head of a request is judged before it is sent, its body as next reads it.
func TestTransportJudgesRequests(t *testing.T) {
	c := good["rebilly"][0]
	var reports log
	r := request(t, call{
		method: c.method, url: c.url + "&page=1", header: c.header,
		body: replaced(c.body, `"customerId"`, `"customer"`),
	})
	gotten := false
	getBody := r.GetBody
	r.GetBody = func() (io.ReadCloser, error) { gotten = true; return getBody() }
	original := *r
	_, err := contract.Transport(roundTripper(func(sent *http.Request) (*http.Response, error) {
		if found := reports.all(); len(found) != 1 || found[0].Pointer != "query:page" {
			t.Errorf("before the body is read: %v", found)
		}
		if sent == r {
			t.Error("the caller's request must not be changed, so it must be a copy")
		}
		body, err := io.ReadAll(sent.Body)
		if err != nil {
			t.Error(err)
		}
		if err := sent.Body.Close(); err != nil {
			t.Error(err)
		}
		if want, _ := getBody(); !bytes.Equal(body, must(io.ReadAll(want))) {
			t.Error("another body")
		}
		if _, err := sent.GetBody(); err != nil || !gotten {
			t.Error("another GetBody")
		}
		same := *sent
		same.Body, same.GetBody = original.Body, nil
		original := original
		original.GetBody = nil
		if !reflect.DeepEqual(same, original) {
			t.Errorf("sent %+v, want %+v", same, original)
		}
		return nil, io.EOF
	}), reports.add).RoundTrip(r)
	if err != io.EOF {
		t.Errorf("%v, want the very error of next", err)
	}
	var pointers []string
	for _, v := range reports.all() {
		pointers = append(pointers, v.In+" "+v.Pointer)
	}
	if want := []string{"request query:page", "request /customer", "request /customerId"}; !slices.Equal(pointers, want) {
		t.Errorf("%v, want %v", pointers, want)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestTransportLeavesBodiesThatItCannotJudge(t *testing.T) {
	tests := []struct {
		name   string
		c      call
		length int64
		found  string
	}{
		{"another endpoint", call{method: "POST", url: "https://api.example/v1/customers", body: "x"}, 1, "another"},
		{"another method", call{method: "PUT", url: good["forte"][0].url, body: "x"}, 1, "another"},
		{"no body", good["xgateway"][0], 0, ""},
		{"body where there is none", call{method: "POST", url: good["vault"][0].url, header: good["vault"][0].header, body: "{}"}, 2, "one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var reports log
			r := request(t, test.c)
			if r.Body == http.NoBody {
				r.Body = nil
			}
			body := r.Body
			calls := 0
			next := roundTripper(func(sent *http.Request) (*http.Response, error) {
				calls++
				if sent != r || sent.Body != body {
					t.Error("another request")
				}
				return nil, http.ErrHandlerTimeout
			})
			response, err := contract.Transport(next, reports.add).RoundTrip(r)
			if response != nil || err != http.ErrHandlerTimeout || calls != 1 {
				t.Errorf("%v, %v after %d calls", response, err, calls)
			}
			var found string
			for _, v := range reports.all() {
				found += v.Found
			}
			if found != test.found {
				t.Errorf("%v, want %q", reports.all(), test.found)
			}
		})
	}
	t.Run("streamed and never read", func(t *testing.T) {
		var reports log
		r := request(t, good["forte"][0])
		r.Body, r.ContentLength = &closing{Reader: strings.NewReader("{}")}, 0
		_, _ = contract.Transport(roundTripper(func(sent *http.Request) (*http.Response, error) {
			return nil, sent.Body.Close()
		}), reports.add).RoundTrip(r)
		if found := reports.all(); len(found) != 1 || !found[0].Unchecked || found[0].Found != "one that was not read to its end" {
			t.Errorf("%v", found)
		}
	})
	t.Run("announced too large", func(t *testing.T) {
		var reports log
		r := request(t, good["qolo"][0])
		r.ContentLength = 1<<20 + 1
		body := r.Body
		_, _ = contract.Transport(roundTripper(func(sent *http.Request) (*http.Response, error) {
			if sent.Body != body {
				t.Error("another body")
			}
			return nil, io.EOF
		}), reports.add).RoundTrip(r)
		if found := reports.all(); len(found) != 1 || !found[0].Unchecked || found[0].Found != "a longer one" {
			t.Errorf("%v", found)
		}
	})
}
