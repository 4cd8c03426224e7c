// Command five starts KYC through the library, at any of the five providers, so that the linker
// must keep all of the library.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/kycstart/kycstart/facade"
)

func main() {
	key, id := os.Getenv("API_KEY"), os.Args[2]
	image, err := facade.QoloImageFile(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	client, err := facade.New(facade.Config{
		Vault:    &facade.VaultConfig{BaseURL: facade.VaultSandbox},
		XGateway: &facade.XGatewayConfig{BaseURL: facade.XGatewayDemo, APIKey: key},
		Forte:    &facade.ForteConfig{BaseURL: facade.ForteSandbox, Token: facade.StaticToken(key)},
		Qolo:     &facade.QoloConfig{BaseURL: facade.QoloDevelopment, Token: facade.StaticToken(key)},
		Rebilly:  &facade.RebillyConfig{BaseURL: facade.RebillySandbox, OrganizationID: os.Getenv("ORGANIZATION"), APIKey: key},
	})
	if err != nil {
		log.Fatal(err)
	}
	request := map[string]facade.Request{
		"vault":    facade.VaultRequest{Token: id},
		"xgateway": facade.XGatewayRequest{ID: id},
		"forte":    facade.ForteRequest{Customer: facade.ForteCustomer{ExternalID: id}},
		"qolo":     facade.QoloRequest{PersonGUID: id, Document: &facade.QoloDocument{Front: image}},
		"rebilly":  facade.RebillyRequest{CustomerID: id, Documents: []facade.RebillyDocument{{Type: "identity-proof"}}},
	}[os.Args[1]]
	res, err := client.Start(context.Background(), request)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(res); err != nil {
		log.Fatal(err)
	}
}
