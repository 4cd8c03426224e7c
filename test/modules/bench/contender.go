package bench

import (
	"context"
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Exchange makes one exchange, and returns a word that it read in the answer.
type Exchange func(ctx context.Context) (word string, err error)

// Contender is one way of making the exchanges.
type Contender struct {
	Name string
	// Prepare returns the exchange with a provider at baseURL, the scheme and host
	// of a server. What need be done only once in a program's life is done here.
	Prepare func(p facade.Provider, transport http.RoundTripper, baseURL string) (Exchange, error)
	// Upload returns the exchange with Qolo that sends images; nil if this way of
	// doing it differs from another contender's in nothing.
	Upload func(images Images, transport http.RoundTripper, baseURL string) (Exchange, error)
}

// The contenders of this package by their names in the table.
const (
	FacadeName      = "facade"
	GeneratedName   = "generated"
	HandwrittenName = "handwritten"
	TimedName       = "timed"
	RawName         = "raw"
	AsName          = "facade-as"
)

// Who the exchanges are about. Variables, as they are in a program: the compiler
// must not prepare what depends on the customer.
var (
	RebillyCustomer  = "customer-42"
	ForteCustomer    = "customer_PK"
	QoloPerson       = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"
	VaultToken       = fixtures.VaultToken
	XGatewayCustomer = "customer-42"
)

// Contenders returns the contenders of this package, the facade first.
func Contenders() []Contender {
	return []Contender{
		{FacadeName, prepareFacade, uploadFacade},
		{GeneratedName, prepareGenerated, uploadGenerated},
		{HandwrittenName, prepareHandwritten, uploadHandwritten},
		{TimedName, prepareTimed, nil},
		{RawName, prepareRaw, uploadRaw},
	}
}

// as is the facade where the whole answer is wanted, for answers that grow.
var as = Contender{AsName, prepareAs, nil}
