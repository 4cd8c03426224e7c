package input_test

import (
	"fmt"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestQuestions: a question without a key cannot be answered, and is none. The check
// that it stands in is kept.
func TestQuestions(t *testing.T) {
	for _, c := range []struct {
		questions string
		keys      []string
	}{
		{`[]`, nil},
		{`[{}]`, nil},
		{`[null]`, nil},
		{`[null,{},null]`, nil},
		{`[{"prompt":"p","options":["a","b"]}]`, nil},
		{`[{"key":"","prompt":"p","options":["a"]}]`, nil},
		{`[{"key":null,"prompt":"p"}]`, nil},
		{`[{"key":{},"prompt":"p"}]`, nil},
		{`[{"key":"k","prompt":"p","options":["a"]}]`, []string{"k"}},
		{`[{},{"key":"k","prompt":"p"},null,{"key":"l"}]`, []string{"k", "l"}},
	} {
		t.Run(c.questions, func(t *testing.T) {
			w := &wire{answer: jsonAnswer(200, fmt.Sprintf(
				`{"person_guid":%q,"verificationResults":[{"reason_code":"r1","questions":%s},{"reason_code":"r2"}]}`, person, c.questions))}
			res, err := w.start(t, full[facade.Qolo]())
			if err != nil {
				t.Fatal(err)
			}
			want := []any{facade.StatusUndetermined, facade.NextUnspecified}
			if len(c.keys) > 0 {
				want = []any{facade.StatusAwaitingCustomer, facade.NextAnswerQuestions}
			}
			if got := []any{res.Status, res.Next.Kind}; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v, want %v", got, want)
			}
			var keys []string
			for _, q := range res.Next.Questions {
				keys = append(keys, q.Key)
			}
			if fmt.Sprint(keys) != fmt.Sprint(c.keys) {
				t.Errorf("questions with the keys %q, want %q", keys, c.keys)
			}
			if len(res.Checks) != 2 || res.Checks[0].ReasonCode != "r1" || res.Checks[1].ReasonCode != "r2" {
				t.Errorf("%d checks", len(res.Checks))
			}
		})
	}
}
