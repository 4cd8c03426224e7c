package faults_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// want is what a call must come to. No kind is for a Result.
type want struct {
	kind       facade.Kind
	started    facade.Started
	status     int
	documented bool
	safe       bool // to retry
}

// Calls without an answer.
var (
	neverLeft     = want{kind: facade.KindUnavailable, started: facade.StartedNo, safe: true}
	neverLeftLate = want{kind: facade.KindTimeout, started: facade.StartedNo, safe: true}
	neverLeftStop = want{kind: facade.KindCanceled, started: facade.StartedNo}
	mayHaveLeft   = want{kind: facade.KindUnavailable}
	mayHaveLate   = want{kind: facade.KindTimeout}
	mayHaveStop   = want{kind: facade.KindCanceled}
	notHTTP       = want{kind: facade.KindUnexpectedResponse}
)

// unexpected is the answer of a status that nobody documents.
func unexpected(status int) want {
	return want{kind: facade.KindUnexpectedResponse, status: status}
}

// outcome is what a call came to.
type outcome struct {
	res *facade.Result
	err error
}

// start makes one call with a client of its own.
func start(ctx context.Context, t *testing.T, config facade.Config, req facade.Request) outcome {
	t.Helper()
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	res, err := client.Start(ctx, req)
	return outcome{res, err}
}

// check holds the outcome of a call to p to what is wanted, and to what every
// outcome must be. It returns the error, nil for a Result.
func check(t *testing.T, p facade.Provider, got outcome, w want) *facade.Error {
	t.Helper()
	if err := sound(p, got); err != nil {
		t.Fatal(err)
	}
	if got.res != nil {
		have := want{status: got.res.HTTPStatus, documented: got.res.Documented}
		if have != w {
			t.Fatalf("got %v (%+v), want %+v", got.res, have, w)
		}
		return nil
	}
	e := got.err.(*facade.Error)
	have := want{e.Kind, e.Started, e.HTTPStatus, e.Documented, e.SafeToRetry()}
	if have != w {
		t.Fatalf("got %v (%+v), want %+v", e, have, w)
	}
	return e
}

// sound returns what is wrong with an outcome whatever caused it: it is exactly
// one of Result and Error, the error has a kind and a provider, and an answer
// has its status and header.
func sound(p facade.Provider, got outcome) error {
	if (got.res == nil) == (got.err == nil) {
		return fmt.Errorf("result %v and error %v: want exactly one", got.res, got.err)
	}
	if got.res != nil {
		if got.res.Provider != p || got.res.Status == "" || got.res.HTTPStatus/100 != 2 || got.res.RawHeader() == nil {
			return fmt.Errorf("half a result: %v", got.res)
		}
		return nil
	}
	var e *facade.Error
	if !errors.As(got.err, &e) || e != got.err {
		return fmt.Errorf("the error is a %T", got.err)
	}
	switch {
	case e.Provider != p || e.Kind == "" || e.Error() == "":
		return fmt.Errorf("half an error: %v", e)
	case (e.HTTPStatus == 0) != (e.RawHeader() == nil):
		return fmt.Errorf("status %d with header %v", e.HTTPStatus, e.RawHeader())
	case e.HTTPStatus == 0 && (e.RawBody() != nil || e.Documented):
		return fmt.Errorf("an answer without a status: %v", e)
	case e.SafeToRetry() && e.Started != facade.StartedNo:
		return fmt.Errorf("safe to retry, although it may have been started: %v", e)
	}
	return nil
}

// delivered fails unless the peer got at most one request, and returns whether
// it got one. Of a start that is said to have never left, nothing may have
// arrived.
func (p *peer) delivered(t *testing.T, got outcome) bool {
	t.Helper()
	whole, begun := p.requests()
	if begun > 1 {
		t.Fatalf("%d requests, %d of them whole, from one call", begun, len(whole))
	}
	var e *facade.Error
	if errors.As(got.err, &e) && e.Started == facade.StartedNo && e.HTTPStatus == 0 && begun > 0 {
		t.Fatalf("%v: but a request arrived", e)
	}
	if got.res != nil && len(whole) == 0 {
		t.Fatalf("%v: but no request arrived", got.res)
	}
	return len(whole) == 1
}

// reply is an answer of a provider.
type reply struct {
	status int
	body   string
}

const (
	mediaJSON = "application/json"
	requestID = "req-7"
)

// head returns the status line and the header, with further lines and without
// any that tells how long the body is.
func (r reply) head(lines ...string) string {
	head := fmt.Sprintf("HTTP/1.1 %03d %s\r\nX-Request-Id: %s\r\n", r.status, http.StatusText(r.status), requestID)
	if !strings.Contains(strings.ToLower(strings.Join(lines, "\n")), "content-type:") {
		lines = append(lines, "Content-Type: "+mediaJSON)
	}
	return head + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// text returns the reply as a server in good order sends it.
func (r reply) text() string {
	if r.status == http.StatusNoContent {
		return r.head()
	}
	return r.head(fmt.Sprint("Content-Length: ", len(r.body))) + r.body
}

// exchange is a reply, and what it means.
type exchange struct {
	name string
	reply
	whole    want // with its body
	unusable want // with a body that cannot be read
}

// exchanges are what each provider answers here: a start that went well, and a
// refusal. X Gateway has a second way to say that it went well.
var exchanges = map[facade.Provider][]exchange{
	facade.Vault: {
		{"ok", reply{200, `{"result":"ok"}`}, result(200), unusable(200, facade.StartedUnknown)},
		refusal(reply{400, `{"error":"OTHER","message":"no"}`}, facade.KindInvalidRequest),
	},
	facade.XGateway: {
		{"ok", reply{204, `{"success":true,"data":"stray"}`}, result(204), result(204)},
		{"other 2xx", reply{200, `{"success":true,"data":"started"}`}, want{status: 200}, unexpected(200)},
		refusal(reply{400, `{"success":false,"errors":[{"code":"bad_request","message":"no"}]}`}, facade.KindInvalidRequest),
	},
	facade.Forte: {
		{"ok", reply{201, `{"data":{"error_code":null,"widget_data":"d2lkZ2V0","flow":"KYC"}}`}, result(201), unusable(201, facade.StartedYes)},
		refusal(reply{401, `{"error":{"code":401,"message":"no"}}`}, facade.KindUnauthenticated),
	},
	facade.Qolo: {
		{"ok", reply{200, `{"person_guid":"2ae6ba4b-f6c0-4817-a158-43e5a87168fd","verificationResults":[]}`}, result(200), unusable(200, facade.StartedUnknown)},
		refusal(reply{400, `{"message":"no"}`}, facade.KindInvalidRequest),
	},
	facade.Rebilly: {
		{"ok", reply{201, `{"id":"kyc_1","customerId":"customer-42","status":"pending-review"}`}, result(201), unusable(201, facade.StartedYes)},
		refusal(reply{422, `{"title":"no","invalidFields":[]}`}, facade.KindInvalidRequest),
	},
}

func result(status int) want { return want{status: status, documented: true} }

func unusable(status int, started facade.Started) want {
	return want{kind: facade.KindUnexpectedResponse, started: started, status: status, documented: true}
}

// refusal is a reply whose status decides the kind, and whose body alone is
// evidence that nothing was started.
func refusal(r reply, kind facade.Kind) exchange {
	whole := want{kind: kind, started: facade.StartedNo, status: r.status, documented: true}
	unusable := whole
	unusable.started = facade.StartedUnknown
	return exchange{"refused", r, whole, unusable}
}

// ok is the exchange of a start that goes well at p.
func ok(p facade.Provider) exchange { return exchanges[p][0] }

// call makes the canonical start at a peer, whose client is the library's own
// unless client brings another.
func callPeer(ctx context.Context, t *testing.T, url string, p facade.Provider, client *http.Client) outcome {
	t.Helper()
	config := fixtures.Config(url, p)
	config.HTTPClient = client
	return start(ctx, t, config, fixtures.Start(p))
}
