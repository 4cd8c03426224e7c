package evidence

import (
	"encoding/json"
	"net/http"
	"testing"

	"go.uber.org/goleak"
	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// allFixtures returns every fixture.
func allFixtures(t testing.TB) []fixtures.Case {
	t.Helper()
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// replayed starts KYC, and has the answer come back.
func replayed(a Answer, answer replay.Answer) (*facade.Result, error) {
	e := replay.Start(fixtures.Start(a.Provider), answer)
	if e.Panic != nil {
		panic(e.Panic)
	}
	return e.Result, e.Err
}

// TestFixturesAgree: what a fixture demands of the library, and what this package
// says of its answer, are two readings of the same documents, each by hand.
func TestFixturesAgree(t *testing.T) {
	count := map[Verdict]int{}
	for _, c := range allFixtures(t) {
		var want struct {
			Result *struct{}
			Error  struct{ Started string }
		}
		if err := json.Unmarshal(c.Want, &want); err != nil {
			t.Fatal(err)
		}
		verdict, why := Refusal(FromFixture(c))
		count[verdict]++
		if no := want.Error.Started == "no"; verdict != Open && no != (verdict == Refused) {
			t.Errorf("test/fixtures/%s.want.json says started %q, and the answer proves %s (%s): one of the two is wrong", c.Name, want.Error.Started, verdict, why)
		}
		if confirms := Confirms(FromFixture(c)); confirms != (want.Result != nil) {
			t.Errorf("test/fixtures/%s.want.json wants a result: %t, and the answer confirms one: %t", c.Name, want.Result != nil, confirms)
		}
	}
	t.Logf("%d fixtures: %v", len(allFixtures(t)), count)
}

// TestXGatewayCodes: the table has the codes of the spec, and no other.
func TestXGatewayCodes(t *testing.T) {
	source, err := specs.Files.ReadFile("xgateway.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Components struct {
			Schemas map[string]struct{ Enum []string }
		}
	}
	if err := yaml.Unmarshal(source, &spec); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, schema := range []string{"AppClientErrorResponseCode", "AppServerErrorResponseCode"} {
		for _, code := range spec.Components.Schemas[schema].Enum {
			count++
			if _, known := xgatewayCodes[code]; !known {
				t.Errorf("specs/xgateway.yaml has the code %s, and xgatewayCodes has not", code)
			}
		}
	}
	if count != len(xgatewayCodes) {
		t.Errorf("%d codes in specs/xgateway.yaml, %d in xgatewayCodes", count, len(xgatewayCodes))
	}
}

// TestVerdicts: what this package says of answers that are in no fixture.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		provider facade.Provider
		status   int
		media    string
		body     string
		want     Verdict
	}{
		{facade.Vault, 400, "application/json", `{"error":"NEW_WORD"}`, Refused},
		{facade.Vault, 400, "application/json", `{"errorId":0}`, Refused},
		{facade.Vault, 400, "application/json", `{"errorId":"0"}`, Nothing},
		{facade.Vault, 400, "application/json", `{"error":null,"errorId":7}`, Refused},
		{facade.Vault, 400, "application/json", `{"error":7,"errorId":7}`, Nothing},
		{facade.Vault, 400, "application/json", `{"error":"A","ERROR":"A"}`, Nothing},
		{facade.Vault, 400, "application/json", `{"error":"A","e\u0072ror":"A"}`, Nothing},
		{facade.Vault, 400, "application/json", `{"error":"A","result":"ok"}`, Nothing},
		{facade.Vault, 400, "application/json", `{"error":"COMMON"}`, Nothing},
		{facade.Vault, 403, "application/json", `{"error":"COMMON","errorId":1}`, Nothing},
		{facade.Vault, 400, "text/html", `{"error":"A"}`, Nothing},
		{facade.Vault, 400, "", `{"error":"A"}`, Nothing},
		{facade.Vault, 400, "application/json", "\ufeff" + `{"error":"A"}`, Nothing},
		{facade.Vault, 400, "application/json", `{"error":"A"}{}`, Nothing},
		{facade.Vault, 400, "application/json", `{"field":"f"}`, Nothing},
		{facade.Vault, 401, "application/json", `{"error":"invalid_token"}`, Refused},
		{facade.Vault, 401, "application/json", `{"error":"other"}`, Nothing},
		{facade.Vault, 404, "application/json", `{"error":"other"}`, Refused},
		{facade.Vault, 422, "application/json", `{"error":"other"}`, Nothing},
		{facade.Vault, 408, "application/json", `{"error":"A"}`, Nothing},
		{facade.Vault, 409, "application/json", `{"error":"A"}`, Nothing},
		{facade.Vault, 500, "application/json", `{"error":"A"}`, Nothing},
		{facade.Vault, 200, "application/json", `{"error":"A"}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"errors":[{"code":"gone"}]}`, Refused},
		{facade.XGateway, 400, "application/json", `{"errors":[{"code":"Gone"}]}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"errors":[{"code":"gone"},{"code":"locked"}]}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"errors":[{"code":"gone"},{}]}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"errors":[{"code":"gone","CODE":"gone"}]}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"success":true,"errors":[{"code":"gone"}]}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"succe\u017fs":true,"errors":[{"code":"gone"}]}`, Nothing},
		{facade.XGateway, 400, "application/json", `{"success":false,"errors":[]}`, Nothing},
		{facade.XGateway, 401, "application/json", `{"success":false}`, Refused},
		{facade.XGateway, 401, "application/json", `{"success":false,"errors":[{"code":"conflict"}]}`, Nothing},
		{facade.XGateway, 401, "application/json", `{}`, Nothing},
		{facade.XGateway, 429, "application/problem+json", `{"errors":[{"code":"too_many_requests"}]}`, Refused},
		{facade.Forte, 200, "application/json", `{"data":{"error_code":"ERR01"}}`, Refused},
		{facade.Forte, 200, "application/json", `{"data":{"error_code":"ERR01","Error_Code":null}}`, Nothing},
		{facade.Forte, 200, "application/json", `{"data":{"error_code":"ERR02"}}`, Nothing},
		{facade.Forte, 201, "application/json", `{"data":{"error_code":"ERR01"}}`, Nothing},
		{facade.Forte, 403, "application/json", `{"error":{"code":{}}}`, Nothing},
		{facade.Forte, 404, "application/json", `{"error":{"message":"m"}}`, Nothing},
		{facade.Forte, 404, "application/json", `{"error":{"code":"ERR15"}}`, Refused},
		{facade.Forte, 422, "application/json", `{"error":{"reason":"r"}}`, Nothing},
		{facade.Forte, 422, "application/json", `{"error":{"code":5},"data":{"widget_data":"w"}}`, Nothing},
		{facade.Qolo, 400, "", "", Refused},
		{facade.Qolo, 400, "text/html", "", Nothing},
		{facade.Qolo, 403, "", "", Nothing},
		{facade.Qolo, 404, "application/problem+json", `"gone"`, Refused},
		{facade.Qolo, 404, "application/json", `null`, Nothing},
		{facade.Qolo, 404, "text/plain", `{}`, Nothing},
		{facade.Rebilly, 422, "application/problem+json", `{"type":"about:blank"}`, Nothing},
		{facade.Rebilly, 422, "application/problem+json", `{"status":422}`, Refused},
		{facade.Rebilly, 422, "application/json", `{"status":"422","title":"t"}`, Nothing},
		{facade.Rebilly, 404, "application/json", `{"title":"t"}`, Nothing},
	} {
		a := Answer{
			Provider: c.provider, Status: c.status, Header: http.Header{}, Body: []byte(c.body),
			Length: int64(len(c.body)), Whole: true, Connections: 1,
		}
		if c.media != "" {
			a.Header.Set("Content-Type", c.media)
		}
		if got, why := Refusal(a); got != c.want {
			t.Errorf("%s %d %s %s proves %s (%s), want %s", c.provider, c.status, c.media, c.body, got, why, c.want)
		}
		for name, spoil := range map[string]func(*Answer){
			"cut":                   func(a *Answer) { a.Whole = false },
			"a second connection":   func(a *Answer) { a.Connections = 2 },
			"no connection told of": func(a *Answer) { a.Connections = 0 },
			"a used connection":     func(a *Answer) { a.Reused = true },
		} {
			spoiled := a
			spoil(&spoiled)
			if got, _ := Refusal(spoiled); got != Nothing {
				t.Errorf("%s %d %s, with %s, proves %s", c.provider, c.status, c.body, name, got)
			}
		}
	}
}
