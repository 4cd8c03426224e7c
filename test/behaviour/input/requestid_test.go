package input_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// TestRequestIDPrints: support asks for the request id, so that texts and logs have
// it, if it is a plain token and came whole. Anything else in that header may be data.
func TestRequestIDPrints(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for _, c := range []struct {
		id     string
		prints bool
	}{
		{"req-7", true},
		{"8ac1f5d2-42.a_b:c", true},
		{letters, true},
		{strings.Repeat("7", 128), true},
		{strings.Repeat("7", 129), false},
		{"", false},
		{"jane@shop.example", false},
		{"Jane Doe", false},
		{"a/b", false},
		{"a=b", false},
		{"é", false},
		{`"quoted"`, false},
		{"line\nend", false},
	} {
		for _, p := range providers {
			header := http.Header{"X-Request-Id": {c.id}, "Content-Type": {"application/json"}}
			refusing := &wire{answer: answer{418, header, ""}}
			_, err := refusing.start(t, full[p]())
			starting := &wire{answer: answer{starts[p].status, header, starts[p].body}}
			res, startErr := starting.start(t, full[p]())
			if startErr != nil {
				t.Fatal(startErr)
			}
			again := new(facade.Error)
			if unmarshalErr := json.Unmarshal(mustMarshal(t, err), again); unmarshalErr != nil {
				t.Fatal(unmarshalErr)
			}
			for what, v := range map[string]any{"error": err, "result": res, "text of the error": err.Error(), "text of the result": res.String()} {
				var logged bytes.Buffer
				slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", v)
				if has := c.id != "" && strings.Contains(logged.String(), c.id); has != c.prints {
					t.Errorf("%s, %s: %.60q is printed: %t, want %t: %s", p, what, c.id, has, c.prints, logged.String())
				}
			}
			if len(c.id) <= 128 && strings.Contains(again.Error(), "request id") != c.prints {
				t.Errorf("%s, %q: after JSON the text is %s", p, c.id, again)
			}
		}
	}
}

func mustMarshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
