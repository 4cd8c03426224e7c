package privacy_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestInput: configurations and requests do not print what is in them, nor does
// anything else that holds them, such as the client.
func TestInput(t *testing.T) {
	for _, p := range providers {
		all := plant(p, true)
		all.config.HTTPClient = &http.Client{Transport: signing{key: all.canaries.plant("transport")}}
		client, err := facade.New(all.config)
		if err != nil {
			t.Fatal(err)
		}
		j := newJudge(t, all.canaries)
		j.text("the client as JSON", string(mustJSON(client)))
		for _, input := range []any{all.config, all.request, client} {
			j.prints("the input", input)
			j.nested("the input", reflect.ValueOf(input))
			visit(reflect.ValueOf(input), func(v reflect.Value) {
				for how, got := range map[string]string{
					"prints":  fmt.Sprint(v.Interface()),
					"logs":    slog.AnyValue(v.Interface()).Resolve().String(),
					"as JSON": strings.Trim(string(mustJSON(v.Interface())), `"`),
				} {
					if got != "[redacted]" {
						t.Errorf("%s %s: %q; embed facade.Private in it", v.Type(), how, got)
					}
				}
			})
		}
	}
}

// signing is a transport of the caller's that holds a secret of its own.
type signing struct {
	refuser
	key string
}

// leaves are all texts in v.
func leaves(v reflect.Value) (texts []reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			texts = leaves(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts = append(texts, leaves(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				texts = append(texts, leaves(v.Field(i))...)
			}
		}
	case reflect.String:
		texts = []reflect.Value{v}
	default: // has no text in it
	}
	return texts
}

// spoilt are texts that most fields refuse, around a canary.
var spoilt = []string{
	here, here + "\xff", "/" + here + "/..", here + "\r\nX: " + here, " " + here + " ", "Bearer " + here, strings.Repeat(here, 500),
	"javascript:" + here, "https://" + here + ":" + here + "@" + here + ".example", "http://" + here + ".example", "https://" + here + ":port/", "%zz" + here,
	"https://x.example/?" + here, "https://x.example/#" + here, "https://[" + here, "0x" + here,
}

// TestRefusedInput: what is refused is not quoted, whichever field it is in.
func TestRefusedInput(t *testing.T) {
	for _, p := range providers {
		t.Run(string(p), func(t *testing.T) {
			refusals := 0
			for field := range leaves(reflect.ValueOf(plant(p, true).request)) {
				for _, form := range spoilt {
					all := plant(p, true)
					text := leaves(reflect.ValueOf(all.request))[field]
					text.SetString(strings.ReplaceAll(form, here, all.canaries.plant("spoilt")))
					_, err := all.startOver(refuser{})
					refusals += all.judgeRefusal(t, err)
				}
			}
			for field := range leaves(reflect.ValueOf(&plant(p, false).config)) {
				for _, form := range spoilt {
					all := plant(p, false)
					text := leaves(reflect.ValueOf(&all.config))[field]
					text.SetString(strings.ReplaceAll(form, here, all.canaries.plant("spoilt")))
					_, err := all.startOver(refuser{})
					refusals += all.judgeRefusal(t, err)
				}
			}
			if refusals < 20 {
				t.Errorf("%d refusals: nothing was tested", refusals)
			}
		})
	}
}

// judgeRefusal judges the error of a call, and returns 1 if it was refused
// before it was sent.
func (all *planted) judgeRefusal(t *testing.T, err error) int {
	t.Helper()
	kycErr := err.(*facade.Error)
	if kycErr.HTTPStatus != 0 {
		return 0 // TestAnswers has those
	}
	j := newJudge(t, all.canaries)
	j.prints("the refusal", err)
	// Nothing in it is a provider's: all of it may be shown.
	j.text("the refusal as JSON", string(mustJSON(err)))
	j.text("the fields", fmt.Sprintf("%+v", kycErr.Fields))
	return 1
}

// refuser is a RoundTripper that refuses everything, without a word.
type refuser struct{}

func (refuser) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusTeapot, Body: http.NoBody, Request: r}, nil
}

// TestUnconfigured: nor is a request quoted that nobody is there for.
func TestUnconfigured(t *testing.T) {
	for _, p := range providers {
		all := plant(p, false)
		_, err := new(facade.Client).Start(context.Background(), all.request)
		all.judgeRefusal(t, err)
	}
}
