package evidence

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/kycstart/kycstart/facade"
)

// What an answer may come to.
const (
	no      = facade.StartedNo
	unknown = facade.StartedUnknown
	yes     = facade.StartedYes

	open       = facade.Kind("any") // a kind that the contract does not tell
	unexpected = facade.KindUnexpectedResponse
	invalid    = facade.KindInvalidRequest
)

// outcomes are answers that say two things at once, or say one in a way that nobody
// documents, and what each must come to. No kind is for a Result.
var outcomes = []struct {
	provider facade.Provider
	status   int
	body     string
	kind     facade.Kind
	started  facade.Started
}{
	// A success that is said beside its opposite.
	{facade.Vault, 200, `{"result":"ok"}`, "", 0},
	{facade.Vault, 200, `{"result":"ok","error":null,"errorId":null}`, "", 0},
	{facade.Vault, 200, `{"result":"ok","error":"COMMON"}`, unexpected, unknown},
	{facade.Vault, 200, `{"error":"KYC_LEVEL_TOO_LOW","result":"ok"}`, unexpected, unknown},
	{facade.Vault, 200, `{"result":"refused","Result":"ok"}`, unexpected, unknown},
	{facade.Vault, 200, `{"result":"ok","re\u0073ult":"refused"}`, unexpected, unknown},
	{facade.Vault, 200, "{\"re\u017fult\":\"refused\",\"result\":\"ok\"}", unexpected, unknown},
	{facade.XGateway, 200, `{"success":true,"data":"x"}`, "", 0},
	{facade.XGateway, 201, `{"success":true,"data":"x"}`, "", 0},
	{facade.XGateway, 202, `{"success":true,"data":"x"}`, unexpected, unknown},
	{facade.XGateway, 203, `{"success":true,"data":"x"}`, unexpected, unknown},
	{facade.XGateway, 205, `{"success":true,"data":"x"}`, unexpected, unknown},
	{facade.XGateway, 206, `{"success":true,"data":"x"}`, unexpected, unknown},
	{facade.XGateway, 207, `{"success":true,"data":"x"}`, unexpected, unknown},
	{facade.XGateway, 226, `{"success":true,"data":"x"}`, unexpected, unknown},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[{"code":"bad_request","message":"m"}]}`, unexpected, unknown},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[]}`, unexpected, unknown},
	{facade.XGateway, 200, `{"success":true,"data":"x","other":1}`, unexpected, unknown},
	{facade.XGateway, 200, `{"success":false,"data":"x","Success":true}`, unexpected, unknown},
	{facade.XGateway, 200, `{"success":true,"data":"x","SUCCESS":true}`, unexpected, unknown},
	{facade.XGateway, 200, "{\"succe\u017fs\":false,\"success\":true,\"data\":\"x\"}", unexpected, unknown},
	{facade.XGateway, 204, `{"success":false,"errors":[{"code":"bad_request"}]}`, "", 0},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw==","flow":"KYC_OCC"}}`, "", 0},
	{facade.Forte, 201, `{"data":{"error_code":"ERR01","widget_data":"dw=="}}`, facade.KindCustomerBlocked, unknown},
	{facade.Forte, 201, `{"data":{"error_code":"ERR01","Error_Code":null,"widget_data":"dw=="}}`, unexpected, unknown},
	{facade.Forte, 201, `{"data":{"error_code":null,"error\u005fcode":"ERR01","widget_data":"dw=="}}`, unexpected, unknown},
	{facade.Forte, 201, `{"data":{"error_code":"ERR01","widget_data":"dw=="},"DATA":{"error_code":null,"widget_data":"dw=="}}`, unexpected, unknown},
	{facade.Forte, 201, `{"error":{"code":"ERR01","message":"m"},"data":{"error_code":null,"widget_data":"dw=="}}`, unexpected, unknown},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw=="},"error":{"message":"m","reason":"r","status":422}}`, unexpected, unknown},
	{facade.Forte, 200, `{"data":{"error_code":"ERR01","widget_data":null}}`, facade.KindCustomerBlocked, no},
	{facade.Forte, 200, `{"data":{"error_code":"ERR01","ERROR_CODE":"ERR01","widget_data":null}}`, unexpected, unknown},
	{facade.Forte, 200, `{"data":{"error_code":"ERR15","widget_data":null}}`, unexpected, unknown},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `"}`, "", 0},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","error":"denied"}`, unexpected, unknown},
	{facade.Qolo, 200, `{"error":{"code":7},"person_guid":"` + ownPerson + `"}`, unexpected, unknown},
	{facade.Qolo, 200, `{"person_guid":"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f","PERSON_GUID":"` + ownPerson + `"}`, unexpected, unknown},
	{facade.Qolo, 200, `{"person_guid":"` + ownPerson + `","verificationResults":[{"person_guid":"3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f","Person_Guid":null}]}`, unexpected, unknown},
	{facade.Rebilly, 201, `{"customerId":"customer-42","status":"failed"}`, "", 0},
	{facade.Rebilly, 201, `{"customerId":"customer-42","status":"failed","Status":"fulfilled"}`, unexpected, yes},
	{facade.Rebilly, 201, `{"customerId":"customer-42","status":"fulfilled","\u0073tatus":"failed"}`, unexpected, yes},
	{facade.Rebilly, 201, "{\"customerId\":\"customer-42\",\"\u017ftatu\u017f\":\"failed\",\"status\":\"fulfilled\"}", unexpected, yes},
	{facade.Rebilly, 201, `{"customerId":"customer-43","status":"gathering"}`, unexpected, unknown},

	// A refusal that leaves it open, or is said beside its opposite.
	{facade.Vault, 400, `{"error":"OTHER","message":"m"}`, invalid, no},
	{facade.Vault, 400, `{"error":"OTHER","Error":"OTHER"}`, open, unknown},
	{facade.Vault, 400, `{"error":"COMMON"}`, facade.KindProviderError, unknown},
	{facade.Vault, 401, `{"error":"COMMON"}`, facade.KindProviderError, unknown},
	{facade.Vault, 403, `{"error":"COMMON"}`, facade.KindProviderError, unknown},
	{facade.Vault, 422, `{"error":"COMMON"}`, facade.KindProviderError, unknown},
	{facade.Vault, 429, `{"error":"COMMON"}`, facade.KindProviderError, unknown},
	{facade.Vault, 400, `{"error":"COMMON","field":"f"}`, facade.KindProviderError, unknown},
	{facade.Vault, 400, `{"errorId":"7"}`, invalid, unknown},
	{facade.Vault, 400, `{"error":7}`, invalid, unknown},
	{facade.Vault, 400, `{"error":"OTHER","result":"ok"}`, open, unknown},
	{facade.Vault, 400, `{"message":"m","field":"f"}`, invalid, unknown},
	{facade.Vault, 401, `{"error":"invalid_token"}`, facade.KindUnauthenticated, no},
	{facade.Vault, 403, `{"error":"OTHER"}`, facade.KindPermissionDenied, no},
	{facade.Vault, 422, `{"error":"OTHER"}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request","message":"m"}]}`, invalid, no},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},{"code":"conflict"}]}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},{"code":"not_found"}]}`, invalid, no},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},{}]}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"bad_request"},null]}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"CONFLICT"}]}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":{"code":"conflict"}}`, invalid, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"conflict","Code":"bad_request"}]}`, open, unknown},
	{facade.XGateway, 400, `{"success":false,"errors":[{"code":"conflict"}],"Errors":[{"code":"bad_request"}]}`, open, unknown},
	{facade.XGateway, 400, `{"success":true,"errors":[{"code":"bad_request"}]}`, open, unknown},
	{facade.XGateway, 400, `{"success":false,"SUCCESS":true,"errors":[{"code":"bad_request"}]}`, open, unknown},
	{facade.XGateway, 401, `{"success":false,"errors":[]}`, facade.KindUnauthenticated, no},
	{facade.XGateway, 401, `{"success":false,"errors":[{"code":"db_violation"}]}`, facade.KindUnauthenticated, unknown},
	{facade.XGateway, 401, `{"success":true}`, open, unknown},
	{facade.XGateway, 429, `{"success":false,"errors":[{"code":"too_many_requests"}]}`, facade.KindRateLimited, no},
	{facade.XGateway, 429, `{"success":false,"errors":[]}`, facade.KindRateLimited, unknown},
	{facade.Forte, 401, `{"error":{"reason":"Unauthorized","status":401}}`, facade.KindUnauthenticated, unknown},
	{facade.Forte, 429, `{"error":{"message":"m"},"Error":{"message":"m"}}`, open, unknown},
	{facade.Forte, 429, `{"error":{"message":"m"},"data":{"error_code":null,"widget_data":"dw=="}}`, open, unknown},
	{facade.Forte, 404, `{"error":{"message":"m"}}`, facade.KindNotFound, unknown},
	{facade.Qolo, 400, `{"anything":1}`, invalid, no},
	{facade.Qolo, 400, `null`, invalid, unknown},
	{facade.Qolo, 403, `{"message":"m"}`, facade.KindPermissionDenied, unknown},
	{facade.Rebilly, 422, `{"title":"t"}`, invalid, no},
	{facade.Rebilly, 422, `{"title":"t","Title":"t"}`, open, unknown},
	{facade.Rebilly, 422, `{"type":"about:blank"}`, invalid, unknown},
	{facade.Rebilly, 422, `{"invalidFields":[{"field":"f","message":"m"}]}`, invalid, unknown},
	{facade.Rebilly, 404, `{"title":"t"}`, facade.KindNotFound, unknown},
}

// TestOutcomes holds the library to the table, and the table to what this package
// says by itself.
func TestOutcomes(t *testing.T) {
	for _, c := range outcomes {
		t.Run(fmt.Sprintf("%s %d %s", c.provider, c.status, c.body), func(t *testing.T) {
			a := Answer{
				Provider: c.provider, Status: c.status, Header: http.Header{"Content-Type": {"application/json"}}, Whole: true, Connections: 1,
			}.with([]byte(c.body))
			if verdict, why := Refusal(a); Confirms(a) != (c.kind == "") || (verdict == Refused) != (c.started == no) {
				t.Errorf("the table says %q, started %s, and the answer proves %s (%s), confirms %t", c.kind, c.started, verdict, why, Confirms(a))
			}
			res, err := replayed(a, a.Play())
			if lie := Judge(a, res, err); lie != "" {
				t.Error(lie)
			}
			if (res != nil) != (c.kind == "") {
				t.Fatalf("%v, %v; want kind %q", res, err, c.kind)
			}
			if e, failed := err.(*facade.Error); failed && (e.Kind != c.kind && c.kind != open || e.Started != c.started) {
				t.Errorf("%s, started %s, want %s, started %s", e.Kind, e.Started, c.kind, c.started)
			}
		})
	}
}
