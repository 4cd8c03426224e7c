package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// TestFixtures checks every fixture against its spec. The facade must send the documented request,
// and make of the answer the outcome that the want file demands. That outcome, as JSON, must fit
// its published schema and read back as it was. Its redacted record may have only what may be
// stored, and its customer view only what a customer may see. The clock of a look-up shows the time
// of the want.
func TestFixtures(t *testing.T) {
	schemas, err := specdoc.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range fixtures.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			violations := contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)
			if c.Rejected != (len(violations) > 0) {
				t.Errorf("test/fixtures/%s.http is in the wrong folder (in rejected: %t), or specs/%s.yaml is wrong: the spec says against it: %v",
					c.Name, c.Rejected, c.Provider, violations)
			}
			result, finding, failed, _, _ := answered(t, c)
			want := decoded(t, c.Want).(map[string]any)
			check := func(name string, came any, record interface{ RawBody() []byte }) (wanted map[string]any) {
				wanted, _ = want[name].(map[string]any)
				if record.RawBody() != nil {
					t.Error("the record keeps the answer")
				}
				travels(t, schemas, came, wanted)
				travels(t, schemas, record, stored(wanted))
				return wanted
			}
			see := func(view facade.CustomerView, wanted map[string]any) {
				travels(t, schemas, &view, seen(wanted))
				if text := fmt.Sprintf("%#v", view); text != view.String() {
					t.Errorf("the customer view prints as %s", text)
				}
			}
			switch {
			case failed != nil:
				see(failed.CustomerView(), check("error", failed, failed.Redacted()))
			case result != nil:
				see(result.CustomerView(), check("result", result, result.Redacted()))
				hands(t, c, result, c.Status != http.StatusNoContent)
			default:
				check("finding", finding, finding.Redacted())
				hands(t, c, finding, c.Status == http.StatusOK)
			}
			if attempt, ok := want["attempt"].(map[string]any); ok {
				travels(t, schemas, &c.Attempt, attempt)
			}
		})
	}
}

// answered makes the canonical call, and answers with the fixture. Exactly one of the outcomes that it
// returns is not nil. sent is the first request, and body is that of a start.
func answered(t *testing.T, c fixtures.Case) (
	result *facade.Result, finding *facade.Finding, failed *facade.Error, sent *http.Request, body []byte,
) {
	t.Helper()
	request := fixtures.Start(facade.Provider(c.Provider))
	answer := replay.Answer{Status: c.Status, Header: c.Header, Body: c.Body}
	var err error
	if c.Operation == "" {
		e := replay.Start(request, answer)
		result, err, sent, body = e.Result, e.Err, e.Sent, e.Body
	} else {
		synctest.Test(t, func(*testing.T) {
			time.Sleep(time.Until(c.Now))
			e := replay.Find(request, c.Attempt, answer)
			if finding, err = e.Finding, e.Err; len(e.Sent) > 0 {
				sent = e.Sent[0]
			}
		})
	}
	failed, _ = err.(*facade.Error)
	if sent == nil || (failed == nil) == (result == nil && finding == nil) {
		t.Fatalf("nothing was sent, or not exactly one of outcome and error came: %v, %v, %v", result, finding, err)
	}
	return result, finding, failed, sent, body
}

// travels demands that before, a pointer, has want as its JSON. That JSON must fit the published
// schema and read back as it was.
func travels(t *testing.T, schemas openapi3.Schemas, before any, want map[string]any) {
	t.Helper()
	text := jsontree.Encode(before)
	if diff := cmp.Diff(any(want), decoded(t, text)); diff != "" {
		t.Errorf("%T (-want +got):\n%s", before, diff)
	}
	of := reflect.TypeOf(before).Elem()
	if err := schemas[of.Name()].Value.VisitJSON(decoded(t, text), openapi3.EnableFormatValidation()); err != nil {
		t.Errorf("%s: %v", text, err)
	}
	after := reflect.New(of).Interface()
	if err := json.Unmarshal(text, after); err != nil {
		t.Fatalf("%T: %v", before, err)
	}
	if again := jsontree.Encode(after); string(again) != string(text) {
		t.Errorf("%T written again is\n%s\nand was\n%s", before, again, text)
	}
}

// seen is what a customer may see of an outcome.
func seen(wanted map[string]any) map[string]any {
	view := maps.Clone(wanted)
	maps.DeleteFunc(view, func(member string, _ any) bool {
		return member != "status" && member != "next" && member != "display_message"
	})
	return view
}

// stored is what may be stored of an outcome: all of it except the provider's messages, the checks
// and the values of the next step.
func stored(wanted map[string]any) map[string]any {
	record := maps.Clone(wanted)
	for _, member := range []string{"message", "display_message", "checks"} {
		delete(record, member)
	}
	if next, ok := record["next"].(map[string]any); ok {
		record["next"] = map[string]any{"kind": next["kind"]}
	}
	for _, pointer := range jsontree.Pointers(record) {
		if strings.HasSuffix(pointer, "/message") { // of a field or a reason
			record = jsontree.With(record, pointer, "").(map[string]any)
		}
	}
	return record
}

// hands demands that an outcome hands out its answer as the generated type that is documented for
// it, just as encoding/json reads it, and as no other type. The finding about one process of a list
// hands out that process.
func hands(t *testing.T, c fixtures.Case, came interface{ As(target any) bool }, hasAnswer bool) {
	t.Helper()
	body := c.Body
	if f, _ := came.(*facade.Finding); f != nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		list := decoded(t, body).([]any)
		i := slices.IndexFunc(list, func(item any) bool { return f.ID != "" && item.(map[string]any)["id"] == f.ID })
		if hasAnswer = hasAnswer && i >= 0; hasAnswer {
			body = jsontree.Encode(list[i])
		}
	}
	of := fixtures.Of(facade.Provider(c.Provider))
	documented := of.Payload
	if c.Operation != "" {
		documented = of.Lookup(c.Operation).Payload
	}
	tried := map[reflect.Type]bool{documented: hasAnswer}
	for _, d := range fixtures.Descriptors() {
		tried[d.Payload] = hasAnswer && d.Payload == documented
	}
	for payload, own := range tried {
		got, want := reflect.New(payload), reflect.New(payload)
		if own {
			_ = json.Unmarshal(body, want.Interface()) // what it cannot read is left out
		}
		if came.As(got.Interface()) != own || !reflect.DeepEqual(got.Interface(), want.Interface()) {
			t.Errorf("as %s: %+v", payload, got.Elem())
		}
		if came.As(nil) || came.As(new(any)) || came.As(reflect.Zero(got.Type()).Interface()) || came.As(want.Elem().Interface()) {
			t.Errorf("as nil, as a nil pointer to %s, or as none", payload)
		}
	}
}

// TestRefusalsTravel: the error of a call that was not sent keeps its text through JSON, and so does
// its record. The fields in it are in the library's own words.
func TestRefusalsTravel(t *testing.T) {
	_, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{}})
	refusal := err.(*facade.Error)
	var read facade.Error
	if err := json.Unmarshal(jsontree.Encode(refusal), &read); err != nil {
		t.Fatal(err)
	}
	for _, kept := range []*facade.Error{&read, refusal.Redacted()} {
		if kept.Error() != refusal.Error() {
			t.Errorf("%v, want %v", kept, refusal)
		}
	}
}

// TestUnreadableJSON: JSON that would read back as something else is refused.
func TestUnreadableJSON(t *testing.T) {
	const (
		result = `"provider":"vault","status":"started","next":{"kind":"none"},"http_status":200,"documented":true`
		failed = `"kind":"unavailable","started":"no","safe_to_retry":true,"documented":false`
	)
	for _, c := range []struct {
		text   string
		target any
		want   string // in the error, "" for none
	}{
		{`{"provider":"vault","status":"of tomorrow","next":{"kind":"wait"},"http_status":200,"documented":true}`, new(facade.Result), ""},
		{`{` + result + `,"score":7}`, new(facade.Result), `unknown field "score"`},
		{`{"kind":"redirect","method":"POST"}`, new(facade.NextStep), `unknown field "method"`},
		{`{"status":"declined","reason":"r"}`, new(facade.CustomerView), `unknown field "reason"`},
		{`{}`, new(facade.Result), "without provider"},
		{`"rebilly: started, next none (HTTP 201)"`, new(facade.Result), "cannot unmarshal string"},
		{`{}`, new(facade.NextStep), "without kind"},
		{`{"kind":"of tomorrow","started":"unknown","safe_to_retry":false,"documented":false}`, new(facade.Error), ""},
		{`{` + failed + `,"advice":"wait"}`, new(facade.Error), `unknown field "advice"`},
		{`{}`, new(facade.Error), "without kind"},
		{`{"kind":"unavailable","started":"no","safe_to_retry":false,"documented":false}`, new(facade.Error), "safe_to_retry"},
		{`{"kind":"unavailable","started":"partly","safe_to_retry":false,"documented":false}`, new(facade.Error), `"unknown", "no" or "yes"`},
	} {
		if err := json.Unmarshal([]byte(c.text), c.target); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s as %T: %v, want %q in the error", c.text, c.target, err, c.want)
		}
	}
	kept := facade.Result{Status: "as it was"}
	if err := json.Unmarshal([]byte("null"), &kept); err != nil || kept.Status != "as it was" {
		t.Errorf("null changes a result: %v", err)
	}
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
