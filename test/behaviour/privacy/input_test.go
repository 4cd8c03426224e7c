package privacy_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// redacted demands that a value says so wherever it is asked for a text.
func redacted(t *testing.T, v any) {
	t.Helper()
	for _, got := range []string{fmt.Sprint(v), fmt.Sprintf("%#v", v), slog.AnyValue(v).Resolve().String(), strings.Trim(string(mustJSON(t, v)), `"`)} {
		if got != "[redacted]" {
			t.Errorf("%T: %q; embed facade.Private in it", v, got)
		}
	}
}

// TestInput: configurations and requests do not print what is in them, nor does
// anything else that holds them, such as the client.
func TestInput(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		all := plant(d, nil)
		client, err := facade.New(all.config)
		if err != nil {
			t.Fatal(err)
		}
		j := newJudge(t, all.canaries)
		for _, input := range []any{all.config, all.request, client} {
			j.prints("the input", input)
			visit(reflect.ValueOf(input), func(v reflect.Value) {
				redacted(t, v.Interface())
				j.prints(v.Type().Name(), v.Interface())
			})
		}
	}
}

// spoilt are texts that most fields refuse, around a canary.
var spoilt = []string{
	here, here + "\xff", "/" + here + "/..", here + "\r\nX: " + here, " " + here + " ", "Bearer " + here, strings.Repeat(here, 500),
	"javascript:" + here, "https://" + here + ":" + here + "@" + here + ".example", "http://" + here + ".example", "https://" + here + ":port/", "%zz" + here,
	"https://x.example/?" + here, "https://x.example/#" + here, "https://[" + here, "0x" + here,
}

// TestRefusedInput: what is refused is not quoted, whichever field it is in, nor the
// token of a source; nor is a request that nobody is there for. And what is not refused
// goes out as it is: encoding/json would send U+FFFD in place of a broken byte.
func TestRefusedInput(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		refusals := 0
		for _, place := range plant(d, nil).canaries {
			for _, form := range spoilt {
				all := plant(d, map[string]string{place.where: form})
				_, err := all.start(t.Context(), func(r *http.Request, body []byte) (*http.Response, error) {
					if strings.Contains(string(body), `\ufffd`) {
						t.Errorf("%s is sent with U+FFFD in place of a broken byte", place.where)
					}
					return refuse(r, body)
				})
				if err.(*facade.Error).HTTPStatus == 0 { // TestAnswers has the others
					refusals++
					all.judge(t, "the refusal of "+place.where, err)
				}
			}
		}
		if refusals < 20 {
			t.Errorf("%s: %d refusals: nothing was tested", d.Provider, refusals)
		}
		all := plant(d, nil)
		_, err := new(facade.Client).Start(t.Context(), all.request)
		all.judge(t, "not configured", err)
	}
}

// judge judges an error in all its forms, the payload included: no word of it is a
// provider's.
func (all *planted) judge(t *testing.T, what string, err error) {
	t.Helper()
	kycErr, ok := err.(*facade.Error)
	if !ok {
		t.Fatalf("%s: not an error of the facade's: %T", what, err)
	}
	j := newJudge(t, all.canaries)
	j.prints(what, err)
	j.text(what+" as JSON", string(mustJSON(t, err)))
	j.text("its fields", fmt.Sprintf("%+v", kycErr.Fields))
	j.text("its cause as JSON", string(mustJSON(t, kycErr.Unwrap())))
}
