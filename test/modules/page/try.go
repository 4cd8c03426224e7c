package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// attempt is a start that somebody wants to try.
type attempt struct {
	Provider facade.Provider `json:"provider"`
	Request  json.RawMessage `json:"request"`
	// Refused tells that the connection must be refused.
	Refused bool `json:"refused"`
	// Seconds is how long to wait for the answer.
	Seconds int `json:"seconds"`
}

// tried is what became of the attempt.
type tried struct {
	judged
	// Fields are the mistakes that the facade found before it sent anything.
	Fields []facade.FieldError `json:"fields"`
	// Sent is the request, with the credential masked; nil if none was sent.
	Sent *message `json:"sent"`
	// Answer is nil if none came.
	Answer *message `json:"answer"`
	Go     string   `json:"go"`
	Curl   string   `json:"curl"`
}

// message is a request or an answer, for people to read.
type message struct {
	Start  string `json:"start"`
	Header string `json:"header"`
	Body   string `json:"body"`
}

// maxSeconds is the longest time that a page may wait.
const maxSeconds = 30

func try(ctx context.Context, s *sandbox.Sandbox, a attempt) (tried, error) {
	d := fixtures.Of(a.Provider)
	if d.Provider == "" {
		return tried{}, badInput("provider", "choose a provider")
	}
	if a.Seconds < 1 || a.Seconds > maxSeconds {
		return tried{}, badInput("seconds", fmt.Sprintf("must be 1 to %d", maxSeconds))
	}
	request, err := read(d, a.Request) //nolint:contextcheck // it opens no file: read refuses them
	if err != nil {
		return tried{}, err
	}
	baseURL := s.URL(a.Provider)
	if a.Refused {
		baseURL = s.UnreachableURL() + d.BasePath
	}
	network := &http.Transport{DisableKeepAlives: true} // no proxy
	defer network.CloseIdleConnections()
	recorder := &recorder{next: network}
	var config facade.Config
	d.Configure(&config, baseURL)
	config.HTTPClient = &http.Client{Transport: recorder}
	client, err := facade.New(config)
	if err != nil {
		return tried{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(a.Seconds)*time.Second)
	defer cancel()
	res, failed := client.Start(ctx, request)

	var t tried
	if t.judged, err = verdict(res, failed); err != nil {
		return tried{}, err
	}
	t.Fields = []facade.FieldError{}
	var kycErr *facade.Error
	switch {
	case failed == nil:
		t.Answer = answered(res.HTTPStatus, res.RawHeader(), res.RawBody())
	case errors.As(failed, &kycErr) && kycErr.HTTPStatus != 0:
		t.Answer = answered(kycErr.HTTPStatus, kycErr.RawHeader(), kycErr.RawBody())
	case errors.As(failed, &kycErr) && kycErr.Kind == facade.KindInvalidRequest:
		t.Fields = kycErr.Fields
	}
	if sent := recorder.sent; sent != nil {
		t.Sent = &message{sent.Method + " " + sent.URL.String(), headerText(sent.Header), string(recorder.body)}
		t.Curl = curl(sent.Method, sent.URL.String(), sent.Header, recorder.body)
	}
	t.Go, err = goCode(d, baseURL, request)
	return t, err
}

// read returns the request that was filled into a form.
func read(d fixtures.Descriptor, text []byte) (facade.Request, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, badInput("request", "is no JSON")
	}
	if namesFile(v) {
		return nil, badInput("request", "names a file: images are left to code")
	}
	request, err := facade.UnmarshalRequest(text)
	if err != nil {
		return nil, badInput("request", err.Error())
	}
	if request.Provider() != d.Provider {
		return nil, badInput("provider", "is not that of the request")
	}
	return request, nil
}

// namesFile reports whether a request would read a file from this machine.
func namesFile(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if strings.EqualFold(name, "file") || namesFile(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, namesFile)
	}
	return false
}

// recorder records what is sent.
type recorder struct {
	next http.RoundTripper
	sent *http.Request
	body []byte
}

// RoundTrip implements [http.RoundTripper].
func (t *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	if r.Body != nil && r.Body != http.NoBody {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close() // it was read to its end
		if err != nil {
			return nil, err
		}
		t.body = body
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	t.sent = out
	return t.next.RoundTrip(out)
}

func answered(status int, header http.Header, body []byte) *message {
	return &message{fmt.Sprintf("HTTP %03d %s", status, http.StatusText(status)), headerText(header), string(body)}
}

// headerText returns a header as it is written, with credentials masked.
func headerText(header http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, shown(name, strings.Join(header[name], ", ")))
	}
	return b.String()
}

func shown(header, value string) string { return sandbox.Masked(header, value) }
