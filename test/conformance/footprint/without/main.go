// Command without starts KYC by hand: it has what every program has that calls
// an API, net/http and encoding/json, and nothing of this library.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	body, err := json.Marshal(map[string]any{
		"customerId": os.Args[1],
		"documents":  []map[string]any{{"type": "identity-proof"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, //nolint:gosec // never run: what counts is its size
		"https://api-sandbox.rebilly.com/organizations/"+os.Getenv("ORGANIZATION")+"/kyc-requests", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err) //nolint:gocritic // nothing is left running where the program ends
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Reb-Apikey", os.Getenv("API_KEY"))
	resp, err := http.DefaultClient.Do(req) //nolint:gosec // as above
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var started struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&started); err != nil {
		log.Fatal(err)
	}
	log.Print(started.ID, " ", started.Status)
}
