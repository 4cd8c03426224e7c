package privacy_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestInput: configurations and requests do not print their contents. Nor does anything that holds
// them, such as the client.
func TestInput(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		all := plant(d, nil)
		client, err := facade.New(all.config)
		if err != nil {
			t.Fatal(err)
		}
		j := newJudge(t, all.canaries)
		j.redacted("the configuration", all.config)
		j.redacted("the request", all.request)
		j.redacted("the client", client)
	}
}

// TestSecret: a secret shows its text only through Reveal, also in a type of an application. fmt
// looks into the unexported fields of such a type, but cannot call the methods of what it finds
// there.
func TestSecret(t *testing.T) {
	var c canaries
	secret := facade.NewSecret(c.plant("secret"))
	j := newJudge(t, c)
	j.redacted("a secret", secret)
	j.redacted("secrets", []facade.Secret{secret})
	j.prints("secrets in somebody's fields", struct {
		link   facade.Secret
		links  []facade.Secret
		byName map[string]facade.Secret
		step   facade.NextStep
	}{secret, []facade.Secret{secret}, map[string]facade.Secret{"k": secret}, facade.NextStep{URL: secret, Widget: secret}})
}

// spoilt are texts with a canary in them. Most fields refuse them.
var spoilt = []string{
	here, here + "\xff", "/" + here + "/..", here + "\r\nX: " + here, " " + here + " ", "Bearer " + here, strings.Repeat(here, 500),
	"javascript:" + here, "https://" + here + ":" + here + "@" + here + ".example", "http://" + here + ".example", "https://" + here + ":port/", "%zz" + here,
	"https://x.example/?" + here, "https://x.example/#" + here, "https://[" + here, "0x" + here,
}

// TestRefusedInput: a refusal quotes neither what it refuses, in whatever field, nor the token of a
// source. A client without providers does not quote the request. A text that is not refused is sent
// unchanged: encoding/json would send U+FFFD in place of a broken byte.
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
				if err.(*facade.Error).HTTPStatus == 0 { // TestAnswers covers errors with an answer
					refusals++
					all.judge(t, "the refusal of "+place.where, err)
				}
			}
		}
		if refusals < 20 {
			t.Errorf("%s: %d refusals: too few of them to prove anything", d.Provider, refusals)
		}
		all := plant(d, nil)
		_, err := new(facade.Client).Start(t.Context(), all.request)
		all.judge(t, "not configured", err)
	}
}

// judge looks for canaries in an error in all its forms. The payload is one of them: here it has no
// words of a provider.
func (all *planted) judge(t *testing.T, what string, err error) {
	t.Helper()
	kycErr, ok := err.(*facade.Error)
	if !ok {
		t.Fatalf("%s: not an error of package facade: %T", what, err)
	}
	j := newJudge(t, all.canaries)
	j.prints(what, err)
	j.json(what, err)
	j.text("its fields", fmt.Sprintf("%+v", kycErr.Fields))
}
