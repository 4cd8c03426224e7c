package privacy_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

var providers = fixtures.Providers()

// fill fills every field of v and of what is in it: each text with a canary that
// is named after its place, in the form that forms has for the place. A form is
// what stands around the canary; without a canary in it, it is a value that the
// place cannot do without.
func fill(v reflect.Value, where string, c *canaries, forms map[string]string) {
	switch v.Interface().(type) {
	case facade.QoloImage:
		v.Set(reflect.ValueOf(facade.QoloImageBytes([]byte(c.plant(where)))))
		return
	case facade.TokenSource:
		v.Set(reflect.ValueOf(facade.StaticToken(c.plant(where))))
		return
	case json.RawMessage:
		v.SetBytes([]byte(`"` + text(where, c, forms) + `"`))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), where, c, forms)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				fill(v.Field(i), where+"."+nameOf(field), c, forms)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), where, c, forms)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		element := reflect.New(v.Type().Elem()).Elem()
		fill(element, where+".*", c, forms)
		v.SetMapIndex(reflect.ValueOf(c.plant(where+" key")), element)
	case reflect.String:
		v.SetString(text(where, c, forms))
	case reflect.Interface:
		v.Set(reflect.ValueOf(map[string]any{"text": c.plant(where)}))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	default:
		panic(fmt.Sprintf("%s is a %s, which fill does not know", where, v.Kind()))
	}
}

// nameOf is a field's name in JSON where it has one, and in Go otherwise.
func nameOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "" {
		return field.Name
	}
	return name
}

// form marks.
const (
	here  = "{canary}" // the canary itself
	aGUID = "{guid}"   // a GUID that is a canary
	aJWT  = "{jwt}"    // a JWT whose subject and signature are canaries
)

func text(where string, c *canaries, forms map[string]string) string {
	form, ok := forms[where]
	switch {
	case !ok:
		return c.plant(where)
	case form == aGUID:
		return c.plantGUID(where)
	case form == aJWT:
		claims := `{"sub":"` + c.plant(where+" sub") + `","email":"` + c.plant(where+" email") + `"}`
		return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + c.plant(where)
	case strings.Contains(form, here):
		return strings.ReplaceAll(form, here, c.plant(where))
	default:
		return form
	}
}

// requestForms are what the texts of requests must look like to be accepted.
var requestForms = map[string]string{
	"vault request.Token":                          aJWT,
	"forte request.Action.Type":                    "OCC_RULES_ENGINE",
	"forte request.Customer.Wallet.Blockchain":     "sepolia",
	"forte request.Customer.Wallet.SIWE.Message":   here + strings.Repeat(" wants you to sign in", 6),
	"forte request.Customer.Wallet.SIWE.Signature": "0x" + strings.Repeat("a5b60718293a4b5c6d7e8f90", 6)[:130],
	"qolo request.PersonGUID":                      aGUID,
	"qolo request.ProgramGUID":                     aGUID,
	"rebilly request.Documents.Type":               "identity-proof",
	"rebilly request.Documents.Subtypes":           "passport",
	"rebilly request.RedirectURL":                  "https://" + here + ".example/" + here + "?" + here + "#" + here,
}

// configForms are what the texts of configurations must look like.
var configForms = map[string]string{
	"vault config.BaseURL":    "https://" + here + ".example/" + here,
	"xgateway config.BaseURL": "https://" + here + ".example/" + here,
	"forte config.BaseURL":    "https://" + here + ".example/" + here,
	"qolo config.BaseURL":     "https://" + here + ".example/" + here,
	"rebilly config.BaseURL":  "https://" + here + ".example/" + here,
}

// planted are a configuration and a request for one provider, full of canaries.
type planted struct {
	provider facade.Provider
	config   facade.Config
	request  facade.Request // a pointer
	canaries canaries
}

// requests are the empty request of each provider.
var requests = map[facade.Provider]func() facade.Request{
	facade.Vault:    func() facade.Request { return new(facade.VaultRequest) },
	facade.XGateway: func() facade.Request { return new(facade.XGatewayRequest) },
	facade.Forte:    func() facade.Request { return new(facade.ForteRequest) },
	facade.Qolo:     func() facade.Request { return new(facade.QoloRequest) },
	facade.Rebilly:  func() facade.Request { return new(facade.RebillyRequest) },
}

// plant fills a provider's configuration and request. Rebilly takes a key or a
// token: withToken says which.
func plant(p facade.Provider, withToken bool) *planted {
	all := planted{provider: p, request: requests[p]()}
	fill(reflect.ValueOf(all.request).Elem(), string(p)+" request", &all.canaries, requestForms)
	// The one text whose form leaves no room for a canary is one itself.
	all.canaries.add(string(p)+" request.signature", "a5b60718293a4b5c6d7e8f90")

	config := func(v any) {
		fill(reflect.ValueOf(v).Elem(), string(p)+" config", &all.canaries, configForms)
	}
	switch p {
	case facade.Vault:
		config(&all.config.Vault)
	case facade.XGateway:
		config(&all.config.XGateway)
	case facade.Forte:
		config(&all.config.Forte)
	case facade.Qolo:
		config(&all.config.Qolo)
	case facade.Rebilly:
		config(&all.config.Rebilly)
		if withToken {
			all.config.Rebilly.APIKey = ""
		} else {
			all.config.Rebilly.Token = nil
		}
	}
	if all.config.Qolo != nil {
		all.config.Qolo.MaxImageBytes = 0 // the default: the canary is an image
	}
	return &all
}
