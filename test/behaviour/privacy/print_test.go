package privacy_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestPrinted: the texts and logs that people rely on are there, letter by letter. Of the
// provider's words they have only a documented code, and a request id that is a plain token.
// Nothing else that a finding or an attempt holds shows in any format.
func TestPrinted(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	said := func(p facade.Provider, status int, body string) any {
		header := http.Header{"X-Request-Id": {"req-7"}, "Content-Type": {"application/json"}}
		return either(replay.Start(fixtures.Start(p), replay.Answer{Status: status, Header: header, Body: []byte(body)}))
	}
	var canaries canaries
	unlisted := canaries.plant("what is not listed")
	qolo := fixtures.Config("https://provider.test", facade.Qolo)
	_, refusal := facade.New(facade.Config{})
	step := facade.NextStep{Kind: facade.NextRedirect, URL: facade.NewSecret("https://g.example")}
	for _, c := range []struct {
		v         any
		text, log string // log is empty where it would show nothing new
	}{
		{said(facade.XGateway, 204, ``), `xgateway: started, next await_callback (HTTP 204, request id req-7)`,
			`{"provider":"xgateway","status":"started","next":"await_callback","http_status":204,"documented":true,"request_id":"req-7"}`},
		{said(facade.Vault, 400, `{"error":"COMMON"}`), `vault: provider_error (HTTP 400, COMMON, request id req-7), started: unknown`,
			`{"provider":"vault","kind":"provider_error","started":"unknown","safe_to_retry":false,"http_status":400,"documented":true,"code":"COMMON","request_id":"req-7"}`},
		{said(facade.Vault, 400, `{"error":"OTHER"}`), `vault: invalid_request (HTTP 400, request id req-7), started: no`,
			`{"provider":"vault","kind":"invalid_request","started":"no","safe_to_retry":false,"http_status":400,"documented":true,"request_id":"req-7"}`},
		{said(facade.XGateway, 400, `{"errors":[{"code":"conflict"}]}`), `xgateway: conflict (HTTP 400, conflict, request id req-7), started: unknown`, ``},
		{said(facade.Forte, 201, `{"data":{"error_code":"ERR01"}}`), `forte: customer_blocked (HTTP 201, ERR01, request id req-7), started: unknown`, ``},
		{said(facade.Forte, 403, `{"error":{"code":"ERR01"}}`), `forte: customer_blocked (HTTP 403, ERR01, request id req-7), started: no`, ``},
		{either(replay.StartWith(done, qolo, fixtures.Start(facade.Qolo), replay.Answer{})),
			`qolo: canceled (not sent), started: no: canceled`,
			`{"provider":"qolo","kind":"canceled","started":"no","safe_to_retry":false,"cause":"canceled"}`},
		{refusal, `kycstart: invalid_request (not sent), started: no: Config must hold at least one provider`,
			`{"provider":"","kind":"invalid_request","started":"no","safe_to_retry":false,"fields":"Config must hold at least one provider"}`},
		{step, `redirect`, `"redirect"`},
		{facade.CustomerView{Status: facade.StatusApproved, Next: step}, `status "approved", next "redirect"`, `"status \"approved\", next \"redirect\""`},
		{facade.Attempt{At: time.Unix(0, 0), ID: unlisted, Before: &facade.Finding{ID: unlisted}},
			`attempt at 1970-01-01T00:00:00Z`, `"attempt at 1970-01-01T00:00:00Z"`},
		{&facade.Finding{Provider: facade.Qolo, Exists: facade.AnswerYes, Status: facade.StatusUndetermined, HTTPStatus: 200, Basis: "b", RequestID: "req-7",
			ID: unlisted, CustomerID: unlisted, ProviderStatus: unlisted, Level: unlisted, Checks: []facade.Check{{Method: unlisted}}},
			`qolo: exists yes, this attempt unknown, undetermined (HTTP 200, request id req-7): b`,
			`{"provider":"qolo","exists":"yes","this_attempt":"unknown","basis":"b","status":"undetermined","http_status":200,"documented":false,"request_id":"req-7"}`},
	} {
		var logged bytes.Buffer
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "k", c.v)
		if text := fmt.Sprint(c.v); text != c.text || !strings.Contains(logged.String(), `"k":`+c.log) {
			t.Errorf("printed as\n%s\nwant\n%s\nand logged as\n%s\nwant\n%s", text, c.text, logged.String(), c.log)
		}
		canaries.notPrinted(t, "an outcome", c.v)
	}
}

// either returns the outcome of a start: its error or its result.
func either(e replay.Exchange) any {
	if e.Err != nil {
		return e.Err
	}
	return e.Result
}
