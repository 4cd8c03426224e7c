package input_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// payload is an outcome as JSON, which is what an application passes on.
func payload(t *testing.T, res *facade.Result, err error) any {
	t.Helper()
	var outcome any = res
	if err != nil {
		outcome = err
	}
	text, marshalErr := json.Marshal(outcome)
	tree, decodeErr := jsontree.Decode(text)
	if err := errors.Join(marshalErr, decodeErr); err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestOddAnswers: a member of another type than documented is ignored. The members around it and
// the status are kept. An answer about another customer confirms nothing. The fixtures cover what
// an odd answer means as a whole.
func TestOddAnswers(t *testing.T) {
	const useless = `{"kind":"unexpected_response","started":"unknown"}`
	me := fixtures.Of(facade.Qolo).Customer.ID
	for _, c := range []struct {
		provider facade.Provider
		status   int
		body     string // with {me} and {ME} for the person who was asked for
		want     string // members of the outcome, null for a member that must be missing
	}{
		{facade.Vault, 200, `{"Result":"ok"}`, `{"status":"started"}`},
		{facade.Vault, 400, `{"error":5,"errorId":7,"message":"words","field":{}}`, `{"kind":"invalid_request","started":"unknown","code":"7","message":"words","fields":null}`},
		{facade.Vault, 400, `{"error":null,"errorId":"7","message":["words"]}`, `{"kind":"invalid_request","started":"unknown","code":"7","message":null}`},
		{facade.Vault, 400, `{"errorId":1e999,"message":"words"}`, `{"kind":"invalid_request","code":"1e999","message":"words"}`},
		{facade.Vault, 400, `{"ERROR":"LOGIN_ATTEMPTS_EXCEEDED"}`, `{"kind":"rate_limited","started":"no","safe_to_retry":true}`},
		{facade.Vault, 400, `{"error":"common"}`, `{"kind":"invalid_request","started":"no","code":"common"}`},

		{facade.XGateway, 200, `{"success":"true","data":"x"}`, useless},
		{facade.XGateway, 200, `{"success":true,"data":""}`, `{"status":"started","documented":false}`},
		{facade.XGateway, 400, `{"errors":[{"code":5,"message":"words"}]}`, `{"kind":"invalid_request","code":null,"message":"words"}`},
		{facade.XGateway, 400, `{"errors":[{"code":"conflict","message":5}]}`, `{"kind":"conflict","started":"unknown","code":"conflict","message":null}`},
		{facade.XGateway, 400, `{"errors":[{"code":"CONFLICT","message":"words"}]}`, `{"kind":"invalid_request","started":"unknown","code":"CONFLICT"}`},

		{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":5}}`, `{"kind":"unexpected_response","started":"yes"}`},
		{facade.Forte, 201, `{"data":{"flow":5,"error_code":null,"widget_data":"dw=="}}`, `{"status":"awaiting_customer"}`},
		{facade.Forte, 201, `{"data":{"error_code":0,"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":"0"}`},
		{facade.Forte, 201, `{"data":{"error_code":{"code":"ERR01"},"widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":null}`},
		{facade.Forte, 201, `{"data":{"error_code":"","widget_data":"dw=="}}`, `{"status":"awaiting_customer"}`},
		{facade.Forte, 201, `{"data":{"error_code":"err01","widget_data":"dw=="}}`, `{"kind":"unexpected_response","started":"unknown","code":"err01"}`},
		{facade.Forte, 200, `{"data":{"error_code":5}}`, `{"kind":"unexpected_response","started":"unknown","code":"5"}`},
		{facade.Forte, 200, `{"data":{"error_code":"ERR01","widget_data":5}}`, `{"kind":"customer_blocked","started":"no","code":"ERR01"}`},
		{facade.Forte, 422, `{"error":"words"}`, `{"kind":"invalid_request","started":"unknown","message":null}`},
		{facade.Forte, 422, `{"error":{"code":true,"message":"words","reason":5,"status":"422"}}`, `{"kind":"invalid_request","code":null,"message":"words"}`},

		{facade.Qolo, 200, `{"person_guid":"{me}","verification_level":5,"verificationResults":{}}`, `{"status":"undetermined","level":"5","checks":null}`},
		{facade.Qolo, 200, `{"person_guid":"{me}","verificationResults":[{"questions":[{"key":1,"prompt":"p","options":["a",2]}]}]}`, `{"status":"undetermined"}`},
		{facade.Qolo, 200, `{"person_guid":"{me}","verification_level":"approved","verificationResults":[{"verification_results":"PASS"}]}`, `{"status":"undetermined","level":"approved"}`},
		{facade.Qolo, 400, `{"message":5,"error":{"message":"x"},"title":null,"detail":"words"}`, `{"kind":"invalid_request","started":"no","message":"words"}`},
		{facade.Qolo, 200, `{"person_guid":"{me}","verificationResults":[{"reason_code":"r1","questions":[null,{},{"prompt":"p"},{"key":""},{"key":"a\nb"},{"key":"k","prompt":"p"},null,{"key":"l"}]},{"reason_code":"r2"}]}`,
			`{"status":"awaiting_customer","next":{"kind":"answer_questions","questions":[{"key":"k","prompt":"p","options":[]},{"key":"l","prompt":"","options":[]}]},"checks":[{"reason_code":"r1"},{"reason_code":"r2"}]}`},
		{facade.Qolo, 200, `{"person_guid":"{me}","verificationResults":[{"person_guid":"{me}"},{}]}`, `{"status":"undetermined"}`},
		{facade.Qolo, 200, `{"person_guid":"{me}","verificationResults":[{"person_guid":"{ME}"}]}`, `{"status":"undetermined"}`},
		{facade.Qolo, 200, `{"person_guid":"{me}","verificationResults":[{},{"person_guid":"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"}]}`, useless},
		{facade.Qolo, 200, `{"person_guid":"{me}","verificationResults":[{"person_guid":""}]}`, useless},
		{facade.Qolo, 200, `{"person_guid":"{me} "}`, useless},

		{facade.Rebilly, 201, `{"customerId":"customer-42","id":5,"status":5,"documents":"x","_links":{},"matchLevel":"2"}`, `{"status":"undetermined","id":null,"level":"2","next":{"kind":"unspecified"}}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"gathering","_links":[5,null,{"rel":5,"href":"https://a.example"},{"rel":"gatherer","href":"https://g.example/k"}]}`, `{"status":"awaiting_customer","next":{"kind":"redirect","url":"https://g.example/k"}}`},
		{facade.Rebilly, 201, `{"customerId":"customer-42","status":"gathering","redirectUrl":"https://shop.example/done"}`, `{"status":"awaiting_customer","next":{"kind":"unspecified"}}`},
		{facade.Rebilly, 422, `{"type":5,"title":"words","invalidFields":[5,{"field":"a","message":"b"}]}`, `{"kind":"invalid_request","started":"unknown","code":null,"message":"words"}`},
		{facade.Rebilly, 422, `{"detail":{},"title":"words","invalidFields":{"b":[{"message":"2"}],"a":[{"message":"1"},{}],"c":"x"}}`, `{"message":"words","fields":[{"path":"a","message":"1"},{"path":"a","message":""},{"path":"b","message":"2"}]}`},
		{facade.Rebilly, 201, `{"customerId":"Customer-42","id":"kyc_req_1"}`, useless},
		{facade.Rebilly, 201, `{"customerId":"customer-42 ","id":"kyc_req_1"}`, useless},
	} {
		t.Run(fmt.Sprintf("%s %d %.60s", c.provider, c.status, c.body), func(t *testing.T) {
			w := &wire{answer: jsonAnswer(c.status, strings.NewReplacer("{me}", me, "{ME}", strings.ToUpper(me)).Replace(c.body))}
			res, err := w.start(t, fixtures.Start(c.provider))
			got := payload(t, res, err).(map[string]any)
			want, err := jsontree.Decode([]byte(c.want))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range jsontree.With(want, "/http_status", json.Number(fmt.Sprint(c.status))).(map[string]any) {
				if !reflect.DeepEqual(got[name], value) {
					t.Errorf("%s is %v, want %v", name, got[name], value)
				}
			}
		})
	}
}

// TestTolerated: a success with something odd and harmless in it is still a success.
func TestTolerated(t *testing.T) {
	for _, p := range fixtures.Providers() {
		whole := success(p)
		if whole.body == "" {
			continue // confirms without a body
		}
		for _, format := range []string{
			" \r\n\t{%s}\n\n",
			`{%s,"x":1e999}`,
			`{%s,"x":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`,
			`{%s,"":1}`,
			`{%s,"x":"\ud800\udfff"}`,
			"{%s,\"x\":\"\xff\"}",
			`{%s,"x":1,"x":2}`,
		} {
			w := &wire{answer: jsonAnswer(whole.status, fmt.Sprintf(format, whole.body[1:len(whole.body)-1]))}
			if _, err := w.start(t, fixtures.Start(p)); err != nil {
				t.Errorf("%s, %.40s: %v", p, format, err)
			}
		}
	}
}

// words are the places of an outcome that hold a provider's words, and how many characters they are
// cut to. The link, the widget's object and a question's key are not among them: they are handed on
// unchanged, or not at all.
var words = map[string]int{
	"/checks/0/date": 200, "/checks/0/document_type": 200, "/checks/0/method": 200, "/checks/0/provider_name": 200,
	"/checks/0/provider_reference": 200, "/checks/0/reason_code": 200, "/checks/0/response_code": 200, "/checks/0/result": 200,
	"/id": 200, "/level": 200, "/provider_status": 200, "/next/questions/0/options/0": 1000, "/next/questions/0/prompt": 1000,
	"/code": 200, "/message": 1000, "/display_message": 1000, "/fields/0/path": 200, "/fields/0/message": 1000,
	"/reasons/0/code": 200, "/reasons/0/message": 1000,
}

// anyIndex matches the index of a list's item in a pointer.
var anyIndex = regexp.MustCompile(`/[0-9]+`)

// TestWords puts a hostile text in the place of every value of every answer. No word of an outcome
// may be too long, or more than one line.
func TestWords(t *testing.T) {
	const mark = "✂"
	hostile := mark + "\x1b]0;title\x07\x00\r\n\u2028\u202e\u2066" + strings.Repeat("é", 1500)
	seen := map[string]int{}
	judge := func(c fixtures.Case, body any) {
		w := &wire{answer: jsonAnswer(c.Status, string(jsontree.Encode(body)))}
		res, err := w.start(t, fixtures.Start(facade.Provider(c.Provider)))
		outcome := payload(t, res, err)
		for _, at := range jsontree.Pointers(outcome) {
			word, isText := jsontree.All(outcome, at)[0].(string)
			if !isText || !strings.Contains(word, mark) || strings.HasPrefix(at, "/next/widget") || at == "/next/url" {
				continue
			}
			place := anyIndex.ReplaceAllString(at, "/0")
			seen[place] = utf8.RuneCountInString(word)
			more := strings.ContainsFunc(word, func(r rune) bool {
				return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
			})
			if seen[place] != words[place] || more {
				t.Errorf("test/fixtures/%s.http with a hostile text: %s has %d characters, control characters: %t", c.Name, at, seen[place], more)
			}
		}
	}
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		body, err := jsontree.Decode(c.Body)
		if err != nil {
			continue
		}
		for _, pointer := range jsontree.Pointers(body) {
			judge(c, jsontree.With(body, pointer, hostile))
		}
	}
	judge(fixtures.Case{Provider: "rebilly", Name: "rebilly/rejected/422_fields_as_map", Status: http.StatusUnprocessableEntity},
		map[string]any{"invalidFields": map[string]any{hostile: []any{map[string]any{"message": "m"}}}})
	if !maps.Equal(seen, words) {
		t.Errorf("a hostile text shows in the members %v, want %v", slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(words)))
	}
}
