package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/specs"
)

// TestRecordsAndViews holds what may be stored of an outcome, and what a customer may
// see of it, to the want of every fixture and to the published schema: a record is the
// want without the provider's messages, the checks and the values of the next step, and
// a view is the status, the next step and the display message.
func TestRecordsAndViews(t *testing.T) {
	schemas := published(t)
	dropped := map[string]bool{}
	for _, c := range allFixtures(t) {
		t.Run(c.Name, func(t *testing.T) {
			e := start(c)
			want, _ := decoded(t, c.Want).(map[string]any)
			var kycErr *facade.Error
			var record, view, again []byte
			name := "Result"
			if errors.As(e.Err, &kycErr) {
				name = "Error"
				record, view = encoded(t, kycErr.Redacted()), encoded(t, kycErr.CustomerView())
				again = encoded(t, kycErr)
			} else {
				record, view = encoded(t, e.Result.Redacted()), encoded(t, e.Result.CustomerView())
				again = encoded(t, e.Result)
			}
			outcome, _ := want[strings.ToLower(name)].(map[string]any)
			if diff := cmp.Diff(any(outcome), decoded(t, again)); diff != "" {
				t.Errorf("the outcome itself has changed (-want +got):\n%s", diff)
			}

			seen := map[string]any{}
			for _, member := range []string{"status", "next", "display_message"} {
				if value, ok := outcome[member]; ok {
					seen[member] = value
				}
			}
			if diff := cmp.Diff(any(seen), decoded(t, view)); diff != "" {
				t.Errorf("the customer sees (-want +got):\n%s", diff)
			}
			for _, member := range []string{"message", "display_message", "checks"} {
				if _, ok := outcome[member]; ok {
					dropped[member] = true
				}
				delete(outcome, member)
			}
			if next, ok := outcome["next"].(map[string]any); ok {
				outcome["next"] = map[string]any{"kind": next["kind"]}
			}
			for _, list := range []string{"fields", "reasons"} {
				elements, _ := outcome[list].([]any)
				for _, element := range elements {
					element.(map[string]any)["message"] = ""
				}
			}
			if diff := cmp.Diff(any(outcome), decoded(t, record)); diff != "" {
				t.Errorf("the record (-want +got):\n%s", diff)
			}
			valid(t, schemas[name], record)
			valid(t, schemas["CustomerView"], view)
			travels(t, ptr(e.Result.CustomerView()), new(facade.CustomerView))
			travels(t, ptr(kycErr.CustomerView()), new(facade.CustomerView))
		})
	}
	if len(dropped) != 3 {
		t.Errorf("only %v was there to be dropped", dropped)
	}
}

func ptr[T any](v T) *T { return &v }

// TestRecordsOfRefusals: what was refused here keeps its fields, in our own words.
func TestRecordsOfRefusals(t *testing.T) {
	_, err := facade.New(facade.Config{Rebilly: &facade.RebillyConfig{}})
	var kycErr *facade.Error
	if !errors.As(err, &kycErr) {
		t.Fatal(err)
	}
	if record := kycErr.Redacted(); record.Error() != kycErr.Error() || len(record.Fields) == 0 || record.Fields[0].Message == "" {
		t.Errorf("%v, and the record %v", kycErr, record)
	}
}

// TestViewsPrintNothing: a view has a token in it, and shows it as JSON alone.
func TestViewsPrintNothing(t *testing.T) {
	view := facade.CustomerView{
		Status: facade.StatusAwaitingCustomer, DisplayMessage: "token",
		Next: facade.NextStep{Kind: facade.NextRedirect, URL: facade.NewSecret("https://gather.example/token")},
	}
	for _, v := range []any{view, &view} {
		var logged bytes.Buffer
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "view", v)
		slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "view", v)
		for _, text := range []string{logged.String(), fmt.Sprintf("%v %+v %#v %s %x", v, v, v, v, v)} {
			if strings.Contains(text, "token") || !strings.Contains(text, "awaiting_customer") {
				t.Errorf("printed: %s", text)
			}
		}
	}
	if text := string(encoded(t, view)); !strings.Contains(text, "https://gather.example/token") {
		t.Errorf("as JSON: %s", text)
	}
	if err := json.Unmarshal([]byte(`{"status":"declined","reason":"r"}`), &view); err == nil {
		t.Error("an unknown member is lost")
	}
}

// published are the schemas of specs/normalized.yaml.
func published(t *testing.T) openapi3.Schemas {
	t.Helper()
	raw, err := specs.Files.ReadFile("normalized.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	return document.Components.Schemas
}

func valid(t *testing.T, schema *openapi3.SchemaRef, text []byte) {
	t.Helper()
	if err := schema.Value.VisitJSON(decoded(t, text)); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}
