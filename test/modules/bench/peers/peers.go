// Package peers has the clients that other generators make of the same documents
// as contenders. Their code is generated first:
//
//	go run ./generate
//	go test -bench .
//
// Who is missing could not be had, or is no client of OpenAPI 3 for Go: kiota is
// fetched from GitHub, go-swagger reads Swagger 2.0 only.
package peers

import (
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/modules/bench"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Contenders returns the peers.
func Contenders() []bench.Contender {
	return []bench.Contender{
		{Name: "openapi-generator", Prepare: prepareOpenAPIGenerator},
		{Name: "autorest", Prepare: prepareAutoRest},
		{Name: "ogen", Prepare: prepareOgen},
	}
}

// credential returns the header with the provider's credential. That of Vault is
// the customer's.
func credential(p facade.Provider) (name, value string) {
	if p == facade.Vault {
		return "Authorization", "Bearer " + bench.VaultToken
	}
	_, _, header, _, err := fixtures.Request(string(p))
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"Authorization", "X-Api-Key", "Reb-Apikey"} {
		if header.Get(name) != "" {
			return name, header.Get(name)
		}
	}
	panic("no credential for " + p)
}

// started is what those return who have read a status and no body.
const started = http.StatusNoContent

func of[T any](v T) *T { return &v }
