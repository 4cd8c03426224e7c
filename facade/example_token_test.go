package facade_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// postForToken posts a credential as JSON and reads the answer. Its error tells whether
// a later call may go better: a network error and [facade.KindUnavailable] do.
func postForToken(ctx context.Context, url string, credential map[string]string, answer any) error {
	body, err := json.Marshal(credential)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("token: HTTP %d: %w", resp.StatusCode, facade.KindUnavailable)
	case resp.StatusCode >= 300:
		return fmt.Errorf("token: HTTP %d: %w", resp.StatusCode, facade.KindUnauthenticated)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(answer)
}

// Forte's auth API gives a token for an hour. The call is from the provider's other
// public documentation.
func ExampleCachedToken() {
	fetches := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetches++
		fmt.Println(r.Method, r.URL.Path)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"data": {"access_token": "at-1", "expires_in": 3600, "token_type": "Bearer"}}`)
	}))
	defer server.Close()

	source := facade.CachedToken(func(ctx context.Context) (string, time.Duration, error) {
		var answer struct {
			Data struct {
				AccessToken string `json:"access_token"`
				ExpiresIn   int    `json:"expires_in"`
			} `json:"data"`
		}
		err := postForToken(ctx, server.URL+"/auth/v1/oauth2/token", map[string]string{
			"client_id": "shop", "client_secret": "from-a-vault",
		}, &answer)
		return answer.Data.AccessToken, time.Duration(answer.Data.ExpiresIn) * time.Second, err
	})
	config := facade.Config{Forte: &facade.ForteConfig{BaseURL: facade.ForteSandbox, Token: source}}
	if _, err := facade.New(config); err != nil {
		log.Fatal(err)
	}
	for range 2 { // as each call does
		token, err := source(context.Background())
		fmt.Println(token, err)
	}
	fmt.Println(fetches, "fetch")
	// Output:
	// POST /auth/v1/oauth2/token
	// at-1 <nil>
	// at-1 <nil>
	// 1 fetch
}

// Qolo's login gives a token for twelve hours. The call is from the provider's other
// public documentation, which has loginid and apikey in one place and login_id and
// api_key in another, and does not show the answer: see which names yours uses.
func ExampleCachedToken_qolo() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
		fmt.Fprint(w, `{"token": "qt-1"}`)
	}))
	defer server.Close()

	source := facade.CachedToken(func(ctx context.Context) (string, time.Duration, error) {
		var answer struct {
			Token string `json:"token"`
		}
		err := postForToken(ctx, server.URL+"/api/v1/auth/login", map[string]string{
			"loginid": "shop", "apikey": "from-a-vault",
		}, &answer)
		return answer.Token, 12 * time.Hour, err
	})
	config := facade.Config{Qolo: &facade.QoloConfig{BaseURL: facade.QoloDevelopment, Token: source}}
	if _, err := facade.New(config); err != nil {
		log.Fatal(err)
	}
	fmt.Println(source(context.Background()))
	// Output:
	// POST /api/v1/auth/login
	// qt-1 <nil>
}
