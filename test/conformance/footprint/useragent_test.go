package footprint_test

import (
	"strings"
	"testing"
)

// TestUserAgent runs a program that got a version of the library, and holds what it
// tells providers of itself.
func TestUserAgent(t *testing.T) {
	shop := newShop(t, nil)
	shop.write("main.go", `package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"`+library+`/facade"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fmt.Print(r.UserAgent()) }))
	defer server.Close()
	client, err := facade.New(facade.Config{UserAgent: "shop/1.2", Vault: &facade.VaultConfig{BaseURL: server.URL}})
	if err != nil {
		panic(err)
	}
	_, _ = client.Start(context.Background(), facade.VaultRequest{Token: "token"})
}
`)
	shop.get()
	const want = "shop/1.2 kycstart/" + version
	if got := strings.TrimSpace(run(t, shop.folder, shop.environment, "run", ".")); got != want {
		t.Errorf("User-Agent %q, want %q", got, want)
	}
}
