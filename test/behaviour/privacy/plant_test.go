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
	case time.Duration: // how long a call may take: the default will do
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

// Marks of forms, as descriptors have them.
const (
	here  = fixtures.AnyText // the canary itself
	aGUID = fixtures.AnyGUID // a GUID that is a canary
	aJWT  = fixtures.AnyJWT  // a JWT whose subject and signature are canaries
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

// forms returns what the texts of a provider's configuration and request must look
// like.
func forms(d fixtures.Descriptor) map[string]string {
	all := map[string]string{string(d.Provider) + " config.BaseURL": "https://" + here + ".example/" + here}
	for field, form := range d.Forms {
		all[string(d.Provider)+" request."+field] = form
	}
	return all
}

// planted are a configuration and a request for one provider, full of canaries.
type planted struct {
	provider facade.Provider
	config   facade.Config
	request  facade.Request // a pointer
	canaries canaries
}

// plant fills a provider's configuration and request. Of a provider that takes a key
// or a token, withToken says which.
func plant(p facade.Provider, withToken bool) *planted {
	d := fixtures.Of(p)
	all := planted{provider: p, request: reflect.New(reflect.TypeOf(d.Full()).Elem()).Interface().(facade.Request)}
	fill(reflect.ValueOf(all.request).Elem(), string(p)+" request", &all.canaries, forms(d))
	// The one text whose form leaves no room for a canary is one itself.
	all.canaries.add(string(p)+" request.signature", "a5b60718293a4b5c6d7e8f90")

	config := reflect.ValueOf(&all.config).Elem().FieldByName(d.ConfigField)
	fill(config, string(p)+" config", &all.canaries, forms(d))
	for i := range config.Elem().NumField() {
		if field := config.Elem().Field(i); field.CanInt() {
			field.SetZero() // the default of a limit: the canaries are longer than any other
		}
	}
	if s := d.Settings(&all.config); takesEither(p) && withToken {
		*s.APIKey = ""
	} else if takesEither(p) {
		*s.Token = nil
	}
	return &all
}

// takesEither reports whether a provider takes a key or a token.
func takesEither(p facade.Provider) bool {
	c := fixtures.Config("https://provider.test", p)
	s := fixtures.Of(p).Settings(&c)
	return s.APIKey != nil && s.Token != nil
}
