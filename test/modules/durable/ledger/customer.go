package ledger

import (
	"context"
	"fmt"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Customer is a customer of the application who starts KYC at one provider.
type Customer struct {
	Key
	// Own is the application's id of the customer. The provider's id is in the key.
	Own string
}

// NewCustomer returns the nth customer.
func NewCustomer(p facade.Provider, n int) Customer {
	id := fmt.Sprintf("person-%06d", n)
	if fixtures.Of(p).Customer.Form == fixtures.GUID {
		id = fmt.Sprintf("7c0ffee0-0000-4000-8000-%012d", n)
	}
	return Customer{Key{p, id}, fmt.Sprintf("c%06d", n)}
}

// Request returns what is stored of the customer's start. At Vault it is a reference to the
// customer's token. At the others it is the whole request.
func (c Customer) Request() facade.Request {
	if c.Provider == facade.Vault {
		return facade.VaultRequest{Token: c.Customer}
	}
	return fixtures.Of(c.Provider).Customer.Request(c.Customer)
}

// Fetch replaces the reference with the token; see [durable.Worker].
func Fetch(_ context.Context, req facade.Request) (facade.Request, error) {
	if r, ok := req.(facade.VaultRequest); ok {
		r.Token = fixtures.Of(facade.Vault).Customer.Form.Write(r.Token)
		return r, nil
	}
	return req, nil
}
