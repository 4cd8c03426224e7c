package input_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

const person = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"

// TestMistyped: a member of another type than documented is lost, and nothing
// else is: neither the members around it nor the status. The outcome is the
// payload that an application would see, in part.
func TestMistyped(t *testing.T) {
	for _, c := range []struct {
		provider facade.Provider
		status   int
		body     string
		want     string // members of the outcome, null for one that must not be there
	}{
		{facade.Vault, 200, `{"result":1}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Vault, 200, `{"result":true}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Vault, 200, `{"result":["ok"]}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Vault, 200, `{"result":{"result":"ok"}}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Vault, 200, `{"result":"OK"}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Vault, 200, `{"result":"ok","result":null}`, `{"kind":"unexpected_response","started":"unknown"}`}, // the last one counts
		{facade.Vault, 200, `{"result":"ok","result":"no"}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Vault, 200, `{"Result":"ok"}`, `{"status":"started"}`},
		{facade.Vault, 400, `{"error":5,"errorId":7,"message":"words","field":{}}`, `{"kind":"invalid_request","started":"unknown","code":"7","message":"words","fields":null}`},
		{facade.Vault, 400, `{"error":null,"errorId":"7","message":["words"]}`, `{"kind":"invalid_request","started":"unknown","code":"7","message":null}`},
		{facade.Vault, 400, `{"errorId":{},"message":"words"}`, `{"kind":"invalid_request","code":null,"message":"words"}`},
		{facade.Vault, 400, `{"errorId":1e999,"message":"words"}`, `{"kind":"invalid_request","code":"1e999","message":"words"}`},
		{facade.Vault, 400, `{"errorId":-9223372036854775809}`, `{"kind":"invalid_request","code":"-9223372036854775809"}`},
		{facade.Vault, 400, `{"errorId":0}`, `{"kind":"invalid_request","code":"0"}`},
		{facade.Vault, 400, `{"errorId":null}`, `{"kind":"invalid_request","code":null}`},
		{facade.Vault, 400, `{"error":"COMMON","data":[1],"systemId":{},"originalMessage":5}`, `{"kind":"provider_error","started":"unknown","code":"COMMON"}`},
		{facade.Vault, 400, `{"ERROR":"LOGIN_ATTEMPTS_EXCEEDED"}`, `{"kind":"rate_limited","started":"no","safe_to_retry":true}`},
		{facade.Vault, 400, `{"error":"common"}`, `{"kind":"invalid_request","started":"no","code":"common"}`},

		{facade.XGateway, 200, `{"success":"true","data":"x"}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":1,"data":"x"}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":false,"data":"x"}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":true}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":true,"data":null}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":true,"data":5}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":true,"data":{}}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.XGateway, 200, `{"success":true,"data":""}`, `{"status":"started","documented":false}`},
		{facade.XGateway, 400, `{"errors":{"code":"conflict"}}`, `{"kind":"invalid_request","started":"unknown","code":null}`},
		{facade.XGateway, 400, `{"errors":"conflict"}`, `{"kind":"invalid_request","started":"unknown","code":null}`},
		{facade.XGateway, 400, `{"errors":null}`, `{"kind":"invalid_request","started":"unknown","code":null}`},
		{facade.XGateway, 400, `{"errors":[{"code":5,"message":"words"}]}`, `{"kind":"invalid_request","code":null,"message":"words"}`},
		{facade.XGateway, 400, `{"errors":[{"code":"conflict","message":5}]}`, `{"kind":"conflict","started":"unknown","code":"conflict","message":null}`},
		{facade.XGateway, 400, `{"errors":[{"code":"CONFLICT","message":"words"}]}`, `{"kind":"invalid_request","started":"unknown","code":"CONFLICT"}`},

		{facade.Forte, 201, `{"data":null}`, `{"kind":"unexpected_response","started":"yes"}`},
		{facade.Forte, 201, `{"data":[{"error_code":"ERR01"}]}`, `{"kind":"unexpected_response","started":"unknown"}`},
		{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":5}}`, `{"kind":"unexpected_response","started":"yes"}`},
		{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":{}}}`, `{"kind":"unexpected_response","started":"yes"}`},
		{facade.Forte, 201, `{"data":{"flow":5,"error_code":null,"widget_data":"dw=="}}`, `{"status":"awaiting_customer"}`},
		{facade.Forte, 201, `{"data":{"flow":5,"error_code":5,"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":"5"}`},
		{facade.Forte, 201, `{"data":{"error_code":0,"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":"0"}`},
		{facade.Forte, 201, `{"data":{"error_code":{"code":"ERR01"},"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":null}`},
		{facade.Forte, 201, `{"data":{"error_code":false,"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":null}`},
		{facade.Forte, 201, `{"data":{"error_code":[],"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":null}`},
		{facade.Forte, 201, `{"data":{"error_code":"","widget_data":"dw=="}}`, `{"status":"awaiting_customer"}`},
		{facade.Forte, 201, `{"data":{"error_code":"err01","widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":"err01"}`},
		{facade.Forte, 200, `{"data":{"error_code":5}}`, `{"kind":"unexpected_response","started":"unknown","code":"5"}`},
		{facade.Forte, 200, `{"data":{"error_code":{}}}`, `{"kind":"unexpected_response","started":"unknown","code":null}`},
		{facade.Forte, 200, `{"data":{"error_code":"ERR01","widget_data":5}}`, `{"kind":"customer_blocked","started":"no","code":"ERR01"}`},
		{facade.Forte, 422, `{"error":"words"}`, `{"kind":"invalid_request","started":"unknown","message":null}`},
		{facade.Forte, 422, `{"error":{"code":true,"message":"words","reason":5,"status":"422"}}`, `{"kind":"invalid_request","code":null,"message":"words"}`},

		{facade.Qolo, 200, `{"person_guid":"` + person + `","verification_level":5,"verificationResults":{}}`, `{"status":"undetermined","level":"5","checks":null}`},
		{facade.Qolo, 200, `{"person_guid":"` + person + `","verificationResults":[{"questions":{},"response_code":5,"reason_code":"r"}]}`, `{"status":"undetermined","checks":[{"reason_code":"r"}]}`},
		{facade.Qolo, 200, `{"person_guid":"` + person + `","verificationResults":[{"questions":[{"key":1,"prompt":"p","options":["a",2]}]}]}`, `{"status":"undetermined"}`},
		{facade.Qolo, 200, `{"person_guid":"` + person + `","verificationResults":[{"verification_date":"2026-02-30T25:61:61Z"}]}`, `{"status":"undetermined","checks":[{"date":"2026-02-30T25:61:61Z"}]}`},
		{facade.Qolo, 200, `{"person_guid":"` + person + `","verification_level":"approved","verificationResults":[{"verification_results":"PASS"}]}`, `{"status":"undetermined","level":"approved"}`},
		{facade.Qolo, 400, `{"message":5,"error":{"message":"x"},"title":null,"detail":"words"}`, `{"kind":"invalid_request","started":"no","message":"words"}`},

		{facade.Rebilly, 201, `{"customerId":"customer-42","id":5,"status":5,"documents":"x","_links":{},"matchLevel":"2"}`, `{"status":"undetermined","id":null,"level":"2","next":{"kind":"unspecified"}}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","matchLevel":{}}`, `{"status":"undetermined","level":null}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","matchLevel":null}`, `{"status":"undetermined","level":null}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","matchLevel":7}`, `{"status":"undetermined","level":"7"}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"FULFILLED"}`, `{"status":"undetermined","provider_status":"FULFILLED"}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"approved"}`, `{"status":"undetermined","provider_status":"approved"}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"gathering","_links":[5,null,{"rel":5,"href":"https://a.example"},{"rel":"gatherer","href":"https://g.example/k"}]}`, `{"status":"awaiting_customer","next":{"kind":"redirect","url":"https://g.example/k"}}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"gathering","_links":[{"rel":"gatherer","href":"javascript:alert(1)"}]}`, `{"status":"awaiting_customer","next":{"kind":"unspecified"}}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"gathering","redirectUrl":"https://shop.example/done"}`, `{"status":"awaiting_customer","next":{"kind":"unspecified"}}`},
		{facade.Rebilly, 422, `{"type":5,"title":"words","invalidFields":[5,{"field":"a","message":"b"}]}`, `{"kind":"invalid_request","started":"unknown","code":null,"message":"words"}`},
		{facade.Rebilly, 422, `{"detail":{},"title":"words","invalidFields":{"b":[{"message":"2"}],"a":[{"message":"1"},{}],"c":"x"}}`, `{"message":"words","fields":[{"path":"a","message":"1"},{"path":"a","message":""},{"path":"b","message":"2"}]}`},
		{facade.Rebilly, 422, `{"title":"words","status":"x","invalidFields":"x"}`, `{"message":"words","fields":null}`},
	} {
		t.Run(fmt.Sprintf("%s %d %.60s", c.provider, c.status, c.body), func(t *testing.T) {
			w := &wire{answer: jsonAnswer(c.status, c.body)}
			res, err := w.start(t, full[c.provider]())
			got := outcome(t, res, err)
			var want map[string]any
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			for name, value := range want {
				if !reflect.DeepEqual(got[name], value) {
					t.Errorf("%s is %v, want %v", name, got[name], value)
				}
			}
			if got["http_status"] != float64(c.status) {
				t.Errorf("HTTP status %v, want %d", got["http_status"], c.status)
			}
		})
	}
}

// outcome returns a Result or an Error as its payload.
func outcome(t *testing.T, res *facade.Result, err error) (payload map[string]any) {
	t.Helper()
	var text []byte
	if err == nil {
		text = mustJSON(res)
	} else {
		text = mustJSON(failure(t, err))
	}
	if err := json.Unmarshal(text, &payload); err != nil {
		t.Fatal(err)
	}
	return payload
}

// TestOtherPerson: an answer about someone else confirms nothing for this one.
func TestOtherPerson(t *testing.T) {
	const other = "3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"
	for _, c := range []struct {
		provider facade.Provider
		body     string
		started  facade.Started
		ok       bool
	}{
		{facade.Qolo, `{"person_guid":"` + person + `"}`, 0, true},
		{facade.Qolo, `{"person_guid":"` + strings.ToUpper(person) + `"}`, 0, true},
		{facade.Qolo, `{"person_guid":"` + person + `","verificationResults":[{"person_guid":"` + person + `"},{}]}`, 0, true},
		{facade.Qolo, `{"person_guid":"` + person + `","verificationResults":[{"person_guid":"` + strings.ToUpper(person) + `"}]}`, 0, true},
		{facade.Qolo, `{"person_guid":"` + other + `"}`, unknown, false},
		{facade.Qolo, `{"verification_level":"2"}`, unknown, false},
		{facade.Qolo, `{"person_guid":null,"verification_level":"2"}`, unknown, false},
		{facade.Qolo, `{"person_guid":"","verification_level":"2"}`, unknown, false},
		{facade.Qolo, `{"person_guid":5}`, unknown, false},
		{facade.Qolo, `{"person_guid":"` + person + ` "}`, unknown, false},
		{facade.Qolo, `{"person_guid":"{` + person + `}"}`, unknown, false},
		{facade.Qolo, `{"person_guid":["` + person + `"]}`, unknown, false},
		{facade.Qolo, `{"person_guid":"` + person + `","verificationResults":[{},{"person_guid":"` + other + `"}]}`, unknown, false},
		{facade.Qolo, `{"person_guid":"` + person + `","verificationResults":[{"person_guid":""}]}`, unknown, false},

		{facade.Rebilly, `{"customerId":"customer-42","id":"kyc_req_1"}`, 0, true},
		{facade.Rebilly, `{"customerId":"customer-43","id":"kyc_req_1"}`, unknown, false},
		{facade.Rebilly, `{"customerId":"Customer-42","id":"kyc_req_1"}`, unknown, false},
		{facade.Rebilly, `{"customerId":"customer-42 ","id":"kyc_req_1"}`, unknown, false},
		{facade.Rebilly, `{"id":"kyc_req_1","status":"fulfilled"}`, unknown, false},
		{facade.Rebilly, `{"customerId":null,"id":"kyc_req_1"}`, unknown, false},
		{facade.Rebilly, `{"customerId":42,"id":"kyc_req_1"}`, unknown, false},
		{facade.Rebilly, `{"customerId":{"id":"customer-42"},"id":"kyc_req_1"}`, unknown, false},
	} {
		t.Run(fmt.Sprintf("%s %.80s", c.provider, c.body), func(t *testing.T) {
			w := &wire{answer: jsonAnswer(starts[c.provider].status, c.body)}
			_, err := w.start(t, full[c.provider]())
			if c.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e := failure(t, err); e.Kind != facade.KindUnexpectedResponse || e.Started != c.started {
				t.Errorf("%s, started %s", e.Kind, e.Started)
			}
			quotesNothing(t, err, other)
		})
	}
}

// TestForteCodes: a code is one text, whether it came as a text or as a number.
func TestForteCodes(t *testing.T) {
	for _, c := range []struct {
		code, want string
	}{
		{`5`, "5"},
		{`-1`, "-1"},
		{`0`, "0"},
		{`1.50`, "1.50"},
		{`1e999`, "1e999"},
		{`123456789012345678901234567890`, "123456789012345678901234567890"},
		{strings.Repeat("9", 1000), strings.Repeat("9", 200)},
		{`"ERR77"`, "ERR77"},
		{`" ERR77\n"`, " ERR77 "},
		{`"5"`, "5"},
		{`"` + strings.Repeat("é", 300) + `"`, strings.Repeat("é", 200)},
		{`""`, ""},
		{`null`, ""},
		{`true`, ""},
		{`{}`, ""},
		{`{"code":5}`, ""},
		{`[5]`, ""},
		{`"\u001b[31m\u0000\u202e"`, " [31m  "},
	} {
		for _, status := range []int{401, 403, 406, 415, 422, 429, 500} {
			w := &wire{answer: jsonAnswer(status, `{"error":{"code":`+c.code+`,"message":"words","reason":"Reason","status":1}}`)}
			_, err := w.start(t, full[facade.Forte]())
			if e := failure(t, err); e.Code != c.want || e.HTTPStatus != status || e.Message != "words" {
				t.Errorf("%d, code %.40s: got %q, %q, HTTP %d", status, c.code, e.Code, e.Message, e.HTTPStatus)
			}
		}
	}
}

// TestDates: an impossible date is no date, and no reason to lose an answer.
func TestDates(t *testing.T) {
	for _, c := range []struct {
		date, want string
	}{
		{`"2026-11-21T12:00:00Z"`, "2026-11-21T12:00:00Z"},
		{`"2026-11-21T12:00:00.123456789+02:00"`, "2026-11-21T12:00:00.123456789+02:00"},
		{`"2026-02-30T12:00:00Z"`, ""},
		{`"2026-13-01T12:00:00Z"`, ""},
		{`"2026-11-21T25:00:00Z"`, ""},
		{`"2026-11-21T12:00:60Z"`, ""},
		{`"2026-11-21T12:00:00+24:00"`, ""},
		{`"2026-11-21T12:00:00+23:60"`, ""},
		{`"10000-01-01T00:00:00Z"`, ""},
		{`"2026-11-21"`, ""},
		{`"2026-11-21 12:00:00"`, ""},
		{`"tomorrow"`, ""},
		{`""`, ""},
		{`null`, ""},
		{`1795262400`, ""},
		{`{}`, ""},
	} {
		w := &wire{answer: jsonAnswer(201, `{"customerId":"customer-42","expirationTime":`+c.date+`}`)}
		res, err := w.start(t, full[facade.Rebilly]())
		if err != nil {
			t.Fatal(err)
		}
		got, _ := outcome(t, res, nil)["expires_at"].(string)
		if got != c.want {
			t.Errorf("%s is %q, want %q", c.date, got, c.want)
		}
	}
}
