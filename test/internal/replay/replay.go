// Package replay starts KYC against an answer from memory.
package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Answer is what the provider is made to say.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Exchange is what became of one start.
type Exchange struct {
	Result *facade.Result
	Err    error
	// Sent is the request that went out, nil if none did, and Body its body.
	Sent *http.Request
	Body []byte
	// Panic is what the start panicked with, nil if it did not.
	Panic any
}

// Start starts KYC with a request, which answer answers.
func Start(request facade.Request, answer Answer) (e Exchange) {
	defer func() { e.Panic = recover() }()
	config := fixtures.Config("https://provider.test", request.Provider())
	config.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		e.Sent = r
		reportConnection(r)
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			e.Body = body
		}
		return &http.Response{
			StatusCode:    answer.Status,
			Header:        answer.Header.Clone(),
			Body:          io.NopCloser(bytes.NewReader(answer.Body)),
			ContentLength: int64(len(answer.Body)),
			Request:       r,
		}, nil
	})}
	client, err := facade.New(config)
	if err != nil {
		panic(err) // the fixtures' own configuration
	}
	e.Result, e.Err = client.Start(context.Background(), request)
	return e
}

// Outcome returns what a caller sees: the normalized JSON, and the error's text.
func (e Exchange) Outcome() string {
	text, err := json.Marshal(struct {
		Result *facade.Result `json:"result,omitempty"`
		Error  error          `json:"error,omitempty"`
	}{e.Result, e.Err})
	if err != nil {
		return fmt.Sprint("no JSON: ", err)
	}
	if e.Err != nil {
		text = append(text, "\n"+e.Err.Error()...)
	}
	return string(text)
}

// reportConnection tells the facade of one connection, as net/http does: without
// it, an answer is no evidence.
func reportConnection(r *http.Request) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	trace.GotConn(httptrace.GotConnInfo{})
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
