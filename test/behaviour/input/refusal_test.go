package input_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// The canonical requests, each with a change.

func vault(token string) facade.Request { return facade.VaultRequest{Token: token} }

func forte(change func(*facade.ForteRequest)) facade.Request {
	r := fixtures.Start(facade.Forte).(facade.ForteRequest)
	change(&r)
	return r
}

func siwe(message, signature string) facade.Request {
	return forte(func(r *facade.ForteRequest) {
		r.Customer.Wallet.SIWE = &facade.ForteSIWE{Message: message, Signature: signature}
	})
}

func qolo(change func(*facade.QoloRequest)) facade.Request {
	r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	change(&r)
	return r
}

func rebilly(change func(*facade.RebillyRequest)) facade.Request {
	r := fixtures.Start(facade.Rebilly).(facade.RebillyRequest)
	change(&r)
	return r
}

// document is a Rebilly request for one document.
func document(d facade.RebillyDocument) facade.Request {
	return rebilly(func(r *facade.RebillyRequest) { r.Documents = []facade.RebillyDocument{d} })
}

func redirectURL(text string) facade.Request {
	return rebilly(func(r *facade.RebillyRequest) { r.RedirectURL = text })
}

func expires(at time.Time) facade.Request {
	return rebilly(func(r *facade.RebillyRequest) { r.ExpirationTime = at })
}

func ptr[T any](v T) *T { return &v }

const digits130 = "0da30e13183dfe0be9d7e6108f92dd2d0561807b684b8c68e6a8257e9faee8a51823dcddd56560cea25d33102e73c7a25f0be96749d733dc18683742ca1924d01b"

var signature = "0x" + digits130

// TestRefusals: what the spec does not allow is refused before anything is sent.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		request facade.Request
		given   string // what must not be quoted
		path    string
		says    string // a part of what is allowed
	}{
		{"vault token empty", vault(""), "", "token", "must be set"},
		{"vault token blank", vault("   "), "   ", "token", "visible ASCII"},
		{"vault token with blank in front", vault(" token-x"), "token-x", "token", "without spaces"},
		{"vault token with blank behind", vault("token-x "), "token-x", "token", "without spaces"},
		{"vault token with CR and LF", vault("token-x\r\nX-Evil: 1"), "token-x", "token", "visible ASCII"},
		{"vault token with NUL", vault("token-x\x00"), "token-x", "token", "visible ASCII"},
		{"vault token with DEL", vault("token-x\x7f"), "token-x", "token", "visible ASCII"},
		{"vault token with a letter beyond ASCII", vault("tökén-x"), "tökén-x", "token", "visible ASCII"},
		{"vault token of broken UTF-8", vault("token-x\xff"), "token-x", "token", "visible ASCII"},
		{"vault token with its scheme", vault("Bearer token-x"), "token-x", "token", `without "Bearer "`},

		{"forte type missing", forte(func(r *facade.ForteRequest) { r.Action.Type = "" }), "", "action.type", "one of OCC_RULES_ENGINE, OCC_RULES_ENGINE_V2"},
		{"forte type in lower case", forte(func(r *facade.ForteRequest) { r.Action.Type = "occ_rules_engine" }), "occ_rules_engine", "action.type", "one of"},
		{"forte type with blank", forte(func(r *facade.ForteRequest) { r.Action.Type = "OCC_RULES_ENGINE " }), "OCC_RULES_ENGINE ", "action.type", "one of"},
		{"forte level missing", forte(func(r *facade.ForteRequest) { r.Action.Level = 0 }), "", "action.level", "from 1 to 4"},
		{"forte level too high", forte(func(r *facade.ForteRequest) { r.Action.Level = 5 }), "", "action.level", "from 1 to 4"},
		{"forte level negative", forte(func(r *facade.ForteRequest) { r.Action.Level = -1 }), "", "action.level", "from 1 to 4"},
		{"forte level huge", forte(func(r *facade.ForteRequest) { r.Action.Level = math.MaxInt }), "", "action.level", "from 1 to 4"},
		{"forte id missing", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = "" }), "", "customer.external_id", "required"},
		{"forte id blank", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = " \t\u00a0" }), "", "customer.external_id", "required"},
		{"forte id too long", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = strings.Repeat("é", 1001) }), "éé", "customer.external_id", "at most 1000"},
		{"forte chain missing", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Blockchain = "" }), "", "customer.wallet.blockchain", "one of ethereum, sepolia,"},
		{"forte chain unknown", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Blockchain = "bitcoin" }), "bitcoin", "customer.wallet.blockchain", "aleo_testnet"},
		{"forte chain in capitals", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Blockchain = "Sepolia" }), "Sepolia", "customer.wallet.blockchain", "one of"},
		{"forte address missing", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Address = "" }), "", "customer.wallet.address", "required"},
		{"forte address too long", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Address = strings.Repeat("7", 1001) }), "777", "customer.wallet.address", "at most 1000"},
		{"forte SIWE without message", siwe("", signature), digits130, "customer.wallet.siwe.message", "required"},
		{"forte SIWE of blanks", siwe(strings.Repeat(" ", 200), signature), digits130, "customer.wallet.siwe.message", "required"},
		{"forte SIWE too short", siwe(strings.Repeat("m", 99), signature), "mmm", "customer.wallet.siwe.message", "at least 100"},
		{"forte SIWE too long", siwe(strings.Repeat("m", 401), signature), "mmm", "customer.wallet.siwe.message", "at most 400"},
		{"forte SIWE without signature", siwe(strings.Repeat("m", 100), ""), "mmm", "customer.wallet.siwe.signature", "130 hexadecimal"},
		{"forte signature without 0x", siwe(strings.Repeat("m", 100), digits130+"00"), digits130, "customer.wallet.siwe.signature", "0x"},
		{"forte signature with 0X", siwe(strings.Repeat("m", 100), "0X"+digits130), digits130, "customer.wallet.siwe.signature", "0x"},
		{"forte signature one short", siwe(strings.Repeat("m", 100), signature[:131]), digits130[:129], "customer.wallet.siwe.signature", "130"},
		{"forte signature one long", siwe(strings.Repeat("m", 100), signature+"0"), digits130, "customer.wallet.siwe.signature", "130"},
		{"forte signature not hexadecimal", siwe(strings.Repeat("m", 100), signature[:131]+"g"), digits130[:129], "customer.wallet.siwe.signature", "hexadecimal"},
		{"forte signature with a line end", siwe(strings.Repeat("m", 100), signature+"\n"), digits130, "customer.wallet.siwe.signature", "130"},

		{"qolo person missing", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "" }), "", "person_guid", "36 characters"},
		{"qolo person of zeros", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "00000000-0000-0000-0000-000000000000" }), "00000000", "person_guid", "not all zeros"},
		{"qolo person without dashes", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "2ae6ba4bf6c04817a15843e5a87168fd" }), "2ae6ba4b", "person_guid", "36 characters"},
		{"qolo person in braces", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "{2ae6ba4b-f6c0-4817-a158-43e5a87168fd}" }), "2ae6ba4b", "person_guid", "36 characters"},
		{"qolo person as URN", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "urn:uuid:2ae6ba4b-f6c0-4817-a158-43e5a87168fd" }), "2ae6ba4b", "person_guid", "36 characters"},
		{"qolo person with a g", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "gae6ba4b-f6c0-4817-a158-43e5a87168fd" }), "gae6ba4b", "person_guid", "GUID"},
		{"qolo person with dashes elsewhere", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "2ae6ba4bf-6c0-4817-a158-43e5a87168fd" }), "2ae6ba4b", "person_guid", "GUID"},
		{"qolo person with a slash", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "2ae6ba4b/f6c0/4817/a158/43e5a87168fd" }), "2ae6ba4b", "person_guid", "GUID"},
		{"qolo person with a line end", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd\n" }), "2ae6ba4b", "person_guid", "GUID"},
		{"qolo person with full-width digits", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "２２２-f6c0-4817-a158-43e5a87168fd" }), "f6c0", "person_guid", "GUID"},
		{"qolo program of zeros", qolo(func(r *facade.QoloRequest) { r.ProgramGUID = "00000000-0000-0000-0000-000000000000" }), "00000000", "program_guid", "not all zeros"},
		{"qolo program malformed", qolo(func(r *facade.QoloRequest) { r.ProgramGUID = "program-one" }), "program-one", "program_guid", "GUID"},
		{"qolo program blank", qolo(func(r *facade.QoloRequest) { r.ProgramGUID = " " }), "", "program_guid", "GUID"},

		{"rebilly customer missing", rebilly(func(r *facade.RebillyRequest) { r.CustomerID = "" }), "", "customerId", "required"},
		{"rebilly customer blank", rebilly(func(r *facade.RebillyRequest) { r.CustomerID = "   " }), "", "customerId", "required"},
		{"rebilly customer too long", rebilly(func(r *facade.RebillyRequest) { r.CustomerID = strings.Repeat("ü", 51) }), "üüü", "customerId", "at most 50"},
		{"rebilly documents missing", rebilly(func(r *facade.RebillyRequest) { r.Documents = nil }), "", "documents", "at least one"},
		{"rebilly documents empty", rebilly(func(r *facade.RebillyRequest) { r.Documents = []facade.RebillyDocument{} }), "", "documents", "at least one"},
		{"rebilly document without type", document(facade.RebillyDocument{}), "", "documents[0].type", "one of identity-proof,"},
		{"rebilly document of a new type", document(facade.RebillyDocument{Type: "selfie-proof"}), "selfie-proof", "documents[0].type", "credit-file-proof"},
		{"rebilly third document", rebilly(func(r *facade.RebillyRequest) {
			r.Documents = []facade.RebillyDocument{{Type: "address-proof"}, {Type: "funds-proof"}, {Type: "Address-Proof"}}
		}), "Address-Proof", "documents[2].type", "one of"},
		{"rebilly subtype unknown", document(facade.RebillyDocument{Type: "identity-proof", Subtypes: []facade.RebillyDocumentSubtype{"passport", "library-card"}}), "library-card", "documents[0].subtypes", "one of passport,"},
		{"rebilly subtype empty", document(facade.RebillyDocument{Type: "identity-proof", Subtypes: []facade.RebillyDocumentSubtype{""}}), "", "documents[0].subtypes", "other"},
		{"rebilly attempts negative", document(facade.RebillyDocument{Type: "identity-proof", MaxAttempts: ptr(-1)}), "", "documents[0].maxAttempts", "from 0 to 100"},
		{"rebilly attempts too many", document(facade.RebillyDocument{Type: "identity-proof", MaxAttempts: ptr(101)}), "", "documents[0].maxAttempts", "from 0 to 100"},
		{"rebilly level negative", rebilly(func(r *facade.RebillyRequest) { r.MatchLevel = -1 }), "", "matchLevel", "1, 2, 3"},
		{"rebilly level too high", rebilly(func(r *facade.RebillyRequest) { r.MatchLevel = 4 }), "", "matchLevel", "1, 2, 3"},
		{"rebilly return to a path", redirectURL("/kyc/done"), "/kyc/done", "redirectUrl", "absolute"},
		{"rebilly return without scheme", redirectURL("//shop.example/done"), "shop.example", "redirectUrl", "absolute"},
		{"rebilly return to a script", redirectURL("javascript:alert(1)"), "javascript", "redirectUrl", "http or https"},
		{"rebilly return to data", redirectURL("data:text/html,x"), "data:", "redirectUrl", "http or https"},
		{"rebilly return to a file", redirectURL("file:///etc/passwd"), "passwd", "redirectUrl", "http or https"},
		{"rebilly return without host", redirectURL("https:///done"), "/done", "redirectUrl", "absolute"},
		{"rebilly return to a port alone", redirectURL("https://:443/done"), "443", "redirectUrl", "absolute"},
		{"rebilly return with user", redirectURL("https://shop.example@evil.example/done"), "evil", "redirectUrl", "without user info"},
		{"rebilly return with password", redirectURL("https://joe:pass@shop.example/done"), "pass", "redirectUrl", "without user info"},
		{"rebilly return with CR and LF", redirectURL("https://shop.example/done\r\nSet-Cookie: a=b"), "shop.example", "redirectUrl", "URL"},
		{"rebilly return with a blank", redirectURL("https://shop.example/kyc done"), "shop.example", "redirectUrl", "URL"},
		{"rebilly return beyond ASCII", redirectURL("https://shöp.example/done"), "shöp", "redirectUrl", "URL"},
		{"rebilly return of broken UTF-8", redirectURL("https://shop.example/\xff"), "shop.example", "redirectUrl", "URL"},
		{"rebilly return that is no URL", redirectURL("https://shop.example:port/"), "shop.example", "redirectUrl", "URL"},
		{"rebilly returns to quotes", redirectURL(`https://shop.example/"`), `/"`, "redirectUrl", "percent-encoded"},
		{"rebilly returns to a backslash", redirectURL(`https://shop.example/a\b`), `a\b`, "redirectUrl", "percent-encoded"},
		{"rebilly returns to an open bracket", redirectURL("https://shop.example/a[b"), "a[b", "redirectUrl", "percent-encoded"},
		{"rebilly returns to a closed bracket", redirectURL("https://shop.example/a]b"), "a]b", "redirectUrl", "percent-encoded"},
		{"rebilly returns to two fragments", redirectURL("https://shop.example/#a#b"), "#a#b", "redirectUrl", "percent-encoded"},
		{"rebilly returns to a broken escape", redirectURL("https://shop.example/%zz"), "%zz", "redirectUrl", "percent-encoded"},
		{"rebilly ends in the past", expires(time.Now().Add(-time.Second)), "", "expirationTime", "in the future"},
		{"rebilly ends before this second is over", expires(time.Now().Truncate(time.Second).Add(time.Second - 1)), "", "expirationTime", "in the future"},
		{"rebilly ends in 1970", expires(time.Unix(0, 0)), "1970", "expirationTime", "in the future"},
		{"rebilly ends in the year 0", expires(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), "", "expirationTime", "in the future"},
		{"rebilly ends before the year 0", expires(time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)), "", "expirationTime", "in the future"},
		{"rebilly ends in the year 10000", expires(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "", "expirationTime", "before the year 10000"},
		{"rebilly ends in the year 10000 by UTC", expires(time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600))), "", "expirationTime", "before the year 10000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{answer: starts[c.request.Provider()]}
			_, err := w.start(t, c.request)
			e := refused(t, w, err, c.path)
			if e.Provider != c.request.Provider() {
				t.Errorf("provider %q", e.Provider)
			}
			if len(e.Fields) == 1 && !strings.Contains(e.Fields[0].Message, c.says) {
				t.Errorf("%q does not say %q", e.Fields[0].Message, c.says)
			}
			quotesNothing(t, err, c.given)
			if e.SafeToRetry() {
				t.Error("safe to retry, and refused again each time")
			}
		})
	}
}

// TestEveryFaultIsNamed: one refusal names all fields at fault, in the order in
// which they stand.
func TestEveryFaultIsNamed(t *testing.T) {
	for _, c := range []struct {
		request facade.Request
		paths   []string
	}{
		{facade.VaultRequest{}, []string{"token"}},
		{facade.XGatewayRequest{}, []string{"id"}},
		{facade.ForteRequest{}, []string{"action.type", "action.level", "customer.external_id", "customer.wallet.blockchain", "customer.wallet.address"}},
		{siwe("", ""), []string{"customer.wallet.siwe.message", "customer.wallet.siwe.signature"}},
		{facade.QoloRequest{}, []string{"person_guid"}},
		{facade.RebillyRequest{}, []string{"customerId", "documents"}},
		{
			facade.RebillyRequest{
				Documents: []facade.RebillyDocument{
					{Subtypes: []facade.RebillyDocumentSubtype{"a", "b"}, MaxAttempts: ptr(-1)},
					{Type: "identity-proof", MaxAttempts: ptr(1000)},
				},
				RedirectURL: "x", Reason: "\xff", MatchLevel: 9, ExpirationTime: time.Unix(1, 0),
			},
			[]string{
				"customerId", "documents[0].type", "documents[0].subtypes", "documents[0].subtypes", "documents[0].maxAttempts",
				"documents[1].maxAttempts", "redirectUrl", "reason", "matchLevel", "expirationTime",
			},
		},
	} {
		t.Run(string(c.request.Provider())+" "+strings.Join(c.paths, ","), func(t *testing.T) {
			w := &wire{}
			_, err := w.start(t, c.request)
			refused(t, w, err, c.paths...)
			for _, path := range c.paths {
				if !strings.Contains(err.Error(), path) {
					t.Errorf("%q does not name %s", err, path)
				}
			}
		})
	}
}
