package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
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
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// call is what the facade makes of a fixture: one of Result, Finding and Error.
type call struct {
	result  *facade.Result
	finding *facade.Finding
	err     *facade.Error
	// sent is what went out first, and body is its body.
	sent *http.Request
	body []byte
}

// answered makes the canonical call, and answers with the fixture. The want of a look-up tells the
// time and the attempt. A look-up runs in a synctest bubble, whose clock moves to that time.
func answered(t *testing.T, c fixtures.Case) (made call) {
	t.Helper()
	request := fixtures.Start(facade.Provider(c.Provider))
	answer := replay.Answer{Status: c.Status, Header: c.Header, Body: c.Body}
	if c.Operation == "" {
		e := replay.Start(request, answer)
		return oneOf(t, call{result: e.Result, sent: e.Sent, body: e.Body}, e.Err)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(c.Now))
		e := replay.Find(request, c.Attempt, answer)
		if len(e.Sent) == 0 {
			t.Fatal("nothing was sent: ", e.Err)
		}
		first := e.Sent[0]
		again := func(r *http.Request) bool { return r.URL.String() == first.URL.String() }
		if slices.ContainsFunc(e.Sent[1:], again) || first.Body != nil && first.Body != http.NoBody {
			t.Error("a look-up sends a request twice, or one with a body")
		}
		made = oneOf(t, call{finding: e.Finding, sent: first}, e.Err)
	})
	return made
}

// oneOf adds the error to a call that has one, and fails unless there is exactly one of Result,
// Finding and Error.
func oneOf(t *testing.T, made call, err error) call {
	t.Helper()
	made.err, _ = err.(*facade.Error)
	if (made.err == nil) == (made.result == nil && made.finding == nil) {
		t.Fatalf("not exactly one of outcome and error: %v, %v, %v", made.result, made.finding, err)
	}
	return made
}

// TestFixtures checks every fixture against its spec. The facade must send the documented request,
// and make of the answer the outcome that the want file demands. That outcome, as JSON, must fit
// its published schema and read back as it was. Its redacted record may have only what may be
// stored, and its customer view only what a customer may see.
func TestFixtures(t *testing.T) {
	schemas, err := specdoc.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range fixtures.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			judge(t, c)
			made := answered(t, c)
			sends(t, c, made)
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
			switch {
			case made.err != nil:
				wanted := check("error", made.err, made.err.Redacted())
				sees(t, schemas, made.err.CustomerView(), wanted)
			case made.result != nil:
				wanted := check("result", made.result, made.result.Redacted())
				sees(t, schemas, made.result.CustomerView(), wanted)
				hands(t, c, made.result, c.Status != http.StatusNoContent)
			default:
				check("finding", made.finding, made.finding.Redacted())
				hands(t, c, made.finding, c.Status == http.StatusOK)
			}
			if attempt, ok := want["attempt"].(map[string]any); ok {
				travels(t, schemas, &c.Attempt, attempt)
			}
		})
	}
}

// judge demands that the spec accepts a fixture, or rejects it if it is in the folder rejected.
func judge(t *testing.T, c fixtures.Case) {
	t.Helper()
	violations := contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)
	if c.Rejected != (len(violations) > 0) {
		t.Errorf("test/fixtures/%s.http is in the wrong folder (in rejected: %t), or specs/%s.yaml is wrong: the spec says against it: %v",
			c.Name, c.Rejected, c.Provider, violations)
	}
}

// same compares outcomes by what JSON carries. It ignores unexported fields. A widget is JSON, in
// which white space does not count.
var same = cmp.Options{
	cmpopts.IgnoreUnexported(facade.Result{}, facade.Error{}, facade.Finding{}),
	cmp.Comparer(func(a, b facade.Secret) bool {
		var x, y any
		if json.Unmarshal([]byte(a.Reveal()), &x) == nil && json.Unmarshal([]byte(b.Reveal()), &y) == nil {
			return reflect.DeepEqual(x, y)
		}
		return a.Equal(b)
	}),
}

// travels demands that before, a pointer, has want as its JSON. That JSON must fit the published
// schema and read back as it was.
func travels(t *testing.T, schemas openapi3.Schemas, before any, want map[string]any) {
	t.Helper()
	text := encoded(t, before)
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
	if diff := cmp.Diff(before, after, same); diff != "" {
		t.Errorf("%T (-before +after):\n%s", before, diff)
	}
	if again := encoded(t, after); string(again) != string(text) {
		t.Errorf("%T written again is\n%s\nand was\n%s", before, again, text)
	}
}

// sees demands that a customer sees the status, the next step and the display message. When the
// view is printed or logged, the status must show, and the link, the widget and the message must
// not.
func sees(t *testing.T, schemas openapi3.Schemas, view facade.CustomerView, wanted map[string]any) {
	t.Helper()
	seen := map[string]any{}
	for _, member := range []string{"status", "next", "display_message"} {
		if value, ok := wanted[member]; ok {
			seen[member] = value
		}
	}
	travels(t, schemas, &view, seen)
	var printed bytes.Buffer
	slog.New(slog.NewJSONHandler(&printed, nil)).Info("m", "view", view)
	slog.New(slog.NewTextHandler(&printed, nil)).Info("m", "view", &view)
	fmt.Fprintf(&printed, "%v %+v %#v %s %x", view, view, view, &view, view)
	for _, secret := range []string{view.Next.URL.Reveal(), view.Next.Widget.Reveal(), view.DisplayMessage} {
		if secret != "" && strings.Contains(printed.String(), secret) || !strings.Contains(printed.String(), string(view.Status)) {
			t.Errorf("printed: %s", &printed)
		}
	}
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
	for _, list := range []string{"fields", "reasons"} {
		elements, _ := record[list].([]any)
		elements = slices.Clone(elements)
		for i := range elements {
			element := maps.Clone(elements[i].(map[string]any))
			element["message"] = ""
			elements[i], record[list] = element, elements
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
			body = encoded(t, list[i])
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

// TestRefusalsTravel: the error of a call that was not sent keeps its fields through JSON, and so
// does its record. The fields are in the library's own words, and so the text is kept too.
func TestRefusalsTravel(t *testing.T) {
	_, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{}})
	refusal := err.(*facade.Error)
	var read facade.Error
	if err := json.Unmarshal(encoded(t, refusal), &read); err != nil || len(refusal.Fields) == 0 {
		t.Fatal(refusal, err)
	}
	for _, kept := range []*facade.Error{&read, refusal.Redacted()} {
		if kept.Error() != refusal.Error() || !reflect.DeepEqual(kept.Fields, refusal.Fields) {
			t.Errorf("%v, want %v", kept, refusal)
		}
	}
	// A customer sees nothing of a nil outcome.
	views := []facade.CustomerView{(*facade.Result)(nil).CustomerView(), (*facade.Error)(nil).CustomerView()}
	if !reflect.DeepEqual(views, make([]facade.CustomerView, 2)) {
		t.Errorf("%v", views)
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

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
