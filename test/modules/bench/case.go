package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Case is one exchange that every contender makes.
type Case struct {
	Name     string // such as "rebilly 201"
	Provider facade.Provider
	// Status, Header and Body are the answer.
	Status int
	Header http.Header
	Body   []byte
	// Word is a text in the answer. A contender that has read the answer returns it.
	Word string
}

// Cases returns one case for each answer that is measured.
func Cases() (cases []Case) {
	for _, e := range []struct{ name, fixture, word string }{
		{"rebilly 201", "rebilly/201_gathering", "https://gather.example/kyc?token=gatherer-token"},
		{"rebilly 422", "rebilly/422_json", "another error in the field2"},
		{"forte 201", "forte/201_started", "eyJhY2Nlc3NfdG9rZW4iOiAi"},
		{"forte 403", "forte/403_banned", "ERR01"},
		{"vault 200", "vault/200_ok", "ok"},
		{"vault 400", "vault/400_field", "Enter your date of birth"},
		{"xgateway 204", "xgateway/204_started", http.StatusText(http.StatusNoContent)},
		{"xgateway 400", "xgateway/400_bad_request", "bad_request"},
		{"qolo 200", "qolo/200_questions_of_two_checks", "year"},
	} {
		f := Must(fixtures.Find(e.fixture))
		body := f.Body
		var compact bytes.Buffer // as servers send it; the indentation is for readers of fixtures
		if json.Compact(&compact, f.Body) == nil {
			body = compact.Bytes()
		}
		cases = append(cases, Case{e.name, facade.Provider(f.Provider), f.Status, f.Header, body, e.word})
	}
	return cases
}

func caseNamed(name string) Case {
	for _, c := range Cases() {
		if c.Name == name {
			return c
		}
	}
	panic("no case " + name)
}

// Must returns v, and ends the program if there is an error: a figure is worthless if something
// failed while it was measured.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// memory is a transport without a network. It reads the request to its end and returns the answer.
// It allocates the same for every contender.
type memory struct{ Case }

// RoundTrip implements [http.RoundTripper].
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: m.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: m.Header,
		Body: io.NopCloser(bytes.NewReader(m.Body)), ContentLength: int64(len(m.Body)), Request: r,
	}, nil
}

// ServeHTTP implements [http.Handler].
func (c Case) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	maps.Copy(w.Header(), c.Header)
	w.WriteHeader(c.Status)
	if c.Status != http.StatusNoContent {
		_, _ = w.Write(c.Body)
	}
}
