package evidence

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// maxAllocated is what the library may allocate for an answer of the largest size
// that it accepts by default, all of its work added up.
const maxAllocated = 16 << 20

// flooded is where many of something can stand in an answer.
type flooded struct {
	provider      facade.Provider
	status        int
	before, after string
	// full is an element as the provider documents it, and ok tells that an answer of
	// 1 MiB of them is a Result. An answer of ordinary many of them always is one, if
	// the status is that of a start. A # in it is another number in each.
	full string
	ok   bool
}

// floods are the places where an answer can hold a list or a map.
var floods = []flooded{
	{facade.Vault, 200, `{"result":"ok","x":[`, `]}`, `{"a":"b"}`, true},
	{facade.Vault, 400, `{"error":"OTHER","message":"m","data":{"a":{"b":[`, `]}}}`, `"word"`, false},
	{facade.Vault, 400, `{"error":[`, `]}`, `"OTHER"`, false},
	{facade.XGateway, 204, `[`, `]`, `{"success":true,"data":"x"}`, true},
	{facade.XGateway, 200, `{"success":true,"data":[`, `]}`, `"x"`, false},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[`, `]}`, `{"code":"conflict","message":"m"}`, false},
	{facade.XGateway, 400, `{"success":false,"errors":[`, `]}`, `{"code":"bad_request","message":"id must not be empty"}`, false},
	{facade.XGateway, 401, `{"success":false,"errors":[`, `]}`, `{"code":"unauthorized","message":"m"}`, false},
	{facade.XGateway, 500, `{"success":false,"errors":[`, `]}`, `{"code":"internal_server_error","message":"m"}`, false},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw==","x":[`, `]}}`, `{"a":"b"}`, true},
	{facade.Forte, 201, `{"data":[`, `]}`, `{"error_code":null,"widget_data":"dw=="}`, false},
	{facade.Forte, 200, `{"data":{"error_code":"ERR01","widget_data":null,"x":[`, `]}}`, `{"a":"b"}`, false},
	{facade.Forte, 422, `{"error":{"code":5,"message":"m","x":[`, `]}}`, `{"a":"b"}`, false},
	{facade.Forte, 422, `{"error":{"code":[`, `],"message":"m"}}`, `5`, false},
	{
		facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verificationResults":[`, `]}`,
		`{"person_guid":"` + ownPerson + `","verification_method":"DOCUMENT","verification_date":"2025-11-30T09:00:00Z","document_type":"PASSPORT",` +
			`"response_code":"00","verification_results":"PASS","reason_code":"R00","provider_reference":"r-1","provider_name":"p"}`, true,
	},
	{
		facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verificationResults":[{"questions":[`, `]}]}`,
		`{"key":"q1","prompt":"Which street did you live in?","options":["Main Street","High Street","None of these"]}`, false,
	},
	{
		facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verificationResults":[{"questions":[{"key":"k","prompt":"p","options":[`, `]}]}]}`,
		`"Main Street"`, false,
	},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verificationResults":[{"documents":[`, `]}]}`, `{"document_reference":"r"}`, true},
	{facade.Qolo, 400, `[`, `]`, `{"message":"govt_id_number is required"}`, false},
	{facade.Qolo, 400, `{"message":"m","error":[`, `]}`, `"word"`, false},
	{
		facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","_links":[`, `]}`,
		`{"rel":"gatherer","href":"https://g.example/kyc"}`, false,
	},
	{
		facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","documents":[`, `]}`,
		`{"type":"identity-proof","subtypes":["passport"],"maxAttempts":3,"faceProofRequired":false}`, true,
	},
	{facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","_embedded":[`, `]}`, `{"a":"b"}`, true},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":[`, `]}`, `{"field":"documents[0].type","message":"must be one of these"}`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{"f":[`, `]}}`, `{"message":"must be one of these"}`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"f":[{"message":"must be one of these"}]`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"f":null`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"f":[]`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"f":[{}]`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"#":null`, false},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":{`, `}}`, `"#":[{}]`, false},
	{facade.Rebilly, 422, `{"title":"t",`, `}`, `"#":0`, false},
	{facade.Vault, 400, `{"error":"OTHER","data":{`, `}}`, `"#":{}`, false},
	{facade.Vault, 400, `{"error":"OTHER","data":{"a":{`, `}}}`, `"#":0`, false},
	{facade.Vault, 400, `{"error":"OTHER",`, `}`, `"\u0023#":0`, false},
	{facade.Vault, 200, `{"result":"ok",`, `}`, `"#":0`, true},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw==",`, `}}`, `"#":0`, true},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `",`, `}`, `"#":0`, true},
	{facade.Rebilly, 201, `{"customerId":"customer-42","_embedded":{`, `}}`, `"#":{}`, true},
}

// many is how many elements an answer may have that is long, and ordinary all the
// same.
const many = 2_000

// repeats are members that decide, over and over.
var repeats = []flooded{
	{facade.Vault, 200, `{`, `}`, `"result":"ok"`, false},
	{facade.Vault, 400, `{`, `}`, `"error":"OTHER"`, false},
	{facade.XGateway, 400, `{`, `}`, `"errors":[{"code":"bad_request"}]`, false},
	{facade.XGateway, 200, `{`, `}`, `"success":true`, false},
	{facade.Forte, 201, `{"data":{`, `}}`, `"error_code":null`, false},
	{facade.Forte, 201, `{`, `}`, `"data":{}`, false},
	{facade.Forte, 422, `{"error":{`, `}}`, `"code":5`, false},
	{facade.Qolo, 200, `{`, `}`, `"person_guid":"` + ownPerson + `"`, false},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `",`, `}`, `"verificationResults":[{}]`, false},
	{facade.Rebilly, 201, `{`, `}`, `"customerId":"customer-42"`, false},
	{facade.Rebilly, 201, `{"customerId":"customer-42",`, `}`, `"_links":[{}]`, false},
	{facade.Rebilly, 422, `{`, `}`, `"title":"t"`, false},
	{facade.Rebilly, 422, `{"title":"t",`, `}`, `"invalidFields":[{}]`, false},
}

// shape is an answer of the largest size that is accepted.
type shape struct {
	flooded
	name string
	body []byte
	ok   bool
}

// shapes are the answers that are measured.
func shapes(t testing.TB) (all []shape) {
	t.Helper()
	add := func(f flooded, name, body string, ok bool) {
		if len(body) > facade.DefaultMaxResponseBytes {
			t.Fatalf("%s %s has %d bytes", f.before, name, len(body))
		}
		all = append(all, shape{f, fmt.Sprintf("%s %d %s… %s", f.provider, f.status, f.before, name), []byte(body), ok})
	}
	levelled := map[string]bool{} // what does not depend on the member is tried in one
	for _, f := range floods {
		elements := []string{f.full}
		if strings.HasSuffix(f.before, "[") {
			elements = append(elements, "{}", "0", "[]", "null", `""`, `{"":0}`)
		}
		for _, e := range elements {
			add(f, e, f.fill(e), f.ok && e == f.full)
		}
		confirms := f.ok || strings.Contains(f.before, "verificationResults") || strings.Contains(f.before, `"_links"`)
		add(f, fmt.Sprint(many, " of ", f.full), f.before+times(many, f.full)+f.after, confirms)
		if at := fmt.Sprint(f.provider, f.status); strings.HasSuffix(f.before, "[") && !levelled[at] {
			levelled[at] = true
			room := facade.DefaultMaxResponseBytes - len(f.before) - len(f.after)
			add(f, "9,900 levels", f.before+strings.Repeat("[", 9_900)+strings.Repeat("]", 9_900)+f.after, false)
			add(f, "levels without an end", f.before+strings.Repeat("[", room), false)
			add(f, "a level in each", f.before+strings.Repeat("[", room/2)+strings.Repeat("]", room/2)+f.after, false)
			add(f, "one text", f.before+`"`+strings.Repeat("é", room/2-2)+`"`+f.after, false)
			add(f, "one text of escapes", f.before+`"`+strings.Repeat(`\u001b`, room/6-1)+`"`+f.after, false)
			add(f, "one number", f.before+strings.Repeat("9", room)+f.after, false)
		}
	}
	for _, f := range repeats {
		add(f, f.full, f.fill(f.full), f.ok)
	}
	text := strings.Repeat("w", facade.DefaultMaxResponseBytes-200)
	for _, whole := range []flooded{
		{facade.XGateway, 200, `{"success":true,"data":"`, `"}`, "", true},
		{facade.Forte, 201, `{"data":{"error_code":null,"flow":"KYC_OCC","widget_data":"`, `"}}`, "", true},
		{facade.Forte, 422, `{"error":{"code":"E","message":"`, `"}}`, "", false},
		{facade.Vault, 400, `{"error":"OTHER","errorStackTrace":"`, `"}`, "", false},
		{facade.Vault, 400, `{"error":"`, `"}`, "", false},
		{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verification_level":"`, `"}`, "", true},
		{facade.Qolo, 400, `"`, `"`, "", false},
		{facade.Rebilly, 201, `{"customerId":"customer-42","id":"`, `"}`, "", true},
		{facade.Rebilly, 422, `{"detail":"`, `"}`, "", false},
	} {
		add(whole, "one long word", whole.before+text+whole.after, whole.ok)
	}
	return all
}

// fill is an answer of as many elements as there is room for.
func (f flooded) fill(element string) string {
	room := facade.DefaultMaxResponseBytes - len(f.before) - len(f.after)
	length := len(element) + 1
	if strings.Contains(element, "#") {
		length += len("123456") - 1
	}
	return f.before + times(room/length, element) + f.after
}

// times is so many elements, with a comma between them.
func times(n int, element string) string {
	if !strings.Contains(element, "#") {
		return strings.Repeat(element+",", n-1) + element
	}
	before, after, _ := strings.Cut(element, "#")
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, before, i, after)
	}
	return b.String()
}

// start has the answer come back, and returns the bytes that were allocated.
func (s shape) start() (res *facade.Result, allocated uint64, err error) {
	a := Answer{
		Provider: s.provider, Status: s.status, Header: http.Header{"Content-Type": {"application/json"}}, Whole: true, Connections: 1,
	}.with(s.body)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err = replayed(a, a.Play())
	runtime.ReadMemStats(&after)
	return res, after.TotalAlloc - before.TotalAlloc, err
}

// TestMemory starts KYC against answers of 1 MiB of every shape: none may cost more
// than maxAllocated, and an ordinary one is a Result, however long it is.
func TestMemory(t *testing.T) {
	var most uint64
	var worst string
	all := shapes(t)
	for _, s := range all {
		res, allocated, err := s.start()
		if allocated > maxAllocated {
			t.Errorf("%s: %.1f MB allocated for %.1f MB, at most %d MB may be", s.name, mega(allocated), mega(uint64(len(s.body))), maxAllocated>>20)
		}
		if allocated > most {
			most, worst = allocated, s.name
		}
		if s.ok && res == nil {
			t.Errorf("%s: an ordinary answer is lost: %v", s.name, err)
		}
		if err != nil && err.(*facade.Error).HTTPStatus != s.status {
			t.Errorf("%s: the status is lost: %v", s.name, err)
		}
	}
	t.Logf("%d answers; the most is %.1f MB, for %s", len(all), mega(most), worst)
}

// BenchmarkAnswer prints what every such answer costs.
func BenchmarkAnswer(b *testing.B) {
	for _, s := range shapes(b) {
		b.Run(s.name, func(b *testing.B) {
			var sum uint64
			for b.Loop() {
				_, allocated, _ := s.start()
				sum += allocated
			}
			b.ReportMetric(mega(sum)/float64(b.N), "MB/op")
		})
	}
}

func mega(bytes uint64) float64 { return float64(bytes) / (1 << 20) }
