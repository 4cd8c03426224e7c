package evidence

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// maxAllocated is how many bytes the library may allocate in total for an answer of the largest
// size that it accepts by default.
const maxAllocated = 16 << 20

// flood is an answer that repeats one element many times.
type flood struct {
	provider      facade.Provider
	status        int
	before, after string
	// full is that element as the provider documents it. # stands for a number that differs in each
	// repetition.
	full string
	// most is how many elements the answer may have and must still be a Result: none, an ordinary
	// number, or as many as 1 MiB holds.
	most int
}

const (
	none       = 0
	ordinarily = 2_000
	all        = facade.DefaultMaxResponseBytes
)

const person = `{"person_guid":"` + ownPerson + `",`

// floods are the places where an answer can hold a long list, a large map, the same member many
// times, or a long text.
var floods = []flood{
	{facade.Vault, 200, `{"result":"ok","x":[`, `]}`, `{"a":"b"}`, all},
	{facade.Vault, 400, `{"error":"OTHER","message":"m","data":{"a":{"b":[`, `]}}}`, `"word"`, none},
	{facade.XGateway, 204, `[`, `]`, `{"success":true,"data":"x"}`, all},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[`, `]}`, `{"code":"conflict","message":"m"}`, none},
	{facade.XGateway, 400, `{"success":false,"errors":[`, `]}`, `{"code":"bad_request","message":"id must not be empty"}`, none},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw==","x":[`, `]}}`, `{"a":"b"}`, all},
	{facade.Forte, 422, `{"error":{"code":[`, `],"message":"m"}}`, `5`, none},
	{facade.Qolo, 200, person + `"verificationResults":[`, `]}`, `{"person_guid":"` + ownPerson + `","verification_method":"DOCUMENT","reason_code":"R00"}`, all},
	{facade.Qolo, 200, person + `"verificationResults":[{"questions":[`, `]}]}`, `{"key":"q1","prompt":"Which street?","options":["Main Street","None of these"]}`, ordinarily},
	{facade.Qolo, 200, person + `"verificationResults":[{"questions":[{"key":"k","prompt":"p","options":[`, `]}]}]}`, `"Main Street"`, ordinarily},
	{facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","_links":[`, `]}`, `{"rel":"gatherer","href":"https://g.example/kyc"}`, ordinarily},
	{facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","documents":[`, `]}`, `{"type":"identity-proof","subtypes":["passport"]}`, all},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":[`, `]}`, `{"field":"documents[0].type","message":"must be one of these"}`, none},

	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"f":[{}]`, none},
	{facade.Vault, 400, `{"error":"OTHER",`, `}`, `"\u0023#":0`, none},
	{facade.Qolo, 200, person, `}`, `"#":0`, all},

	{facade.Rebilly, 422, `{"title":"t",`, `}`, `"invalidFields":[{}]`, none},

	{facade.Forte, 201, `{"data":{"error_code":null,"flow":"KYC_OCC","widget_data":"`, `"}}`, "w", all},
	{facade.Forte, 422, `{"error":{"code":"E","message":"`, `"}}`, `\u001b`, none},
	{facade.Qolo, 200, person + `"verification_level":"`, `"}`, "w", all},
	{facade.Qolo, 400, `"`, `"`, "é", none},
}

// of returns an answer with n elements, or with as many as there is room for.
func (f flood) of(n int, element string) string {
	comma := ","
	if strings.HasSuffix(f.before, `"`) {
		comma = ""
	}
	room := facade.DefaultMaxResponseBytes - len(f.before) - len(f.after)
	n = min(n, room/len(strings.ReplaceAll(element, "#", "123456")+comma))
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(element, "#", fmt.Sprint(i)) + comma)
	}
	return f.before + strings.TrimSuffix(b.String(), ",") + f.after
}

// TestMemory starts KYC with answers of 1 MiB of every shape. No answer may cost more than
// maxAllocated. An ordinary answer must be a Result, however long it is.
func TestMemory(t *testing.T) {
	var most uint64
	judge := func(f flood, element, body string, isResult bool) {
		name := fmt.Sprintf("%s %d %s… %.40s", f.provider, f.status, f.before, element)
		a := Answer{Provider: f.provider, Status: f.status, Header: http.Header{"Content-Type": {"application/json"}}, Whole: true, Connections: 1}
		play := a.with([]byte(body)).Play()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		res, err := replayed(a, play)
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		most = max(most, allocated)
		if allocated > maxAllocated {
			t.Errorf("%s: %d KiB allocated for an answer of %d KiB, the limit is %d KiB", name, allocated>>10, len(body)>>10, maxAllocated>>10)
		}
		if isResult && res == nil {
			t.Errorf("%s: an ordinary answer gives no Result: %v", name, err)
		}
		if e, failed := err.(*facade.Error); failed && e.HTTPStatus != f.status {
			t.Errorf("%s: the error does not have the answer's status: %v", name, err)
		}
	}
	for _, f := range floods {
		judge(f, f.full, f.of(all, f.full), f.most == all)
		judge(f, f.full, f.of(ordinarily, f.full), f.most >= ordinarily)
		if !strings.HasSuffix(f.before, "[") {
			continue
		}
		for _, element := range []string{"{}", "0", `{"":0}`} {
			judge(f, element, f.of(all, element), false)
		}
		room := (facade.DefaultMaxResponseBytes - len(f.before) - len(f.after)) / 2
		for _, levels := range []string{strings.Repeat("[", room) + strings.Repeat("]", room), strings.Repeat("[", 9_900) + strings.Repeat("]", 9_900)} {
			judge(f, levels, f.before+levels+f.after, false)
		}
	}
	t.Logf("at most %d KiB were allocated for one answer", most>>10)
}
