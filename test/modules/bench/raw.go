package bench

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// prepareRaw is the exchange without JSON: bytes are sent, and bytes are read.
func prepareRaw(p facade.Provider, transport http.RoundTripper, baseURL string) (Exchange, error) {
	method, path, header, body, err := fixtures.Request(string(p))
	if err != nil {
		return nil, err
	}
	return post(&http.Client{Transport: transport}, method, baseURL+path, header, body), nil
}

func uploadRaw(images Images, transport http.RoundTripper, baseURL string) (Exchange, error) {
	method, path, header, _, err := fixtures.Request(string(facade.Qolo))
	if err != nil {
		return nil, err
	}
	wire := &wire{memory: memory{Case{Status: http.StatusNoContent}}}
	send, err := uploadFacade(images, wire, baseURL)
	if err != nil {
		return nil, err
	}
	_, _ = send(context.Background()) // whose answer is of no use, but whose body is what all send
	return post(&http.Client{Transport: transport}, method, baseURL+path, header, wire.body), nil
}

func post(client *http.Client, method, url string, header http.Header, body []byte) Exchange {
	return func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		maps.Copy(req.Header, header)
		resp, err := client.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		return "", err
	}
}
