// Package find_test checks what the look-up promises. An error of a look-up is never a no. A no
// counts only if it is the direct answer to this call. A yes about an older process is never
// reported as this attempt's.
package find_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// fixture returns the answer of a fixture.
func fixture(t *testing.T, name string) replay.Answer {
	t.Helper()
	c, err := fixtures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return replay.Answer{Status: c.Status, Header: c.Header.Clone(), Body: c.Body}
}

// failure returns the error of a look-up. The error must say nothing of the start.
func failure(t *testing.T, f *facade.Finding, err error) *facade.Error {
	t.Helper()
	var kycErr *facade.Error
	if !errors.As(err, &kycErr) || f != nil {
		t.Fatalf("%v and %v, want an error", f, err)
	}
	if kycErr.Started != facade.StartedUnknown || kycErr.SafeToRetry() {
		t.Fatalf("an error of a look-up speaks of the start: %v", kycErr)
	}
	return kycErr
}

// noes are the fixtures that say no.
var noes = map[string]facade.Attempt{
	"rebilly/find/200_empty":               {},
	"rebilly/find_by_id/404_json":          {ID: "kyc_req_0YV7JMJ3DBCGRBR7K9D4HVGPP5"},
	"xgateway/find/200_null":               {},
	"xgateway/find/200_request_id":         {},
	"xgateway/find/rejected/404_not_found": {},
	"qolo/find/404_problem":                {},
	"rebilly/find/200_older":               {At: time.Now()},
}

// ways are ways in which the answer to a look-up may come. The answer itself is a correct no. Over
// a used connection it may answer another call, and a cache may have kept it: then it is not a no.
// In the other ways the look-up fails, and its error says nothing of the start.
var ways = map[string]struct {
	change func(*replay.Answer)
	fails  bool
}{
	"a used connection":             {func(a *replay.Answer) { a.Connections = []bool{true} }, false},
	"a transport that says nothing": {func(a *replay.Answer) { a.Connections = []bool{} }, false},
	"a cache":                       {func(a *replay.Answer) { a.Header.Set("Age", "3") }, false},
	"no answer":                     {func(a *replay.Answer) { a.Literal = []byte{} }, true},
	"half a header":                 {func(a *replay.Answer) { a.Literal = []byte("HTTP/1.1 200 OK\r\nContent-Ty") }, true},
	"an error beside":               {func(a *replay.Answer) { a.Err = io.ErrUnexpectedEOF }, true},
	"a body that fails": {func(a *replay.Answer) {
		a.Reader = io.MultiReader(bytes.NewReader(a.Body), iotest.ErrReader(io.ErrUnexpectedEOF))
	}, true},
	"a cut body":             {func(a *replay.Answer) { a.Body = a.Body[:len(a.Body)-3] }, true},
	"HTML":                   {func(a *replay.Answer) { a.Header.Set("Content-Type", "text/html") }, true},
	"a redirect":             {func(a *replay.Answer) { a.Status = 302; a.Header.Set("Location", "https://other.example/") }, true},
	"an error of the server": {func(a *replay.Answer) { a.Status = 500 }, true},
}

// TestNoIsFirstHand: a no counts only if it is the whole answer to this call.
func TestNoIsFirstHand(t *testing.T) {
	saysNo := func(f *facade.Finding) bool {
		return f != nil && (f.Exists == facade.AnswerNo || f.ThisAttempt == facade.AnswerNo)
	}
	for name, attempt := range noes {
		p, _, _ := strings.Cut(name, "/")
		request := fixtures.Start(facade.Provider(p))
		if e := replay.Find(request, attempt, fixture(t, name)); !saysNo(e.Finding) {
			t.Errorf("%s: %v, %v, want a no", name, e.Finding, e.Err)
		}
		for what, way := range ways {
			answer := fixture(t, name)
			way.change(&answer)
			e := replay.Find(request, attempt, answer)
			if e.Err != nil || way.fails {
				failure(t, e.Finding, e.Err)
			}
			if saysNo(e.Finding) || len(e.Sent) != 1 {
				t.Errorf("%s, with %s: it must not be a no, and need one request: %v, after %d requests", name, what, e.Finding, len(e.Sent))
			}
		}
	}
}

// TestNotSent: if something cannot be looked up, the error says so, and nothing is sent.
func TestNotSent(t *testing.T) {
	rebilly, qolo := fixtures.Start(facade.Rebilly).(facade.RebillyRequest), fixtures.Start(facade.Qolo).(facade.QoloRequest)
	plain, nobody, person := rebilly, rebilly, qolo
	plain.RedirectURL, plain.Reason, nobody.CustomerID, person.PersonGUID = "", "", " ", "42"
	for _, c := range []struct {
		request facade.Request
		attempt facade.Attempt
		want    string
	}{
		{fixtures.Start(facade.Forte), facade.Attempt{}, "Find is not supported for forte"},
		{rebilly, facade.Attempt{ID: "a/b"}, "attempt.id"},
		{rebilly, facade.Attempt{ID: ".."}, "attempt.id"},
		{qolo, facade.Attempt{ID: "a"}, "attempt.id"}, // Qolo gives no such id
		{plain, facade.Attempt{Unique: true}, "attempt.unique"},
		{nobody, facade.Attempt{}, "customerId"},
		{person, facade.Attempt{}, "person_guid"},
		{facade.XGatewayRequest{ID: ".."}, facade.Attempt{}, "id"},
		{facade.VaultRequest{}, facade.Attempt{}, "token"},
		{fixtures.Start(facade.Vault), facade.Attempt{Before: &facade.Finding{Provider: facade.XGateway}}, "attempt.before"},
		{fixtures.Start(facade.XGateway), facade.Attempt{Before: &facade.Finding{Provider: facade.XGateway, CustomerID: "another"}}, "attempt.before"},
	} {
		e := replay.Find(c.request, c.attempt, page("0"))
		kycErr := failure(t, e.Finding, e.Err)
		if kycErr.Kind != facade.KindInvalidRequest || !strings.Contains(kycErr.Error(), c.want) || !strings.Contains(kycErr.Error(), "(not sent)") || len(e.Sent) != 0 {
			t.Errorf("%+v: %v, and %d requests were sent", c.attempt, kycErr, len(e.Sent))
		}
	}

	client, err := facade.New(fixtures.Config("https://provider.test", facade.Vault))
	if err != nil {
		t.Fatal(err)
	}
	var none context.Context
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		client  *facade.Client
		ctx     context.Context
		request facade.Request
	}{
		{nil, t.Context(), rebilly},
		{client, t.Context(), nil},
		{client, none, fixtures.Start(facade.Vault)},
		{client, done, fixtures.Start(facade.Vault)},
		{client, t.Context(), rebilly}, // the client has no settings for Rebilly
	} {
		f, err := c.client.Find(c.ctx, c.request, facade.Attempt{})
		if kycErr := failure(t, f, err); !strings.Contains(kycErr.Error(), "(not sent)") {
			t.Error(kycErr)
		}
	}

	// A request whose expiration time is over can still be looked up, although it can no longer be
	// started.
	rebilly.ExpirationTime, rebilly.Documents = time.Unix(1, 0), nil
	if e := replay.Find(&rebilly, facade.Attempt{}, page("0")); e.Err != nil {
		t.Error(e.Err)
	}
}

// TestPrivacy: what a finding or an error of a look-up prints and logs has no text of the answer,
// of the request or of a credential. The words that every outcome prints are the exception.
func TestPrivacy(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		cases, err := fixtures.Lookups(string(d.Provider))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			var known struct{ Attempt facade.Attempt }
			if err := json.Unmarshal(c.Want, &known); err != nil {
				t.Fatal(err)
			}
			e := replay.Find(d.Request, known.Attempt, fixture(t, c.Name))
			shown := []any{&known.Attempt, known.Attempt, e.Err}
			if e.Finding != nil {
				shown = append(shown, e.Finding, *e.Finding, struct{ F facade.Finding }{*e.Finding})
			}
			var text bytes.Buffer
			for _, v := range shown {
				fmt.Fprintf(&text, "%v %+v %#v %s %q %x", v, v, v, v, v, v)
				slog.New(slog.NewJSONHandler(&text, nil)).Info("m", "k", v)
				slog.New(slog.NewTextHandler(&text, nil)).Info("m", "k", v)
			}
			secret := []string{d.Customer.ID, "reb-test-key", "qolo-test-token", "xgw-test-key", "eyJ", "provider.test", "spend limit"}
			if body, err := jsontree.Decode(c.Body); err == nil {
				secret = append(secret, texts(body)...)
			}
			for _, s := range secret {
				if strings.Contains(text.String(), s) {
					t.Errorf("%s: %q is in what is printed or logged: %s", c.Name, s, &text)
				}
			}
		}
	}
}

// texts returns the texts of a body that must not be shown. It leaves out the provider's own words
// such as a status, short texts that may come up by chance, and times, which the attempt may have
// too.
func texts(body any) (all []string) {
	for _, pointer := range jsontree.Pointers(body) {
		text, _ := jsontree.All(body, pointer)[0].(string)
		name := pointer[strings.LastIndexByte(pointer, '/')+1:]
		if _, err := time.Parse(time.RFC3339, text); err != nil && len(text) > 4 && !slices.Contains([]string{"status", "code", "error", "rel", "type"}, name) {
			all = append(all, text)
		}
	}
	return all
}
