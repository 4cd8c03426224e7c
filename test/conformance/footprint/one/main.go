// Command one starts KYC through the library, at one provider.
package main

import (
	"context"
	"log"

	"github.com/kycstart/kycstart/facade"
)

func main() {
	client, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{}})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(client.Start(context.Background(), facade.RebillyRequest{}))
}
