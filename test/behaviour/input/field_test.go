package input_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// field is a field of a request.
type field struct {
	path string // as errors name it
	// with returns the canonical request with a value in the field.
	with func(v any) facade.Request
	// good are values that the spec only just allows. bad are values that it does not allow, by the
	// words in which the refusal says what is allowed.
	good []any
	bad  map[string][]any
}

// with is the canonical request of one type, with a value put into it.
func with[R facade.Request, V any](put func(r *R, v V)) func(any) facade.Request {
	return func(v any) facade.Request {
		var r R
		r = fixtures.Start(r.Provider()).(R)
		put(&r, v.(V))
		return r
	}
}

// document puts a value into the one document of a request.
func document[V any](put func(d *facade.RebillyDocument, v V)) func(any) facade.Request {
	return with(func(r *facade.RebillyRequest, v V) {
		r.Documents = []facade.RebillyDocument{{Type: "identity-proof"}}
		put(&r.Documents[0], v)
	})
}

// pixels is the size of an image in bytes.
type pixels int

func (p pixels) bytes() []byte { return bytes.Repeat([]byte{0xd8}, int(p)) }

// side puts an image on one side of a document.
func side(of func(d *facade.QoloDocument) *facade.QoloImage) func(any) facade.Request {
	return with(func(r *facade.QoloRequest, v pixels) {
		r.Document = &facade.QoloDocument{DocumentType: "PASSPORT"}
		*of(r.Document) = facade.QoloImageBytes(v.bytes())
	})
}

func text(length int) string { return strings.Repeat("é", length) }

const (
	digits    = "0da30e13183dfe0be9d7e6108f92dd2d0561807b684b8c68e6a8257e9faee8a51823dcddd56560cea25d33102e73c7a25f0be96749d733dc18683742ca1924d01b"
	signature = "0x" + digits
	zeros     = "00000000-0000-0000-0000-000000000000"
)

// fields are the fields with more rules than their type. Tests in package facade cover the rules
// for path segments, credentials, GUIDs and return URLs.
var fields = []field{
	{"token", with(func(r *facade.VaultRequest, v string) { r.Token = v }), nil, map[string][]any{
		`must be set, in visible ASCII without spaces and without "Bearer " in front`: {"", "Bearer token"},
	}},
	{"id", with(func(r *facade.XGatewayRequest, v string) { r.ID = v }), nil, map[string][]any{
		"one visible path segment": {"", "../admin"},
	}},

	{"action.type", with(func(r *facade.ForteRequest, v string) { r.Action.Type = facade.ForteActionType(v) }), []any{"OCC_RULES_ENGINE_V2"}, map[string][]any{
		"one of OCC_RULES_ENGINE, OCC_RULES_ENGINE_V2": {"", "occ_rules_engine", "OCC_RULES_ENGINE "},
	}},
	{"action.level", with(func(r *facade.ForteRequest, v int) { r.Action.Level = v }), []any{1, 2, 3, 4}, map[string][]any{
		"from 1 to 4": {0, 5, -1, math.MaxInt},
	}},
	{
		"customer.external_id", with(func(r *facade.ForteRequest, v string) { r.Customer.ExternalID = v }),
		[]any{"1", text(1000), strings.Repeat("😀", 1000), "<&>\"\\\u2028"},
		map[string][]any{"is required": {"", " \t\u00a0"}, "at most 1000": {text(1001)}, "valid UTF-8": {"a\xff"}},
	},
	{"customer.wallet.blockchain", with(func(r *facade.ForteRequest, v string) { r.Customer.Wallet.Blockchain = facade.ForteBlockchain(v) }), []any{"ethereum"}, map[string][]any{
		"one of ethereum, sepolia,": {"", "bitcoin", "Sepolia"},
	}},
	{"customer.wallet.address", with(func(r *facade.ForteRequest, v string) { r.Customer.Wallet.Address = v }), []any{"a", text(1000)}, map[string][]any{
		"is required": {""}, "at most 1000": {text(1001)},
	}},
	{"customer.wallet.siwe.message", with(func(r *facade.ForteRequest, v string) {
		r.Customer.Wallet.SIWE = &facade.ForteSIWE{Message: v, Signature: signature}
	}), []any{text(100), text(400)}, map[string][]any{
		"is required": {"", strings.Repeat(" ", 200)}, "at least 100": {text(99)}, "at most 400": {text(401)},
	}},
	{"customer.wallet.siwe.signature", with(func(r *facade.ForteRequest, v string) {
		r.Customer.Wallet.SIWE = &facade.ForteSIWE{Message: text(100), Signature: v}
	}), []any{signature, "0x" + strings.ToUpper(digits)}, map[string][]any{
		"0x and 130 hexadecimal digits": {"", digits + "00", "0X" + digits, signature[:131], signature + "0", signature[:131] + "g", signature + "\n"},
	}},

	{"document.front", side(func(d *facade.QoloDocument) *facade.QoloImage { return &d.Front }), []any{pixels(1), pixels(16 << 20)}, map[string][]any{
		"must not be empty": {pixels(0)}, "at most 16777216 bytes": {pixels(16<<20 + 1)},
	}},
	{"document.back", side(func(d *facade.QoloDocument) *facade.QoloImage { return &d.Back }), []any{pixels(7)}, map[string][]any{"must not be empty": {pixels(0)}}},
	{"document.face_image", side(func(d *facade.QoloDocument) *facade.QoloImage { return &d.FaceImage }), []any{pixels(7)}, map[string][]any{"must not be empty": {pixels(0)}}},
	{"person_guid", with(func(r *facade.QoloRequest, v string) { r.PersonGUID = v }), nil, map[string][]any{"a GUID": {"", zeros}}},
	{"program_guid", with(func(r *facade.QoloRequest, v string) { r.ProgramGUID = v }), []any{"3FA0D2EA-ffcf-485d-94ed-dbf4f861ad2f"}, map[string][]any{
		"a GUID": {" ", zeros, "program-one"},
	}},
	{"IdempotencyKey", with(func(r *facade.QoloRequest, v string) { r.IdempotencyKey = v }), nil, map[string][]any{
		"at most 255 characters of visible ASCII": {"a b", "é", strings.Repeat("k", 256)},
	}},

	{"customerId", with(func(r *facade.RebillyRequest, v string) { r.CustomerID = v }), []any{"c", text(50)}, map[string][]any{
		"is required": {"", "   "}, "at most 50": {text(51)},
	}},
	{"documents", with(func(r *facade.RebillyRequest, v int) { r.Documents = make([]facade.RebillyDocument, v) }), nil, map[string][]any{
		"at least one": {0},
	}},
	{"documents[0].type", document(func(d *facade.RebillyDocument, v string) { d.Type = facade.RebillyDocumentType(v) }), []any{"funds-proof"}, map[string][]any{
		"one of identity-proof,": {"", "selfie-proof", "Address-Proof"},
	}},
	{"documents[0].subtypes", document(func(d *facade.RebillyDocument, v string) {
		d.Subtypes = []facade.RebillyDocumentSubtype{"passport", facade.RebillyDocumentSubtype(v)}
	}), nil, map[string][]any{"one of passport,": {"", "library-card"}}},
	{"documents[0].maxAttempts", document(func(d *facade.RebillyDocument, v int) { d.MaxAttempts = &v }), []any{0, 100}, map[string][]any{
		"from 0 to 100": {-1, 101},
	}},
	{"matchLevel", with(func(r *facade.RebillyRequest, v int) { r.MatchLevel = facade.RebillyMatchLevel(v) }), []any{1, 2, 3}, map[string][]any{
		"one of 1, 2, 3": {-1, 4},
	}},
	{"redirectUrl", with(func(r *facade.RebillyRequest, v string) { r.RedirectURL = v }), []any{"http://shop.example/done?x=%0D%0A#f"}, map[string][]any{
		"absolute http or https": {"/done"},
	}},
	{
		"expirationTime", with(func(r *facade.RebillyRequest, v time.Time) { r.ExpirationTime = v }),
		[]any{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(9999, 6, 1, 2, 0, 0, 0, time.FixedZone("", 7200))},
		map[string][]any{"in the future, before the year 10000": {
			time.Unix(0, 0), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600)),
		}},
	},
	{"expirationTime", with(func(r *facade.RebillyRequest, v time.Duration) {
		r.ExpirationTime = time.Now().Truncate(time.Second).Add(v)
	}), nil, map[string][]any{"in the future": {-time.Second, time.Second - 1}}}, // whole seconds are sent
}

// TestFields: a value that the spec only just allows is sent unchanged. A value that it does not
// allow is refused before anything is sent.
func TestFields(t *testing.T) {
	for _, f := range fields {
		for _, v := range f.good {
			request := f.with(v)
			w := &wire{answer: answer{status: 418}}
			_, err := w.start(t, request)
			if len(w.sent) != 1 {
				t.Errorf("%s %.40v: %v", f.path, v, err)
				continue
			}
			switch given := v.(type) { // as JSON has it
			case time.Time:
				v = given.UTC().Format(time.RFC3339)
			case pixels:
				v = base64.StdEncoding.EncodeToString(given.bytes())
			}
			if got := member(t, w.sent[0].body, f.path); fmt.Sprint(got) != fmt.Sprint(v) {
				t.Errorf("%s is sent as %.100v, want %.100v", f.path, got, v)
			}
			if v := contract.Request(string(request.Provider()), w.sent[0].Request, []byte(w.sent[0].body)); len(v) > 0 {
				t.Errorf("%s: the spec rejects the request: %v", f.path, v)
			}
		}
		for says, values := range f.bad {
			for _, v := range values {
				t.Run(fmt.Sprintf("%s %.40v", f.path, v), func(t *testing.T) {
					request := f.with(v)
					w := new(wire)
					_, err := w.start(t, request)
					e := refused(t, w, err, f.path)
					if e.Provider != request.Provider() || !strings.Contains(e.Fields[0].Message, says) {
						t.Errorf("%v, want it to say %q", e, says)
					}
				})
			}
		}
	}
}

// member returns the value at a path of JSON, such as documents[0].type.
func member(t *testing.T, body, path string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	for step := range strings.SplitSeq(strings.ReplaceAll(path, "[0]", ".0"), ".") {
		switch held := v.(type) {
		case map[string]any:
			v = held[step]
		case []any:
			v = held[0]
		}
	}
	return v
}

// TestEveryFaultIsNamed: one refusal names all fields at fault, in the order of the request.
func TestEveryFaultIsNamed(t *testing.T) {
	for _, c := range []struct {
		request facade.Request
		paths   string
	}{
		{facade.ForteRequest{Customer: facade.ForteCustomer{Wallet: facade.ForteWallet{SIWE: &facade.ForteSIWE{}}}}, "action.type action.level " +
			"customer.external_id customer.wallet.blockchain customer.wallet.address customer.wallet.siwe.message customer.wallet.siwe.signature"},
		{facade.QoloRequest{
			PersonGUID: "\xff", ProgramGUID: "\xff", Notes: "\xff", IdempotencyKey: "\xff",
			Identifications: []facade.QoloIdentification{{GovtIDType: "\xff", GovtIDNumber: "\xff"}, {GovtIDNumber: "\xff"}},
			Answers:         []facade.QoloAnswer{{Key: "\xff", Answer: "\xff"}, {Key: "\xff"}},
			Document:        &facade.QoloDocument{DocumentType: "\xff", FileType: "\xff", IssuingCountry: "\xff"},
		}, "person_guid program_guid notes IdempotencyKey identifications[0].govt_id_type identifications[0].govt_id_number identifications[1].govt_id_number " +
			"answers[0].key answers[0].answer answers[1].key document.document_type document.file_type document.issuing_country"},
		{facade.RebillyRequest{}, "customerId documents"},
		{facade.RebillyRequest{
			Documents: []facade.RebillyDocument{
				{Subtypes: []facade.RebillyDocumentSubtype{"a", "b"}, MaxAttempts: facade.Ptr(-1)}, {Type: "identity-proof", MaxAttempts: facade.Ptr(1000)},
			},
			RedirectURL: "x", Reason: "\xff", MatchLevel: 9, ExpirationTime: time.Unix(1, 0),
		}, "customerId documents[0].type documents[0].subtypes " +
			"documents[0].subtypes documents[0].maxAttempts documents[1].maxAttempts redirectUrl reason matchLevel expirationTime"},
	} {
		w := new(wire)
		_, err := w.start(t, c.request)
		refused(t, w, err, strings.Fields(c.paths)...)
	}
}

// TestDefaults: a field that a request leaves out is not in the body.
func TestDefaults(t *testing.T) {
	for body, request := range map[string]facade.Request{
		`{"perform_kyc":true}`: facade.QoloRequest{PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"},
		`{"document":{"document_type":"PASSPORT"},"perform_kyc":true}`: facade.QoloRequest{
			PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd", Document: &facade.QoloDocument{DocumentType: "PASSPORT", Front: facade.QoloImage{}},
		},
		`{"customerId":"c","documents":[{"type":"funds-proof"}]}`: facade.RebillyRequest{CustomerID: "c", Documents: []facade.RebillyDocument{{Type: "funds-proof"}}},
	} {
		w := &wire{answer: answer{status: 418}}
		_, err := w.start(t, request)
		if len(w.sent) != 1 || w.sent[0].body != body || w.sent[0].UserAgent() != "kycstart/devel" {
			t.Errorf("%s: %v, sent %+v, want %s", request.Provider(), err, w.sent, body)
		}
	}
}
