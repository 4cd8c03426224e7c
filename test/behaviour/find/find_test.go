// Package find_test checks what the look-up promises. An error of a look-up is never a no. A no
// counts only if it is the direct answer to this call. A yes about an older process is never
// reported as this attempt's.
package find_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// asking makes a look-up, with a change of the answer.
type asking func(change func(*replay.Answer)) replay.Exploration

// lookups calls test with every fixture of a look-up. The clock is fake, and shows the time of the
// want.
func lookups(t *testing.T, test func(t *testing.T, c fixtures.Case, attempt facade.Attempt, ask asking)) {
	t.Helper()
	for _, d := range fixtures.Descriptors() {
		for _, c := range fixtures.Cases(d.Provider) {
			if c.Operation == "" {
				continue // the start
			}
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(c.Now))
				test(t, c, c.Attempt, func(change func(*replay.Answer)) replay.Exploration {
					answer := replay.Answer{Status: c.Status, Header: c.Header.Clone(), Body: c.Body}
					change(&answer)
					return replay.Find(d.Request, c.Attempt, answer)
				})
			})
		}
	}
}

func unchanged(*replay.Answer) {}

// failure returns the error of a look-up. The error must say nothing of the start.
func failure(t *testing.T, e replay.Exploration) *facade.Error {
	t.Helper()
	var kycErr *facade.Error
	if !errors.As(e.Err, &kycErr) || e.Finding != nil {
		t.Fatalf("%v and %v, want an error", e.Finding, e.Err)
	}
	if kycErr.Started != facade.StartedUnknown || kycErr.SafeToRetry() {
		t.Fatalf("an error of a look-up speaks of the start: %v", kycErr)
	}
	return kycErr
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
	saysNo := func(e replay.Exploration) bool {
		return e.Finding != nil && (e.Finding.Exists == facade.AnswerNo || e.Finding.ThisAttempt == facade.AnswerNo)
	}
	noes := 0
	lookups(t, func(t *testing.T, c fixtures.Case, _ facade.Attempt, ask asking) {
		if !saysNo(ask(unchanged)) { // conformance holds it to its want
			return
		}
		noes++
		for what, way := range ways {
			e := ask(way.change)
			if e.Err != nil || way.fails {
				failure(t, e)
			}
			if saysNo(e) || len(e.Sent) != 1 {
				t.Errorf("%s, with %s: it must not be a no, and need one request: %v, after %d", c.Name, what, e.Finding, len(e.Sent))
			}
		}
	})
	if noes < 10 {
		t.Errorf("only %d fixtures say no", noes)
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
		kycErr := failure(t, e)
		if kycErr.Kind != facade.KindInvalidRequest || !strings.Contains(kycErr.Error(), c.want) || !strings.Contains(kycErr.Error(), "(not sent)") || len(e.Sent) != 0 {
			t.Errorf("%+v: %v, and %d requests were sent", c.attempt, kycErr, len(e.Sent))
		}
	}
	// A request whose expiration time is over can still be looked up, although it can no longer be
	// started.
	rebilly.ExpirationTime, rebilly.Documents = time.Unix(1, 0), nil
	if e := replay.Find(&rebilly, facade.Attempt{}, page("0")); e.Err != nil {
		t.Error(e.Err)
	}
}

// TestPrivacy: a finding prints and logs only what its documentation lists, and an attempt only its
// time. Without everything else they look the same.
func TestPrivacy(t *testing.T) {
	lookups(t, func(t *testing.T, c fixtures.Case, attempt facade.Attempt, ask asking) {
		bare := facade.Attempt{At: attempt.At}
		if got, want := shown(attempt, &attempt), shown(bare, &bare); got != want {
			t.Errorf("%s: the attempt shows as\n%s\nwant\n%s", c.Name, got, want)
		}
		f := ask(unchanged).Finding
		if f == nil {
			return // tests of package privacy cover what errors show
		}
		listed := facade.Finding{
			Provider: f.Provider, Exists: f.Exists, ThisAttempt: f.ThisAttempt, Basis: f.Basis, Status: f.Status,
			HTTPStatus: f.HTTPStatus, Documented: f.Documented, RequestID: f.RequestID,
		}
		type holder struct{ F facade.Finding }
		if got, want := shown(f, *f, holder{*f}), shown(&listed, listed, holder{listed}); got != want {
			t.Errorf("%s: the finding shows as\n%s\nwant\n%s", c.Name, got, want)
		}
	})
}

// shown is what fmt and log/slog make of values. The time is the same in all of it: the clock is
// fake.
func shown(values ...any) string {
	var text bytes.Buffer
	for _, v := range values {
		fmt.Fprintf(&text, "%v %+v %#v %s %q %x\n", v, v, v, v, v, v)
		slog.New(slog.NewTextHandler(&text, nil)).Info("m", "k", v)
		slog.New(slog.NewJSONHandler(&text, nil)).Info("m", "k", v)
	}
	return text.String()
}
