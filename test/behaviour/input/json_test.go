package input_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

const (
	no      = facade.StartedNo
	unknown = facade.StartedUnknown
	yes     = facade.StartedYes
)

func nested(levels int) string {
	return strings.Repeat("[", levels) + strings.Repeat("]", levels)
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// TestTolerated: what is odd and harms nothing.
func TestTolerated(t *testing.T) {
	for _, p := range providers {
		whole := starts[p].body
		with := func(member string) string { return strings.TrimSuffix(whole, "}") + "," + member + "}" }
		if whole == "" {
			continue // confirms without a body
		}
		status := starts[p].status
		for name, body := range map[string]string{
			"blanks around":           " \r\n\t" + whole + "\n\n",
			"another member":          with(`"x":{"y":[null,true,-0.0]}`),
			"a huge number in it":     with(`"x":1e999`),
			"9,000 levels in it":      with(`"x":` + nested(9_000)),
			"a member without a name": with(`"":1`),
			"lone surrogates":         with(`"x":"\ud800\udfff"`),
			"broken UTF-8 in it":      with("\"x\":\"\xff\""),
			"two names in one object": with(`"x":1,"x":2`),
		} {
			w := &wire{answer: jsonAnswer(status, body)}
			if _, err := w.start(t, full[p]()); err != nil {
				t.Errorf("%s with %s: %v", p, name, err)
			}
		}
	}
}
