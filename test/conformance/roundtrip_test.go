package conformance

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kycstart/kycstart/facade"
)

// same compares outcomes by what travels: the rest is in unexported fields. A
// widget is JSON, whose white space does not travel.
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

// TestOutcomesTravel sends the outcome of every fixture through JSON: it comes
// back as it was, and so does the outcome that the fixture wants.
func TestOutcomesTravel(t *testing.T) {
	for _, c := range allFixtures(t) {
		t.Run(c.Name, func(t *testing.T) {
			e := start(c)
			var kycErr *facade.Error
			if errors.As(e.Err, &kycErr) {
				travels(t, kycErr, new(facade.Error))
				travels(t, &kycErr.Next, new(facade.NextStep))
			} else {
				travels(t, e.Result, new(facade.Result))
				travels(t, &e.Result.Next, new(facade.NextStep))
			}

			var want struct {
				Result *facade.Result `json:"result,omitempty"`
				Error  *facade.Error  `json:"error,omitempty"`
			}
			if err := json.Unmarshal(c.Want, &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, c.Want), decoded(t, encoded(t, want))); diff != "" {
				t.Errorf("the want, read and written (-before +after):\n%s", diff)
			}
		})
	}
}

// travels marshals before, and unmarshals it into after.
func travels[T any](t *testing.T, before, after *T) {
	t.Helper()
	if step, ok := any(before).(*facade.NextStep); ok && step.Kind == "" {
		return // an error's, that has none
	}
	text := encoded(t, before)
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

// TestRefusalsTravel sends the error of a call that was not sent through JSON: its
// text has the fields still.
func TestRefusalsTravel(t *testing.T) {
	_, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{}})
	var before *facade.Error
	if !errors.As(err, &before) {
		t.Fatal(err)
	}
	var after facade.Error
	travels(t, before, &after)
	if before.Error() != after.Error() {
		t.Errorf("the text was %q and is %q", before, after.Error())
	}
}

// TestUnreadableJSON refuses what would come back as something else.
func TestUnreadableJSON(t *testing.T) {
	const (
		result = `"provider":"vault","status":"started","next":{"kind":"none"},"http_status":200,"documented":true`
		failed = `"kind":"unavailable","started":"no","safe_to_retry":true,"documented":false`
	)
	for _, c := range []struct {
		name   string
		text   string
		target any
		want   string // in the error, "" for none
	}{
		{"a result", `{` + result + `}`, new(facade.Result), ""},
		{"a status of tomorrow", `{"provider":"vault","status":"frozen","next":{"kind":"wait"},"http_status":200,"documented":true}`, new(facade.Result), ""},
		{"a member of tomorrow", `{` + result + `,"score":7}`, new(facade.Result), `unknown field "score"`},
		{"a member of tomorrow in a step", `{"kind":"redirect","method":"POST"}`, new(facade.NextStep), `unknown field "method"`},
		{"an empty result", `{}`, new(facade.Result), "without provider"},
		{"a text for a result", `"rebilly: started, next none (HTTP 201)"`, new(facade.Result), "cannot unmarshal string"},
		{"a mistyped member", `{"provider":"vault","status":1,"next":{"kind":"none"},"http_status":200,"documented":true}`, new(facade.Result), "cannot unmarshal number"},
		{"an empty step", `{}`, new(facade.NextStep), "without kind"},
		{"an error", `{` + failed + `}`, new(facade.Error), ""},
		{"a kind of tomorrow", `{"kind":"frozen","started":"unknown","safe_to_retry":false,"documented":false}`, new(facade.Error), ""},
		{"a member of tomorrow in an error", `{` + failed + `,"advice":"wait"}`, new(facade.Error), `unknown field "advice"`},
		{"an empty error", `{}`, new(facade.Error), "without kind"},
		{"another rule of retries", `{"kind":"unavailable","started":"no","safe_to_retry":false,"documented":false}`, new(facade.Error), "safe_to_retry"},
		{"a start of tomorrow", `{"kind":"unavailable","started":"partly","safe_to_retry":false,"documented":false}`, new(facade.Error), `"unknown", "no" or "yes"`},
		{"null", `null`, new(facade.Result), ""},
	} {
		err := json.Unmarshal([]byte(c.text), c.target)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q in the error", c.name, err, c.want)
		}
	}
	kept := facade.Result{Status: "as it was"}
	if err := json.Unmarshal([]byte("null"), &kept); err != nil || kept.Status != "as it was" {
		t.Errorf("null changes a result: %v", err)
	}
}
