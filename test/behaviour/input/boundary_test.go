package input_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// accepted is a request that must go out as it is.
type accepted struct {
	name    string
	request facade.Request
	member  string // path of a member of the body, with dots
	want    any    // its value there, nil for none
}

// TestBoundaries: what the spec just allows is sent, unchanged.
func TestBoundaries(t *testing.T) {
	text := func(n int) string { return strings.Repeat("é", n) }
	cases := []accepted{
		{"forte id of 1", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = "1" }), "customer.external_id", "1"},
		{"forte id of 1000", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = text(1000) }), "customer.external_id", text(1000)},
		{"forte id of four-byte characters", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = strings.Repeat("😀", 1000) }), "customer.external_id", strings.Repeat("😀", 1000)},
		{"forte id with markup", forte(func(r *facade.ForteRequest) { r.Customer.ExternalID = "<&>\"\\\u2028" }), "customer.external_id", "<&>\"\\\u2028"},
		{"forte address of 1", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Address = "a" }), "customer.wallet.address", "a"},
		{"forte address of 1000", forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Address = text(1000) }), "customer.wallet.address", text(1000)},
		{"forte SIWE of 100", siwe(text(100), signature), "customer.wallet.siwe.message", text(100)},
		{"forte SIWE of 400", siwe(text(400), signature), "customer.wallet.siwe.message", text(400)},
		{"forte signature in capitals", siwe(text(100), "0x"+strings.ToUpper(digits130)), "customer.wallet.siwe.signature", "0x" + strings.ToUpper(digits130)},
		{"qolo person in capitals", qolo(func(r *facade.QoloRequest) { r.PersonGUID = "2AE6BA4B-F6C0-4817-A158-43E5A87168FD" }), "perform_kyc", true},
		{"qolo second identity number", qolo(func(r *facade.QoloRequest) {
			r.Identifications = []facade.QoloIdentification{{GovtIDNumber: "1"}, {GovtIDNumber: "2"}}
		}), "identifications.1.govt_id_number", "2"},
		{"qolo second answer", qolo(func(r *facade.QoloRequest) {
			r.Answers = []facade.QoloAnswer{{Key: "a", Answer: "1"}, {Key: "b", Answer: "2"}}
		}), "answers.1.answer", "2"},
		{"qolo without program", qolo(func(r *facade.QoloRequest) { r.ProgramGUID = "" }), "program_guid", nil},
		{"rebilly customer of 1", rebilly(func(r *facade.RebillyRequest) { r.CustomerID = "c" }), "customerId", "c"},
		{"rebilly customer of 50", rebilly(func(r *facade.RebillyRequest) { r.CustomerID = text(50) }), "customerId", text(50)},
		{"rebilly second document", rebilly(func(r *facade.RebillyRequest) {
			r.Documents = []facade.RebillyDocument{{Type: "identity-proof"}, {Type: "funds-proof"}}
		}), "documents.1.type", "funds-proof"},
		{"rebilly second subtype", document(facade.RebillyDocument{
			Type: "identity-proof", Subtypes: []facade.RebillyDocumentSubtype{"passport", "birth-certificate"},
		}), "documents.0.subtypes.1", "birth-certificate"},
		{"rebilly level left out", rebilly(func(r *facade.RebillyRequest) { r.MatchLevel = 0 }), "matchLevel", nil},
		{"rebilly attempts 0", document(facade.RebillyDocument{Type: "identity-proof", MaxAttempts: ptr(0)}), "documents.0.maxAttempts", 0.0},
		{"rebilly attempts 100", document(facade.RebillyDocument{Type: "identity-proof", MaxAttempts: ptr(100)}), "documents.0.maxAttempts", 100.0},
		{"rebilly attempts left out", document(facade.RebillyDocument{Type: "identity-proof"}), "documents.0.maxAttempts", nil},
		{"rebilly liveness false", document(facade.RebillyDocument{Type: "identity-proof", FaceLivenessRequired: ptr(false)}), "documents.0.faceLivenessRequired", false},
		{"rebilly returns left out", redirectURL(""), "redirectUrl", nil},
		{"rebilly returns over http", redirectURL("http://shop.example/done?x=%0D%0A#f"), "redirectUrl", "http://shop.example/done?x=%0D%0A#f"},
		{"rebilly returns to a port", redirectURL("https://[2001:db8::1]:8443/"), "redirectUrl", "https://[2001:db8::1]:8443/"},
		{"rebilly returns to odd places", redirectURL("https://shop.example/~joe/a:b@c/!?q=$&'()*+,;=#!/done"), "redirectUrl", "https://shop.example/~joe/a:b@c/!?q=$&'()*+,;=#!/done"},
		{"rebilly ends left out", expires(time.Time{}), "expirationTime", nil},
		{"rebilly ends in 9999", expires(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)), "expirationTime", "9999-12-31T23:59:59Z"},
		{"rebilly ends in another zone", expires(time.Date(9999, 6, 1, 2, 0, 0, 0, time.FixedZone("", 7200))), "expirationTime", "9999-06-01T00:00:00Z"},
	}
	for level := 1; level <= 4; level++ {
		cases = append(cases, accepted{fmt.Sprint("forte level ", level), forte(func(r *facade.ForteRequest) { r.Action.Level = level }), "action.level", float64(level)})
	}
	for level := 1; level <= 3; level++ {
		cases = append(cases, accepted{fmt.Sprint("rebilly level ", level), rebilly(func(r *facade.RebillyRequest) { r.MatchLevel = facade.RebillyMatchLevel(level) }), "matchLevel", float64(level)})
	}
	for _, word := range enum(t, facade.Forte, "kyc_action_type") {
		cases = append(cases, accepted{"forte type " + word, forte(func(r *facade.ForteRequest) { r.Action.Type = facade.ForteActionType(word) }), "action.type", word})
	}
	for _, word := range enum(t, facade.Forte, "blockchain") {
		cases = append(cases, accepted{"forte chain " + word, forte(func(r *facade.ForteRequest) { r.Customer.Wallet.Blockchain = facade.ForteBlockchain(word) }), "customer.wallet.blockchain", word})
	}
	for _, word := range enum(t, facade.Rebilly, "DocumentType") {
		cases = append(cases, accepted{"rebilly type " + word, document(facade.RebillyDocument{Type: facade.RebillyDocumentType(word)}), "documents.0.type", word})
	}
	for _, word := range enum(t, facade.Rebilly, "DocumentSubtype") {
		cases = append(cases, accepted{"rebilly subtype " + word, document(facade.RebillyDocument{Type: "identity-proof", Subtypes: []facade.RebillyDocumentSubtype{facade.RebillyDocumentSubtype(word)}}), "documents.0.subtypes.0", word})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{answer: answer{status: 418}}
			_, err := w.start(t, c.request)
			if w.calls() != 1 {
				t.Fatalf("%d requests were sent: %v", w.calls(), err)
			}
			var body any
			if err := json.Unmarshal([]byte(w.sent[0].body), &body); err != nil {
				t.Fatal(err)
			}
			if got := member(body, c.member); got != c.want {
				t.Errorf("%s is %v, want %v", c.member, got, c.want)
			}
			if v := contract.Request(string(c.request.Provider()), w.sent[0].Request, []byte(w.sent[0].body)); len(v) > 0 {
				t.Errorf("the spec rejects the request: %v", v)
			}
		})
	}
}

// member returns what stands at a path of decoded JSON, nil for nothing.
func member(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch held := v.(type) {
		case map[string]any:
			v = held[step]
		case []any:
			v = held[int(step[0]-'0')]
		default:
			return nil
		}
	}
	return v
}

// enum returns the words that a provider's spec allows in a schema.
func enum(t *testing.T, p facade.Provider, schema string) (words []string) {
	t.Helper()
	ref, ok := contract.Spec(string(p)).Components.Schemas[schema]
	if !ok || len(ref.Value.Enum) == 0 {
		t.Fatalf("%s has no enum %s", p, schema)
	}
	for _, word := range ref.Value.Enum {
		words = append(words, word.(string))
	}
	return words
}

// TestDefaults: what a request leaves out is left out of its body.
func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		request facade.Request
		body    string
	}{
		{facade.VaultRequest{Token: fixtures.VaultToken}, ""},
		{facade.XGatewayRequest{ID: "c"}, ""},
		{facade.QoloRequest{PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"}, `{"perform_kyc":true}`},
		{
			facade.RebillyRequest{CustomerID: "c", Documents: []facade.RebillyDocument{{Type: "funds-proof"}}},
			`{"customerId":"c","documents":[{"type":"funds-proof"}]}`,
		},
	} {
		w := &wire{answer: answer{status: 418}}
		_, _ = w.start(t, c.request)
		if w.calls() != 1 || w.sent[0].body != c.body {
			t.Errorf("%s: %d requests with the body %q, want %q", c.request.Provider(), w.calls(), w.sent[0].body, c.body)
		}
	}
}
