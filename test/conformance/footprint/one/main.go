// Command one starts KYC through the library, at one provider.
package main

import (
	"context"
	"log"
	"os"

	"github.com/kycstart/kycstart/facade"
)

func main() {
	client, err := facade.New(facade.Config{
		Rebilly: &facade.RebillyConfig{
			BaseURL:        facade.RebillySandbox,
			OrganizationID: os.Getenv("ORGANIZATION"),
			APIKey:         os.Getenv("API_KEY"),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	res, err := client.Start(context.Background(), facade.RebillyRequest{
		CustomerID: os.Args[1],
		Documents:  []facade.RebillyDocument{{Type: "identity-proof"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(res.ID, " ", res.Status)
}
