package bench

import (
	"bytes"
	"context"
	"io"
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
	client := http.Client{Transport: transport}
	return func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, method, baseURL+path, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		for name, values := range header {
			req.Header[name] = values
		}
		resp, err := client.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		return "", err
	}, nil
}
