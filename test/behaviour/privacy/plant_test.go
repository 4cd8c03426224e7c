package privacy_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// fill puts a canary in the place of each text in v, at any depth. The canary is named after its
// place. If forms has a form for that place, the text gets that form.
func fill(v reflect.Value, where string, c *canaries, forms map[string]string) {
	if kind := v.Kind(); (kind == reflect.Pointer || kind == reflect.Slice) && v.IsNil() {
		panic(where + " is nil: set it in Full of the provider's descriptor")
	}
	switch v.Interface().(type) {
	case facade.QoloImage:
		v.Set(reflect.ValueOf(facade.QoloImageBytes([]byte(c.plant(where)))))
		return
	case facade.TokenSource:
		token := formed(where, c, forms[where])
		v.Set(reflect.ValueOf(facade.TokenSource(func(context.Context) (string, error) { return token, nil })))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		fill(v.Elem(), where, c, forms)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				fill(v.Field(i), where+"."+field.Name, c, forms)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), where, c, forms)
		}
	case reflect.String:
		v.SetString(formed(where, c, forms[where]))
	default: // has no text in it
	}
}

const here = fixtures.AnyText // marks the place of the canary in a form

// formed returns the canary of a place in a form of the provider's descriptor. With an empty form
// it returns the canary alone. A form without a mark is a value that the place needs, and is
// returned as it is.
func formed(where string, c *canaries, form string) string {
	switch form {
	case "", fixtures.AnyGUID:
		return c.plant(where)
	case fixtures.AnyJWT:
		claims := `{"sub":"` + c.plant(where+" sub") + `","email":"` + c.plant(where+" email") + `"}`
		return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + c.plant(where)
	}
	if !strings.Contains(form, here) {
		return form
	}
	return strings.ReplaceAll(form, here, c.plant(where))
}

// planted are a configuration and a request for one provider, full of canaries.
type planted struct {
	fixtures.Descriptor
	config   facade.Config
	request  facade.Request // a pointer
	canaries canaries
}

// plant fills a provider's configuration and full request. If odd has a form for a place, it
// replaces the form that the place needs.
func plant(d fixtures.Descriptor, odd map[string]string) *planted {
	request, config := string(d.Provider)+" request", string(d.Provider)+" config"
	forms := map[string]string{config + ".BaseURL": "https://" + here + ".example/" + here}
	for field, form := range d.Forms {
		forms[request+"."+field] = form
	}
	maps.Copy(forms, odd)
	all := &planted{Descriptor: d, request: d.Full()}
	fill(reflect.ValueOf(all.request), request, &all.canaries, forms)
	// The form of this text leaves no room for a canary, so the text itself is the canary.
	all.canaries.add(request+".signature", "a5b60718293a4b5c6d7e8f90")
	d.Configure(&all.config, "")
	fill(reflect.ValueOf(all.config).FieldByName(d.ConfigField), config, &all.canaries, forms)
	switch s := d.Settings(&all.config); {
	case s.APIKey == nil || s.Token == nil: // only one of the two may be set
	case odd[config+".Token"] != "":
		*s.APIKey = ""
	default:
		*s.Token = nil
	}
	return all
}

// transport is a RoundTripper that answers a request after it has read the body. If it cannot read
// the body to its end, its error quotes the part that it has read.
type transport func(r *http.Request, body []byte) (*http.Response, error)

func (answer transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return answer(r, nil)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("after %q: %w", body, err)
	}
	return answer(r, body)
}

// refuse answers every request with a status and no body.
func refuse(*http.Request, []byte) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusTeapot, Body: http.NoBody}, nil
}

// start makes the planted call over a transport.
func (all *planted) start(ctx context.Context, over transport) (*facade.Result, error) {
	config := all.config
	config.HTTPClient = &http.Client{Transport: over}
	client, err := facade.New(config)
	if err != nil {
		return nil, err
	}
	return client.Start(ctx, all.request)
}
