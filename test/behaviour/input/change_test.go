package input_test

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// spoil changes all that a caller holds of a request: what is behind pointers and in
// lists, and the fields themselves. The images are the exception: they are read while
// they are sent, and documented so.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				spoil(v.Field(i))
			}
		}
		v.SetZero()
	case reflect.String:
		v.SetString("other")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		v.SetZero()
	}
}

// TestChangedRequest: once the transport or the token source runs, the request
// is the caller's again: changing it changes nothing of what is sent, nor to
// whom an answer belongs.
func TestChangedRequest(t *testing.T) {
	for _, p := range providers {
		want := &wire{answer: starts[p]}
		if _, err := want.start(t, full[p]()); err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{"transport", "token source"} {
			t.Run(string(p)+" from the "+from, func(t *testing.T) {
				request := full[p]()
				change := func() { spoil(reflect.ValueOf(request)) }
				w := &wire{answer: starts[p]}
				config := fixtures.Config("https://provider.test", p)
				if from == "transport" {
					w.before = change
				} else if !fixtures.Of(p).SetToken(&config, func(context.Context) (string, error) {
					change()
					return "token", nil
				}) {
					return // has no token source
				}
				res, err := exactlyOne(t)(w.client(t, config).Start(context.Background(), request))
				if err != nil {
					t.Fatal(err)
				}
				if w.sent[0].body != want.sent[0].body || w.sent[0].URL.String() != want.sent[0].URL.String() {
					t.Errorf("sent %s to %s, want %s to %s", w.sent[0].body, w.sent[0].URL, want.sent[0].body, want.sent[0].URL)
				}
				if strings.Contains(res.CustomerID, "other") || res.CustomerID == "" {
					t.Errorf("the customer is %q", res.CustomerID)
				}
			})
		}
	}
}

// early is a RoundTripper that answers before it has read the body, which it
// goes on to read, as an http.Transport does when the answer comes early.
type early struct {
	answer
	resume chan struct{}
	read   chan error
}

func (e *early) RoundTrip(r *http.Request) (*http.Response, error) {
	go func() {
		<-e.resume
		_, err := io.Copy(io.Discard, r.Body)
		r.Body.Close()
		e.read <- err
	}()
	return &http.Response{StatusCode: e.status, Header: e.header, Body: io.NopCloser(strings.NewReader(e.body)), Request: r}, nil
}

// TestChangedAfterStart: when Start has returned, the caller may change it all,
// the bytes of images too, even if the transport still reads. The race detector
// watches.
func TestChangedAfterStart(t *testing.T) {
	for _, size := range []int{30, 3 << 20} {
		image := make([]byte, size)
		r := full[facade.Qolo]().(*facade.QoloRequest)
		r.Document.Front, r.Document.Back = facade.QoloImageBytes(image), facade.QoloImageBytes(image)
		e := &early{starts[facade.Qolo], make(chan struct{}), make(chan error, 1)}
		config := fixtures.Config("https://provider.test", facade.Qolo)
		config.HTTPClient = &http.Client{Transport: e}
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Start(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		close(e.resume)
		spoil(reflect.ValueOf(r))
		for i := range image {
			image[i] = 0xff
		}
		if err := <-e.read; (err == nil) != (size == 30) {
			t.Errorf("%d bytes: reading on gives %v", size, err)
		}
	}
}

// TestConcurrentStarts: many calls may share one request, and each writes only
// to its own.
func TestConcurrentStarts(t *testing.T) {
	for _, p := range providers {
		w := &wire{answer: starts[p]}
		client := w.client(t, fixtures.Config("https://provider.test", p))
		request := full[p]()
		done := make(chan error)
		for range 20 {
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				_, err := client.Start(ctx, request)
				done <- err
			}()
		}
		for range 20 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if w.calls() != 20 {
			t.Errorf("%s: %d requests were sent", p, w.calls())
		}
		for _, s := range w.sent {
			if s.body != w.sent[0].body {
				t.Errorf("%s: two bodies of one request: %s and %s", p, s.body, w.sent[0].body)
			}
		}
	}
}
