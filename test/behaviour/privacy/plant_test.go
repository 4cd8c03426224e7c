// Package privacy_test plants a canary in every text that goes into the facade or comes back from a
// provider. It then looks for the canaries in everything that can be printed or logged of what the
// facade returns.
//
// A text may need a form to be accepted, such as that of a URL. Then the form is put around its
// canary. New fields of configurations, requests and results are found by reflection, and new
// members of answers by their fixtures.
package privacy_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary is a text that must not come up again.
type canary struct {
	where   string // where it was planted
	text    string
	needles []string // the forms in which it may leak, in lower case
}

// canaries are what was planted for one call.
type canaries []canary

// plant returns the canary for a place. It is a GUID, since some places take no other text.
func (c *canaries) plant(where string) string {
	return c.add(where, fmt.Sprintf("c0ffee00-dead-4bad-8bad-%012x", 7919*len(*c)))
}

func (c *canaries) add(where, text string) string {
	if i := slices.IndexFunc(*c, func(planted canary) bool { return planted.where == where }); i >= 0 {
		return (*c)[i].text
	}
	// fmt can print bytes in more forms. Whatever shows in one of them also shows by %v.
	needles := []string{strings.ToLower(text), strings.Trim(fmt.Sprintf("%d", []byte(text)), "[]")}
	// Base64 writes a text in one of three ways, depending on where the text begins among the bytes
	// around it. Its first and last characters also depend on those bytes, so they are cut off.
	for shift := range 3 {
		whole := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
		needles = append(needles, strings.ToLower(whole[(shift*8+5)/6:len(whole)-1]))
	}
	*c = append(*c, canary{where, text, needles})
	return text
}

// found returns the places whose canaries are in text, in any form.
func (c *canaries) found(text string) (places []string) {
	text = strings.ToLower(text)
	for _, planted := range *c {
		if slices.ContainsFunc(planted.needles, func(needle string) bool { return strings.Contains(text, needle) }) {
			places = append(places, planted.where)
		}
	}
	return places
}

// TestCanariesAreFound: the search finds a canary in each form that it must find.
func TestCanariesAreFound(t *testing.T) {
	var c canaries
	text := c.plant("somewhere")
	for _, form := range []string{
		strings.ToUpper(text), fmt.Sprintf("%d", []byte(text)), base64.StdEncoding.EncodeToString([]byte(text)),
		base64.RawURLEncoding.EncodeToString([]byte("a" + text + "bc")), base64.StdEncoding.EncodeToString([]byte(`{"` + text + `"}`)),
	} {
		if len(c.found("before "+form+" after")) != 1 {
			t.Errorf("%s: not found in %s", text, form)
		}
	}
}

// walk calls see with v and with everything exported in it, at any depth, and with the place of each.
func walk(v reflect.Value, where string, see func(v reflect.Value, where string)) {
	see(v, where)
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), where, see)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), where, see)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				walk(v.Field(i), where+"."+field.Name, see)
			}
		}
	default: // has nothing in it
	}
}

// fill puts a canary in the place of each text in v. The canary is named after its place. If forms
// has a form for that place, the text gets that form.
func fill(v reflect.Value, where string, c *canaries, forms map[string]string) {
	walk(v, where, func(v reflect.Value, where string) {
		if kind := v.Kind(); (kind == reflect.Pointer || kind == reflect.Slice) && v.IsNil() {
			panic(where + " is nil: set it in Full of the provider's descriptor")
		}
		switch v.Interface().(type) {
		case facade.QoloImage:
			v.Set(reflect.ValueOf(facade.QoloImageBytes([]byte(c.plant(where)))))
		case facade.TokenSource:
			token := formed(where, c, forms[where])
			v.Set(reflect.ValueOf(facade.TokenSource(func(context.Context) (string, error) { return token, nil })))
		default:
			if v.Kind() == reflect.String {
				v.SetString(formed(where, c, forms[where]))
			}
		}
	})
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

// start makes the planted call and plays the answer.
func (all *planted) start(ctx context.Context, answer replay.Answer) replay.Exchange {
	if _, err := facade.New(all.config); err != nil {
		return replay.Exchange{Err: err}
	}
	return replay.StartWith(ctx, all.config, all.request, answer)
}
