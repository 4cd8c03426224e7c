package contract_test

import (
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
)

// Whatever arrives, the judge has an answer, in one line.
func FuzzResponse(f *testing.F) {
	f.Add(200, "application/json", "")
	f.Add(201, "application/json; charset", `{"data":{"error_code":1e999,"flow":[[]]}}`)
	f.Add(400, "application/json", `{"data":`+strings.Repeat(`{"a":`, 9000)+`1`+strings.Repeat(`}`, 9001)+`}`)
	f.Add(400, "application/json", `{"data":`+strings.Repeat(`[`, 5000)+strings.Repeat(`[],`, 1e5)+`0`+strings.Repeat(`]`, 5000)+`}`)
	f.Add(403, "application/json", `{"error":{"code":"\ud800"}}`)
	f.Add(422, "application/problem+json", `{"invalidFields":{"a":[{"message":"b"}]}}`)
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		for provider := range good {
			r := request(t, good[provider][0])
			r.Header.Set("Content-Type", contentType)
			found := contract.Request(provider, r, []byte(body))
			r.Header.Set("X-RateLimit-Retry-After", contentType)
			found = append(found, contract.Response(provider, "", status, r.Header, []byte(body))...)
			for _, v := range found {
				if v.In == "" || v.Expected == "" || v.Found == "" || strings.ContainsAny(v.String(), "\r\n") {
					t.Errorf("%q", v)
				}
			}
		}
	})
}
