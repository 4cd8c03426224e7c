// Command peers measures the client that ogen generates from the same documents, next to the
// contenders of the bench. Its code is generated first, and not kept:
//
//	go run ./generate && go run .
package main

import (
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/modules/bench"
)

func main() {
	bench.Main(append(bench.Contenders(), bench.Contender{Name: "ogen", Prepare: prepareOgen}), "github.com/ogen-go/ogen")
}

// doer is an http.Client that sets the provider's credential.
type doer struct {
	*http.Client
	name, value string
}

func newDoer(p facade.Provider, client *http.Client) *doer {
	r, _ := fixtures.Request(p, "")
	name := fixtures.Of(p).Credential
	return &doer{client, name, r.Header.Get(name)}
}

// Do sends a request.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	req.Header.Set(d.name, d.value)
	return d.Client.Do(req)
}
