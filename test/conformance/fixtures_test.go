package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
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
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/gen/vault"
	"github.com/kycstart/kycstart/gen/xgateway"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// start starts KYC with the canonical request, and answers with the fixture.
func start(c fixtures.Case) replay.Exchange {
	return replay.Start(fixtures.Start(facade.Provider(c.Provider)), answerOf(c))
}

// find looks up what the canonical request has started, and answers with the fixture. The fixture's
// want file tells the time and the attempt. find runs in a synctest bubble, and moves its clock to
// that time.
func find(t *testing.T, c fixtures.Case) (e replay.Exploration) {
	t.Helper()
	var known struct {
		Now     time.Time
		Attempt facade.Attempt
	}
	if err := json.Unmarshal(c.Want, &known); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		if !known.Now.IsZero() {
			time.Sleep(time.Until(known.Now))
		}
		e = replay.Find(fixtures.Start(facade.Provider(c.Provider)), known.Attempt, answerOf(c))
	})
	return e
}

func answerOf(c fixtures.Case) replay.Answer {
	return replay.Answer{Status: c.Status, Header: c.Header, Body: c.Body}
}

// TestFixtures checks every fixture against its spec. The facade must make of it the outcome that
// its want file demands. That outcome, as JSON, must fit its published schema and read back as it
// was. Its redacted record may have only what may be stored, and its customer view only what a
// customer may see.
func TestFixtures(t *testing.T) {
	schemas, err := specdoc.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range allFixtures(t) {
		t.Run(c.Name, func(t *testing.T) {
			judge(t, c)
			var res *facade.Result
			var finding *facade.Finding
			var err error
			if c.Operation == "" {
				e := start(c)
				res, err = e.Result, e.Err
			} else {
				e := find(t, c)
				finding, err = e.Finding, e.Err
			}
			kycErr, _ := err.(*facade.Error)
			if (kycErr == nil) == (res == nil && finding == nil) {
				t.Fatalf("not exactly one of outcome and error: %v, %v, %v", res, finding, err)
			}
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
			case kycErr != nil:
				wanted := check("error", kycErr, kycErr.Redacted())
				sees(t, schemas, kycErr.CustomerView(), wanted)
			case res != nil:
				wanted := check("result", res, res.Redacted())
				sees(t, schemas, res.CustomerView(), wanted)
			default:
				check("finding", finding, finding.Redacted())
			}
			if attempt, ok := want["attempt"].(map[string]any); ok {
				var a facade.Attempt
				if err := json.Unmarshal(encoded(t, attempt), &a); err != nil {
					t.Fatal(err)
				}
				travels(t, schemas, &a, attempt)
			}
		})
	}
}

// judge demands that the spec accepts a fixture, or rejects it if it is in the folder rejected.
func judge(t *testing.T, c fixtures.Case) {
	t.Helper()
	violations := contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)
	switch {
	case c.Rejected && len(violations) == 0:
		t.Errorf("test/fixtures/%s.http: specs/%s.yaml accepts it: move it out of rejected, if the document is right", c.Name, c.Provider)
	case !c.Rejected && len(violations) > 0:
		t.Errorf("test/fixtures/%s.http: specs/%s.yaml does not accept it: change it, or move it to rejected, if the document is right: %v",
			c.Name, c.Provider, violations)
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
	if err := schemas[of.Name()].Value.VisitJSON(decoded(t, text)); err != nil {
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

// TestAs: a confirmed start gives its answer as the generated type that is documented for it, just
// as encoding/json reads it. It gives it as no other type. A finding does the same.
func TestAs(t *testing.T) {
	starts, lookups := map[facade.Provider]reflect.Type{}, map[facade.Provider]reflect.Type{
		facade.Vault: reflect.TypeFor[vault.KYCData](), facade.XGateway: reflect.TypeFor[xgateway.KYCApplicationDetailsResponse](),
		facade.Qolo: reflect.TypeFor[qolo.KYCDetails](), facade.Rebilly: reflect.TypeFor[rebilly.KYCRequest](),
	}
	missing := map[reflect.Type]bool{}
	for _, p := range fixtures.Providers() {
		starts[p] = fixtures.Payload(p)
		missing[starts[p]], missing[lookups[p]] = true, lookups[p] != nil
	}
	for _, c := range allFixtures(t) {
		var came interface{ As(target any) bool }
		payloads, body := starts, c.Body
		var has bool
		if c.Operation == "" {
			res := start(c).Result
			came, has = res, res != nil && c.Status != http.StatusNoContent
		} else {
			f := find(t, c).Finding
			payloads, came, has = lookups, f, f != nil && c.Status == http.StatusOK
			if c.Operation == "GetKYCRequests" && has { // the finding is about one process of the list
				list := decoded(t, body).([]any)
				i := slices.IndexFunc(list, func(item any) bool { return f.ID != "" && item.(map[string]any)["id"] == f.ID })
				if has = i >= 0; has {
					body = encoded(t, list[i])
				}
			}
		}
		for p, payload := range payloads {
			got, want := reflect.New(payload), reflect.New(payload)
			own := has && string(p) == c.Provider
			if own {
				missing[payload] = false
				_ = json.Unmarshal(body, want.Interface()) // what it cannot read is left out
			}
			if came.As(got.Interface()) != own || !reflect.DeepEqual(got.Interface(), want.Interface()) {
				t.Errorf("%s as %s: %+v", c.Name, payload, got.Elem())
			}
			if came.As(nil) || came.As(new(any)) || came.As(reflect.Zero(got.Type()).Interface()) || came.As(want.Elem().Interface()) {
				t.Errorf("%s as nil, as a nil pointer to %s, or as none", c.Name, payload)
			}
		}
	}
	for payload, is := range missing {
		if is {
			t.Errorf("no fixture has a %s", payload)
		}
	}
}

// TestRefusalsTravel: the error of a call that was not sent keeps its fields through JSON, and so
// does its record. The fields are in the library's own words, and so the text is kept too.
func TestRefusalsTravel(t *testing.T) {
	_, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{}})
	var before, after *facade.Error
	if !errors.As(err, &before) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded(t, before), &after); err != nil || len(before.Fields) == 0 {
		t.Fatal(err)
	}
	for what, got := range map[string]*facade.Error{"through JSON": after, "the record": before.Redacted()} {
		if got.Error() != before.Error() || !reflect.DeepEqual(got.Fields, before.Fields) {
			t.Errorf("%s: %v, want %v", what, got, before)
		}
	}
	// A customer sees nothing of a nil outcome.
	for _, view := range []facade.CustomerView{(*facade.Result)(nil).CustomerView(), (*facade.Error)(nil).CustomerView()} {
		if !reflect.ValueOf(view).IsZero() {
			t.Errorf("%v", view)
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

// allFixtures returns the fixtures of starts and of look-ups.
func allFixtures(t *testing.T) (all []fixtures.Case) {
	t.Helper()
	for _, p := range fixtures.Providers() {
		cases, err := fixtures.AllOf(string(p))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, cases...)
	}
	return all
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
