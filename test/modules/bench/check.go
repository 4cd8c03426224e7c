package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

// Check holds every contender to the work that it is measured by: it sends the
// provider's request, and has read the answer.
func Check(t *testing.T, contenders []Contender) {
	t.Helper()
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, documents := range Documents {
		c, err := Growth(documents)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	for _, c := range cases {
		for _, contender := range contenders {
			t.Run(c.Name+"/"+contender.Name, func(t *testing.T) { check(t, c, contender) })
		}
	}
}

// CheckUploads holds every contender to the images that it sends.
func CheckUploads(t *testing.T, contenders []Contender) {
	t.Helper()
	c, err := qoloCase()
	if err != nil {
		t.Fatal(err)
	}
	images := Images{Count: 3, Bytes: Picture(100 << 10)}
	var first []byte
	for _, contender := range contenders {
		if contender.Upload == nil {
			continue
		}
		t.Run(contender.Name, func(t *testing.T) {
			t.Helper()
			wire := &wire{memory: memory{c}}
			exchange, err := contender.Upload(images, wire, "https://provider.test")
			if err != nil {
				t.Fatal(err)
			}
			word, err := exchange(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if contender.Name != RawName && word != c.Word {
				t.Errorf("read %q, and not %q", word, c.Word)
			}
			if first == nil {
				first = wire.body
			}
			if !sameJSON(first, wire.body) || len(wire.body) < 3*100<<10 {
				t.Errorf("sent %d bytes that are not those of the first contender", len(wire.body))
			}
		})
	}
}

func check(t *testing.T, c Case, contender Contender) {
	t.Helper()
	wire := &wire{memory: memory{c}}
	exchange, err := contender.Prepare(c.Provider, wire, "https://provider.test")
	if err != nil {
		t.Fatal(err)
	}
	word, err := exchange(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if contender.Name != RawName && !strings.Contains(word, c.Word) {
		t.Errorf("read %q, and not %q", word, c.Word)
	}

	method, path, header, body, err := fixtures.Request(string(c.Provider))
	if err != nil {
		t.Fatal(err)
	}
	if got := wire.request.Method + " " + wire.request.URL.RequestURI(); got != method+" "+path {
		t.Errorf("sent %s, and not %s %s", got, method, path)
	}
	for name := range header {
		// Accept and the Content-Type of no body are matters of taste.
		if name != "Accept" && (name != "Content-Type" || len(body) > 0) && wire.request.Header.Get(name) != header.Get(name) {
			t.Errorf("sent %s: %s", name, wire.request.Header.Get(name))
		}
	}
	if !sameJSON(wire.body, body) {
		t.Errorf("sent the body %s, and not %s", wire.body, body)
	}
}

// wire keeps what is sent.
type wire struct {
	memory
	request *http.Request
	body    []byte
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.request = r
	if r.Body != nil {
		w.body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(w.body))
	}
	return w.memory.RoundTrip(r)
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y) ||
		len(bytes.TrimSpace(a)) == 0 && len(bytes.TrimSpace(b)) == 0
}
