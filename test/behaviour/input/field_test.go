package input_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// with returns the canonical request of one type, with a change.
func with[R facade.Request](change func(r *R)) facade.Request {
	var r R
	r = fixtures.Start(r.Provider()).(R)
	change(&r)
	return r
}

func external(id string) facade.Request {
	return with(func(r *facade.ForteRequest) { r.Customer.ExternalID = id })
}

func signed(message, signature string) facade.Request {
	return with(func(r *facade.ForteRequest) {
		r.Customer.Wallet.SIWE = &facade.ForteSIWE{Message: message, Signature: signature}
	})
}

func keyed(idempotencyKey string) facade.Request {
	return with(func(r *facade.QoloRequest) { r.IdempotencyKey = idempotencyKey })
}

func pictured(document facade.QoloDocument) facade.Request {
	return with(func(r *facade.QoloRequest) { r.Document = &document })
}

func expiring(at time.Time) facade.Request {
	return with(func(r *facade.RebillyRequest) { r.ExpirationTime = at })
}

var (
	message   = strings.Repeat("é", 100)
	signature = "0x" + strings.Repeat("a", 130)
	empty     = facade.QoloImageBytes(nil)
	largest   = bytes.Repeat([]byte{0xd8}, 16<<20)
	west      = time.FixedZone("", -3600)
)

// refusals are requests with fields at fault, which are refused by these words. Package speccoverage
// tries everything that a spec forbids. Tests in package facade cover the rules for path segments,
// credentials, GUIDs and return URLs. What is here is stricter than a spec, or is about the words.
var refusals = []struct {
	request facade.Request
	paths   string // in the order of the request
	says    string
}{
	{facade.VaultRequest{}, "token", `must be set, in visible ASCII without spaces and without "Bearer " in front`},
	{facade.XGatewayRequest{ID: "../admin"}, "id", "one visible path segment"},

	{with(func(r *facade.ForteRequest) { r.Action.Type = "occ" }), "action.type", "one of OCC_RULES_ENGINE, OCC_RULES_ENGINE_V2"},
	{with(func(r *facade.ForteRequest) { r.Action.Level = math.MaxInt }), "action.level", "from 1 to 4"},
	{external(" \t\u00a0"), "customer.external_id", "is required"},
	{external(strings.Repeat("é", 1001)), "customer.external_id", "at most 1000"},
	{external("a\xff"), "customer.external_id", "valid UTF-8"},
	{with(func(r *facade.ForteRequest) { r.Customer.Wallet.Address = " " }), "customer.wallet.address", "is required"},
	{signed(strings.Repeat(" ", 200), signature), "customer.wallet.siwe.message", "is required"},
	{signed(message[2:], signature), "customer.wallet.siwe.message", "at least 100"},
	{signed(message, "0X"+signature[2:]), "customer.wallet.siwe.signature", "0x and 130 hexadecimal digits"},
	{signed(message, signature[:131]), "customer.wallet.siwe.signature", "0x and 130 hexadecimal digits"},
	{signed(message, signature[:131]+"g"), "customer.wallet.siwe.signature", "0x and 130 hexadecimal digits"},
	{facade.ForteRequest{Customer: facade.ForteCustomer{Wallet: facade.ForteWallet{SIWE: &facade.ForteSIWE{}}}},
		"action.type action.level customer.external_id customer.wallet.blockchain customer.wallet.address " +
			"customer.wallet.siwe.message customer.wallet.siwe.signature", ""},

	{keyed("a b"), "IdempotencyKey", "at most 255 characters of visible ASCII"},
	{keyed("é"), "IdempotencyKey", "at most 255 characters of visible ASCII"},
	{keyed(strings.Repeat("k", 256)), "IdempotencyKey", "at most 255 characters of visible ASCII"},
	{pictured(facade.QoloDocument{Front: empty, Back: empty, FaceImage: empty}),
		"document.front document.back document.face_image", "must not be empty"},
	{pictured(facade.QoloDocument{Front: facade.QoloImageBytes(append(largest, 0))}), "document.front", "at most 16777216 bytes"},
	{facade.QoloRequest{
		PersonGUID: "\xff", ProgramGUID: "\xff", Notes: "\xff", IdempotencyKey: "\xff",
		Identifications: []facade.QoloIdentification{{GovtIDType: "\xff", GovtIDNumber: "\xff"}, {GovtIDNumber: "\xff"}},
		Answers:         []facade.QoloAnswer{{Key: "\xff", Answer: "\xff"}, {Key: "\xff"}},
		Document:        &facade.QoloDocument{DocumentType: "\xff", FileType: "\xff", IssuingCountry: "\xff"},
	}, "person_guid program_guid notes IdempotencyKey identifications[0].govt_id_type identifications[0].govt_id_number identifications[1].govt_id_number " +
		"answers[0].key answers[0].answer answers[1].key document.document_type document.file_type document.issuing_country", ""},

	{with(func(r *facade.RebillyRequest) { r.CustomerID = "   " }), "customerId", "is required"},
	{expiring(time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)), "expirationTime", "in the future, before the year 10000"},
	{expiring(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "expirationTime", "in the future, before the year 10000"},
	{expiring(time.Date(9999, 12, 31, 23, 0, 0, 0, west)), "expirationTime", "in the future, before the year 10000"},
	{facade.RebillyRequest{
		Documents: []facade.RebillyDocument{
			{Subtypes: []facade.RebillyDocumentSubtype{"a", "b"}, MaxAttempts: facade.Ptr(-1)}, {Type: "identity-proof", MaxAttempts: facade.Ptr(1000)},
		},
		RedirectURL: "x", Reason: "\xff", MatchLevel: 9, ExpirationTime: time.Unix(1, 0),
	}, "customerId documents[0].type documents[0].subtypes " +
		"documents[0].subtypes documents[0].maxAttempts documents[1].maxAttempts redirectUrl reason matchLevel expirationTime", ""},
}

// TestRefusedFields: a request with fields at fault is refused before anything is sent. The refusal
// names all of them.
func TestRefusedFields(t *testing.T) {
	for _, c := range refusals {
		t.Run(fmt.Sprintf("%s: %s %s", c.request.Provider(), c.paths, c.says), func(t *testing.T) {
			e := refused(t, replay.Start(c.request, teapot), strings.Fields(c.paths)...)
			if e.Provider != c.request.Provider() || !strings.Contains(e.Fields[0].Message, c.says) {
				t.Errorf("%v, want it to say %q", e, c.says)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // by this clock it is a whole second, and only whole seconds are sent
		refused(t, replay.Start(expiring(time.Now().Add(time.Second-1)), teapot), "expirationTime")
	})
}

// TestSentFields: a value that is only just allowed is sent unchanged, and a field that is left out
// is not sent.
func TestSentFields(t *testing.T) {
	unadorned := facade.QoloRequest{PersonGUID: "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"}
	documented := unadorned
	documented.Document = &facade.QoloDocument{DocumentType: "PASSPORT"}
	for part, request := range map[string]facade.Request{ // by a part of the body
		`"external_id":"\u003c\u0026\u003e\"\\\u2028"`:                 external("<&>\"\\\u2028"),
		`"external_id":"` + strings.Repeat("😀", 1000) + `"`:            external(strings.Repeat("😀", 1000)),
		`"front":"` + base64.StdEncoding.EncodeToString(largest) + `"`: pictured(facade.QoloDocument{Front: facade.QoloImageBytes(largest)}),
		`"expirationTime":"9999-12-31T23:59:59Z"`:                      expiring(time.Date(9999, 12, 31, 22, 59, 59, 0, west)),
		`{"perform_kyc":true}`:                                         unadorned,
		`{"document":{"document_type":"PASSPORT"},"perform_kyc":true}`: documented,
		`{"customerId":"c","documents":[{"type":"funds-proof"}]}`: facade.RebillyRequest{
			CustomerID: "c", Documents: []facade.RebillyDocument{{Type: "funds-proof"}},
		},
	} {
		e := replay.Start(request, teapot)
		if !strings.Contains(string(e.Body), part) || e.Sent.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v, sent %.200s, want %.200s", request.Provider(), e.Err, e.Body, part)
		}
	}
}
