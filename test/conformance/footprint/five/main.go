// Command five starts KYC through the library at all five providers, and uses the rest of it that
// the linker could leave out.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/kycstart/kycstart/facade"
)

func main() {
	client, err := facade.New(facade.Config{Forte: &facade.ForteConfig{Token: facade.StaticToken(os.Args[1])}})
	image, unreadable := facade.QoloImageFile(os.Args[2])
	log.Print(err, unreadable)
	for _, request := range []facade.Request{
		facade.VaultRequest{}, facade.XGatewayRequest{}, facade.ForteRequest{}, facade.RebillyRequest{},
		facade.QoloRequest{Document: &facade.QoloDocument{Front: image}},
	} {
		result, err := client.Start(context.Background(), request)
		log.Print(json.NewEncoder(os.Stdout).Encode(result), err)
	}
}
