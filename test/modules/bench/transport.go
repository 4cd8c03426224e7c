package bench

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
)

// memory is a transport without a network: it reads the request to its end and
// hands out the answer. What it allocates is the same for every contender.
type memory struct{ Case }

// RoundTrip implements [http.RoundTripper].
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, err := io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status:        http.StatusText(m.Status),
		StatusCode:    m.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        m.Header,
		Body:          io.NopCloser(bytes.NewReader(m.Body)),
		ContentLength: int64(len(m.Body)),
		Request:       r,
	}, nil
}

// ServeUploads starts a server that takes the images of any contender.
func ServeUploads() (*httptest.Server, error) {
	c, err := qoloCase()
	return serve(c), err
}

// serve starts a server that gives the answer of c to every request.
func serve(c Case) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		maps.Copy(w.Header(), c.Header)
		w.WriteHeader(c.Status)
		if c.Status != http.StatusNoContent {
			_, _ = w.Write(c.Body)
		}
	}))
}
