package speccoverage_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// exception is a difference between a provider's spec and the facade that is on purpose.
type exception struct {
	provider facade.Provider // "" for all of them
	why      string
	what     string // value or constraint, "*" for all of them
	at       string // place in a body, or a parameter such as "query expand"; anyParameter means any of the path
}

const anyParameter = "path *"

// because returns the exceptions of one provider that share a reason.
func because(p facade.Provider, why, what string, at ...string) (all []exception) {
	for _, place := range at {
		all = append(all, exception{p, why, what, place})
	}
	return all
}

// exceptions is a reviewed list. Every entry must be used: the tests must find the difference that
// it excuses.
type exceptions struct {
	name    string
	entries []exception
	used    map[exception]bool
}

func list(name string, groups ...[]exception) *exceptions {
	return &exceptions{name, slices.Concat(groups...), map[exception]bool{}}
}

// excuses reports whether a difference is in the list, by its own place or by a place that contains
// it.
func (l *exceptions) excuses(p facade.Provider, at, what string) bool {
	i := slices.IndexFunc(l.entries, func(e exception) bool {
		place := below(at, e.at) || e.at == anyParameter && strings.HasPrefix(at, "path ")
		return (e.provider == p || e.provider == "") && place && (e.what == "*" || e.what == what)
	})
	if i >= 0 {
		l.used[l.entries[i]] = true
	}
	return i >= 0
}

// checkUsed demands that every entry of the list has been used.
func (l *exceptions) checkUsed(t *testing.T, p facade.Provider) {
	t.Helper()
	for _, e := range l.entries {
		if e.provider == p && !l.used[e] {
			t.Errorf("%s of test/conformance/speccoverage/exceptions_test.go has %s %s %s, and nothing in the spec or in a fixture is like that any more: "+
				"take it out, unless a fixture is missing", l.name, p, e.at, e.what)
		}
	}
}

// unmappedValues are listed values of answers that do not change the outcome.
var unmappedValues = list("unmappedValues",
	because(facade.Forte, "the widget gets it, within the whole data", `"KYC_OCC"`, "/data/flow"),
	because(facade.Rebilly, "the provider repeats the request", "*", "/documents/*/type", "/documents/*/subtypes"),
	because(facade.Rebilly, "Level has the bare number, because the provider has swapped its meaning twice", "*", "/matchLevel"),
	because(facade.Rebilly, "a link to the request, for the merchant and not for the customer", `"self"`, "/_links/*/rel"),
	because(facade.Rebilly, "a link to the documents, for the merchant and not for the customer", `"documents"`, "/_links/*/rel"),
	because(facade.Rebilly, "in no published list: undetermined, as any unknown word", `"pending"`, "/status"),
)

// unlistedValues are values of answers that change the outcome, and are in no list of the spec.
var unlistedValues = list("unlistedValues",
	because(facade.Vault, "the source shows it without calling it the only one", `"ok"`, "/result"),
	because(facade.Rebilly, "RFC 9457 gives the value this meaning, the spec has it in words", `"about:blank"`, "/type"),
)

// unmappedProperties are properties that do not change the outcome: of answers to a start that went
// well, and of errors, under some status.
var unmappedProperties = list("unmappedProperties",
	because(facade.Vault, "for the provider itself: only the raw body has it", "*",
		"error /systemId", "error /originalMessage", "error /errorStackTrace", "error /data"),
	because(facade.XGateway, "the HTTP status says it", "*", "error /success"),
	because(facade.Forte, "the HTTP status wins over the one in the body", "*", "error /error/status"),
	because(facade.Qolo, "a free text without documented values, which no other provider has", "*",
		"answer /additional_desc", "answer /verification_mode"),
	because(facade.Qolo, "places inside the provider, which a caller can use only with another API", "*",
		"answer /verificationResults/*/document_path", "answer /verificationResults/*/documents"),
	because(facade.Rebilly, "the provider repeats the request", "*",
		"answer /documents", "answer /reason", "answer /redirectUrl"),
	because(facade.Rebilly, "history of the process, which no other provider has", "*",
		"answer /revision", "answer /createdTime", "answer /updatedTime"),
	because(facade.Rebilly, "only there if the request asks for it, and the facade does not ask", "*", "answer /_embedded"),
	because(facade.Rebilly, "names an entry in the provider's logs: the raw body has it", "*",
		"error /instance"),
)

// leftOut are properties and parameters of requests that the facade does not
// offer.
var leftOut = list("leftOut",
	because(facade.Qolo, "can overrule a sanctions check on the client's word: left to the generated client", "*", "/client_verification"),
	because(facade.Rebilly, "embeds objects that the provider keeps by itself, and a start has none yet", "*", "query expand"),
)

// notEnforced are constraints of requests that the local validation leaves to
// the provider.
var notEnforced = list("notEnforced")

// stricter are values of requests that a spec allows and the facade refuses.
var stricter = list("stricter",
	because("", "a path of this length is refused by servers and proxies, each in its own way", "length 100000", anyParameter),
	because("", "not an identifier, and cut off on the way", "blanks", anyParameter),
	because("", "what is not exactly one segment of a path reaches another endpoint", "punctuation", anyParameter),
	because("", "no identifier has it, and logs are split by it", "line break", anyParameter),
	because(facade.Forte, "blanks name nobody and sign nothing", "blanks",
		"/customer/external_id", "/customer/wallet/address", "/customer/wallet/siwe/message"),
	because(facade.Qolo, "the nil GUID is what an unset one looks like",
		"format uuid, 00000000-0000-0000-0000-000000000000", "path person_guid", "/program_guid"),
	because(facade.Qolo, "a header takes visible ASCII", "length 1", "header IdempotencyKey"),
	because(facade.Qolo, "a header takes visible ASCII", "blanks", "header IdempotencyKey"),
	because(facade.Qolo, "a header takes visible ASCII", "line break", "header IdempotencyKey"),
	because(facade.Qolo, "servers refuse headers of this length, each in its own way", "length 100000", "header IdempotencyKey"),
	because(facade.Rebilly, "blanks name nobody", "blanks", "/customerId"),
	because(facade.Rebilly, "user info makes a return URL look like one of another host", "format uri, https://user@shop.example/", "/redirectUrl"),
	because(facade.Rebilly, "a browser is sent back to a web page", "format uri, urn:example:kyc", "/redirectUrl"),
	because(facade.Rebilly, "a browser is sent back to a web page", "format uri, app://kyc/done", "/redirectUrl"),
	because(facade.Rebilly, "a request that has expired starts nothing", "format date-time, 1996-01-02T03:04:05Z", "/expirationTime"),
)
