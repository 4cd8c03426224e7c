package sandbox

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Customer returns a customer whose requests to a provider are always answered with this scenario.
// Put it into the field that says whose KYC is started, such as the CustomerID of a
// [facade.RebillyRequest] or the Token of a [facade.VaultRequest]. The scenario of a look-up
// answers look-ups of that customer. Rebilly's look-up of one KYC request goes by that request's id
// and names no customer.
//
// It is the same in every run. The scenario "forte/200_banned" gives the customer
// "sandbox-200_banned", "forte/rejected/502_html" gives "sandbox-rejected-502_html", and
// "fault/slow" gives "sandbox-fault-slow". A provider that wants a token (Vault) gets that as the
// token's subject. A provider that wants a GUID (Qolo) gets 5a4db0c5 and a hash of the scenario's
// name.
//
// A provider or scenario that does not exist is reported, and so is [FaultConnectionRefused]. The
// customer is then the empty text.
func (s *Sandbox) Customer(p facade.Provider, scenario string) string {
	s.helper()
	found, err := find(p, scenario)
	if err == nil && found.customer == "" {
		err = fmt.Errorf("sandbox: %s cannot be chosen by customer, but by Use", scenario)
	}
	if err != nil {
		s.report(err)
		return ""
	}
	return fixtures.Of(p).Customer.Form.Write(found.customer)
}

// An id that chooses a scenario begins with one of these.
const (
	customerPrefix = "sandbox-"
	guidPrefix     = "5a4db0c5-"
)

// customerID returns the id that chooses a scenario. It must be short: Rebilly allows fifty
// characters. A GUID has version 8, which RFC 9562 leaves to everyone's own use.
func customerID(p facade.Provider, scenario string) string {
	name := strings.TrimPrefix(scenario, string(p)+"/")
	if fixtures.Of(p).Customer.Form != fixtures.GUID {
		return customerPrefix + strings.ReplaceAll(name, "/", "-")
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	return fmt.Sprintf("%s%s-8%s-8%s-%s", guidPrefix, hash[:4], hash[4:7], hash[7:10], hash[10:22])
}
