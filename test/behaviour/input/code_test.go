package input_test

import (
	"fmt"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// xgatewayMeanings are the codes of X Gateway, by what each means under a 400.
var xgatewayMeanings = []struct {
	kind    facade.Kind
	started facade.Started
	codes   []string
}{
	{facade.KindUnauthenticated, no, []string{"unauthorized", "proxy_authentication_required"}},
	{facade.KindPermissionDenied, no, []string{"payment_required", "forbidden", "unavailable_for_legal_reasons"}},
	{facade.KindNotFound, no, []string{"not_found", "gone"}},
	{facade.KindConflict, unknown, []string{"conflict", "locked", "db_unique_violation"}},
	{facade.KindPreconditionFailed, no, []string{"precondition_failed", "precondition_required", "failed_dependency"}},
	{facade.KindRateLimited, no, []string{"too_many_requests"}},
	{facade.KindTimeout, unknown, []string{"request_timeout", "gateway_timeout"}},
	{facade.KindUnavailable, unknown, []string{"bad_gateway", "service_unavailable", "network_authentication_required"}},
	{facade.KindProviderError, unknown, []string{
		"internal_server_error", "not_implemented", "http_version_not_supported", "variant_also_negotiates", "insufficient_storage",
		"loop_detected", "not_extended",
	}},
	{facade.KindInvalidRequest, no, []string{
		"bad_request", "method_not_allowed", "not_acceptable", "length_required", "payload_too_large", "uri_too_long", "unsupported_media_type",
		"range_not_satisfiable", "expectation_failed", "misdirected_request", "unprocessable_content", "upgrade_required",
		"request_header_fields_too_large",
	}},
	{facade.KindInvalidRequest, unknown, []string{"db_violation", "db_non_null_violation"}},
}

// TestXGatewayCodes: a code decides the kind, and a fault of the server leaves
// open what was started, whatever status it comes under.
func TestXGatewayCodes(t *testing.T) {
	left := map[string]bool{}
	for _, schema := range []string{"AppClientErrorResponseCode", "AppServerErrorResponseCode"} {
		for _, code := range enum(t, facade.XGateway, schema) {
			left[code] = true
		}
	}
	for _, m := range xgatewayMeanings {
		for _, code := range m.codes {
			delete(left, code)
			for status, started := range map[int]facade.Started{400: m.started, 500: unknown} {
				w := &wire{answer: jsonAnswer(status, fmt.Sprintf(`{"success":false,"errors":[{"code":%q,"message":"words"}]}`, code))}
				_, err := w.start(t, full[facade.XGateway]())
				if e := failure(t, err); e.Kind != m.kind || e.Started != started || e.Code != code {
					t.Errorf("%s under %d: %s, started %s", code, status, e.Kind, e.Started)
				}
			}
		}
	}
	for code := range left {
		t.Errorf("the spec has the code %s, and no row is about it", code)
	}
}
