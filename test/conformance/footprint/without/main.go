// Command without starts KYC by hand, with nothing of this library. Like the others it is never
// run: only its size counts.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	body, _ := json.Marshal(map[string]any{"customerId": os.Args[1]})
	answer, err := http.Post("https://provider.test/kyc-requests", "application/json", strings.NewReader(string(body)))
	if err != nil {
		log.Fatal(err)
	}
	var started struct{ ID, Status string }
	log.Print(json.NewDecoder(answer.Body).Decode(&started), started)
}
