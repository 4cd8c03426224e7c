// Command without starts KYC by hand. It uses net/http and encoding/json, as every program does
// that calls an API, and nothing of this library. It is never run: only its size counts.
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
	body, _ := json.Marshal(map[string]any{"customerId": os.Args[1], "documents": []map[string]any{{"type": "identity-proof"}}})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("SERVER")+"/kyc-requests", bytes.NewReader(body)) //nolint:gosec // never run
	req.Header.Set("Reb-Apikey", os.Getenv("API_KEY"))
	resp, err := http.DefaultClient.Do(req) //nolint:gosec // never run
	if err != nil {
		log.Fatal(err) //nolint:gocritic // nothing is left running where the program ends
	}
	defer resp.Body.Close()
	var started struct {
		ID, Status string
	}
	log.Print(json.NewDecoder(resp.Body).Decode(&started), started.ID, started.Status)
}
