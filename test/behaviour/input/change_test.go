package input_test

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// spoil empties everything that a caller holds of a request: the fields, what is behind pointers,
// and what is in lists. It does not change the bytes of images: they are read while they are sent,
// as is documented.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		spoil(v.Elem())
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
	}
	if v.CanSet() {
		v.SetZero()
	}
}

// TestChangedRequest: many calls may share one request. Once the transport or the token source
// runs, the caller may change the request. That changes nothing of what is sent, nor the customer
// that the result names.
func TestChangedRequest(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		want := &wire{answer: success(d.Provider)}
		kyc, shared := client(t, canonical(d.Provider), want), d.Full()
		var callers sync.WaitGroup
		for range 20 {
			callers.Go(func() {
				if _, err := kyc.Start(t.Context(), shared); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		for _, early := range []bool{false, true} { // changed by the token source; otherwise by the transport
			request := d.Full()
			change := func() { spoil(reflect.ValueOf(request)) }
			w := &wire{answer: success(d.Provider)}
			config := canonical(d.Provider)
			if !early {
				w.before = change
			} else if !d.SetToken(&config, func(context.Context) (string, error) {
				change()
				return "token", nil
			}) {
				continue
			}
			res, err := client(t, config, w).Start(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range want.sent {
				if w.sent[0].body != other.body || w.sent[0].URL.String() != other.URL.String() {
					t.Errorf("%s: sent %s to %s, want %s to %s", d.Provider, w.sent[0].body, w.sent[0].URL, other.body, other.URL)
				}
			}
			if res.CustomerID == "" {
				t.Errorf("%s: the customer is %q", d.Provider, res.CustomerID)
			}
		}
	}
}

// TestChangedAfterStart: when Start has returned, the caller may change all of the request, even
// the bytes of images. That holds even if the transport still reads the body, as an http.Transport
// does when the answer comes early. The race detector would find a fault.
func TestChangedAfterStart(t *testing.T) {
	for _, size := range []int{30, 3 << 20} {
		image := make([]byte, size)
		r := fixtures.Of(facade.Qolo).Full().(*facade.QoloRequest)
		r.Document.Front, r.Document.Back = facade.QoloImageBytes(image), facade.QoloImageBytes(image)
		resume, read := make(chan struct{}), make(chan error, 1)
		early := transport(func(r *http.Request) (*http.Response, error) {
			go func() {
				<-resume
				_, err := io.Copy(io.Discard, r.Body)
				r.Body.Close()
				read <- err
			}()
			return success(facade.Qolo).response(r), nil
		})
		if _, err := client(t, canonical(facade.Qolo), early).Start(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		close(resume)
		spoil(reflect.ValueOf(r))
		for i := range image {
			image[i] = 0xff
		}
		if err := <-read; (err == nil) != (size == 30) {
			t.Errorf("an image of %d bytes: reading the body after Start gives %v", size, err)
		}
	}
}
