package speccoverage_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// full returns a request in which every field is set: it is made anew for each
// call, so that it may be changed.
func full(p facade.Provider) facade.Request {
	yes, attempts := true, 3
	image := facade.QoloImageBytes([]byte("BM image"))
	return map[facade.Provider]facade.Request{
		facade.Vault:    facade.VaultRequest{Token: fixtures.VaultToken},
		facade.XGateway: facade.XGatewayRequest{ID: "customer-42"},
		facade.Forte: facade.ForteRequest{
			Action: facade.ForteAction{Type: "OCC_RULES_ENGINE_V2", Level: 2},
			Customer: facade.ForteCustomer{ExternalID: "customer-42", Wallet: facade.ForteWallet{
				Blockchain: "base",
				Address:    "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
				SIWE: &facade.ForteSIWE{
					Message:   strings.Repeat("m", 200),
					Signature: "0x" + strings.Repeat("a0", 65),
				},
			}},
		},
		facade.Qolo: facade.QoloRequest{
			PersonGUID:      "2ae6ba4b-f6c0-4817-a158-43e5a87168fd",
			ProgramGUID:     "3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f",
			Notes:           "a remark",
			Identifications: []facade.QoloIdentification{{GovtIDType: "NOTPROVIDED", GovtIDNumber: "123"}},
			Answers:         []facade.QoloAnswer{{Key: "street", Answer: "Elm"}},
			Document: &facade.QoloDocument{
				DocumentType: "PASSPORT", FileType: "BMP", IssuingCountry: "US",
				Front: image, Back: image, FaceImage: image, LivenessDetected: &yes,
			},
		},
		facade.Rebilly: facade.RebillyRequest{
			CustomerID: "customer-42",
			Documents: []facade.RebillyDocument{{
				Type: "identity-proof", Subtypes: []facade.RebillyDocumentSubtype{"passport"}, MaxAttempts: &attempts,
				FaceProofRequired: &yes, FaceLivenessRequired: &yes,
			}},
			RedirectURL:    "https://shop.example/kyc/done",
			Reason:         "spend limit",
			MatchLevel:     2,
			ExpirationTime: time.Date(2096, 1, 2, 3, 4, 5, 0, time.UTC),
		},
	}[p]
}

// field is a value within a request.
type field struct {
	path  string // of the Go field, such as "Customer.Wallet.SIWE"
	value reflect.Value
}

// changed returns a full request that change was let loose on.
func changed(p facade.Provider, change func(request reflect.Value)) facade.Request {
	r := full(p)
	v := reflect.New(reflect.TypeOf(r)).Elem()
	v.Set(reflect.ValueOf(r))
	change(v)
	return v.Interface().(facade.Request)
}

// fields returns the plain values within v.
func fields(path string, v reflect.Value) (all []field) {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct:
		return fields(path, v.Elem())
	case v.Kind() == reflect.Slice && v.Len() > 0:
		for i := range v.Len() {
			all = append(all, fields(fmt.Sprintf("%s[%d]", path, i), v.Index(i))...)
		}
		return all
	case v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type().Field(0).IsExported():
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Type().Field(i).Anonymous {
				continue // facade.Private, which holds nothing
			}
			if path != "" {
				name = path + "." + name
			}
			all = append(all, fields(name, v.Field(i))...)
		}
		return all
	}
	return []field{{path, v}}
}

// at returns the Go field for a place in the JSON, such as
// "/documents/*/maxAttempts", or for a parameter, such as "path id"; and false
// if the facade has none: its fields have the provider's names in Go spelling.
func at(v reflect.Value, place string) (field, bool) {
	place = strings.TrimPrefix(place, "path ")
	path := ""
	for token := range strings.SplitSeq(strings.TrimPrefix(place, "/"), "/") {
		if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct {
			v = v.Elem()
		}
		if token == "*" {
			v, path = v.Index(0), path+"[0]"
			continue
		}
		if v.Kind() != reflect.Struct {
			return field{}, false
		}
		f, ok := v.Type().FieldByNameFunc(func(name string) bool {
			return strings.EqualFold(name, strings.ReplaceAll(token, "_", ""))
		})
		if !ok || !f.IsExported() {
			return field{}, false
		}
		v, path = v.FieldByIndex(f.Index), strings.TrimPrefix(path+"."+f.Name, ".")
	}
	return field{path, v}, true
}

// set gives the field a value of JSON, and reports false if its Go type cannot
// hold it.
func (f field) set(value any) bool {
	v := f.value
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return field{f.path, v.Elem()}.set(value)
	}
	text, isText := value.(string)
	number, isNumber := value.(float64)
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		at, err := time.Parse(time.RFC3339, text)
		v.Set(reflect.ValueOf(at))
		return err == nil
	case v.Type() == reflect.TypeFor[facade.QoloImage]():
		v.Set(reflect.ValueOf(facade.QoloImageBytes([]byte(text))))
	case v.Kind() == reflect.String && isText:
		v.SetString(text)
	case v.Kind() == reflect.Int && isNumber:
		v.SetInt(int64(number))
	default:
		return false
	}
	return true
}

// TestFullRequests holds the full requests to being full.
func TestFullRequests(t *testing.T) {
	for _, p := range fixtures.Providers() {
		for _, f := range fields("", reflect.ValueOf(full(p))) {
			if f.value.IsZero() {
				t.Errorf("%s of the full request to %s is not set: set it in test/conformance/speccoverage/full_test.go", f.path, p)
			}
		}
	}
}
