package speccoverage_test

import (
	"slices"

	"github.com/kycstart/kycstart/facade"
)

// exception is a difference between a provider's spec and the facade that is on purpose. Every one
// must be used: the tests must find the difference that it excuses.
type exception struct {
	list     string
	provider facade.Provider // "" for all of them
	why      string
	what     string // value or constraint, "*" for all of them
	at       string // place in a body, or a parameter such as "query expand"; anyParameter means any of the path
}

const anyParameter = "path *"

// The lists of exceptions.
const (
	// unmappedValues are listed values of answers that do not change the outcome.
	unmappedValues = "unmappedValues"
	// unlistedValues are values of answers that change the outcome, and are in no list of the spec.
	unlistedValues = "unlistedValues"
	// unmappedProperties are properties that do not change the outcome: of answers to a start that
	// went well, and of errors, under some status.
	unmappedProperties = "unmappedProperties"
	// leftOut are properties and parameters of requests that the facade does not offer.
	leftOut = "leftOut"
	// notEnforced are constraints of requests that the local validation leaves to the provider.
	notEnforced = "notEnforced"
	// stricter are values of requests that a spec allows and the facade refuses.
	stricter = "stricter"
)

// because returns the exceptions of one list and one provider that share a reason.
func because(list string, p facade.Provider, why, what string, at ...string) (all []exception) {
	for _, place := range at {
		all = append(all, exception{list, p, why, what, place})
	}
	return all
}

// exceptions is a reviewed list.
var exceptions = slices.Concat(
	because(unmappedValues, facade.Forte, "the widget gets it, within the whole data", `"KYC_OCC"`, "/data/flow"),
	because(unmappedValues, facade.Rebilly, "the provider repeats the request", "*", "/documents/*/type", "/documents/*/subtypes"),
	because(unmappedValues, facade.Rebilly, "Level has the bare number, because the provider has swapped its meaning twice", "*", "/matchLevel"),
	because(unmappedValues, facade.Rebilly, "a link to the request, for the merchant and not for the customer", `"self"`, "/_links/*/rel"),
	because(unmappedValues, facade.Rebilly, "a link to the documents, for the merchant and not for the customer", `"documents"`, "/_links/*/rel"),
	because(unmappedValues, facade.Rebilly, "in no published list: undetermined, as any unknown word", `"pending"`, "/status"),

	because(unlistedValues, facade.Vault, "the source shows it without calling it the only one", `"ok"`, "/result"),
	because(unlistedValues, facade.Rebilly, "RFC 9457 gives the value this meaning, the spec has it in words", `"about:blank"`, "/type"),

	because(unmappedProperties, facade.Vault, "for the provider itself: only the raw body has it", "*",
		"error /systemId", "error /originalMessage", "error /errorStackTrace", "error /data"),
	because(unmappedProperties, facade.XGateway, "the HTTP status says it", "*", "error /success"),
	because(unmappedProperties, facade.Forte, "the HTTP status wins over the one in the body", "*", "error /error/status"),
	because(unmappedProperties, facade.Qolo, "a free text without documented values, which no other provider has", "*",
		"answer /additional_desc", "answer /verification_mode"),
	because(unmappedProperties, facade.Qolo, "places inside the provider, which a caller can use only with another API", "*",
		"answer /verificationResults/*/document_path", "answer /verificationResults/*/documents"),
	because(unmappedProperties, facade.Rebilly, "the provider repeats the request", "*",
		"answer /documents", "answer /reason", "answer /redirectUrl"),
	because(unmappedProperties, facade.Rebilly, "history of the process, which no other provider has", "*",
		"answer /revision", "answer /createdTime", "answer /updatedTime"),
	because(unmappedProperties, facade.Rebilly, "only there if the request asks for it, and the facade does not ask", "*", "answer /_embedded"),
	because(unmappedProperties, facade.Rebilly, "names an entry in the provider's logs: the raw body has it", "*",
		"error /instance"),

	because(leftOut, facade.Qolo, "can overrule a sanctions check on the client's word: left to the generated client", "*", "/client_verification"),
	because(leftOut, facade.Rebilly, "embeds objects that the provider keeps by itself, and a start has none yet", "*", "query expand"),

	because(stricter, "", "a path of this length is refused by servers and proxies, each in its own way", "length 100000", anyParameter),
	because(stricter, "", "not an identifier, and cut off on the way", "blanks", anyParameter),
	because(stricter, "", "what is not exactly one segment of a path reaches another endpoint", "punctuation", anyParameter),
	because(stricter, "", "no identifier has it, and logs are split by it", "line break", anyParameter),
	because(stricter, facade.Forte, "blanks name nobody and sign nothing", "blanks",
		"/customer/external_id", "/customer/wallet/address", "/customer/wallet/siwe/message"),
	because(stricter, facade.Qolo, "the nil GUID is what an unset one looks like",
		"format uuid, 00000000-0000-0000-0000-000000000000", "path person_guid", "/program_guid"),
	because(stricter, facade.Qolo, "a header takes visible ASCII", "length 1", "header IdempotencyKey"),
	because(stricter, facade.Qolo, "a header takes visible ASCII", "blanks", "header IdempotencyKey"),
	because(stricter, facade.Qolo, "a header takes visible ASCII", "line break", "header IdempotencyKey"),
	because(stricter, facade.Qolo, "servers refuse headers of this length, each in its own way", "length 100000", "header IdempotencyKey"),
	because(stricter, facade.Rebilly, "blanks name nobody", "blanks", "/customerId"),
	because(stricter, facade.Rebilly, "user info makes a return URL look like one of another host", "format uri, https://user@shop.example/", "/redirectUrl"),
	because(stricter, facade.Rebilly, "a browser is sent back to a web page", "format uri, urn:example:kyc", "/redirectUrl"),
	because(stricter, facade.Rebilly, "a browser is sent back to a web page", "format uri, app://kyc/done", "/redirectUrl"),
	because(stricter, facade.Rebilly, "a request that has expired starts nothing", "format date-time, 1996-01-02T03:04:05Z", "/expirationTime"),
)
