// Package replay starts KYC against an answer from memory.
package replay

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Answer is what the provider answers, and how the answer arrives.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	// Reader replaces Body. Its length is not known.
	Reader io.Reader
	// Literal is the whole answer as it is on the wire. It replaces everything above, and may be
	// cut anywhere.
	Literal []byte
	// Err is returned instead of the answer if there is no status. Otherwise it is returned together
	// with the answer, which no RoundTripper should do.
	Err error

	// Connections are the connections that the request's trace reports, in order. Each says whether
	// the connection was used before. Nil means one fresh connection. An empty list means a
	// transport that reports none.
	Connections []bool
}

// Exchange is one start and what became of it.
type Exchange struct {
	Result *facade.Result
	Err    error
	// Sent is the request that went out, or nil if none did. Body is its body, if all of it came.
	Sent *http.Request
	Body []byte
}

// Start starts KYC with a request, and gets this answer.
func Start(request facade.Request, answer Answer) Exchange {
	return StartWith(context.Background(), fixtures.Config(origin, request.Provider()), request, answer)
}

// StartWith is Start with a context and a configuration. The HTTP client in it is not used.
func StartWith(ctx context.Context, config facade.Config, request facade.Request, answer Answer) (e Exchange) {
	p := provider{answers: []Answer{answer}}
	e.Result, e.Err = p.client(config).Start(ctx, request)
	if len(p.sent) > 0 {
		e.Sent, e.Body = p.sent[0], p.body
	}
	return e
}

// Exploration is one look-up and what became of it.
type Exploration struct {
	Finding *facade.Finding
	Err     error
	// Sent are the requests that went out.
	Sent []*http.Request
}

// Find looks up a start. The answers come in order, and the last one is repeated.
func Find(request facade.Request, attempt facade.Attempt, answers ...Answer) (e Exploration) {
	p := provider{answers: answers}
	e.Finding, e.Err = p.client(fixtures.Config(origin, request.Provider())).Find(context.Background(), request, attempt)
	e.Sent = p.sent
	return e
}

const origin = "https://provider.test"

// provider is a transport that gives answers from memory. It keeps what is sent, and the body of
// the last request if all of it came.
type provider struct {
	answers []Answer
	sent    []*http.Request
	body    []byte
}

func (p *provider) client(config facade.Config) *facade.Client {
	config.HTTPClient = &http.Client{Transport: p}
	client, err := facade.New(config)
	if err != nil {
		panic(err) // a configuration must be valid
	}
	return client
}

// RoundTrip gives the answer whose turn it is.
func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := p.answers[min(len(p.sent), len(p.answers)-1)]
	p.sent = append(p.sent, r)
	if answer.Connections == nil {
		answer.Connections = []bool{false}
	}
	trace := httptrace.ContextClientTrace(r.Context()) // the facade sets one
	for _, reused := range answer.Connections {
		trace.GetConn(r.URL.Host)
		trace.GotConn(httptrace.GotConnInfo{Reused: reused})
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		p.body = body
	}
	if answer.Literal != nil {
		return http.ReadResponse(bufio.NewReader(bytes.NewReader(answer.Literal)), r)
	}
	if answer.Status == 0 && answer.Err != nil {
		return nil, answer.Err
	}
	response := &http.Response{
		StatusCode:    answer.Status,
		Header:        answer.Header.Clone(),
		Body:          io.NopCloser(bytes.NewReader(answer.Body)),
		ContentLength: int64(len(answer.Body)),
		Request:       r,
	}
	if answer.Reader != nil {
		response.Body, response.ContentLength = io.NopCloser(answer.Reader), -1
	}
	return response, answer.Err
}
